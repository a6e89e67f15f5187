// Commands, with everything that was found, planned and done.

import { html, nothing } from '/lib/lit/lit-html.js';
import { change } from './api.js';
import { bytes, duration, words } from './format.js';
import { age, badge, empty, facts, sentence } from './parts.js';
import { isOver, state } from './store.js';
import { inScope } from './ui.js';
import { say } from './say.js';

const MOST = 30;
const LOOKS = {
  sent: ['unknown', '…'], accepted: ['recovering', '↻'], awaiting_approval: ['lagging', '❚❚'], running: ['recovering', '↻'],
  succeeded: ['in_sync', '✓'], failed: ['unassigned', '✕'], rejected: ['unassigned', '✕'], expired: ['unknown', '✕'],
  nothing_to_do: ['in_sync', '✓'], dry_run: ['info', '◇'], held: ['lagging', '❚❚'], cancelled: ['unknown', '✕'],
};

export function commands() {
  const list = [...state.commands.values()].filter((c) => !c.cluster || inScope(c.cluster))
    .sort((a, b) => isOver(a) - isOver(b) || b.at.localeCompare(a.at));
  const running = list.filter((c) => !isOver(c)).length;
  return html`
    <h2 id="commands-title">Commands <span class="count">${running ? `${running} running` : list.length}</span></h2>
    ${list.length ? html`<div class="list">${list.slice(0, MOST).map(one)}</div>` : empty('None yet.')}`;
}

export function statusBadge(command) {
  const [kind, sign] = LOOKS[command.status] ?? ['unknown', '?'];
  return badge(kind, words(command.status), sign);
}

function one(c) {
  const asked = c.command ?? {};
  const target = [c.cluster, asked.index, asked.shard].filter((part) => part !== undefined && part !== null).join('/');
  return html`
    <details class="command" id="command-${c.command_id}" ?open=${!isOver(c)}>
      <summary>${statusBadge(c)} <strong>${c.type ?? 'unreadable'}</strong>${asked.dry_run ? ' (dry run)' : ''} ${target}
        <span class="quiet">${age(c.at)} by ${c.requested_by ?? 'unknown'}</span></summary>
      ${story(c)}
      ${isOver(c) ? nothing : html`<p class="actions">
        ${c.status === 'awaiting_approval' ? html`<button type="button" @click=${() => about(c, 'APPROVE_COMMAND')}>Approve</button>` : nothing}
        <button type="button" @click=${() => about(c, 'CANCEL_COMMAND')}>Cancel</button></p>`}
    </details>`;
}

/** What a result says, from the diagnosis to the last step. */
export function story(c) {
  return html`
    ${c.message ? html`<p>${sentence(c.message)}</p>` : nothing}
    ${c.progress && !isOver(c) ? html`<progress max="100" .value=${c.progress.percent ?? 0} aria-label="Progress of the command"></progress>
      <p class="quiet">${c.progress.percent === null ? '' : `${c.progress.percent.toFixed(0)} %`} ${c.progress.bytes_remaining === null ? '' : `· ${bytes(c.progress.bytes_remaining)} to go`}
      ${c.progress.eta_ms === null ? '' : `· about ${duration(c.progress.eta_ms)} left`}</p>` : nothing}
    ${c.diagnosis?.length ? html`<h3>Diagnosis</h3><ul>${c.diagnosis.map((d) => html`<li><strong>${words(d.cause)}</strong>
      (${d.copies} ${d.copies === 1 ? 'copy' : 'copies'}): ${sentence(d.explanation)}${d.safe_action ? html`<br>Safe: ${d.safe_action}` : html`<br>Nothing can safely be done by itself.`}</li>`)}</ul>` : nothing}
    ${c.plan?.length ? html`<h3>Plan</h3><ol>${c.plan.map((p) => html`<li>${p.action}: <code>${p.method} ${p.path}</code>
      ${p.body ? html`<pre tabindex="0">${JSON.stringify(p.body, null, 2)}</pre>` : nothing}
      ${p.affects?.length ? html`<span class="quiet">touches ${p.affects.slice(0, 20).join(', ')}${p.affects.length > 20 ? ` and ${p.affects.length - 20} more` : ''}</span>` : nothing}</li>`)}</ol>` : nothing}
    ${c.steps?.length ? html`<h3>Steps</h3><ol>${c.steps.map((s) => html`<li>${s.action}: ${words(s.outcome)} <span class="quiet">${age(s.at)}</span></li>`)}</ol>` : nothing}
    ${c.undo?.length ? html`<h3>Changed settings</h3><ul>${c.undo.map((u) => html`<li><code>${u.setting}</code> (${u.scope}) was ${u.former ?? 'not set'}</li>`)}</ul>` : nothing}
    ${facts([
      ['verified', isOver(c) && c.verified !== undefined && !['dry_run', 'nothing_to_do'].includes(c.status) ? (c.verified ? 'yes: seen in the routing table' : 'no') : null],
      ['took', isOver(c) && c.took_ms ? (c.took_ms < 1000 ? `${c.took_ms} ms` : duration(c.took_ms)) : null],
      ['reason', c.command?.reason ?? null],
      ['id', html`<code>${c.command_id}</code>`],
    ])}`;
}

async function about(command, type) {
  try {
    await change('POST', '/shards/recovery', { type, cluster: command.cluster, params: { command_id: command.command_id } });
    say(`${words(type.toLowerCase())} sent`);
  } catch (e) {
    say(e.message, true);
  }
}

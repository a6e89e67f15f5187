// Alerts first: what, since when, why, what was done, what to do next.

import { html, nothing } from '/lib/lit/lit-html.js';
import { count, many, SEVERITY_SIGN, words } from './format.js';
import { age, badge, empty, facts, runbook, sentence } from './parts.js';
import { state } from './store.js';
import { standing } from './top.js';
import { choose, inScope } from './ui.js';
import { prefill } from './form.js';
import { openMaintenance } from './controls.js';

const MOST_RESOLVED = 20;

export function alerts() {
  const list = standing();
  const resolved = [...state.alerts.values()].filter((a) => a.status === 'resolved' && inScope(a.cluster))
    .sort((a, b) => (b.ends_at ?? '').localeCompare(a.ends_at ?? '')).slice(0, MOST_RESOLVED);
  const watchdog = [...state.alerts.values()].find((a) => a.alertname === 'Watchdog');
  return html`
    <h2 id="alerts-title">Alerts <span class="count">${list.length}</span></h2>
    ${list.length ? html`<ul class="list">${list.map(alert)}</ul>` : empty(state.loaded ? 'Nothing is firing.' : 'Reading…')}
    ${resolved.length ? html`<details><summary>Resolved lately (${resolved.length})</summary>
      <ul class="list">${resolved.map(alert)}</ul></details>` : nothing}
    ${watchdog ? html`<p class="quiet">The watchman was last heard ${age(watchdog.last_seen)}.</p>` : nothing}`;
}

function alert(a) {
  const kind = a.status === 'resolved' ? 'in_sync' : a.status === 'unknown' ? 'unknown' : a.severity;
  const notes = a.annotations ?? {};
  // What the last attempt said often stands in both.
  const said = notes.outcome?.slice(notes.outcome.indexOf(': ') + 2);
  const done = [notes.healing, notes.healing?.includes(said) ? null : notes.outcome].filter(Boolean);
  const others = Object.entries(notes).filter(([name]) => !['healing', 'outcome', 'plan', 'resolution'].includes(name));
  return html`
    <li class="alert edge-${kind} ${a.silenced ? 'silenced' : ''}" data-fingerprint=${a.fingerprint}>
      <h3>${a.status === 'resolved' ? badge('in_sync', 'resolved', '✓') : badge(kind, a.status === 'unknown' ? 'can’t be seen' : a.severity,
        a.status === 'unknown' ? '?' : SEVERITY_SIGN[a.severity])}
        <span>${a.summary}</span></h3>
      <p class="quiet">${a.alertname} · ${a.cluster}${a.index ? ` / ${a.index}` : ''}${a.shard !== undefined ? ` / ${a.shard}` : ''}
        · ${a.status === 'resolved' ? html`over since ${age(a.ends_at)}` : html`since ${age(a.starts_at)}`}
        ${a.occurrences > 1 ? ` · ${a.occurrences} times` : nothing}
        ${a.flapping ? badge('lagging', 'flapping: comes and goes', '◆') : nothing}
        ${a.silenced ? badge('info', `silenced by ${a.silenced.by}: ${a.silenced.why}`, '⚒') : nothing}</p>
      ${facts([
        ['Seen', sentence(a.description)],
        ['Why', a.cause ? html`<strong>${words(a.cause.code)}</strong>${a.cause.node ? html` (node <code>${a.cause.node}</code>)` : nothing}${a.cause.text ? html`: ${sentence(a.cause.text)}` : nothing}` : null],
        ['Concerns', affected(a)],
        ['Done', html`${done.length ? sentence(done.join(' · ')) : a.action_taken ? 'a command was sent' : 'nothing yet'}
          ${a.action_taken ? html` <a href="#command-${a.action_taken}" @click=${(e) => show(e, a.action_taken)}>command ${a.action_taken.slice(0, 8)}</a>` : nothing}`],
        ['Plan', notes.plan ? html`<code>${notes.plan}</code>` : null],
        ['Do next', a.suggested_action ? html`<strong class="next">${a.suggested_action}</strong>` : null],
        ['Ended', notes.resolution ?? null],
        ...others.map(([name, value]) => [words(name), value]),
      ])}
      ${a.status === 'resolved' || a.cluster === '*' ? nothing : html`<p class="actions">
        <button type="button" @click=${() => prefill({ type: 'RECOVER', cluster: a.cluster, index: a.index, shard: a.shard,
          cause: a.labels?.cause, alert_fingerprint: a.fingerprint })}>Plan a recovery…</button>
        <button type="button" @click=${() => prefill({ type: 'DIAGNOSE', cluster: a.cluster, index: a.index, shard: a.shard,
          cause: a.labels?.cause, alert_fingerprint: a.fingerprint })}>Diagnose…</button>
        <button type="button" @click=${() => choose({ cluster: a.cluster, index: a.index ?? '', onlyBehind: true, health: null })}>Show on map</button>
        ${a.silenced ? nothing : html`<button type="button" @click=${() => openMaintenance({ cluster: a.cluster, node: a.cause?.node })}>Maintenance…</button>`}
        ${runbook(a.runbook_url)}</p>`}
    </li>`;
}

function affected(a) {
  const f = a.affected;
  if (!f || (!f.copies && !f.nodes?.length && !f.indices?.length)) return null;
  const more = f.indices.length >= 20 ? ', …' : '';
  return html`${f.copies ? html`${many(f.copies, 'copy', 'copies')}${f.primaries ? html`, <strong>${count(f.primaries)} of them ${f.primaries === 1 ? 'a primary' : 'primaries'}</strong>` : nothing}` : nothing}
    ${f.indices?.length ? html` in ${f.indices.map((i, n) => html`${n ? ', ' : ''}<code>${i}</code>`)}${more}` : nothing}
    ${f.nodes?.length ? html` · nodes ${f.nodes.map((i, n) => html`${n ? ', ' : ''}<code>${i}</code>`)}` : nothing}`;
}

function show(event, id) {
  event.preventDefault();
  const target = document.getElementById(`command-${id}`);
  if (!target) return;
  target.open = true;
  target.scrollIntoView({ block: 'center' });
  target.querySelector('summary').focus();
}

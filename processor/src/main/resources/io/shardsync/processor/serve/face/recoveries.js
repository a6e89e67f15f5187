// Copies that are being built, with how far they are.

import { html, nothing } from '/lib/lit/lit-html.js';
import { bytes, count, duration, words } from './format.js';
import { age, badge, empty } from './parts.js';
import { keyOf, state } from './store.js';
import { inScope } from './ui.js';

const MOST = 100;
const STALLED_MS = 30_000;

export function recoveries() {
  const running = [];
  for (const s of state.shards.values()) {
    if (!inScope(s.cluster)) continue;
    for (const r of s.replicas) if (r.recovery) running.push([s, r.recovery]);
  }
  running.sort(([, a], [, b]) => b.stalled_ms - a.stalled_ms || b.bytes_remaining - a.bytes_remaining);
  const left = running.reduce((sum, [, r]) => sum + r.bytes_remaining, 0);
  const rate = running.reduce((sum, [, r]) => sum + (r.bytes_per_second ?? 0), 0);
  return html`
    <h2 id="recoveries-title">Running recoveries <span class="count">${count(running.length)}</span></h2>
    ${running.length ? html`
      <p class="quiet">${bytes(left)} to go${rate ? ` at ${bytes(rate)}/s` : ''}</p>
      <ul class="list compact">${running.slice(0, MOST).map(([s, r]) => one(s, r))}</ul>
      ${running.length > MOST ? html`<p class="quiet">and ${count(running.length - MOST)} more</p>` : nothing}`
      : empty('No copy is being built.')}`;
}

function one(s, r) {
  const stalled = r.stalled_ms >= STALLED_MS;
  const name = `${s.index}/${s.shard}`;
  const operations = r.mode === 'operation_based';
  return html`
    <li class="recovery ${stalled ? 'edge-unassigned' : ''}" data-recovery=${keyOf(s)}>
      <p><strong>${name}</strong> <span class="quiet">${s.cluster}</span>
        <span class="way">${r.source_node ?? 'own files'} → ${r.target_node}</span>
        ${badge('recovering', words(r.stage?.toLowerCase()), '↻')}
        ${stalled ? badge('unassigned', `stalled for ${duration(r.stalled_ms)}`, '✕') : nothing}</p>
      <progress max="100" .value=${r.percent ?? 0} aria-label="Recovery of ${name} on ${r.target_node}"></progress>
      <p class="quiet">${r.percent === null ? 'percentage not known' : `${r.percent.toFixed(1)} %`}
        · ${operations ? 'replays operations' : `${bytes(r.bytes_remaining)} of ${bytes(r.bytes_total)} to go`}
        ${r.bytes_per_second ? `· ${bytes(r.bytes_per_second)}/s` : nothing}
        ${r.eta_ms !== null && r.eta_ms !== undefined ? `· about ${duration(r.eta_ms)} left` : nothing}
        · began ${age(r.started_at)}</p>
    </li>`;
}

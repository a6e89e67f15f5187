// Whether copies hold the same, as far as it was checked.

import { html, nothing } from '/lib/lit/lit-html.js';
import { count } from './format.js';
import { age, badge, empty } from './parts.js';
import { VERDICT_SIGN } from './map.js';
import { state } from './store.js';
import { choose, inScope } from './ui.js';

const WORST_FIRST = { divergent: 0, inconclusive: 1, consistent: 2 };
const MOST = 50;

export function consistency() {
  const all = [...state.checks.values()].filter((c) => inScope(c.cluster));
  const deep = all.filter((c) => c.method === 'fingerprint');
  // The light check proves little: only what it doubts is worth a line.
  const doubts = all.filter((c) => c.method === 'checkpoints' && c.verdict !== 'consistent');
  const rows = [...deep, ...doubts].sort((a, b) => WORST_FIRST[a.verdict] - WORST_FIRST[b.verdict]
    || b.checked_at.localeCompare(a.checked_at));
  const light = all.length - deep.length;
  return html`
    <h2 id="consistency-title">Do the copies hold the same?</h2>
    ${rows.length ? html`<div class="scroll" tabindex="0" role="region" aria-label="Consistency checks"><table class="checks">
      <thead><tr><th scope="col">Index</th><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Found</th></tr></thead>
      <tbody>${rows.slice(0, MOST).map((c) => html`<tr>
        <th scope="row"><button type="button" class="plain" @click=${() => choose({ detail: `${c.cluster}/${c.index}` })}>${c.cluster} / ${c.index}</button></th>
        <td>${badge(c.verdict, c.verdict, VERDICT_SIGN[c.verdict])}</td>
        <td><span class="how">${c.method === 'fingerprint' ? 'deep' : 'light'}, ${c.coverage_percent.toFixed(0)} %</span>, ${age(c.checked_at)}</td>
        <td>${c.issues.length ? c.issues.join('; ') : '–'}
          ${c.verdict === 'divergent' ? html` <a href="/shards/consistency/${encodeURIComponent(c.index)}?cluster=${c.cluster}">document ids</a>` : nothing}</td></tr>`)}</tbody></table></div>`
      : empty('No deep check has been made. “Compare documents” in an index’s details starts one.')}
    ${light ? html`<p class="quiet">Light checks cover ${count(light)} ${light === 1 ? 'index' : 'indices'}; ${count(light - doubts.length)} without doubt.</p>` : nothing}`;
}

// Index × node, as people know it: primaries are filled squares, replicas outlined circles; a sign tells the state.

import { html, nothing } from '/lib/lit/lit-html.js';
import { guard } from '/lib/lit/directives/guard.js';
import { repeat } from '/lib/lit/directives/repeat.js';
import { ago, bytes, count, duration, HEALTHS, many, rank, SIGN, words } from './format.js';
import { age, badge, empty, facts, options, sentence } from './parts.js';
import { keyOf, lostNodes, MOST_SHARDS, state } from './store.js';
import { choose, inScope, ui } from './ui.js';
import { prefill } from './form.js';

/** With more shards than this on screen nobody finds the one that is behind. */
const FEW = 120;
const UNASSIGNED = '';

export function onlyBehind() {
  if (ui.onlyBehind !== null) return ui.onlyBehind;
  return !state.complete || scopedShards() > FEW;
}

function scopedShards() {
  let sum = 0;
  for (const c of state.clusters.values()) if (inScope(c.cluster)) sum += c.replication?.shards ?? 0;
  return sum;
}

/** "logs-*" or a part of the name. */
function indexMatcher(text) {
  if (!text) return () => true;
  if (!text.includes('*')) return (name) => name.includes(text);
  const parts = text.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('[^]*')}$`);
  return (name) => pattern.test(name);
}

function nodesOf(status) {
  const nodes = status.primary_node ? [status.primary_node] : [];
  for (const r of status.replicas) {
    if (r.node) nodes.push(r.node);
    if (r.recovery?.target_node) nodes.push(r.recovery.target_node);
  }
  return nodes;
}

function selection() {
  const behind = onlyBehind();
  const matches = indexMatcher(ui.index);
  const rows = new Map();
  for (const s of state.shards.values()) {
    if (!inScope(s.cluster) || !matches(s.index)) continue;
    if (behind && s.health === 'in_sync' && !s.replicas.some((r) => r.recovery)) continue;
    if (ui.health && s.health !== ui.health) continue;
    if (ui.node && !nodesOf(s).includes(ui.node)) continue;
    const key = `${s.cluster}/${s.index}`;
    let row = rows.get(key);
    if (!row) rows.set(key, row = { key, cluster: s.cluster, index: s.index, shards: [], worst: 9 });
    row.shards.push(s);
    row.worst = Math.min(row.worst, rank(s.health));
  }
  return [...rows.values()].sort((a, b) => a.worst - b.worst || a.key.localeCompare(b.key, 'en', { numeric: true }));
}

export function map() {
  const rows = selection();
  const shown = rows.slice(0, ui.rows);
  const nodes = [...new Set([...state.clusters.values()].filter((c) => inScope(c.cluster))
    .flatMap((c) => (c.nodes ?? []).map((n) => n.name)))].sort();
  const byCluster = Map.groupBy ? Map.groupBy(shown, (r) => r.cluster) : groupBy(shown);
  const behind = onlyBehind();
  return html`
    <h2 id="map-title">Shards <span class="count">${count(rows.reduce((n, r) => n + r.shards.length, 0))} shown</span></h2>
    <form class="filters" role="search" aria-label="Filter shards" @submit=${(e) => e.preventDefault()}>
      <label class="check"><input type="checkbox" id="only-behind" .checked=${behind}
        @change=${(e) => choose({ onlyBehind: e.target.checked })}> only what is not in sync</label>
      <label>Index <input id="index-filter" type="search" placeholder="name or logs-*" .value=${ui.index}
        @input=${(e) => choose({ index: e.target.value.trim() })}></label>
      <label>Node <select id="node-filter" @change=${(e) => choose({ node: e.target.value })}>
        ${options([['', 'any'], ...nodes.map((n) => [n, n])], ui.node)}</select></label>
      <label>State <select id="health-filter" @change=${(e) => choose({ health: e.target.value || null })}>
        ${options([['', 'any'], ...HEALTHS.map((h) => [h, words(h)])], ui.health ?? '')}</select></label>
    </form>
    ${legend()}
    ${!state.complete && !behind ? html`<p class="banner is-info">There are more than ${count(MOST_SHARDS)} shards: those that are in sync are
      not loaded here. Ask <a href="/shards/replication?health=in_sync&amp;limit=1000">/shards/replication</a> for them.</p>` : nothing}
    ${state.truncated ? html`<p class="banner is-warning">More than ${count(MOST_SHARDS)} shards are not in sync; the first of them are shown.</p>` : nothing}
    ${shown.length ? [...byCluster].map(([cluster, list]) => table(cluster, list))
      : empty(!state.loaded ? 'Reading…' : behind && !ui.index && !ui.node && !ui.health ? `✓ Every shard is in sync${scopedShards() ? ` (${count(scopedShards())})` : ''}.` : 'No shard matches.')}
    ${rows.length > shown.length ? html`<p><button type="button" @click=${() => choose({ rows: ui.rows + 500 })}>
      Show more: ${many(rows.length - shown.length, 'index', 'indices')} left</button></p>` : nothing}`;
}

function groupBy(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.cluster, [...(groups.get(row.cluster) ?? []), row]);
  return groups;
}

function legend() {
  const sample = (kind, st, text) => html`<li><span class="copy ${kind} st-${st}" aria-hidden="true">0<i>${SIGN[st]}</i></span> ${text}</li>`;
  return html`<details class="legend"><summary>Legend</summary><ul>
    ${sample('p', 'in_sync', 'primary')}${sample('r', 'in_sync', 'replica in sync')}${sample('r', 'lagging', 'lagging')}
    ${sample('r', 'recovering', 'recovering')}${sample('r', 'relocating', 'moving')}${sample('r', 'unassigned', 'unassigned')}
    ${sample('p', 'unassigned', 'no primary')}${sample('r', 'unknown', 'can’t be seen')}</ul></details>`;
}

function columnsOf(cluster, rows) {
  const info = state.clusters.get(cluster);
  const names = new Set([...(info?.nodes ?? []).map((n) => n.name), ...lostNodes(cluster)]);
  let unassigned = false;
  for (const row of rows) {
    for (const s of row.shards) {
      nodesOf(s).forEach((n) => names.add(n));
      if (!s.primary_node || s.replicas.some((r) => !r.node)) unassigned = true;
    }
  }
  const columns = [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return unassigned ? [UNASSIGNED, ...columns] : columns;
}

function table(cluster, rows) {
  const columns = columnsOf(cluster, rows);
  const info = new Map((state.clusters.get(cluster)?.nodes ?? []).map((n) => [n.name, n]));
  const master = state.clusters.get(cluster)?.master?.node_id;
  const signature = columns.join('\n');
  return html`
    <div class="scroll" role="region" aria-label="Shards of ${cluster}" tabindex="0">
    <table class="shards" @click=${(e) => pick(e)}>
      <caption>${cluster}</caption>
      <thead><tr><th scope="col">Index</th>${columns.map((name) => head(name, info.get(name), master))}</tr></thead>
      <tbody>${repeat(rows, (row) => row.key, (row) =>
        guard([state.versions.get(row.key), row.shards.length, signature, ui.health, ui.node, onlyBehind(), state.shards], () => rowOf(row, columns)))}</tbody>
    </table></div>`;
}

function head(name, node, master) {
  if (name === UNASSIGNED) return html`<th scope="col" class="st-unassigned">✕ unassigned</th>`;
  const gone = !node;
  const notes = [
    node && node.id === master ? '★ master' : null,
    gone ? '✕ gone' : !node.answered ? '? not answering' : null,
    node?.shutdown ? `⚒ ${node.shutdown.type}` : null,
  ].filter(Boolean);
  return html`<th scope="col" class=${gone || (node && !node.answered) ? 'trouble' : ''}>${name}
    ${notes.length ? html`<small>${notes.join(' ')}</small>` : nothing}</th>`;
}

function rowOf(row, columns) {
  const cells = new Map(columns.map((name) => [name, []]));
  const put = (node, copy) => cells.get(node ?? UNASSIGNED)?.push(copy);
  row.shards.sort((a, b) => a.shard - b.shard);
  for (const s of row.shards) {
    put(s.primary_node, { s, kind: 'p', state: primaryState(s) });
    for (const r of s.replicas) {
      const building = r.recovery?.target_node;
      put(r.node, { s, r, kind: 'r', state: r.state });
      if (building && building !== r.node) put(building, { s, r, kind: 'r', state: 'recovering' });
    }
  }
  return html`<tr>
    <th scope="row"><button type="button" class="plain" data-index=${row.key}>${row.index}</button>
      ${row.worst < rank('in_sync') ? html`<small>${SIGN[HEALTHS[row.worst]]} ${words(HEALTHS[row.worst])}</small>` : nothing}</th>
    ${columns.map((name) => html`<td>${cells.get(name).map(square)}</td>`)}
  </tr>`;
}

function primaryState(s) {
  if (!s.primary_node) return 'unassigned';
  return s.health === 'unknown' && s.replicas.every((r) => r.state === 'unknown') ? 'unknown' : 'in_sync';
}

function square(copy) {
  const sign = SIGN[copy.state] ?? '?';
  const text = sayCopy(copy);
  return html`<span class="copy ${copy.kind} st-${copy.state}" role="img" aria-label=${text} title=${text}
    data-shard=${keyOf(copy.s)}>${copy.s.shard}<i>${sign}</i></span>`;
}

function sayCopy({ s, r, kind, state: now }) {
  const what = `${s.index}/${s.shard} ${kind === 'p' ? 'primary' : 'replica'}: ${words(now)}`;
  if (!r) return what;
  if (r.recovery) return `${what}, ${r.recovery.percent === null ? r.recovery.stage : `${r.recovery.percent.toFixed(0)} %`}, ${bytes(r.recovery.bytes_remaining)} to go`;
  if (r.unassigned) return `${what}, ${words(r.unassigned.reason?.toLowerCase())} ${ago(r.unassigned.at)}`;
  if (r.state === 'lagging') return `${what}, ${lag(r)}`;
  return what;
}

function lag(r) {
  if (r.lag_ops === null && r.lag_bytes === null) return 'unknown';
  if (!r.lag_ops && !r.lag_bytes) return 'nothing';
  return [
    r.lag_ops === null ? null : many(r.lag_ops, 'operation'),
    r.lag_bytes === null ? null : `${bytes(r.lag_bytes)}${BASIS[r.lag_basis] ?? ''}`,
    r.lag_ms ? duration(r.lag_ms) : null,
  ].filter(Boolean).join(' · ');
}

const BASIS = { ops_estimate: ' (estimated)', recovery_remaining: ' still to copy', full_copy: ' (whole copy)' };

function pick(event) {
  const index = event.target.closest('[data-index]')?.dataset.index;
  const shard = event.target.closest('[data-shard]')?.dataset.shard;
  if (index) choose({ detail: index });
  else if (shard) choose({ detail: shard.slice(0, shard.lastIndexOf('/')) });
}

/** All there is to say about the copies of an index. */
export function detail() {
  if (!ui.detail) return nothing;
  const at = ui.detail.indexOf('/');
  const [cluster, index] = [ui.detail.slice(0, at), ui.detail.slice(at + 1)];
  const shards = [...state.shards.values()].filter((s) => s.cluster === cluster && s.index === index)
    .sort((a, b) => rank(a.health) - rank(b.health) || a.shard - b.shard);
  const checks = [...state.checks.values()].filter((c) => c.cluster === cluster && c.index === index);
  return html`
    <dialog id="detail" aria-labelledby="detail-title" @close=${() => choose({ detail: null })}>
      <header><h2 id="detail-title">${cluster} / ${index}</h2>
        <button type="button" @click=${(e) => e.target.closest('dialog').close()}>Close</button></header>
      ${checks.map((c) => html`<p>${badge(c.verdict, c.verdict, VERDICT_SIGN[c.verdict])}
        ${c.method === 'fingerprint' ? 'deep check' : 'light check'}, ${age(c.checked_at)} ${c.issues.length ? html`· ${c.issues.join('; ')}` : nothing}</p>`)}
      <div class="scroll" tabindex="0" role="region" aria-label="Copies"><table class="copies">
        <thead><tr><th scope="col">Shard</th><th scope="col">Copy</th><th scope="col">Node</th><th scope="col">State</th>
          <th scope="col">Behind</th><th scope="col">Why</th></tr></thead>
        <tbody>${shards.length ? shards.map((s) => html`
          <tr><th scope="row">${s.shard}</th><td>primary</td><td>${s.primary_node ?? '–'}</td>
            <td>${badge(s.health, words(s.health), SIGN[s.health])} since ${age(s.since)}</td><td>–</td>
            <td>last in sync ${age(s.last_sync_time)}</td></tr>
          ${s.replicas.map((r) => html`<tr><td></td><td>replica</td><td>${r.node ?? '–'}</td>
            <td>${badge(r.state, words(r.state), SIGN[r.state])}</td><td>${lag(r)}</td><td>${why(r)}</td></tr>`)}`)
          : html`<tr><td colspan="6">All of its shards are in sync.</td></tr>`}</tbody></table></div>
      <p class="actions">
        <button type="button" @click=${(e) => ask(e, { type: 'DIAGNOSE', cluster, index })}>Diagnose…</button>
        <button type="button" @click=${(e) => ask(e, { type: 'RECOVER', cluster, index })}>Plan a recovery…</button>
        <button type="button" @click=${(e) => ask(e, { type: 'VERIFY_CONSISTENCY', cluster, index })}>Compare documents…</button></p>
    </dialog>`;
}

export const VERDICT_SIGN = { consistent: '✓', divergent: '▲', inconclusive: '?' };

function ask(event, command) {
  event.target.closest('dialog').close();
  prefill(command);
}

/** "node_left [ID]" is the reason once more; nobody knows a node by its id. */
function saysMore(unassigned) {
  const details = (unassigned.details ?? '').toLowerCase();
  return !(details.startsWith(`${(unassigned.reason ?? '').toLowerCase()} [`) && details.indexOf(']') === details.length - 1);
}

function why(r) {
  const parts = [];
  if (r.recovery) parts.push(html`${r.recovery.stage} from ${r.recovery.source_node ?? 'its own files'}, ${r.recovery.percent === null ? '' : `${r.recovery.percent.toFixed(1)} %`}`);
  if (r.unassigned) {
    parts.push(facts([
      ['reason', html`${r.unassigned.reason} ${age(r.unassigned.at)}`],
      ['failed attempts', r.unassigned.failed_attempts || null],
      ['waits', r.unassigned.delayed ? 'for its node to come back' : null],
      ['details', saysMore(r.unassigned) ? sentence(r.unassigned.details) : null],
    ]));
  }
  if (r.lagging_since) parts.push(html`lags since ${age(r.lagging_since)}`);
  return parts.length ? parts : '–';
}

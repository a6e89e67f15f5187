// The top line, the sentence that says it all, and the clusters.

import { html, nothing } from '/lib/lit/lit-html.js';
import { hasToken, serverNow, setToken } from './api.js';
import { bytes, clock, count, HEALTHS, many, SEVERITY_SIGN, SIGN, words } from './format.js';
import { age, badge, facts, options } from './parts.js';
import { holds, lostNodes, state } from './store.js';
import { choose, inScope, ui } from './ui.js';
import { openPause, resume } from './controls.js';

const STALE_MS = 60_000;
const OUT_OF_TOUCH_MS = 5_000;
const UNHEARD_MS = 600_000;
const ORDER = { critical: 0, warning: 1, info: 2, none: 3 };

/** Alerts that want a look, worst first; the Watchdog only says that somebody watches. */
export function standing() {
  return [...state.alerts.values()]
    .filter((a) => a.status !== 'resolved' && a.alertname !== 'Watchdog' && inScope(a.cluster))
    .sort((a, b) => Boolean(a.silenced) - Boolean(b.silenced)
      || ORDER[a.severity] - ORDER[b.severity]
      || a.starts_at.localeCompare(b.starts_at));
}

const CONNECTION = {
  connecting: ['unknown', 'connecting…'],
  live: ['in_sync', 'live'],
  lost: ['unassigned', 'not live: reconnecting'],
  closed: ['unassigned', 'not live: reconnecting'],
};

export function top() {
  const [kind, text] = CONNECTION[state.connection];
  const pauses = pausesNow();
  return html`
    <h1><img src="/assets/icon.svg" alt="" width="24" height="24"> ShardSync</h1>
    <span id="connection">${badge(kind, text, kind === 'in_sync' ? '●' : '✕')}</span>
    <label>Cluster
      <select id="cluster-choice" @change=${(e) => choose({ cluster: e.target.value || null, rows: 100 })}>
        ${options([['', `all (${state.clusters.size})`], ...[...state.clusters.keys()].map((name) => [name, name])], ui.cluster ?? '')}
      </select>
    </label>
    <span class="grow"></span>
    ${pauses.length
      ? html`<span>${badge('lagging', 'healing paused', '❚❚')}</span>`
      : html`<button type="button" id="pause" @click=${() => openPause()}>❚❚ Pause healing</button>`}
    ${state.session.needs_token
      ? html`<button type="button" @click=${() => { setToken(null); choose({}); }} ?disabled=${!hasToken()}>
          ${hasToken() ? 'Forget token' : 'Read only until a token is given'}</button>`
      : nothing}`;
}

export function pausesNow() {
  return [...state.controls.values()].filter((c) => c.kind === 'pause' && inScope(c.cluster) && holds(c));
}

/** Why what is shown may not be how it is; null if it is. Green must never mean that nobody looks. */
function blindness() {
  if (state.lostAt && Date.now() - state.lostAt > OUT_OF_TOUCH_MS) return `Not live: this is how it was at ${clock(state.lostAt)}.`;
  if (state.problem) return `Not up to date: ${state.problem}.`;
  const watchdog = [...state.alerts.values()].find((a) => a.alertname === 'Watchdog');
  if (watchdog?.status !== 'firing') return 'Nobody judges: the Watchdog does not fire.';
  return serverNow() - Date.parse(watchdog.last_seen) > UNHEARD_MS
    ? `Nobody judges: the Watchdog was last heard at ${clock(watchdog.last_seen)}.` : null;
}

/** One sentence for the eye and, when it changes, for the ear. */
export function headlineText() {
  if (!state.loaded) return state.problem ? `Nothing to show yet: ${state.problem}` : 'Reading the state…';
  const alerts = standing().filter((a) => !a.silenced);
  const by = (severity) => alerts.filter((a) => a.severity === severity).length;
  const worst = ['critical', 'warning', 'info'].filter((s) => by(s) > 0);
  const shards = scoped().reduce((sum, c) => sum + (c.replication?.shards ?? 0), 0);
  const behind = notInSync();
  if (!state.clusters.size) return 'No cluster has been seen yet. Is a collector running?';
  const blind = blindness();
  if (blind && !alerts.length) return `${blind} It may have changed since.`;
  if (alerts.length) return `${blind ? `${blind} ` : ''}${worst.map((s) => many(by(s), s, s === 'warning' ? 'warnings' : s)).join(', ')}: ${alerts[0].summary}`;
  if (behind) return `No alert. ${many(behind, 'shard')} of ${count(shards)} not in sync.`;
  return `All ${many(shards, 'shard')} of ${ui.cluster ?? many(scoped().length, 'cluster')} ${shards === 1 ? 'is' : 'are'} in sync.`;
}

export function scoped() { return [...state.clusters.values()].filter((c) => inScope(c.cluster)); }

export function notInSync() {
  return scoped().reduce((sum, c) => sum + (c.replication ? c.replication.shards - c.replication.health.in_sync : 0), 0);
}

export function headline() {
  const alerts = standing().filter((a) => !a.silenced);
  const kind = !state.loaded || !state.clusters.size ? 'unknown'
    : alerts.length ? alerts[0].severity : blindness() ? 'unknown' : notInSync() ? 'lagging' : 'in_sync';
  const sign = alerts.length ? SEVERITY_SIGN[alerts[0].severity] : kind === 'in_sync' ? '✓' : kind === 'unknown' ? '?' : '◆';
  return html`
    <p class="headline is-${kind}"><span aria-hidden="true">${sign}</span> ${headlineText()}</p>
    ${pausesNow().map((p) => html`
      <p class="banner is-lagging"><strong>Healing is paused</strong> for ${p.cluster === '*' ? 'all clusters' : p.cluster}
        by ${p.by}, since ${age(p.from)}${p.until ? html`, until ${age(p.until)}` : ''}: ${p.why}
        <button type="button" @click=${() => resume(p.cluster)}>Resume healing</button></p>`)}`;
}

export function clusters() {
  const list = scoped();
  return html`
    <h2 id="clusters-title">Clusters</h2>
    <ul class="cards">${list.map(card)}</ul>`;
}

const STATUS_SIGN = { green: '✓', yellow: '◆', red: '▲' };

function card(c) {
  const r = c.replication;
  const stale = c.completed_at && serverNow() - Date.parse(c.completed_at) > STALE_MS;
  const blind = c.reachable === false || stale;
  const silent = (c.nodes ?? []).filter((n) => !n.answered);
  const lost = lostNodes(c.cluster);
  const behind = r ? r.shards - r.health.in_sync : 0;
  return html`
    <li class="card ${blind ? 'edge-unknown' : c.status === 'red' ? 'edge-unassigned' : behind ? 'edge-lagging' : 'edge-in_sync'}">
      <h3><button type="button" class="plain" @click=${() => choose({ cluster: ui.cluster === c.cluster ? null : c.cluster })}
        aria-pressed=${ui.cluster === c.cluster}>${c.cluster}</button>
        ${blind ? badge('unknown', 'can’t be seen', '?') : badge(c.status ?? 'unknown', c.status ?? 'unknown', STATUS_SIGN[c.status] ?? '?')}
        ${c.view === 'no_master' ? badge('unassigned', 'no master', '✕') : nothing}
        ${c.view === 'stale' ? badge('lagging', 'stale view', '◆') : nothing}
        ${c.healing_paused ? badge('lagging', 'healing paused', '❚❚') : nothing}
        ${c.in_maintenance ? badge('info', 'maintenance', '⚒') : nothing}
      </h3>
      ${r ? healthBar(r) : nothing}
      ${facts([
        ['in sync', r ? html`<strong>${count(r.health.in_sync)}</strong> of ${many(r.shards, 'shard')}` : null],
        ['furthest behind', r && r.shards ? lagWords(r) : null],
        ['nodes', c.nodes?.length ? html`${count(c.nodes.length)}${silent.length
          ? html`, <strong>not answering: ${silent.map((n) => n.name).join(', ')}</strong>` : ', all answer'}${lost.length ? html`, <strong>lost: ${lost.join(', ')}</strong>` : nothing}` : null],
        ['copies', c.copies ? copyWords(c.copies) : null],
        ['waiting for a node', c.delayed?.copies ? html`${many(c.delayed.copies, 'copy', 'copies')}${c.delayed.next_expiry
          ? html`, timer ends ${age(c.delayed.next_expiry)}` : nothing}` : null],
        ['switched off', c.switches?.length ? c.switches.map((s) =>
          html`<code>${s.setting}: ${s.value}</code> (${s.scope}${s.index ? ` ${s.index}` : ''}) `) : null],
        ['collected', c.completed_at ? html`${age(c.completed_at)}, took ${c.took_ms} ms` : 'never'],
        ['error', c.error ? `${words(c.error.code)}: ${c.error.text}` : null],
      ])}
    </li>`;
}

function lagWords(r) {
  if (!r.lag_bytes && !r.lag_ops) return r.lag_unknown ? `${many(r.lag_unknown, 'shard')} unknown` : 'nothing';
  return `${bytes(r.lag_bytes)} · ${count(r.lag_ops)} ops${r.lag_unknown ? ` · ${many(r.lag_unknown, 'shard')} unknown` : ''}`;
}

function copyWords(c) {
  const parts = [`${count(c.started)} started`];
  if (c.unassigned) parts.push(`${count(c.unassigned)} unassigned`);
  if (c.initializing) parts.push(`${count(c.initializing)} initializing`);
  if (c.relocating) parts.push(`${count(c.relocating)} relocating`);
  return parts.join(', ');
}

/** Counts by health; each is a filter for the map. */
function healthBar(r) {
  const present = HEALTHS.filter((h) => r.health[h] > 0 && h !== 'in_sync');
  return present.length ? html`<p class="chips">${present.map((h) => badge(h, `${count(r.health[h])} ${words(h)}`, SIGN[h]))}</p>` : nothing;
}

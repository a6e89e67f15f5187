// What the page knows, kept current by server-sent events. Rendering reads it, nothing else writes it.

import { get, serverNow, shard, shards } from './api.js';
import { listen } from './feed.js';

/** More than this is neither loaded nor drawn; the server filters instead. */
export const MOST_SHARDS = 6000;
const MOST_COMMANDS = 200;
const MOST_WAITING_EVENTS = 20000;
const NOT_IN_SYNC = 'no_primary,unknown,degraded,recovering,lagging';

export const state = {
  connection: 'connecting',
  /** Since when nothing is told any more, by this machine's clock; null as long as it is. */
  lostAt: null,
  loaded: false,
  problem: null,
  session: { needs_token: false },
  clusters: new Map(),
  /** Statuses by cluster/index/shard. */
  shards: new Map(),
  /** Whether every shard is in {@link shards}, or only those not in sync or with a copy that is being built. */
  complete: true,
  /** Whether there are even more shards not in sync than are loaded. */
  truncated: false,
  alerts: new Map(),
  commands: new Map(),
  checks: new Map(),
  controls: new Map(),
  /** Rises with every change of an index's shards, by cluster/index. */
  versions: new Map(),
};

let changed = () => {};
let waiting = null;
let figuresTimer = null;

export function onChange(listener) { changed = listener; }

export const keyOf = (s) => `${s.cluster}/${s.index}/${s.shard}`;

export function start() {
  listen({
    begin: reload,
    connection: (now, lostAt) => {
      state.connection = now;
      state.lostAt = lostAt;
      changed();
    },
    told: (type, data) => {
      if (waiting) {
        waiting.push([type, data]);
        if (waiting.length > MOST_WAITING_EVENTS) { waiting = []; again = true; }
      } else {
        take(type, data);
        changed();
      }
    },
  });
}

let reloading = false;
/** Once it is read: so much was told meanwhile that catching up is not worth it, or something has been missed. */
let again = false;
let retry = null;

/** Reads everything anew; what is told meanwhile is applied afterwards. */
export async function reload() {
  if (reloading) { again = true; return; }
  clearTimeout(retry);
  reloading = true;
  waiting = [];
  try {
    await load();
    state.problem = null;
    state.loaded = true;
  } catch (e) {
    state.problem = e.message;
    retry = setTimeout(reload, 2000);
  } finally {
    reloading = false;
    const missed = waiting ?? [];
    waiting = null;
    missed.forEach(([type, data]) => take(type, data));
    changed();
    if (again) { again = false; reload(); }
  }
}

async function load() {
  const [session, clusters, alerts, recovery, checks, healing, maintenance] = await Promise.all([
    get('/session'), get('/clusters'), get('/alerts'), get('/shards/recovery/status'),
    get('/shards/consistency'), get('/healing'), get('/maintenance'),
  ]);
  const total = clusters.clusters.reduce((sum, c) => sum + c.replication.shards, 0);
  const all = total <= MOST_SHARDS;
  const found = await shards(all ? {} : { health: NOT_IN_SYNC }, MOST_SHARDS);
  const known = new Map(found.shards.map((s) => [keyOf(s), s]));
  // A copy that moves is in sync all the while.
  const moving = new Map(recovery.recoveries.filter((r) => !known.has(keyOf(r))).map((r) => [keyOf(r), r]));
  for (const s of await Promise.all([...moving.values()].map(shard))) if (s) known.set(keyOf(s), s);
  state.session = session;
  putClusters(clusters.clusters);
  state.alerts = new Map(alerts.alerts.map((a) => [a.fingerprint, a]));
  state.commands = new Map(recovery.commands.map((c) => [c.command_id, c]));
  state.checks = new Map(checks.checks.map((c) => [checkKey(c), c]));
  state.controls = new Map();
  healing.pauses.forEach((p) => state.controls.set(`${p.cluster}/pause`, { kind: 'pause', ...p }));
  maintenance.maintenance.forEach((m) =>
    state.controls.set(`${m.cluster}/maintenance/${m.id}`, { kind: 'maintenance', ...m }));
  state.complete = all;
  state.truncated = !found.complete;
  state.shards = known;
  state.versions.clear();
}

function putClusters(list) {
  state.clusters = new Map(list.filter((c) => !c.retired).map((c) => [c.cluster, c]));
}

/** The counts come from the server: this page may not know every shard. */
export async function refreshFigures() {
  try {
    putClusters((await get('/clusters')).clusters);
    changed();
  } catch { /* the connection's state says it */ }
}

function soonRefreshFigures() {
  if (figuresTimer || document.visibilityState === 'hidden') return;
  figuresTimer = setTimeout(() => { figuresTimer = null; refreshFigures(); }, 1000);
}

function take(type, data) {
  switch (type) {
    case 'status': return takeStatus(data);
    case 'alert':
      return data.removed ? state.alerts.delete(data.fingerprint) : state.alerts.set(data.fingerprint, data);
    case 'command': return takeCommand(data);
    case 'cluster':
      if (data.removed) state.clusters.delete(data.cluster);
      else state.clusters.set(data.cluster, { ...state.clusters.get(data.cluster), ...data });
      return soonRefreshFigures();
    case 'consistency':
      return data.removed ? state.checks.delete(data.key) : state.checks.set(checkKey(data), data);
    case 'control':
      soonRefreshFigures();
      return data.control ? state.controls.set(data.key, withId(data.key, data.control)) : state.controls.delete(data.key);
  }
}

function takeStatus(status) {
  const key = keyOf(status);
  recount(status, state.shards.get(key)?.health);
  const gone = status.removed || (!state.complete && status.health === 'in_sync' && !status.replicas.some((r) => r.recovery));
  if (gone) state.shards.delete(key);
  else if (state.shards.has(key) || state.shards.size < MOST_SHARDS * 2) state.shards.set(key, status);
  const row = `${status.cluster}/${status.index}`;
  state.versions.set(row, (state.versions.get(row) ?? 0) + 1);
  soonRefreshFigures();
}

/** Where every shard is known the numbers change with the map, not a moment later with the server's answer. */
function recount(status, before) {
  const figures = state.clusters.get(status.cluster)?.replication;
  if (!state.complete || !figures) return;
  if (before) figures.health[before]--;
  else if (!status.removed) figures.shards++;
  if (!status.removed) figures.health[status.health]++;
  else if (before) figures.shards--;
}

function takeCommand(command) {
  if (command.removed) { state.commands.delete(command.command_id); return; }
  const before = state.commands.get(command.command_id);
  if (before && before.sequence !== undefined && command.status === 'sent') return;
  state.commands.set(command.command_id, command);
  if (state.commands.size > MOST_COMMANDS) {
    const oldest = [...state.commands.values()].filter(isOver).sort((a, b) => a.at.localeCompare(b.at))[0];
    if (oldest) state.commands.delete(oldest.command_id);
  }
}

/** Nodes that have left a cluster and are missed: no collection names them any more, an alert does. */
export function lostNodes(cluster) {
  return [...state.alerts.values()]
    .filter((a) => a.alertname === 'NodeLost' && a.status === 'firing' && a.cluster === cluster && a.cause?.node)
    .map((a) => a.cause.node);
}

const OPEN = ['sent', 'accepted', 'awaiting_approval', 'running'];
export function isOver(command) { return !OPEN.includes(command.status); }

function checkKey(check) { return `${check.cluster}/${check.index}/${check.method}`; }

function withId(key, control) {
  const at = key.indexOf('/maintenance/');
  return { ...control, id: at < 0 ? null : key.slice(at + '/maintenance/'.length) };
}

/** A pause or window holds now? Judged here, since they begin and end without a record. */
export function holds(control, now = serverNow()) {
  return Date.parse(control.from) <= now && (!control.until || now < Date.parse(control.until));
}

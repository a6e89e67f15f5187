// Calls to the server. Reading needs nothing; changing needs a token where the server has one.

let token = sessionStorage.getItem('shardsync.token');
let askForToken = async () => null;

export function onTokenNeeded(ask) { askForToken = ask; }
export function hasToken() { return token !== null; }

export function setToken(value) {
  token = value || null;
  // Of this tab alone, and gone with it.
  if (token) sessionStorage.setItem('shardsync.token', token);
  else sessionStorage.removeItem('shardsync.token');
}

/** What the server said no to, in its own words. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const PATIENCE_MS = 30_000;

export async function get(path) {
  // Where a connection has died without a word a browser would wait for its answer for ever.
  const response = await fetch(path, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(PATIENCE_MS) });
  ahead = Date.parse(response.headers.get('Date')) - Date.now() || 0;
  return answer(response);
}

/** How far the server's clock is ahead of this one; the header has whole seconds, and comes a moment late. */
let ahead = 0;
const NOT_WORTH_IT_MS = 3000;

/** The time by the server's clock: "3 s ago" is not to depend on whose laptop it is. */
export function serverNow() { return Date.now() + (Math.abs(ahead) > NOT_WORTH_IT_MS ? ahead : 0); }

/** All pages of a list of shards, at most so many. */
export async function shards(query, most) {
  const found = [];
  let cursor = null;
  do {
    const params = new URLSearchParams({ ...query, limit: '1000' });
    if (cursor) params.set('cursor', cursor);
    const page = await get(`/shards/replication?${params}`);
    found.push(...page.shards);
    cursor = page.cursor;
  } while (cursor && found.length < most);
  return { shards: found, complete: !cursor };
}

/** One shard; null if it has been deleted. */
export async function shard({ cluster, index, shard: number }) {
  try {
    return await get(`/shards/replication/${[cluster, index, number].map(encodeURIComponent).join('/')}`);
  } catch (e) {
    if (e.status === 404) return null;
    throw e;
  }
}

/** Asks for the token once if the server wants one. */
export async function change(method, path, body) {
  const first = await send(method, path, body);
  if (first.status !== 401) return answer(first);
  const given = await askForToken(token !== null);
  if (!given) throw new Refused(401, 'not sent: this needs a token');
  setToken(given);
  const second = await send(method, path, body);
  if (second.status === 401) setToken(null);
  return answer(second);
}

function send(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers.Authorization = `Bearer ${token}`;
  return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

async function answer(response) {
  if (response.status === 204) return null;
  const text = await response.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* told below */ }
  if (!response.ok) throw new Refused(response.status, json?.detail ?? `the server answered ${response.status}`);
  return json;
}

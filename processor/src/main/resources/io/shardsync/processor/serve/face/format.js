// How values are said. Everything here is pure.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** "12.4 MiB"; a dash where it is not known. */
export function bytes(value) {
  if (value === null || value === undefined) return 'unknown';
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export function count(value) {
  return value === null || value === undefined ? 'unknown' : value.toLocaleString('en-US');
}

/** "1 copy", "6 copies". */
export function many(value, one, more = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** "14 s", "3 min", "2 h 5 min", "4 d". */
export function duration(ms) {
  if (ms === null || ms === undefined) return 'unknown';
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 90) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 90) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 ? `${h} h ${min % 60} min` : `${h} h`;
  return `${Math.round(h / 24)} d`;
}

export function ago(iso, now = Date.now()) {
  if (!iso) return 'never';
  const ms = now - Date.parse(iso);
  return ms < -1500 ? `in ${duration(-ms)}` : `${duration(ms)} ago`;
}

/** Local date and time, to the second. */
export function moment(iso) {
  return iso ? new Date(iso).toLocaleString('sv-SE') : '';
}

/** Local time of the day, to the second. */
export function clock(iso) {
  return new Date(iso).toLocaleTimeString('sv-SE');
}

/** "node_left" as "node left". */
export function words(code) {
  return (code ?? '').replaceAll('_', ' ');
}

export const HEALTHS = ['no_primary', 'unknown', 'degraded', 'recovering', 'lagging', 'in_sync'];

/** How bad, 0 worst; the order of HEALTHS. */
export function rank(health) {
  const at = HEALTHS.indexOf(health);
  return at < 0 ? 1 : at;
}

/** A sign for each state, so that nobody has to tell colours apart. */
export const SIGN = {
  in_sync: '', lagging: '▾', recovering: '↻', relocating: '→', unassigned: '✕', unknown: '?',
  no_primary: '✕', degraded: '✕',
};

export const SEVERITY_SIGN = { critical: '▲', warning: '◆', info: '●', none: '○' };

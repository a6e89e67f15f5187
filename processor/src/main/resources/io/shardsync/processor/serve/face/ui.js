// What a person has chosen to look at. Kept in the address, so that a link shows the same.

export const ui = {
  cluster: null,
  index: '',
  node: '',
  /** null: decide by how many shards there are. */
  onlyBehind: null,
  health: null,
  rows: 100,
  detail: null,
  plot: 'lag_bytes',
};

export function readAddress() {
  const params = new URLSearchParams(location.hash.slice(1));
  ui.cluster = params.get('cluster') || null;
  ui.index = params.get('index') ?? '';
  ui.node = params.get('node') ?? '';
  ui.health = params.get('health') || null;
  ui.onlyBehind = params.has('all') ? params.get('all') !== '1' : null;
}

export function writeAddress() {
  const params = new URLSearchParams();
  if (ui.cluster) params.set('cluster', ui.cluster);
  if (ui.index) params.set('index', ui.index);
  if (ui.node) params.set('node', ui.node);
  if (ui.health) params.set('health', ui.health);
  if (ui.onlyBehind !== null) params.set('all', ui.onlyBehind ? '0' : '1');
  const hash = params.toString();
  history.replaceState(null, '', hash ? `#${hash}` : location.pathname);
}

let changed = () => {};
export function onChoice(listener) { changed = listener; }

export function choose(choice) {
  Object.assign(ui, choice);
  writeAddress();
  changed();
}

/** Whether something of this cluster is looked at. */
export function inScope(cluster) { return !ui.cluster || ui.cluster === cluster || cluster === '*'; }

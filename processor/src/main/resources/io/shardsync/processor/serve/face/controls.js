// Pausing of healing, and maintenance windows.

import { html, nothing } from '/lib/lit/lit-html.js';
import { change } from './api.js';
import { age, badge, empty, options } from './parts.js';
import { holds, state } from './store.js';
import { say } from './say.js';
import { inScope, ui } from './ui.js';

const HOUR = 3_600_000;
const LENGTHS = [['1', '1 hour'], ['4', '4 hours'], ['12', '12 hours'], ['', 'until resumed']];

const dialog = { kind: null, cluster: '*', node: '', hours: '1', why: '', error: null };
let changed = () => {};
export function onDialog(listener) { changed = listener; }

export function openPause() {
  Object.assign(dialog, { kind: 'pause', cluster: ui.cluster ?? '*', node: '', hours: '1', why: '', error: null });
  changed();
}

export function openMaintenance({ cluster, node } = {}) {
  Object.assign(dialog, { kind: 'maintenance', cluster: cluster ?? ui.cluster ?? '*', node: node ?? '', hours: '1', why: '', error: null });
  changed();
}

export async function resume(cluster) {
  try {
    const now = await change('POST', '/healing/resume', { cluster });
    say(now.paused ? 'resumed, but another pause still holds' : 'healing is resumed');
  } catch (e) {
    say(e.message, true);
  }
}

async function end(window) {
  try {
    await change('DELETE', `/maintenance/${encodeURIComponent(window.id)}?cluster=${encodeURIComponent(window.cluster)}`);
    say('the window is closed');
  } catch (e) {
    say(e.message, true);
  }
}

async function submit(event) {
  event.preventDefault();
  const until = dialog.hours ? new Date(Date.now() + Number(dialog.hours) * HOUR).toISOString() : undefined;
  const body = { cluster: dialog.cluster, until, why: dialog.why.trim() || undefined };
  if (dialog.kind === 'maintenance' && dialog.node) body.node = dialog.node;
  try {
    await change('POST', dialog.kind === 'pause' ? '/healing/pause' : '/maintenance', body);
    say(dialog.kind === 'pause' ? 'healing is paused' : 'the window is open');
    dialog.kind = null;
  } catch (e) {
    dialog.error = e.message;
  }
  changed();
}

export function controls() {
  const windows = [...state.controls.values()].filter((c) => c.kind === 'maintenance' && inScope(c.cluster)
    && (!c.until || Date.parse(c.until) > Date.now()));
  return html`
    <h2 id="controls-title">Maintenance</h2>
    ${windows.length ? html`<ul class="list compact">${windows.map((w) => html`
      <li class="window"><p>${badge(holds(w) ? 'info' : 'unknown', holds(w) ? 'open' : 'planned', '⚒')}
        <strong>${w.cluster === '*' ? 'all clusters' : w.cluster}${w.node ? ` / ${w.node}` : ''}</strong>
        ${holds(w) ? nothing : html`begins ${age(w.from)}, `}${w.until ? html`ends ${age(w.until)}` : 'without an end'} · ${w.why} <span class="quiet">by ${w.by}</span>
        <button type="button" @click=${() => end(w)} aria-label="End the window ${w.id}">End</button></p></li>`)}</ul>`
      : empty('No window is open. Within one, the alerts it explains are silenced, and nothing is healed.')}
    <p class="actions"><button type="button" id="open-maintenance" @click=${() => openMaintenance()}>Open a window…</button>
      <button type="button" id="open-pause" @click=${() => openPause()}>Pause healing…</button></p>`;
}

/** One dialog for both. */
export function controlDialog() {
  if (!dialog.kind) return nothing;
  const pause = dialog.kind === 'pause';
  const nodes = (state.clusters.get(dialog.cluster)?.nodes ?? []).map((n) => n.name);
  const set = (field) => (e) => { dialog[field] = e.target.value; changed(); };
  return html`
    <dialog id="control" aria-labelledby="control-title" @close=${() => { dialog.kind = null; changed(); }}>
      <form @submit=${submit}>
        <h2 id="control-title">${pause ? 'Pause healing' : 'Open a maintenance window'}</h2>
        <p class="quiet">${pause ? 'Nothing is changed on the cluster while it lasts, neither by itself nor by command. Watching goes on.'
          : 'The alerts it explains are marked as silenced, and nothing is healed there.'}</p>
        <label>Where<select name="cluster" @change=${set('cluster')}>
          ${options([['*', 'all clusters'], ...[...state.clusters.keys()].map((c) => [c, c])], dialog.cluster)}</select></label>
        ${!pause && dialog.cluster !== '*' ? html`<label>Node<select name="node" @change=${set('node')}>
          ${options([['', 'the whole cluster'], ...nodes.map((n) => [n, n])], dialog.node)}</select></label>` : nothing}
        <label>For<select name="hours" @change=${set('hours')}>
          ${options(LENGTHS.filter(([h]) => pause || h), dialog.hours)}</select></label>
        <label>Why<input name="why" required autocomplete="off" .value=${dialog.why} @input=${(e) => { dialog.why = e.target.value; }}></label>
        ${dialog.error ? html`<p class="banner is-critical" role="alert">${dialog.error}</p>` : nothing}
        <p class="actions"><button class="main" id="control-send">${pause ? 'Pause' : 'Open'}</button>
          <button type="button" @click=${(e) => e.target.closest('dialog').close()}>Back</button></p>
      </form>
    </dialog>`;
}

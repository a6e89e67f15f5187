// A command begins as a dry run; the real one is offered only for exactly what the plan was made for.

import { html, nothing } from '/lib/lit/lit-html.js';
import { change } from './api.js';
import { state, isOver } from './store.js';
import { statusBadge, story } from './commands.js';
import { options } from './parts.js';
import { ui } from './ui.js';

const TYPES = {
  RECOVER: 'diagnose, then the one safe thing for each cause',
  DIAGNOSE: 'say why; changes nothing',
  VERIFY_CONSISTENCY: 'compare the documents of the copies; changes nothing',
  RETRY_FAILED: 'let Elasticsearch try again what it gave up on',
  ENABLE_ALLOCATION: 'put an allocation switch back',
  RESYNC_REPLICA: 'rebuild a replica from its primary',
  MOVE_SHARD: 'move a copy to another node',
  CANCEL_RECOVERY: 'cancel a stalled recovery of a replica',
  REBALANCE: 'let shards move to even out the nodes',
  OPTIMIZE_ALLOCATION: 'raise limits for a while, then put them back',
};
const HARMLESS = ['DIAGNOSE', 'VERIFY_CONSISTENCY'];
const BLANK = { type: 'RECOVER', cluster: '', index: '', shard: '', node: '', target_node: '', cause: '', reason: '', alert_fingerprint: '' };

const form = { ...BLANK, planned: null, plannedId: null, sentId: null, error: null, busy: false };
let changed = () => {};
export function onForm(listener) { changed = listener; }

export function prefill(command) {
  const given = Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined && value !== null));
  Object.assign(form, BLANK, { planned: null, plannedId: null, sentId: null, error: null }, given);
  changed();
  const section = document.getElementById('form');
  section.scrollIntoView({ block: 'start' });
  document.getElementById('send-command').focus({ preventScroll: true });
}

function edit(field, value) {
  form[field] = value;
  form.error = null;
  changed();
}

/** What would be sent; empty fields are left out. */
function body() {
  const command = { type: form.type };
  for (const field of ['cluster', 'index', 'node', 'target_node', 'cause', 'reason', 'alert_fingerprint']) {
    if (String(form[field]).trim()) command[field] = String(form[field]).trim();
  }
  if (String(form.shard).trim() !== '') command.shard = Number(form.shard);
  return command;
}

const harmless = () => HARMLESS.includes(form.type);

/** The same but for the reason, which does not change what is done. */
function signature() {
  const { reason, ...rest } = body();
  return JSON.stringify(rest);
}

async function send(dryRun) {
  form.busy = true;
  form.error = null;
  form.sentId = null;
  if (dryRun) { form.plannedId = null; form.planned = null; }
  changed();
  try {
    const signed = signature();
    const accepted = await change('POST', '/shards/recovery', { ...body(), dry_run: dryRun });
    if (dryRun) { form.plannedId = accepted.command_id; form.planned = signed; }
    else form.sentId = accepted.command_id;
    if (!state.commands.has(accepted.command_id)) {
      // Its results are told as they come; asked for so soon, the server may not have read the command itself yet.
      state.commands.set(accepted.command_id, {
        command_id: accepted.command_id, command: accepted.command, cluster: accepted.command.cluster, type: accepted.command.type,
        requested_by: accepted.command.requested_by, status: 'sent', at: accepted.command.requested_at, message: 'sent',
      });
    }
  } catch (e) {
    form.error = e.message;
  } finally {
    form.busy = false;
    changed();
  }
}

export function commandForm() {
  const clusters = [...state.clusters.keys()];
  const planned = form.plannedId ? state.commands.get(form.plannedId) : null;
  const sent = form.sentId ? state.commands.get(form.sentId) : null;
  const fresh = planned && form.planned === signature();
  const offered = fresh && planned.status === 'dry_run' && planned.plan?.length;
  const indices = form.cluster || clusters.length === 1 ? known(form.cluster || clusters[0]) : [];
  return html`
    <h2 id="form-title">Send a command</h2>
    <form @submit=${(e) => { e.preventDefault(); send(!harmless()); }}>
      <div class="fields">
        ${select('type', 'What', Object.keys(TYPES).map((t) => [t, `${t} – ${TYPES[t]}`]))}
        ${select('cluster', 'Cluster', [['', clusters.length > 1 ? 'choose…' : 'the only one'], ...clusters.map((c) => [c, c])])}
        ${input('index', 'Index', { list: 'indices', placeholder: 'all' })}
        ${input('shard', 'Shard', { type: 'number', placeholder: 'all' })}
        ${['MOVE_SHARD', 'RESYNC_REPLICA', 'CANCEL_RECOVERY'].includes(form.type) ? input('node', 'Copy on node') : nothing}
        ${['MOVE_SHARD', 'RESYNC_REPLICA'].includes(form.type) ? input('target_node', 'To node') : nothing}
        ${['RECOVER', 'DIAGNOSE'].includes(form.type) ? input('cause', 'Only this cause', { placeholder: 'any' }) : nothing}
        ${input('reason', 'Reason, for the audit')}
      </div>
      <datalist id="indices">${indices.map((i) => html`<option value=${i}></option>`)}</datalist>
      <p class="actions">
        <button id="send-command" class="main" ?disabled=${form.busy}>${harmless() ? 'Send' : 'Dry run: show the plan'}</button>
        ${offered ? html`<button type="button" id="send-for-real" class="danger" ?disabled=${form.busy} @click=${() => send(false)}>
          Send for real: ${planned.plan.length} ${planned.plan.length === 1 ? 'call' : 'calls'}</button>` : nothing}
      </p>
      ${form.error ? html`<p class="banner is-critical" role="alert">${form.error}</p>` : nothing}
    </form>
    <div aria-live="polite">
      ${planned ? html`<div class="result" id="plan"><h3>Dry run ${statusBadge(planned)}</h3>
        ${!fresh ? html`<p class="banner is-warning">The form has changed since: make a new dry run.</p>` : nothing}
        ${waiting(planned)}${story(planned)}</div>` : nothing}
      ${sent ? html`<div class="result" id="outcome"><h3>${harmless() ? 'Answer' : 'For real'} ${statusBadge(sent)}</h3>${waiting(sent)}${story(sent)}</div>` : nothing}
    </div>`;
}

function waiting(command) {
  return isOver(command) || command.status !== 'sent' ? nothing
    : html`<p class="quiet">Waiting for an actuator. If none answers within a minute, look whether one runs.</p>`;
}

function known(cluster) {
  const names = new Set();
  for (const s of state.shards.values()) if (s.cluster === cluster) names.add(s.index);
  return [...names].sort().slice(0, 500);
}

function select(field, label, choices) {
  const now = field === 'cluster' && !form.cluster ? ui.cluster ?? '' : form[field];
  if (field === 'cluster' && now !== form.cluster) form.cluster = now;
  return html`<label>${label}<select name=${field} @change=${(e) => edit(field, e.target.value)}>
    ${options(choices, now)}</select></label>`;
}

function input(field, label, { type = 'text', placeholder = '', list } = {}) {
  return html`<label>${label}<input name=${field} type=${type} min="0" placeholder=${placeholder} list=${list ?? nothing} autocomplete="off"
    .value=${String(form[field])} @input=${(e) => edit(field, e.target.value)}></label>`;
}

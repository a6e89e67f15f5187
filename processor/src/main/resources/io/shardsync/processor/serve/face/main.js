// Puts the page together: one render per frame at most, and not more than four a second.

import { html, render } from '/lib/lit/lit-html.js';
import { onTokenNeeded } from './api.js';
import { alerts } from './alerts.js';
import { commands } from './commands.js';
import { consistency } from './consistency.js';
import { controlDialog, controls, onDialog } from './controls.js';
import { commandForm, onForm } from './form.js';
import { lagHead, refresh as refreshLag, startLag } from './lag.js';
import { detail, map } from './map.js';
import { openDialog, tick } from './parts.js';
import { recoveries } from './recoveries.js';
import { onChange, start, state } from './store.js';
import { clusters, headline, headlineText, standing, top } from './top.js';
import { onChoice, readAddress, ui } from './ui.js';

const LEAST_GAP_MS = 250;
const PARTS = [
  ['top', top], ['headline', headline], ['clusters', clusters], ['alerts', alerts], ['recoveries', recoveries], ['map', map],
  ['lag-head', lagHead], ['commands', commands], ['form', commandForm], ['consistency', consistency], ['controls', controls],
  ['dialog', () => html`${detail()}${controlDialog()}${tokenDialog()}`],
].map(([id, template]) => [document.getElementById(id), template]);

let planned = false;
let last = 0;

function schedule() {
  if (planned) return;
  planned = true;
  setTimeout(() => requestAnimationFrame(draw), Math.max(0, last + LEAST_GAP_MS - performance.now()));
}

/** At once, for what a person has just done. */
function drawNow() {
  if (!planned) { planned = true; requestAnimationFrame(draw); }
}

function draw() {
  planned = false;
  last = performance.now();
  for (const [element, template] of PARTS) {
    try {
      render(template(), element);
    } catch (e) {
      console.error(element.id, e);
    }
  }
  document.querySelectorAll('#dialog dialog').forEach(openDialog);
  tick();
  announce();
  title();
}

let announced = '';
function announce() {
  const text = headlineText();
  if (text === announced) return;
  announced = text;
  document.getElementById('announce').textContent = text;
}

function title() {
  const firing = standing().filter((a) => !a.silenced);
  const name = `${firing.length ? `(${firing.length}) ` : ''}ShardSync`;
  if (document.title !== name) document.title = name;
}

let tokenAsked = null;

onTokenNeeded((wrong) => new Promise((resolve) => { tokenAsked = { resolve, wrong }; drawNow(); }));

function tokenDialog() {
  if (!tokenAsked) return '';
  const done = (value) => { const { resolve } = tokenAsked; tokenAsked = null; resolve(value); drawNow(); };
  return html`<dialog id="token" aria-labelledby="token-title" @close=${() => tokenAsked && done(null)}>
    <form @submit=${(e) => { e.preventDefault(); done(e.target.elements.token.value); }}>
      <h2 id="token-title">Your token</h2>
      <p class="quiet">${tokenAsked.wrong ? 'That one was not accepted. ' : ''}Changes need http.token, or your own http.token.NAME. It stays in this tab.</p>
      <label>Token<input name="token" type="password" required autocomplete="off"></label>
      <p class="actions"><button class="main">Use it</button> <button type="button" @click=${() => done(null)}>Back</button></p>
    </form></dialog>`;
}

readAddress();
addEventListener('hashchange', () => { if (!location.hash.startsWith('#command-')) { readAddress(); drawNow(); } });
onChange(schedule);
let plottedCluster = ui.cluster;
onChoice(() => {
  drawNow();
  if (plottedCluster !== ui.cluster) { plottedCluster = ui.cluster; refreshLag(); }
});
onForm(drawNow);
onDialog(drawNow);
setInterval(() => tick(), 1000);
// What depends on the time alone (stale, paused until) is drawn again now and then.
setInterval(schedule, 5000);
draw();
start();
startLag();
let plotted = false;
onChange(() => { schedule(); if (!plotted && state.loaded) { plotted = true; refreshLag(); } });

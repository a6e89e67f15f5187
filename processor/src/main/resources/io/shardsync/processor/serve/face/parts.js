// Small pieces that several parts of the page use.

import { html, nothing } from '/lib/lit/lit-html.js';
import { live } from '/lib/lit/directives/live.js';
import { serverNow } from './api.js';
import { ago, clock, moment } from './format.js';

/** An age that counts on; {@link tick} writes it, the template never does. */
export function age(iso) {
  return iso ? html`<time datetime=${iso} title=${moment(iso)} data-ago=${iso}></time>` : html`never`;
}

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the server's. The times in it are UTC to the millisecond; a person wants their own, and how long ago. */
export function sentence(text) {
  return text ? text.split(INSTANT).map((part, n) => (n % 2 ? html`<time datetime=${part} title=${moment(part)}>${clock(part)}</time> (${age(part)})` : part)) : text;
}

export function tick(root = document) {
  const now = serverNow();
  for (const each of root.querySelectorAll('time[data-ago]')) {
    const text = ago(each.dataset.ago, now);
    if (each.textContent !== text) each.textContent = text;
  }
}

/** State as shape, text and colour at once. */
export function badge(kind, text, sign = '') {
  return html`<span class="badge is-${kind}">${sign ? html`<span aria-hidden="true">${sign}</span> ` : nothing}${text}</span>`;
}

/**
 * What a select shows is what holds. The property says which that is, for a browser ignores the attribute once somebody
 * has chosen; and a node that is chosen and then leaves stays chosen.
 */
export function options(pairs, now) {
  const all = pairs.some(([value]) => value === now) ? pairs : [...pairs, [now, now]];
  return all.map(([value, text]) => html`<option value=${value} .selected=${live(value === now)}>${text}</option>`);
}

export function empty(text) { return html`<p class="empty">${text}</p>`; }

export function facts(pairs) {
  return html`<dl class="facts">${pairs.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== nothing)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Only addresses a person can mean to follow; a path within the repository is found with the server. */
export function runbook(url) {
  return link(/^[\w./-]+\.md$/.test(url ?? '') ? `${location.origin}/runbooks/${url.split('/').pop()}` : url, 'Runbook');
}

function link(url, text) {
  return /^https?:\/\//.test(url ?? '') ? html`<a href=${url} rel="noreferrer noopener" target="_blank">${text}</a>` : nothing;
}

/** A modal of its own, closed with Escape. */
export function openDialog(element) {
  if (!element.open) element.showModal();
}

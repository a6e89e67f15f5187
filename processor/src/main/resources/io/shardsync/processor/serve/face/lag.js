// How far each cluster was behind, over the last two hours.

import { html } from '/lib/lit/lit-html.js';
import uPlot from '/lib/uplot.js';
import { get } from './api.js';
import { bytes, count, duration } from './format.js';
import { options } from './parts.js';
import { scoped } from './top.js';
import { choose, ui } from './ui.js';

const EVERY_MS = 10_000;
const MOST_LINES = 6;
/** A plot of the first seconds would show the same minute many times. */
const LEAST_SPAN_S = 600;
const WHAT = {
  lag_bytes: ['bytes behind', bytes],
  lag_ops: ['operations behind', count],
  not_in_sync: ['shards not in sync', count],
};
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4], [4, 4], [1, 5]];

let plot = null;
let drawn = '';
let latest = [];

export function lagHead() {
  return html`<h2 id="lag-title">Lag over time</h2>
    <label>Show <select id="plot-choice" @change=${(e) => { choose({ plot: e.target.value }); draw(); }}>
      ${options(Object.entries(WHAT).map(([key, [text]]) => [key, text]), ui.plot)}</select></label>`;
}

export function startLag() {
  refresh();
  setInterval(() => { if (document.visibilityState !== 'hidden') refresh(); }, EVERY_MS);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { drawn = ''; draw(); });
  new ResizeObserver(() => plot?.setSize(size())).observe(document.getElementById('lag-plot'));
}

export async function refresh() {
  // Those furthest behind, where there are more clusters than lines one can tell apart.
  const names = scoped().sort((a, b) => (b.replication?.lag_bytes ?? 0) - (a.replication?.lag_bytes ?? 0))
    .slice(0, MOST_LINES).map((c) => c.cluster).sort();
  try {
    latest = await Promise.all(names.map((name) => get(`/clusters/${encodeURIComponent(name)}/lag`)));
    draw();
  } catch { /* drawn again with the next answer */ }
}

function size() {
  const box = document.getElementById('lag-plot');
  return { width: Math.max(280, box.clientWidth), height: 220 };
}

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

function draw() {
  const [, format] = WHAT[ui.plot];
  const lines = latest.filter((l) => l.points.at.length);
  const joined = lines.length ? uPlot.join(lines.map((l) => [l.points.at, l.points[ui.plot]])) : [[], []];
  // uPlot makes days of a single point.
  const data = joined[0].length === 1 ? joined.map((c, i) => (i ? [null, c[0]] : [c[0] - LEAST_SPAN_S, c[0]])) : joined;
  const signature = `${ui.plot} ${lines.map((l) => l.cluster)}`;
  if (plot && signature === drawn) plot.setData(data);
  else build(signature, data, lines, format);
  document.getElementById('lag-text').textContent = lines.length
    ? lines.map((l) => `${l.cluster}: now ${format(l.points[ui.plot].at(-1))}, at most ${format(Math.max(...l.points[ui.plot]))} in the last ${duration((l.points.at.at(-1) - l.points.at[0]) * 1000)}.`).join(' ')
    : 'No points yet: the history begins when this instance has started.';
}

function build(signature, data, lines, format) {
  plot?.destroy();
  drawn = signature;
  const ink = colour('--quiet');
  const grid = { stroke: colour('--line'), width: 1 };
  plot = new uPlot({
    ...size(),
    series: [{ value: (_, v) => (v ? new Date(v * 1000).toLocaleTimeString('sv-SE') : '') },
      ...(lines.length ? lines : [{ cluster: '' }]).map((l, i) => ({
        label: l.cluster, stroke: colour(`--line-${i}`), width: 2, dash: DASHES[i], spanGaps: false,
        points: { show: false }, value: (_, v) => (v === null || v === undefined ? '–' : format(v)),
      }))],
    axes: [
      { stroke: ink, grid, ticks: grid, values: '{HH}:{mm}' },
      { stroke: ink, grid, ticks: grid, size: 84, values: (_, ticks) => ticks.map((v) => (v % 1 ? '' : format(v))) },
    ],
    scales: { x: { range: (_, min, max) => [Math.min(min ?? 0, (max ?? 0) - LEAST_SPAN_S), max ?? 0] }, y: { range: (_, min, max) => [0, Math.max(1, max * 1.1)] } },
    cursor: { drag: { x: true, y: false } },
  }, data, document.getElementById('lag-plot'));
}

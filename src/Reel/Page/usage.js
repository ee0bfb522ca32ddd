// What it cost: by day and by model, as bars to look at and a table to read.

import { get } from './api.js';
import { byId, el, setText } from './dom.js';
import { knowModels, modelTitle } from './models.js';
import { money } from './words.js';

const dayLength = 86400000;
const dayName = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const ranges = [7, 30, 90];

let days = 30;
let asking = 0;
let parts = null;

/** Forgets what is shown: it was somebody else's. */
export function resetUsage() {
  asking += 1;
  for (const part of parts ? [parts.figures, parts.charts, parts.table] : []) part.replaceChildren();
}

/** Shows the usage of the last days. */
export async function showUsage() {
  if (!parts) build();
  const mine = ++asking;
  const today = Math.floor(Date.now() / dayLength) * dayLength;
  const first = today - (days - 1) * dayLength;
  try {
    const [usage] = await Promise.all([get(`v2/usage?since=${new Date(first).toISOString()}`), knowModels()]);
    if (mine === asking) draw(usage, first, today);
  } catch (error) {
    if (mine === asking) setText(parts.note, error.message);
  }
}

function build() {
  const choices = ranges.map((range) => el('label', { for: `range-${range}` },
    el('input', { id: `range-${range}`, type: 'radio', name: 'range', value: range, checked: range === days, onchange: () => { days = range; void showUsage(); } }),
    el('span', {}, `${range} days`)));
  parts = { note: el('p', { class: 'muted', role: 'status' }, 'It is being added up…'), figures: el('dl', { class: 'figures' }), charts: el('div', { class: 'charts' }), table: el('div') };
  byId('usage').replaceChildren(
    el('div', { class: 'head' },
      el('h1', { id: 'usage-title', tabindex: -1 }, 'Usage'),
      el('fieldset', { class: 'segments' }, el('legend', { class: 'unseen' }, 'Of the last'), choices)),
    parts.note, parts.figures, parts.charts, parts.table);
}

function draw(usage, first, today) {
  const { total } = usage;
  const costs = new Map();
  for (const one of usage.days.flatMap((day) => day.models)) costs.set(one.model, (costs.get(one.model) ?? 0) + one.cost_usd);
  const models = [...costs.keys()].sort((one, other) => costs.get(other) - costs.get(one));
  setText(parts.note, total.requests === 0 ? 'There was no request in this time.' : 'By UTC day of acceptance, in US dollars as the provider reported them.');
  parts.figures.replaceChildren(...[
    ['Spent', money(total.cost_usd)],
    ['Requests', total.requests],
    ['Done', total.completed],
    ['Failed', total.failed],
    ['Cancelled', total.canceled],
    ['Under way', total.open],
    total.charge_unknown > 0 && ['Charge not known', total.charge_unknown],
  ].filter(Boolean).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))));
  const byDay = new Map(usage.days.map((day) => [day.day, day.models]));
  const all = [];
  for (let at = first; at <= today; at += dayLength) all.push({ at, models: byDay.get(new Date(at).toISOString().slice(0, 10)) ?? [] });
  parts.charts.replaceChildren(...(total.requests === 0 ? [] : [dayChart(all, models), modelChart(usage.days, models)]));
  parts.table.replaceChildren(...(total.requests === 0 ? [] : [table(usage.days)]));
}

const sum = (figures, member = 'cost_usd') => figures.reduce((result, one) => result + one[member], 0);

function dayChart(all, models) {
  const [width, base] = [720, 200];
  const most = Math.max(...all.map((day) => sum(day.models)), 0.01);
  const step = width / all.length;
  const bars = all.flatMap((day, index) => {
    let y = base;
    return models.map((model, tone) => {
      const cost = sum(day.models.filter((one) => one.model === model));
      const size = (cost / most) * (base - 4);
      y -= size;
      return size > 0 && el('rect', { class: `tone-${tone % 4}`, x: index * step + step * 0.15, y, width: step * 0.7, height: size, rx: Math.min(2, step / 6) },
        el('title', {}, `${dayName.format(day.at)}: ${money(cost)}, ${modelTitle(model)}`));
    });
  });
  const dearest = all.reduce((one, other) => (sum(other.models) > sum(one.models) ? other : one));
  return el('figure', {},
    el('figcaption', { id: 'days-caption' }, 'By day'),
    el('p', { class: 'scale', 'aria-hidden': 'true' }, el('span', {}, money(most))),
    el('svg', { viewBox: `0 0 ${width} ${base + 1}`, role: 'img', 'aria-label': `Cost by day. The dearest was ${dayName.format(dearest.at)} with ${money(sum(dearest.models))}. The table below has all of them.` },
      el('line', { x1: 0, x2: width, y1: base, y2: base, class: 'axis' }),
      el('line', { x1: 0, x2: width, y1: 2, y2: 2, class: 'grid' }),
      bars),
    el('p', { class: 'scale', 'aria-hidden': 'true' }, el('span', {}, dayName.format(all[0].at)), el('span', {}, 'today')));
}

function modelChart(usageDays, models) {
  const sums = models.map((model) => {
    const figures = usageDays.flatMap((day) => day.models).filter((one) => one.model === model);
    return { model, cost: sum(figures), requests: sum(figures, 'requests') };
  });
  const most = Math.max(...sums.map((one) => one.cost), 0.01);
  return el('figure', {},
    el('figcaption', {}, 'By model'),
    el('ul', { class: 'bars', role: 'list' }, sums.map((one, tone) => {
      const bar = el('span', { class: `bar tone-${tone % 4}`, 'aria-hidden': 'true' });
      bar.style.setProperty('inline-size', `${Math.max(1, (one.cost / most) * 100)}%`);
      return el('li', {}, el('span', { class: 'bar-name' }, modelTitle(one.model)), el('span', { class: 'bar-value' }, `${money(one.cost)} · ${one.requests} ${one.requests === 1 ? 'request' : 'requests'}`), bar);
    })));
}

function table(usageDays) {
  const rows = usageDays.flatMap((day) => day.models.map((one) => el('tr', {},
    el('th', { scope: 'row' }, day.day),
    el('td', {}, modelTitle(one.model)),
    [one.requests, one.completed, one.failed, one.canceled, one.open].map((count) => el('td', { class: 'number' }, String(count))),
    el('td', { class: 'number' }, money(one.cost_usd)))));
  return el('details', { open: true }, el('summary', {}, 'As a table'),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Usage by day and model' }, el('table', {},
      el('thead', {}, el('tr', {}, ['Day (UTC)', 'Model', 'Requests', 'Done', 'Failed', 'Cancelled', 'Under way', 'Cost'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, rows))));
}

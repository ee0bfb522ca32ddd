// Parts of a request's own view: what happened when, what it was made from, who was told, and the same as a command.

import { addressOf, get, post } from './api.js';
import { announce, el, quoted } from './dom.js';
import { labelOf } from './fields.js';
import { newKey } from './orders.js';
import { pause, untilSeen } from './stream.js';
import { bytes, duration, isFinal, moment, momentAfter, money, stateOf } from './words.js';

const deliveryPause = 3000;
const longestDeliveryPause = 60000;
const freshTime = 15000;

let telling = 0;

/** The timeline: what happened, when, and how long after what came before. */
export function timeline(request) {
  const isOver = isFinal(request);
  const failed = request.status === 'FAILED';
  const steps = [
    ['Accepted', request.created_at],
    ['Taken by the provider', request.submitted_at],
    ['Rendered', request.rendered_at],
    [failed ? stateOf(request) : 'Saved to your storage', request.finished_at],
  ].filter(([, at], index) => at || !isOver || index === 3);
  const next = steps.findIndex(([, at]) => !at);
  return el('ol', { class: 'timeline' }, steps.map(([name, at], index) => {
    const since = at && index > 0 && steps[index - 1][1] ? (Date.parse(at) - Date.parse(steps[index - 1][1])) / 1000 : null;
    const state = at ? (failed && index === steps.length - 1 ? 'bad' : 'past') : index === next ? 'now' : 'ahead';
    return el('li', { class: state, 'aria-current': state === 'now' ? 'step' : null },
      el('span', { class: 'step' }, state === 'now' ? stateOf(request) : name),
      at ? el('time', { datetime: at }, momentAfter(at, steps[index - 1]?.[1])) : el('span', { class: 'muted' }, state === 'now' ? 'under way' : 'to come'),
      since === null ? '' : el('span', { class: 'muted' }, `after ${duration(Math.max(0, since))}`));
  }));
}

/** What it was made from and what came of it, as a list of names and values. */
export function details(request, modelTitle) {
  const rows = [
    ['Model', modelTitle],
    ...Object.entries(request.parameters ?? {}).map(([name, value]) => [labelOf(name), quoted(typeof value === 'string' ? value : JSON.stringify(value), { class: 'given' })]),
    request.metadata && ['Metadata', quoted(JSON.stringify(request.metadata), { class: 'given' })],
    request.cost !== undefined && ['Cost', money(request.cost)],
    request.metrics?.inference_time !== undefined && ['Rendering took', duration(request.metrics.inference_time)],
    request.video && ['File', `${bytes(request.video.file_size)}, ${request.video.content_type}`],
    request.video && ['SHA-256', el('code', {}, request.video.sha256)],
    ['Id', el('code', {}, request.request_id)],
    request.provider_request_id && ['Provider’s id', el('code', {}, request.provider_request_id)],
    request.batch_id && ['Batch', el('code', {}, request.batch_id)],
    request.resubmission_of && ['Sent again for', linkTo(request.resubmission_of)],
    request.resubmitted_as && ['Sent again as', linkTo(request.resubmitted_as)],
  ].filter(Boolean);
  return el('dl', { class: 'details' }, rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

const linkTo = (id) => el('a', { href: `#/requests/${id}` }, el('code', {}, id));

/** The same request as a command, with the key left to the environment. */
export function asCurl(request) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `curl -s ${quote(addressOf(`v2/${request.model}`))}`,
    '-H "x-api-key: $REEL_API_KEY"',
    "-H 'content-type: application/json'",
    // However often it is run within a day, it is one more video.
    `-H 'idempotency-key: ${newKey()}'`,
    `-d ${quote(JSON.stringify(request.parameters ?? {}))}`,
  ].join(' \\\n  ');
}

/** A block of text with a button that copies it; where the browser does not let it, the text is selected. */
export function copyable(text) {
  const block = el('pre', { tabindex: 0, role: 'group', 'aria-label': 'The command' }, text);
  const button = el('button', { type: 'button', onclick: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
      announce('Copied.');
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    } catch {
      getSelection().selectAllChildren(block);
      announce('The command is selected: copy it with the keyboard.');
    }
  }
  return el('div', { class: 'copyable' }, block, button);
}

/** Fills in what became of its webhooks, and goes on while that changes; nothing, where none were wanted. The last call counts. */
export async function showDeliveries(root, request, signal) {
  const mine = ++telling;
  const { request_id: id } = request;
  const fault = el('p', { class: 'fault', role: 'alert' });
  let shown = '';
  let told = '';
  let wait = deliveryPause;
  while (!signal.aborted && mine === telling) {
    let deliveries;
    try {
      ({ deliveries = [] } = await get(`v2/requests/${id}/deliveries`, { signal }));
    } catch {
      return;
    }
    if (mine !== telling) return;
    const text = JSON.stringify(deliveries);
    if (text !== shown) {
      const hadFocus = root.contains(document.activeElement);
      root.replaceChildren(...(deliveries.length === 0 ? [] : [el('h2', {}, 'Webhooks'), ...deliveries.map((one) => oneDelivery(one, (event) => void again(event.currentTarget, one))), fault]));
      if (hadFocus) root.querySelector('button')?.focus();
    }
    shown = text;
    // The delivery of its end begins a moment after it.
    const isFresh = request.finished_at && Date.now() - Date.parse(request.finished_at) < freshTime;
    if (!isFresh && !deliveries.some((one) => one.state === 'pending')) return;
    wait = text === told ? Math.min(wait * 1.5, longestDeliveryPause) : deliveryPause;
    told = text;
    await pause(wait, signal);
    await untilSeen(signal);
  }

  async function again(button, delivery) {
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await post(`v2/requests/${id}/deliveries/redeliver`, { event_id: delivery.event_id });
      announce('It is being sent again.');
      void showDeliveries(root, request, signal);
    } catch (error) {
      fault.textContent = error.message;
      button.removeAttribute('aria-disabled');
    }
  }
}

function oneDelivery(delivery, onAgain) {
  const attempts = delivery.attempts ?? [];
  return el('div', { class: 'delivery' },
    el('p', {}, el('strong', {}, delivery.type), ' to ', quoted(delivery.url, { class: 'given' }), ` · ${delivery.state}`, delivery.paused ? ' · its endpoint is paused' : '',
      delivery.next_attempt_at ? ` · next attempt ${moment(delivery.next_attempt_at)}` : ''),
    attempts.length === 0 ? '' : el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Attempts of ${delivery.type}` }, el('table', {},
      el('thead', {}, el('tr', {}, ['Attempt', 'When', 'Answer', 'Took', 'What it said'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, attempts.map((one) => el('tr', {},
        el('td', {}, String(one.number)),
        el('td', {}, moment(one.at)),
        el('td', {}, `${one.status ?? ''} ${one.verdict ?? ''}`.trim()),
        el('td', {}, one.duration_ms === undefined ? '' : `${Math.round(one.duration_ms)} ms`),
        el('td', {}, quoted(one.error ?? one.answer ?? '', { class: 'given' }))))))),
    el('button', { type: 'button', onclick: onAgain, 'aria-label': `Send ${delivery.type} again` }, 'Send again'));
}

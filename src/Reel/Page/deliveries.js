// Who was told of a request's end, and what they answered.

import { get, isHopeless, post } from './api.js';
import { announce, el, quoted } from './dom.js';
import { pause, untilSeen } from './stream.js';
import { moment } from './words.js';

const deliveryPause = 3000;
const longestDeliveryPause = 60000;
const freshTime = 15000;

let telling = 0;

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
    } catch (error) {
      if (signal.aborted || mine !== telling || isHopeless(error)) return;
      // What is shown stays.
      if (root.childElementCount === 0) root.replaceChildren(el('p', { class: 'muted' }, `Who was told cannot be shown yet: ${error.message}`));
      wait = Math.min(wait * 2, longestDeliveryPause);
      await pause(wait, signal);
      await untilSeen(signal);
      continue;
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

// Parts of a request's own view: what happened when, what it was made from, and the same as a command.

import { addressOf } from './api.js';
import { announce, el, quoted } from './dom.js';
import { labelOf } from './fields.js';
import { newKey } from './orders.js';
import { bytes, duration, isFinal, moment, momentAfter, money, stateOf } from './words.js';

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

// One request: its video or how far it is, and all that is known of it.

import { ApiError, Away, call, get, post } from './api.js';
import { leader } from './card.js';
import { compose, knowModels, modelTitle } from './compose.js';
import { confirm } from './dialogs.js';
import { announce, byId, el, icon, icons, quoted, setText } from './dom.js';
import { forget, learn, refreshSoon } from './gallery.js';
import { keepLink, play, stop } from './player.js';
import { asCurl, copyable, details, showDeliveries, timeline } from './story.js';
import { follow } from './stream.js';
import { chargeOf, excerpt, isFinal, left, moment, nameOf, stateOf } from './words.js';

const titleLength = 200;

let watching = null;
let request = null;
let parts = null;
let failed = null; // the id of one that could not be had

/** Shows a request and stays with it; what is shown last wins. */
export async function showRequest(id) {
  leaveRequest();
  failed = null;
  const { signal } = (watching = new AbortController());
  request = null;
  byId('request').replaceChildren(backLink(), el('h1', { id: 'request-title', tabindex: -1 }, 'Request'), el('p', { class: 'muted', role: 'status' }, 'It is being fetched…'));
  try {
    const [found] = await Promise.all([get(`v2/requests/${encodeURIComponent(id)}`, { signal }), knowModels()]);
    if (signal.aborted) return;
    build(found);
    await watch(found, signal);
  } catch (error) {
    if (signal.aborted) return;
    failed = id;
    explain(error);
  }
}

/** Shows a request that could not be shown; one that is, stays as it is and goes on playing. */
export function retryRequest() {
  if (failed) void showRequest(failed);
}

/** Lets go of the request that is shown. */
export function leaveRequest() {
  watching?.abort();
  watching = null;
  stop(byId('request'));
}

async function watch(found, signal) {
  if (isFinal(found)) return;
  await follow(found.request_id, signal, (name, news) => {
    if (signal.aborted || request === null) return;
    if (name === 'progress') return showProgress({ ...request, progress: news });
    const isNew = request.stage !== news.stage;
    update({ ...request, ...news });
    learn(news);
    if (isNew && !isFinal(news)) announce(stateOf(news));
  });
  if (signal.aborted) return;

  // The stream tells states; the result has the video.
  const result = await get(`v2/requests/${found.request_id}`, { signal });
  if (signal.aborted) return;
  announce(stateOf(result));
  update(result);
}

const backLink = () => el('p', { class: 'back' }, el('a', { href: '#/' }, icon(icons.back), 'All videos'));

function explain(error) {
  const text = error instanceof ApiError && error.status === 404 ? 'There is no such request; it may have been deleted, or forgotten after its time.'
    : error instanceof Away ? 'Reel does not answer. It is shown as soon as it does.' : error.message;
  byId('request').replaceChildren(backLink(), el('h1', { id: 'request-title', tabindex: -1 }, 'Request'), el('p', { role: 'alert' }, text));
}

function build(found) {
  parts = {
    frame: el('div', { class: 'frame large' }),
    state: el('p', { class: 'state-line' }),
    note: el('div', { class: 'note' }),
    actions: el('div', { class: 'actions' }),
    fault: el('p', { class: 'fault', role: 'alert' }),
    timeline: el('div'),
    details: el('div'),
    curl: el('div'),
    deliveries: el('section', { class: 'deliveries', 'aria-label': 'Webhooks' }),
  };
  const title = el('h1', { id: 'request-title', tabindex: -1 }, quoted(excerpt(nameOf(found), titleLength)));
  byId('request').replaceChildren(
    backLink(),
    el('div', { class: 'spread' },
      el('div', { class: 'stage-side' }, parts.frame, parts.actions, parts.fault),
      el('div', { class: 'words-side' }, title, parts.state, parts.note,
        el('section', { 'aria-label': 'Timeline' }, el('h2', {}, 'What happened'), parts.timeline))),
    el('div', { class: 'columns' },
      el('section', { 'aria-label': 'Parameters' }, el('h2', {}, 'What it is made from'), parts.details),
      el('div', {}, el('section', { 'aria-label': 'As a command' }, el('h2', {}, 'As a command'), parts.curl), parts.deliveries)));
  document.title = `${excerpt(nameOf(found), 60)} · Reel`;
  title.focus({ preventScroll: true });
  request = null;
  update(found);
}

function update(next) {
  const before = request;
  request = next;
  if (before?.status !== request.status || before?.output !== request.output) showFrame();
  showProgress(request);
  parts.state.className = `state-line ${request.status.toLowerCase()}`;
  setText(parts.state, stateOf(request));
  parts.note.replaceChildren(...notes().map((text) => el('p', {}, text)));
  parts.timeline.replaceChildren(timeline(request));
  parts.details.replaceChildren(details(request, modelTitle(request.model)));
  if (!before) parts.curl.replaceChildren(copyable(asCurl(request)), el('p', { class: 'muted small' }, 'It orders one more video. Run again within a day, it is still that one: for another, change the idempotency key.'));
  if (before?.status !== request.status || before?.resubmitted_as !== request.resubmitted_as) showActions();
  if (!before || isFinal(request)) void showDeliveries(parts.deliveries, request, watching.signal);
}

function notes() {
  if (request.status === 'COMPLETED') return [];
  if (request.status === 'FAILED') return [quoted(request.error ?? ''), chargeOf(request)].filter(Boolean);
  return request.trouble ? [quoted(request.trouble), request.retry_at ? `It is tried again ${moment(request.retry_at)}.` : ''].filter(Boolean) : [];
}

function showFrame() {
  stop(parts.frame);
  parts.leader = null;
  if (request.status === 'COMPLETED') {
    if (!request.output && !request.video_gone) return;
    keepLink(request);
    void play(parts.frame, request.request_id, { autoplay: false, label: `Video: ${excerpt(nameOf(request), 60)}` });
  } else if (request.status === 'FAILED') {
    parts.frame.replaceChildren(el('p', { class: 'failed' }, 'There is no video.'));
  } else {
    parts.leader = leader();
    parts.stage = el('span', { class: 'stage' });
    parts.rest = el('span', { class: 'rest' });
    parts.bar = el('progress', { class: 'unseen', max: 1, 'aria-label': 'Progress' });
    parts.frame.replaceChildren(parts.leader.root, el('p', { class: 'under-way' }, parts.stage, parts.rest), parts.bar);
  }
}

function showProgress(next) {
  request = next;
  if (!parts.leader) return;
  parts.leader.show(request.progress);
  parts.bar.value = request.progress?.fraction ?? 0;
  setText(parts.stage, stateOf(request));
  setText(parts.rest, request.progress ? left(request.progress.seconds_left) : '');
}

function showActions() {
  const button = (text, action, style = '') => el('button', { type: 'button', class: style, onclick: (event) => void act(event.currentTarget, action) }, text);
  const hadFocus = parts.actions.contains(document.activeElement);
  parts.actions.replaceChildren(...[
    !isFinal(request) && button('Cancel', cancel),
    request.error_code === 'submit_outcome_unknown' && !request.resubmitted_as && button('Send it again', resubmit, 'primary'),
    request.output && el('a', { class: 'button', href: request.output, target: '_blank', rel: 'noopener noreferrer' }, 'Open the file'),
    button('Do it again', again),
    isFinal(request) && button('Delete', remove, 'quiet danger-text'),
  ].filter(Boolean));
  // Who was at a button that is there no more would be nowhere.
  if (hadFocus) byId('request-title').focus({ preventScroll: true });
}

// Not disabled: that would take the focus away from who is at it.
async function act(button, action) {
  if (button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  setText(parts.fault, '');
  try {
    await action();
  } catch (error) {
    setText(parts.fault, error.message);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

async function cancel() {
  const answer = await post(`v2/requests/${request.request_id}/cancel`);
  announce('It is being cancelled.');
  learn(answer);
  if (request?.request_id === answer.request_id && !isFinal(request)) update({ ...request, ...answer });
}

async function again() {
  await compose(request.model, request.parameters ?? {});
  location.hash = '#/new';
}

async function resubmit() {
  const isMeant = await confirm('Send it again?', 'It is not known whether the provider took the first one. Look at the provider’s account: if it did, this is a second charge.', 'Send it again');
  if (!isMeant) return;
  const answer = await post(`v2/requests/${request.request_id}/resubmit`);
  refreshSoon(0);
  location.hash = `#/requests/${answer.request_id}`;
}

async function remove() {
  const isMeant = await confirm('Delete it?', 'The request and its video are removed from your storage. What it cost stays in the usage. This cannot be undone.', 'Delete it');
  if (!isMeant) return;
  const { request_id: id } = request;
  await call('DELETE', `v2/requests/${id}`);
  forget(id);
  announce('It is deleted.');
  location.hash = '#/';
}

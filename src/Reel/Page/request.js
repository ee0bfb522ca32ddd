// One request: its video or how far it is, and all that is known of it.

import { showActions } from './actions.js';
import { ApiError, Away, get } from './api.js';
import { showDeliveries } from './deliveries.js';
import { announce, byId, el, icon, icons, quoted, setText } from './dom.js';
import { learn } from './gallery.js';
import { showLeader } from './leader.js';
import { knowModels, modelTitle } from './models.js';
import { keepLink, play, stop } from './player.js';
import { asCurl, copyable, details, timeline } from './story.js';
import { follow } from './stream.js';
import { chargeOf, excerpt, isFinal, moment, nameOf, stateOf } from './words.js';

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
  if (['status', 'output', 'resubmitted_as'].some((name) => before?.[name] !== request[name])) showActions(parts.actions, parts.fault, request, heed);
  if (!before || isFinal(request)) void showDeliveries(parts.deliveries, request, watching.signal);
}

// What an action was answered; one may have left by then, look at another request, or know better.
function heed(news) {
  if (watching && request?.request_id === news.request_id && !isFinal(request)) update({ ...request, ...news });
}

function notes() {
  if (request.status === 'COMPLETED') return [];
  if (request.status === 'FAILED') return [quoted(request.error ?? ''), chargeOf(request)].filter(Boolean);
  return request.trouble ? [quoted(request.trouble), request.retry_at ? `It is tried again ${moment(request.retry_at)}.` : ''].filter(Boolean) : [];
}

function showFrame() {
  stop(parts.frame);
  parts.showLeader = null;
  if (request.status === 'COMPLETED') {
    if (!request.output && !request.video_gone) return;
    keepLink(request);
    void play(parts.frame, request.request_id, { autoplay: false, label: `Video: ${excerpt(nameOf(request), 60)}` });
  } else if (request.status === 'FAILED') {
    parts.frame.replaceChildren(el('p', { class: 'failed' }, 'There is no video.'));
  } else {
    parts.showLeader = showLeader(parts.frame);
  }
}

function showProgress(next) {
  request = next;
  parts.showLeader?.(request);
}

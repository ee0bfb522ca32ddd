// The live gallery: the newest requests, kept up to date by asking for the list again, with more of them as one scrolls.

import { Away, get } from './api.js';
import { Card } from './card.js';
import { trouble } from './dialogs.js';
import { announce, byId, setText } from './dom.js';
import { buildFilters, hasWords, isOfKind, offerModels, wantedKind, wantedWords } from './filters.js';
import { Pages, lastOf, sizeOf } from './pages.js';
import { Search } from './search.js';
import { hang, takeDown } from './wall.js';
import { excerpt, isFinal, nameOf, stateOf } from './words.js';

const busyPause = 2000;
const idlePause = 10000;
const mostOthers = 6;

const cards = new Map();
let order = [];
let isNew = false; // a card came or went since they were put in order
let pages = new Pages();
let count = 0; // how many of the cards are what is searched for
let isBuilt = false;
let loading = null; // the page that is being fetched further down
let asking = 0;
let timer = 0;
let failure = null; // why the list could not be had the last time
let isShown = () => true;

const search = new Search(() => count, loadForSearch, describe);

const end = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting) && !wantedWords()) void loadMore();
}, { rootMargin: '1200px' });

/** Builds what stands above the cards and begins to ask. "isVisible" says whether anybody looks. */
export function startGallery(isVisible) {
  isShown = isVisible;
  if (!isBuilt) {
    isBuilt = true;
    buildFilters(changed, seek);
    byId('more').addEventListener('click', more);
    end.observe(byId('more').parentElement);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) refreshSoon(0); });
  }
  offerModels();
  return refresh();
}

/** Shows a request that was ordered a moment ago before the list tells it. */
export function addOrdered(request) {
  asking += 1; // what is being asked for at this moment would not have it
  if (!isOfKind(request)) return refreshSoon(0);
  put(request);
  arrange();
  refreshSoon(300);
}

/** What another view has learned of a request. */
export function learn(request) {
  cards.get(request.request_id)?.update(request);
}

/** A request is gone. */
export function forget(id) {
  drop(id);
  if (isBuilt) arrange();
}

export function refreshSoon(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), milliseconds);
}

/** Begins anew, as somebody else. */
export function resetGallery() {
  failure = null;
  if (!isBuilt) return;
  for (const id of [...cards.keys()]) drop(id);
  asking += 1;
  pages = new Pages();
  seek();
}

function changed() {
  resetGallery();
  void refresh();
}

/** Looks for other words: among what is loaded at once, and further down in a moment. */
function seek() {
  search.stop();
  if (wantedWords() && !(pages.isStarted && !pages.next)) search.begin();
  arrange();
}

function more() {
  if (search.isUnderWay) {
    search.stop();
    describe();
  } else if (wantedWords()) {
    void search.goOn();
  } else {
    void loadMore();
  }
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden || !isBuilt || !isShown() || failure?.status === 401) return;
  const mine = ++asking;
  try {
    await fetchPage(pages.first, () => mine === asking);
    if (pages.isStarted && mine === asking) await lookFurtherDown(() => mine === asking);
    if (mine === asking) fail(null);
  } catch (error) {
    if (mine === asking) fail(error);
  }
  if (pages.next) lookAtEnd();
  if (mine === asking) refreshSoon(isBusy() ? busyPause : idlePause);
}

// Of a server that is away, the banner tells.
function fail(error) {
  failure = error instanceof Away ? null : error;
  describe();
  if (failure) byId('gallery-note').replaceChildren(...trouble(failure, () => refresh()));
}

const isBusy = () => [...cards.values()].some((card) => !isFinal(card.request));

async function fetchPage(page, isWanted) {
  const query = new URLSearchParams({ limit: sizeOf(page), ...wantedKind(), ...(page.token && { cursor: page.token }) });
  const answer = await get(`v2/requests?${query}`);
  if (isWanted() && pages.has(page)) take(page, answer);
}

function take(page, answer) {
  const last = lastOf(page, answer);
  const meetsKnown = cards.has(last);
  const ids = new Set(answer.requests.map((one) => one.request_id));

  // Within what the page covers, who is not on it is gone, or no longer what is looked for.
  for (const id of order) if (id > page.after && id <= last && !ids.has(id)) drop(id);
  for (const request of answer.requests) put(request);
  pages.note(page, last, answer.next_cursor, meetsKnown);
  if (isNew) arrange();
  else describe();
}

// Further down, one page after the other has its turn while anything is under way; and what is under way and can be seen is asked for by itself.
async function lookFurtherDown(isWanted) {
  const page = pages.whoseTurn(isBusy());
  if (page) await fetchPage(page, isWanted);
  const newest = new Set(order.slice(0, sizeOf(pages.first)));
  const others = [...cards.values()].filter((card) => !newest.has(card.id) && card.isSeen && !isFinal(card.request)).slice(0, mostOthers);
  await Promise.all(others.map(async (card) => put(await get(`v2/requests/${card.id}/status`))));
}

/** Fetches what comes after what is loaded; false if there is nothing, or it could not be had, or nobody looks. */
async function loadMore() {
  if (!pages.isStarted || !pages.next || !isShown()) return false;
  loading ??= fetchPage(pages.next, () => true).then(() => true, (error) => {
    fail(error);
    return false;
  }).finally(() => {
    loading = null;
    lookAtEnd();
  });
  return loading;
}

async function loadForSearch() {
  if (!pages.isStarted) await refresh();
  return loadMore();
}

// The observer tells of changes only: who saw the end before there was more, or still sees it, wants more.
function lookAtEnd() {
  end.unobserve(byId('more').parentElement);
  end.observe(byId('more').parentElement);
}

function put(request) {
  const known = cards.get(request.request_id);
  if (!known) {
    const card = new Card(request);
    cards.set(card.id, card);
    isNew = true;
    return;
  }
  if (!isFinal(known.request) && isFinal(request)) announce(`${stateOf(request)}: ${excerpt(nameOf(known.request), 60)}`);
  known.update(request);
}

function drop(id) {
  const card = cards.get(id);
  if (!card) return;
  takeDown(card);
  cards.delete(id);
  isNew = true;
}

/** Hangs the cards that are looked for. Ids sort newest first. */
function arrange() {
  isNew = false;
  order = [...cards.keys()].sort();
  const words = wantedWords();
  const all = order.map((id) => cards.get(id));
  const found = words ? all.filter((card) => hasWords(card.request, words)) : all;
  hang(found);
  count = found.length;
  describe();
}

function describe() {
  const words = wantedWords();
  byId('more').hidden = !pages.next;
  setText(byId('more'), search.isUnderWay ? 'Stop searching' : words ? 'Search further' : 'Show more');
  if (failure) return;
  const note = !pages.isStarted ? 'The videos are being fetched…'
    : search.isUnderWay ? 'Searching…'
    : words ? finds()
    : count > 0 ? ''
    : Object.keys(wantedKind()).length > 0 ? 'There is none of that kind.' : 'Nothing here yet. What you order appears at once, and shows how far it is.';
  setText(byId('gallery-note'), note);
}

// The list tells the first 300 characters of a prompt.
function finds() {
  const looked = `${pages.next ? 'the newest' : 'all'} ${order.length.toLocaleString()}`;
  return `${count === 0 ? 'None' : count.toLocaleString()} of ${looked} ${count === 1 ? 'has' : 'have'} that in the beginning of the prompt.`;
}

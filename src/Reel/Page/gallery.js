// The live gallery: the newest requests, kept up to date by asking for the list again, with more of them as one scrolls.

import { Away, get } from './api.js';
import { askForKey } from './dialogs.js';
import { byId } from './dom.js';
import { buildFilters, isOfKind, offerModels, wantedKind, wantedWords } from './filters.js';
import { describe } from './note.js';
import { Pages, lastOf, sizeOf } from './pages.js';
import { Search } from './search.js';
import { Shelf } from './shelf.js';

const busyPause = 2000;
const idlePause = 10000;
const mostOthers = 6;

const shelf = new Shelf();
let pages = new Pages();
let isBuilt = false;
let loading = null; // the page that is being fetched further down
let asking = 0;
let timer = 0;
let failure = null; // why the list could not be had the last time
let isShown = () => true;

const search = new Search({ found: () => shelf.found, isWhole: () => pages.isWhole, loadMore: loadForSearch, tell });

// After a failure its end stays in view: refresh asks again, after a pause.
const end = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting) && !wantedWords() && !failure) void loadMore();
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
  shelf.put(request);
  arrange();
  refreshSoon(300);
}

/** What another view has learned of a request. */
export const learn = (request) => shelf.learn(request);

/** A request is gone. */
export function forget(id) {
  shelf.drop(id);
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
  shelf.clear();
  asking += 1;
  pages = new Pages();
  loading = null;
  seek();
}

function changed() {
  resetGallery();
  void refresh();
}

/** Looks for other words: among what is loaded at once, and further down in a moment. */
function seek() {
  search.stop();
  if (wantedWords() && !pages.isWhole) search.begin();
  arrange();
}

function more() {
  if (search.isUnderWay) {
    search.stop();
    tell();
  } else if (isLockedOut()) {
    askForKey(failure.message);
  } else if (wantedWords()) {
    search.goOn();
  } else {
    void loadMore();
  }
}

function tell() {
  describe({ pages, search, shelf, failure }, () => void refresh());
}

const isLookedAt = () => isShown() && !document.hidden;

// With a key that is wrong, nothing is asked for until there is another.
const isLockedOut = () => failure?.status === 401;

async function refresh() {
  clearTimeout(timer);
  if (!isBuilt || !isLookedAt() || isLockedOut()) return;
  const mine = ++asking;
  const isWanted = () => mine === asking;
  try {
    await fetchPage(pages.first, isWanted);
    if (pages.isStarted && isWanted()) await lookFurtherDown(isWanted);
    if (isWanted()) ended(null);
  } catch (error) {
    if (isWanted()) ended(error);
  }
  if (isWanted()) refreshSoon(shelf.isBusy ? busyPause : idlePause);
}

// Of a server that is away, the banner tells.
function ended(error) {
  failure = error instanceof Away ? null : error;
  tell();
  if (error) return;
  lookAtEnd();
  search.resume();
}

async function fetchPage(page, isWanted) {
  const query = new URLSearchParams({ limit: sizeOf(page), ...wantedKind(), ...(page.token && { cursor: page.token }) });
  const answer = await get(`v2/requests?${query}`);
  if (isWanted() && pages.has(page)) take(page, answer);
}

function take(page, answer) {
  const last = lastOf(page, answer);
  const meetsKnown = shelf.has(last);
  // Within what the page covers, who is not on it is gone, or no longer what is looked for.
  shelf.putAll(page.after, last, answer.requests);
  pages.note(page, last, answer.next_cursor, meetsKnown);
  shelf.settle();
  tell();
}

// Further down, one page after the other has its turn while anything is under way; and what is under way and can be seen is asked for by itself.
async function lookFurtherDown(isWanted) {
  const page = pages.whoseTurn(shelf.isBusy);
  if (page) await fetchPage(page, isWanted);
  await Promise.all(shelf.watchedBelow(sizeOf(pages.first)).slice(0, mostOthers).map(({ id }) => fetchOne(id, isWanted)));
  shelf.settle();
}

async function fetchOne(id, isWanted) {
  const news = await get(`v2/requests/${id}/status`).catch((error) => {
    if (error.status !== 404) throw error;
    return null; // deleted
  });
  // What was taken down meanwhile is not hung again.
  if (!isWanted() || !shelf.has(id)) return;
  if (news) shelf.put(news);
  else shelf.drop(id);
}

/** Fetches what comes after what is loaded; false if there is nothing, or it could not be had, or nobody looks. */
async function loadMore() {
  if (!pages.isStarted || !pages.next || !isLookedAt() || isLockedOut()) return false;
  return loading ??= loadNext(pages);
}

async function loadNext(list) {
  // What was asked for with another key, or of another kind, is nobody's concern.
  const isWanted = () => list === pages;
  let error = null;
  try {
    await fetchPage(list.next, isWanted);
  } catch (reason) {
    error = reason;
  }
  if (!isWanted()) return false;
  loading = null;
  ended(error);
  return !error;
}

async function loadForSearch() {
  if (pages.isStarted) return loadMore();
  await refresh();
  return pages.isStarted;
}

// The observer tells of changes only: who saw the end before there was more, or still sees it, wants more.
function lookAtEnd() {
  end.unobserve(byId('more').parentElement);
  end.observe(byId('more').parentElement);
}

function arrange() {
  shelf.arrange();
  tell();
}

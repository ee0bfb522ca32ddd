// The live gallery: the newest requests, kept up to date by asking for the list again, with more of them as one scrolls.

import { Away, get } from './api.js';
import { Card } from './card.js';
import { allModels } from './compose.js';
import { trouble } from './dialogs.js';
import { announce, byId, el, setText } from './dom.js';
import { dayOf, excerpt, isFinal, nameOf, stateOf } from './words.js';

const newestSize = 50;
const pageSize = 100;
const busyPause = 2000;
const idlePause = 10000;
const mostOthers = 6;

const cards = new Map();
let order = [];
let isNew = false; // a card came or went since they were put in order

// What of the list was asked for, newest first: each page begins after an id. New requests come at the front; a batch's come in between.
let pages = [];
let turn = 0;
let count = 0; // how many of the cards are what is searched for
let isLoading = false;
let asking = 0;
let timer = 0;
let filters = null;
let failure = null; // why the list could not be had the last time
let isShown = () => true;

// How many cards are laid out, or left out, together. Rows of one to six cards come out even.
const blockSize = 60;

// A browser looks at everything that is observed at each frame: so cards are observed in the blocks that are near, and not by thousands.
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.toggleAttribute('data-near', entry.isIntersecting);
    observeCards(entry.target);
  }
}, { rootMargin: '600px' });

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) entry.target.card?.see(entry.isIntersecting);
}, { rootMargin: '200px' });

const end = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting) && !filters.search.value.trim()) void loadMore();
}, { rootMargin: '1200px' });

/** Builds what stands above the cards and begins to ask. "isVisible" says whether anybody looks. */
export function startGallery(isVisible) {
  isShown = isVisible;
  if (!filters) {
    buildFilters();
    byId('more').addEventListener('click', () => void loadMore());
    end.observe(byId('more').parentElement);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) refreshSoon(0); });
  }
  const wanted = filters.model.value;
  filters.model.replaceChildren(el('option', { value: '' }, 'All models'), ...allModels().map((model) => el('option', { value: model.slug }, model.title)));
  filters.model.value = wanted;
  return refresh();
}

/** Shows a request that was ordered a moment ago before the list tells it. */
export function addOrdered(request) {
  asking += 1; // what is being asked for at this moment would not have it
  if (!fits(request)) return refreshSoon(0);
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
  if (filters) arrange();
}

export function refreshSoon(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), milliseconds);
}

/** Begins anew, as somebody else. */
export function resetGallery() {
  failure = null;
  if (!filters) return;
  for (const id of [...cards.keys()]) drop(id);
  asking += 1;
  pages = [];
  arrange();
}

const isStarted = () => pages[0]?.isLoaded === true;

/** The page that scrolling on leads to. */
const next = () => (pages.at(-1)?.isLoaded === false ? pages.at(-1) : null);

function buildFilters() {
  filters = {
    status: el('select', { id: 'filter-status', onchange: changed },
      [['', 'All states'], ['QUEUED', 'Queued'], ['PROCESSING', 'Under way'], ['COMPLETED', 'Done'], ['FAILED', 'Failed']].map(([value, text]) => el('option', { value }, text))),
    model: el('select', { id: 'filter-model', onchange: changed }),
    search: el('input', { id: 'filter-search', type: 'search', placeholder: 'Search prompts', autocomplete: 'off', oninput: arrange }),
  };
  byId('filters').append(
    el('label', { class: 'unseen', for: 'filter-search' }, 'Search the prompts of the videos that are shown'), filters.search,
    el('label', { class: 'unseen', for: 'filter-status' }, 'State'), filters.status,
    el('label', { class: 'unseen', for: 'filter-model' }, 'Model'), filters.model);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
}

function changed() {
  resetGallery();
  void refresh();
}

function path(page) {
  const query = new URLSearchParams({ limit: page.token ? pageSize : newestSize });
  if (filters.status.value) query.set('status', filters.status.value);
  if (filters.model.value) query.set('model', filters.model.value);
  if (page.token) query.set('cursor', page.token);
  return `v2/requests?${query}`;
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden || !filters || !isShown() || failure?.status === 401) return;
  const mine = ++asking;
  if (pages.length === 0) pages = [{ after: '', token: null, isLoaded: false }];
  try {
    await fetchPage(pages[0], () => mine === asking);
    if (isStarted() && mine === asking) await lookFurtherDown(() => mine === asking);
    if (mine === asking) fail(null);
  } catch (error) {
    if (mine === asking) fail(error);
  }
  if (next()) lookAtEnd();
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
  const answer = await get(path(page));
  if (isWanted() && pages.includes(page)) take(page, answer);
}

function take(page, { requests, next_cursor: token }) {
  const ids = new Set(requests.map((one) => one.request_id));
  const last = token ? requests.at(-1)?.request_id ?? page.after : '\uffff';
  const meetsKnown = cards.has(last);
  page.isLoaded = true;

  // Within what the page covers, who is not on it is gone, or no longer what is looked for.
  for (const id of order) if (id > page.after && id <= last && !ids.has(id)) drop(id);
  for (const request of requests) put(request);

  const at = pages.indexOf(page) + 1;
  if (!token) pages.length = at;
  else if (!pages[at] || (pages[at].after > last && !meetsKnown)) pages.splice(at, 0, { after: last, token, isLoaded: false });
  while (pages[at + 1] && pages[at + 1].after <= last) pages.splice(at, 1);
  if (isNew) arrange();
  else describe();
}

// Further down, one page after the other has its turn while anything is under way, and those that fill a gap at once; and what is under way and can be
// seen is asked for by itself.
async function lookFurtherDown(isWanted) {
  const below = pages.slice(1).filter((page) => page !== next());
  const page = below.find((one) => !one.isLoaded) ?? (isBusy() ? below[turn++ % below.length] : null);
  if (page) await fetchPage(page, isWanted);
  const newest = new Set(order.slice(0, newestSize));
  const others = [...cards.values()].filter((card) => !newest.has(card.id) && card.isSeen && !isFinal(card.request)).slice(0, mostOthers);
  await Promise.all(others.map(async (card) => put(await get(`v2/requests/${card.id}/status`))));
}

async function loadMore() {
  const page = next();
  if (isLoading || !page || !isStarted()) return;
  isLoading = true;
  try {
    await fetchPage(page, () => true);
  } catch (error) {
    fail(error);
  } finally {
    isLoading = false;
  }
  lookAtEnd();
}

// The observer tells of changes only: who saw the end before there was more, or still sees it, wants more.
function lookAtEnd() {
  end.unobserve(byId('more').parentElement);
  end.observe(byId('more').parentElement);
}

function fits(request) {
  return (!filters.status.value || filters.status.value === request.status) && (!filters.model.value || filters.model.value === request.model);
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
  seen.unobserve(card.root);
  card.remove();
  cards.delete(id);
  isNew = true;
}

function observeCards(block) {
  for (const root of block.children) {
    if (block.hasAttribute('data-near')) {
      seen.observe(root);
    } else {
      seen.unobserve(root);
      root.card.see(false);
    }
  }
}

/** Puts the cards that are looked for under their days. Ids sort newest first. */
function arrange() {
  isNew = false;
  order = [...cards.keys()].sort();
  const words = filters.search.value.trim().toLowerCase();
  const found = words ? order.filter((id) => (cards.get(id).request.prompt ?? '').toLowerCase().includes(words)) : order;
  const days = new Map();
  for (const id of found) {
    const day = dayOf(cards.get(id).request.created_at);
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(cards.get(id).root);
  }

  const root = byId('cards');
  const before = new Map([...root.children].map((section) => [section.dataset.day, section]));
  const sections = [...days].map(([day, items]) => {
    const section = before.get(day) ?? el('section', { 'data-day': day, 'aria-label': day }, el('h2', { class: 'day' }, day));
    const [heading, ...blocks] = section.children;
    const wanted = Array.from({ length: Math.ceil(items.length / blockSize) }, (_, index) => blocks[index] ?? el('ul', { role: 'list' }));
    wanted.forEach((block, index) => {
      place(block, items.slice(index * blockSize, (index + 1) * blockSize));
      near.observe(block);
      observeCards(block);
    });
    for (const block of blocks.slice(wanted.length)) near.unobserve(block);
    place(section, [heading, ...wanted]);
    return section;
  });
  place(root, sections);
  count = found.length;
  describe();
}

/** Makes the children these, and moves none that is where it should be: what plays goes on. */
function place(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

function describe() {
  const words = filters.search.value.trim();
  const isFiltered = filters.status.value || filters.model.value;
  if (failure) return;
  const note = !isStarted() ? 'The videos are being fetched…'
    : words ? `${count} of the ${order.length} that are shown ${count === 1 ? 'has' : 'have'} that in the prompt.`
    : count > 0 ? ''
    : isFiltered ? 'There is none of that kind.' : 'Nothing here yet. What you order appears at once, and shows how far it is.';
  setText(byId('gallery-note'), note);
  byId('more').hidden = !next();
  setText(byId('more'), words ? `Search ${pageSize} more` : 'Show more');
}

// The live gallery: the newest requests, kept up to date by asking for the list again, with more of them as one scrolls.

import { get } from './api.js';
import { Card } from './card.js';
import { allModels } from './compose.js';
import { announce, byId, el, setText } from './dom.js';
import { dayOf, excerpt, isFinal, nameOf, stateOf } from './words.js';

const newestSize = 50;
const pageSize = 100;
const busyPause = 2000;
const idlePause = 10000;
const mostOthers = 6;

const cards = new Map();
let order = [];
let cursor = null;
let isLoading = false;
let isStarted = false;
let asking = 0;
let timer = 0;
let filters = null;
let isShown = () => true;

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
  arrange();
}

export function refreshSoon(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), milliseconds);
}

/** Begins anew, as somebody else. */
export function resetGallery() {
  if (!filters) return;
  for (const id of [...cards.keys()]) drop(id);
  cursor = null;
  isStarted = false;
  arrange();
}

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

function path(size, from) {
  const query = new URLSearchParams({ limit: size });
  if (filters.status.value) query.set('status', filters.status.value);
  if (filters.model.value) query.set('model', filters.model.value);
  if (from) query.set('cursor', from);
  return `v2/requests?${query}`;
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden || !filters) return;
  const mine = ++asking;
  try {
    const page = await get(path(newestSize));
    if (mine !== asking) return;
    take(page);
    await lookAtOthers(new Set(page.requests.map((one) => one.request_id)));
  } catch {
    // Whoever listens to the connection or the key says so; the next one may do better.
  }
  if (mine === asking) refreshSoon([...cards.values()].some((card) => !isFinal(card.request)) && isShown() ? busyPause : idlePause);
}

function take(page) {
  const ids = new Set(page.requests.map((one) => one.request_id));
  const isGap = order.length > 0 && page.next_cursor && !page.requests.some((one) => cards.has(one.request_id));
  if (isGap) for (const id of [...cards.keys()]) drop(id);
  if (!isStarted || isGap) cursor = page.next_cursor ?? null;

  // Within what the page covers, who is not on it is gone, or no longer what is looked for.
  const last = page.next_cursor ? page.requests.at(-1)?.request_id ?? '' : '\uffff';
  for (const id of order) if (id <= last && !ids.has(id)) drop(id);
  for (const request of page.requests) put(request);
  isStarted = true;
  arrange();
}

// What is under way further down, and can be seen, is asked for one by one.
async function lookAtOthers(known) {
  const others = [...cards.values()].filter((card) => !known.has(card.id) && card.isSeen && !isFinal(card.request)).slice(0, mostOthers);
  await Promise.all(others.map(async (card) => put(await get(`v2/requests/${card.id}/status`))));
}

async function loadMore() {
  if (isLoading || !cursor) return;
  isLoading = true;
  try {
    const page = await get(path(pageSize, cursor));
    cursor = page.next_cursor ?? null;
    for (const request of page.requests) put(request);
    arrange();
  } catch {
    // The button stays.
  } finally {
    isLoading = false;
  }
  // The observer tells of changes only: who still sees the end wants more.
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
    seen.observe(card.root);
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
}

/** Puts the cards that are looked for under their days. Ids sort newest first. */
function arrange() {
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
    const section = before.get(day) ?? el('section', { 'data-day': day, 'aria-label': day }, el('h2', { class: 'day' }, day), el('ul', { role: 'list' }));
    place(section.lastElementChild, items);
    return section;
  });
  place(root, sections);
  describe(found.length, words);
}

/** Makes the children these, and moves none that is where it should be: what plays goes on. */
function place(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

function describe(count, words) {
  const isFiltered = filters.status.value || filters.model.value;
  const note = !isStarted ? 'The videos are being fetched…'
    : words ? `${count} of the ${order.length} that are shown ${count === 1 ? 'has' : 'have'} that in the prompt.`
    : count > 0 ? ''
    : isFiltered ? 'There is none of that kind.' : 'Nothing here yet. What you order appears at once, and shows how far it is.';
  setText(byId('gallery-note'), note);
  byId('more').hidden = !cursor;
  setText(byId('more'), words ? `Search ${pageSize} more` : 'Show more');
}

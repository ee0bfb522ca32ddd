// What is looked for in the gallery: a state, a model, words of the prompt.

import { byId, el } from './dom.js';
import { allModels } from './models.js';

const states = [['', 'All states'], ['QUEUED', 'Queued'], ['PROCESSING', 'Under way'], ['COMPLETED', 'Done'], ['FAILED', 'Failed']];

let fields = null;

/** Builds the fields, once. "onKind" is called for another state or model, "onWords" for other words. */
export function buildFilters(onKind, onWords) {
  fields = {
    status: el('select', { id: 'filter-status', onchange: onKind }, states.map(([value, text]) => el('option', { value }, text))),
    model: el('select', { id: 'filter-model', onchange: onKind }),
    search: el('input', { id: 'filter-search', type: 'search', placeholder: 'Search prompts', autocomplete: 'off', oninput: onWords }),
  };
  byId('filters').append(
    el('label', { class: 'unseen', for: 'filter-search' }, 'Search the beginnings of the prompts'), fields.search,
    el('label', { class: 'unseen', for: 'filter-status' }, 'State'), fields.status,
    el('label', { class: 'unseen', for: 'filter-model' }, 'Model'), fields.model);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
}

/** Offers the models that are known by now; the one that is chosen stays. */
export function offerModels() {
  const wanted = fields.model.value;
  fields.model.replaceChildren(el('option', { value: '' }, 'All models'), ...allModels().map((model) => el('option', { value: model.slug }, model.title)));
  fields.model.value = wanted;
}

/** The state and the model that are looked for, as the API's list takes them. */
export function wantedKind() {
  const kind = { status: fields.status.value, model: fields.model.value };
  return Object.fromEntries(Object.entries(kind).filter(([, value]) => value));
}

export const isOfKind = (request) => Object.entries(wantedKind()).every(([name, value]) => request[name] === value);

/** The words that are looked for; none, where all are wanted. */
export const wantedWords = () => fields.search.value.trim().toLowerCase();

export const hasWords = (request, words) => (request.prompt ?? '').toLowerCase().includes(words);

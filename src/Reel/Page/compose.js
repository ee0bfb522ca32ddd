// The form that orders a video, made from the model's own description.

import { ApiError, Away, post } from './api.js';
import { announce, byId, el, setText } from './dom.js';
import { Estimate } from './estimate.js';
import { isProminent, makeField } from './fields.js';
import { apiKey } from './key.js';
import { allModels, knowModels, modelOf } from './models.js';
import { accept, doubt, drop, dropAll, isOld, openOrder, orderFor } from './orders.js';
import { duration, priceRange } from './words.js';

const unknownOutcome = 'It is not known whether the order arrived. Send it again: as it is, it will not be ordered twice.';
const tooOld = 'It is not known whether this order arrived, and it was sent too long ago to be recognised. Look in the list first: pressed again, it is another video.';

// A second click comes before one could have read anything.
const readingTime = 3000;

const webhook = {
  name: 'webhook_url', type: 'string', format: 'uri', description: 'Told when it has ended, signed and repeated until it is heard.',
};

let model = null;
let fields = [];
let warned = null; // the order that was said to be old, and when
let parts = null;
let onOrdered = () => {};
let buyer = { key: apiKey() };

/** Gets the models and shows the form; what was put in stays when this is called again. */
export async function startCompose(tellOrdered) {
  onOrdered = tellOrdered;
  if (parts) return estimate();
  await knowModels();
  if (parts) return;
  build();
  choose(allModels()[0]);
  const open = openOrder();
  if (!open) return;
  await compose(open.slug, open.body);
  setText(parts.fault, unknownOutcome);
}

/** Fills the form with what another request was made from. */
export async function compose(slug, parameters) {
  if (!parts) await startCompose(onOrdered);
  const wanted = modelOf(slug);
  if (!wanted) return;
  choose(wanted);
  for (const field of fields) field.write(parameters[field.name]);
  if (fields.some((field) => !isProminentField(field.name) && parameters[field.name] !== undefined)) parts.more.open = true;
  estimate();
}

/** Another key is somebody else, about whose orders nothing was said yet. What was put in stays. */
export function changeBuyer() {
  if (buyer.key === apiKey()) return;
  buyer = { key: apiKey() };
  dropAll();
  warned = null;
  if (parts) setText(parts.fault, '');
}

export const focusCompose = () => byId('compose-title').focus();

function build() {
  const choices = allModels().map((one, index) => el('label', { for: `model-${index}` },
    el('input', { id: `model-${index}`, type: 'radio', name: 'model', value: index, onchange: () => choose(one) }),
    el('span', { class: 'model' },
      el('span', { class: 'model-name' }, one.title),
      el('span', { class: 'model-facts' }, `${priceRange(one.price_usd)} · ${duration(one.typical_seconds)}`))));
  parts = {
    choices,
    about: el('p', { class: 'help', id: 'model-help' }),
    fields: el('div', { class: 'fields' }),
    moreFields: el('div', { class: 'fields' }),
    fault: el('p', { class: 'fault', id: 'compose-fault', role: 'alert' }),
    estimate: new Estimate(),
    button: el('button', { type: 'submit', class: 'primary wide' }, 'Make the video'),
  };
  parts.more = el('details', { class: 'more-options' }, el('summary', {}, 'More options'), parts.moreFields);
  const form = el('form', { novalidate: true, 'aria-labelledby': 'compose-title', onsubmit: submit },
    el('fieldset', { class: 'field models', 'aria-describedby': 'model-help' }, el('legend', {}, 'Model'), el('div', { class: 'choices' }, choices), parts.about),
    parts.fields,
    parts.more,
    el('div', { class: 'order' },
      parts.estimate.parts,
      parts.fault,
      parts.button));
  parts.button.setAttribute('aria-describedby', 'estimate');
  byId('compose-form').replaceChildren(form);
}

function isProminentField(name) {
  const parameter = model.parameters.find((one) => one.name === name);
  return parameter !== undefined && isProminent(parameter);
}

function choose(wanted) {
  const kept = new Map(fields.map((field) => [field.name, field.read()]));
  model = wanted;
  parts.choices[allModels().indexOf(model)].querySelector('input').checked = true;
  parts.about.textContent = model.description;
  const made = [...model.parameters, webhook].map((parameter) => ({ parameter, field: makeField(parameter, changed) }));
  fields = made.map((one) => one.field);
  for (const { parameter, field } of made) {
    // What was written for another model is kept, where this one takes it.
    const value = kept.get(field.name);
    if (value !== undefined && (!parameter.enum || parameter.enum.some((one) => String(one) === String(value)))) field.write(value);
  }
  parts.fields.replaceChildren(...made.filter((one) => one.parameter !== webhook && isProminent(one.parameter)).map((one) => one.field.root));
  parts.moreFields.replaceChildren(...made.filter((one) => one.parameter === webhook || !isProminent(one.parameter)).map((one) => one.field.root));
  parts.fault.textContent = '';
  parts.estimate.show(model);
  estimate();
}

function read() {
  const body = {};
  for (const field of fields) {
    const value = field.read();
    if (value !== undefined) body[field.name] = value;
  }
  return body;
}

function changed() {
  parts.fault.textContent = '';
  parts.estimate.askSoon(estimate);
}

const estimate = () => parts.estimate.ask(model, read(), showFaults);

function showFaults(faults) {
  for (const field of fields) field.show(faults[field.name]);
  const known = new Set(fields.map((field) => field.name));
  return Object.entries(faults).filter(([name]) => !known.has(name)).map(([name, text]) => `${name} ${text}`);
}

async function submit(event) {
  event.preventDefault();
  if (parts.button.getAttribute('aria-disabled')) return;
  parts.estimate.stop();

  const body = read();
  let order = orderFor(model.slug, body);
  if (isOld(order)) {
    if (warned?.order !== order) warned = { order, at: Date.now() };
    if (Date.now() - warned.at < readingTime) return setText(parts.fault, tooOld);
    drop(order);
    order = orderFor(model.slug, body);
  }
  parts.button.setAttribute('aria-disabled', 'true');
  setText(parts.button, 'Being ordered…');
  setText(parts.fault, '');
  const mine = buyer;
  try {
    const accepted = await post(`v2/${model.slug}`, body, { headers: { 'idempotency-key': order.key } });
    if (mine !== buyer) return;
    accept(order);
    showFaults({});
    announce('The video is ordered.');
    onOrdered({ ...accepted, model: model.slug, prompt: body.prompt, stage: 'accepted', created_at: new Date().toISOString() });
  } catch (error) {
    if (mine === buyer) explain(error, order);
  } finally {
    parts.button.removeAttribute('aria-disabled');
    setText(parts.button, 'Make the video');
  }
}

// A refusal ends what was ordered under a key, unless it is the API key that is being looked at, or the order may have been taken at an earlier try.
const isRefusal = (error) => error instanceof ApiError && error.status < 500 && error.status !== 408;

function explain(error, order) {
  if (error instanceof Away || (error instanceof ApiError && !isRefusal(error))) {
    doubt(order);
    setText(parts.fault, unknownOutcome);
  } else if (error instanceof ApiError) {
    const others = showFaults(error.faults);
    const wrong = fields.find((field) => error.faults[field.name]);
    if (wrong && !isProminentField(wrong.name)) parts.more.open = true;
    wrong?.focus();
    if (error.status !== 401 && !order.isDoubtful) drop(order);
    setText(parts.fault, wrong && others.length === 0 ? '' : others.length > 0 ? `${others.join('; ')}.` : error.message);
  } else {
    throw error;
  }
}

// What was ordered and is not yet known to have arrived, with the idempotency key under which it is sent: however often, it is one order. It outlasts a reload.

import { keep, recall } from './kept.js';

const name = 'reel-orders';

// Two clicks are one order; who wants the same again a while later gets it.
const doubleClick = 3000;

// The server knows a key for a day. What is older is not sent again without a look at the list.
const safeTime = 20 * 3600 * 1000;

const mostKept = 20;

let orders = read();

function read() {
  try {
    return JSON.parse(recall('tab', name)) ?? [];
  } catch {
    return [];
  }
}

function save() {
  orders = orders.slice(-mostKept);
  keep('tab', name, orders.length === 0 ? null : JSON.stringify(orders.filter((one) => !one.acceptedAt)));
}

/** The order of this model and body: the one that is on its way or went a moment ago, or a new one. */
export function orderFor(slug, body) {
  const text = JSON.stringify([slug, body]);
  const known = orders.find((one) => one.text === text);
  if (known && !(Date.now() - known.acceptedAt > doubleClick)) return known;
  const order = { text, key: newKey(), sentAt: Date.now() };
  orders = [...orders.filter((one) => one !== known), order];
  save();
  return order;
}

/** Whether it is so old that the server may have forgotten its key. */
export const isOld = (order) => Date.now() - order.sentAt > safeTime;

/** It arrived. */
export function accept(order) {
  order.acceptedAt = Date.now();
  save();
}

/** It may have arrived: no later refusal says that it did not. */
export function doubt(order) {
  order.isDoubtful = true;
  save();
}

/** It was refused, or is not meant any more. */
export function drop(order) {
  orders = orders.filter((one) => one !== order);
  save();
}

/** Somebody else orders now. */
export function dropAll() {
  orders = [];
  save();
}

/** The last one of which it is not known whether it arrived: { slug, body }. */
export function openOrder() {
  const open = orders.findLast((one) => !one.acceptedAt);
  if (!open) return null;
  const [slug, body] = JSON.parse(open.text);
  return { slug, body };
}

// randomUUID is there on https and at localhost only.
export const newKey = () => `page-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

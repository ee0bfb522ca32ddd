// The cards of the gallery: which there are, in which order, and which of them hang.

import { Card } from './card.js';
import { announce } from './dom.js';
import { hasWords, wantedWords } from './filters.js';
import { hang, takeDown } from './wall.js';
import { excerpt, isFinal, nameOf, stateOf } from './words.js';

export class Shelf {
  #cards = new Map();
  #order = [];
  #isStale = false; // a card came or went since they were put in order

  /** How many of the cards hang: those that are searched for. */
  found = 0;

  /** How many there are. */
  get size() {
    return this.#order.length;
  }

  /** Whether any of the requests is under way. */
  get isBusy() {
    return [...this.#cards.values()].some((card) => !isFinal(card.request));
  }

  has(id) {
    return this.#cards.has(id);
  }

  /** The cards that can be seen and are under way, without the newest "count". */
  watchedBelow(count) {
    return this.#order.slice(count).map((id) => this.#cards.get(id)).filter((card) => card?.isSeen && !isFinal(card.request));
  }

  /** Takes what is told of a request, which has a card from then on. */
  put(request) {
    const known = this.#cards.get(request.request_id);
    if (!known) {
      const card = new Card(request);
      this.#cards.set(card.id, card);
      this.#isStale = true;
      return;
    }
    if (!isFinal(known.request) && isFinal(request)) announce(`${stateOf(request)}: ${excerpt(nameOf(known.request), 60)}`);
    known.update(request);
  }

  /** Takes these requests for all that there are after one id, up to another. */
  putAll(after, last, requests) {
    const ids = new Set(requests.map((one) => one.request_id));
    for (const id of this.#order) if (id > after && id <= last && !ids.has(id)) this.drop(id);
    for (const request of requests) this.put(request);
  }

  /** Takes what another view was told already. */
  learn(request) {
    this.#cards.get(request.request_id)?.update(request);
  }

  drop(id) {
    const card = this.#cards.get(id);
    if (!card) return;
    takeDown(card);
    this.#cards.delete(id);
    this.#isStale = true;
  }

  clear() {
    for (const id of [...this.#cards.keys()]) this.drop(id);
  }

  /** Hangs the cards that are looked for. Ids sort newest first. */
  arrange() {
    this.#isStale = false;
    this.#order = [...this.#cards.keys()].sort();
    const words = wantedWords();
    const all = this.#order.map((id) => this.#cards.get(id));
    const found = words ? all.filter((card) => hasWords(card.request, words)) : all;
    hang(found);
    this.found = found.length;
  }

  /** Hangs them anew if a card came or went. */
  settle() {
    if (this.#isStale) this.arrange();
  }
}

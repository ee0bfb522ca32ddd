// A request in the gallery. It is made once, and then only what has changed in it is changed.

import { el, icon, icons, quoted } from './dom.js';
import { showLeader } from './leader.js';
import { modelTitle } from './models.js';
import { play, stop } from './player.js';
import { drawPoster } from './posters.js';
import { clock, excerpt, isFinal, money, nameOf, stateOf } from './words.js';

const nameLength = 140;

export class Card {
  constructor(request) {
    this.id = request.request_id;
    this.isSeen = false;
    this.canvas = el('canvas', { width: 0, height: 0, 'aria-hidden': 'true' });
    this.frame = el('div', { class: 'frame' });
    this.link = el('a', { href: `#/requests/${this.id}`, class: 'name' });
    this.facts = el('p', { class: 'facts' });
    this.root = el('li', { class: 'card', 'data-id': this.id }, el('article', {}, this.frame, el('div', { class: 'caption' }, el('h3', {}, this.link), this.facts)));
    this.root.card = this;
    this.update(request);
  }

  /** Shows what is known; members that are not told keep what they were. */
  update(news) {
    const before = this.request;
    const request = { ...before, ...news };
    if (isFinal(request)) delete request.progress;
    this.request = request;
    const text = JSON.stringify([request.status, request.stage, request.progress, request.cost, request.prompt, request.error]);
    if (text === this.shown) return;
    this.shown = text;

    if (request.prompt !== before?.prompt || !before) this.link.replaceChildren(quoted(excerpt(nameOf(request), nameLength)));
    if (before?.status !== request.status) this.changeFrame();
    this.root.dataset.status = request.status;
    this.showProgress?.(request);
    this.facts.replaceChildren(
      el('span', {}, modelTitle(request.model)),
      el('time', { datetime: request.created_at }, clock(request.created_at)),
      request.cost === undefined ? '' : el('span', { class: 'cost' }, money(request.cost)),
      request.status === 'COMPLETED' ? el('span', { class: 'unseen' }, 'Done') : '');
  }

  changeFrame() {
    const { request } = this;
    stop(this.frame);
    this.showProgress = null;
    if (request.status === 'COMPLETED') {
      const name = excerpt(nameOf(request), 60);
      const button = el('button', { type: 'button', class: 'play', 'aria-label': `Play: ${name}`, onclick: () => this.play() }, icon(icons.play));
      this.frame.replaceChildren(this.canvas, button);
      if (this.isSeen) this.drawSoon();
    } else if (request.status === 'FAILED') {
      this.frame.replaceChildren(el('div', { class: 'failed' }, el('strong', {}, stateOf(request)),
        request.error_code === 'canceled' ? '' : el('span', {}, quoted(excerpt(request.error ?? '', 110)))));
    } else {
      this.showProgress = showLeader(this.frame);
    }
  }

  async play() {
    const name = excerpt(nameOf(this.request), 60);
    try {
      await play(this.frame, this.id, { label: `Video: ${name}` });
    } catch {
      this.frame.append(el('p', { class: 'lost', role: 'alert' }, 'It cannot be played at the moment.'));
    }
  }

  /** It came into view, or left it. */
  see(isSeen) {
    this.isSeen = isSeen;
    if (isSeen) this.drawSoon();
  }

  drawSoon() {
    if (this.request.status !== 'COMPLETED') return;
    // Who scrolls past does not want to see it.
    setTimeout(() => { if (this.isSeen) drawPoster(this.canvas, this.id, () => this.isSeen); }, 120);
  }

  remove() {
    stop(this.frame);
    this.root.remove();
  }
}

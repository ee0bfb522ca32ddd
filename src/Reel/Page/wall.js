// How the cards hang: under their days, in blocks, so that thousands of them scroll like a few.

import { byId, el } from './dom.js';
import { dayOf } from './words.js';

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

/** Hangs these cards, in this order, and no others. */
export function hang(cards) {
  const days = new Map();
  for (const card of cards) {
    const day = dayOf(card.request.created_at);
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(card.root);
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
}

/** Takes a card down for good. */
export function takeDown(card) {
  seen.unobserve(card.root);
  card.see(false);
  card.remove();
}

/** Makes the children these, and moves none that is where it should be: what plays goes on. */
function place(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

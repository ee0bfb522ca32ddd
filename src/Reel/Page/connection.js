// Whether the server is there: a banner while it is not, and asking again until it is.

import { announce, byId, el, setText } from './dom.js';
import { happenings } from './happenings.js';

const longest = 15;

// Away again so soon after it was back, it is the same trouble still.
const calm = 60000;

// What was not answered, by name, and how to ask it again. The server is back when all of it is answered.
const unanswered = new Map();
let seconds = 1;
let backAt = -calm;
let words = '';
let isAway = false;
let again = null;

/** Watches; "onBack" is called when the server answers again. */
export function watchConnection(onBack) {
  happenings.addEventListener('away', (event) => {
    words = event.detail.text;
    unanswered.set(event.detail.name, event.detail.isBack);
    if (!isAway) void wait();
  });
  window.addEventListener('online', () => again?.());

  async function wait() {
    isAway = true;
    document.body.dataset.away = '';
    const text = el('span');
    const banner = byId('banner');
    banner.replaceChildren(text, el('button', { type: 'button', onclick: () => again?.() }, 'Try now'));
    banner.hidden = false;
    if (performance.now() - backAt > calm) seconds = 1;
    for (; ; seconds = Math.min(seconds * 2, longest)) {
      // An alert is read out when it changes: it says once that the server is away, not how the seconds go.
      setText(text, `${words.replace(/\.?$/, '.')} What is under way there goes on. This page asks again by itself.`);
      await new Promise((resolve) => { again = resolve; setTimeout(resolve, seconds * 1000); });
      if (await isBack()) break;
    }
    unanswered.clear();
    backAt = performance.now();
    seconds = Math.min(seconds * 2, longest);
    isAway = false;
    delete document.body.dataset.away;
    banner.hidden = true;
    banner.replaceChildren();
    announce('Reel answers again.');
    onBack();
  }
}

async function isBack() {
  for (const [name, ask] of [...unanswered]) {
    if (!await ask()) return false;
    unanswered.delete(name);
  }
  return true;
}

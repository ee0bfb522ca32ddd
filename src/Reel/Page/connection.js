// Whether the server is there: a banner while it is not, and asking again until it is.

import { addressOf, happenings } from './api.js';
import { announce, byId, el, setText } from './dom.js';

const longest = 15;
let words = '';
let isAway = false;
let again = null;

/** Watches; "onBack" is called when the server answers again. */
export function watchConnection(onBack) {
  happenings.addEventListener('away', (event) => {
    words = event.detail;
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
    for (let seconds = 1; ; seconds = Math.min(seconds * 2, longest)) {
      // An alert is read out when it changes: it says once that the server is away, not how the seconds go.
      setText(text, `${words.replace(/\.?$/, '.')} What is under way there goes on. This page asks again by itself.`);
      await new Promise((resolve) => { again = resolve; setTimeout(resolve, seconds * 1000); });
      if (await answers()) break;
    }
    isAway = false;
    delete document.body.dataset.away;
    banner.hidden = true;
    banner.replaceChildren();
    announce('Reel answers again.');
    onBack();
  }
}

async function answers() {
  try {
    return (await fetch(addressOf('healthz'), { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(10000) })).ok;
  } catch {
    return false;
  }
}

// The page: which view is shown, and what happens when the key is wrong or the server is away.

import { changeBuyer, focusCompose, startCompose } from './compose.js';
import { watchConnection } from './connection.js';
import { askForKey, trouble } from './dialogs.js';
import { byId, el } from './dom.js';
import { addOrdered, refreshSoon, resetGallery, startGallery } from './gallery.js';
import { happenings } from './happenings.js';
import { leaveRequest, retryRequest, showRequest } from './request.js';
import { resetUsage, showUsage } from './usage.js';

let view = null;
let place = 0;
let opener = null;

function route() {
  const [name = '', id] = location.hash.replace(/^#\/?/, '').split('/');
  if (name === 'requests' && id) return { view: 'request', id };
  return { view: ['new', 'usage'].includes(name) ? name : 'gallery' };
}

function show() {
  const before = view;
  const next = route();
  if (isList(before) && !isList(next.view)) {
    [place, opener] = [scrollY, document.activeElement];
    // What one does not see is not to be heard.
    for (const video of byId('gallery').querySelectorAll('video')) video.pause();
  }
  if (before === 'request') leaveRequest();
  view = next.view;
  document.body.dataset.view = view;
  byId('gallery').hidden = byId('compose').hidden = !isList(view);
  byId('request').hidden = view !== 'request';
  byId('usage').hidden = view !== 'usage';
  for (const link of document.querySelectorAll('nav a[data-view]')) {
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = { gallery: 'Videos · Reel', new: 'New video · Reel', usage: 'Usage · Reel', request: 'Request · Reel' }[view];
  if (view === 'request') void showRequest(next.id);
  if (view === 'usage') void showUsage();
  if (before !== null) moveTo(before);
  if (isList(view)) refreshSoon(0);
}

const isList = (name) => name === 'gallery' || name === 'new';

// The focus goes to the heading of what is shown; back in the gallery, to where one left it.
function moveTo(before) {
  if (view === 'gallery' && !isList(before)) {
    scrollTo(0, place);
    if (opener?.isConnected && byId('gallery').contains(opener)) opener.focus({ preventScroll: true });
    else byId('gallery-title').focus({ preventScroll: true });
    return;
  }
  scrollTo(0, 0);
  if (view === 'new') focusCompose();
  else byId(`${view}-title`)?.focus({ preventScroll: true });
}

async function start() {
  try {
    await startCompose(ordered);
  } catch (error) {
    byId('compose-form').replaceChildren(el('p', { class: 'fault', role: 'alert' }, trouble(error, () => void start())));
  }
  await startGallery(() => isList(view));
}

function ordered(request) {
  addOrdered(request);
  if (view === 'new') location.hash = '#/';
}

happenings.addEventListener('unauthorized', (event) => askForKey(event.detail));
happenings.addEventListener('key', () => {
  changeBuyer();
  resetGallery();
  resetUsage();
  void start();
  if (!isList(view)) show();
});
byId('key-button').addEventListener('click', () => askForKey());
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('main').focus();
});
watchConnection(() => {
  void start();
  if (view === 'request') retryRequest();
  if (view === 'usage') void showUsage();
});
addEventListener('hashchange', show);
show();
void start();

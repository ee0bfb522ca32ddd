// Two questions: for the key, and whether it is really meant.

import { byId, el } from './dom.js';
import { apiKey, keepKey } from './key.js';

/** Asks for a key. What it is needed for, or what is wrong with the one there is, is said in the API's words. */
export function askForKey(reason) {
  const dialog = byId('key-dialog');
  if (dialog.open) return;
  const known = apiKey();
  const input = el('input', {
    id: 'key', name: 'key', type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false', 'aria-describedby': 'key-help key-fault',
  });
  const fault = el('p', { id: 'key-fault', class: 'fault', role: 'alert' }, reason ? `${reason}.` : '');
  const onDevice = el('input', { id: 'key-keep', type: 'checkbox' });
  const form = el('form', { novalidate: true, onsubmit: submit },
    el('h2', { id: 'key-title' }, 'Your key'),
    fault,
    el('p', { id: 'key-help' }, 'This Reel lets in who has a key: the value of Api__Keys__{name} on the server. Whoever runs it can give you one.'),
    el('label', { for: 'key' }, 'API key'),
    input,
    el('label', { class: 'check', for: 'key-keep' }, onDevice, ' Remember it on this device'),
    el('p', { class: 'muted small' }, 'Otherwise it is forgotten with this tab.'),
    el('div', { class: 'actions' },
      el('button', { type: 'submit', class: 'primary' }, 'Use this key'),
      known && el('button', { type: 'button', onclick: forget }, 'Forget the one in use'),
      el('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Not now')));

  function submit(event) {
    event.preventDefault();
    const key = input.value.trim();
    // What no header can carry is no key.
    if (!/^[!-~]+$/.test(key)) {
      fault.textContent = key ? 'A key has printable ASCII characters only, without blanks.' : 'Put in a key.';
      input.setAttribute('aria-invalid', 'true');
      input.focus();
      return;
    }
    dialog.close();
    keepKey(key, onDevice.checked);
  }

  function forget() {
    dialog.close();
    keepKey(null);
  }

  dialog.replaceChildren(form);
  dialog.showModal();
  input.focus();
}

/** What went wrong, and a button that leads on. */
export function trouble(error, again) {
  const isKey = error.status === 401;
  return [`${error.message.replace(/\.?$/, '.')} `, el('button', { type: 'button', onclick: () => (isKey ? askForKey(error.message) : again()) }, isKey ? 'Put in a key' : 'Try again')];
}

/** Whether it is really meant. Escape means no. */
export function confirm(title, text, action) {
  const dialog = byId('confirm-dialog');
  return new Promise((resolve) => {
    let isMeant = false;
    const no = el('button', { type: 'button', onclick: () => dialog.close() }, 'No, keep it');
    const yes = el('button', { type: 'button', class: 'danger', onclick: () => { isMeant = true; dialog.close(); } }, action);
    dialog.replaceChildren(el('h2', { id: 'confirm-title' }, title), el('p', {}, text), el('div', { class: 'actions' }, yes, no));
    dialog.addEventListener('close', () => resolve(isMeant), { once: true });
    dialog.showModal();
    no.focus();
  });
}

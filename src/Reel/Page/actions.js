// What one can do with a request: cancel it, send it again, do it again, delete it.

import { call, post } from './api.js';
import { compose } from './compose.js';
import { confirm } from './dialogs.js';
import { announce, byId, el, setText } from './dom.js';
import { forget, learn, refreshSoon } from './gallery.js';
import { isFinal } from './words.js';

/** Fills "root" with what can be done with the request now; what goes wrong is said in "fault", and what "cancel" answers is told to "onNews". */
export function showActions(root, fault, request, onNews) {
  const { request_id: id } = request;
  const button = (text, action, style = '') => el('button', { type: 'button', class: style, onclick: (event) => void act(event.currentTarget, action, fault) }, text);
  const hadFocus = root.contains(document.activeElement);
  root.replaceChildren(...[
    !isFinal(request) && button('Cancel', () => cancel(id, onNews)),
    request.error_code === 'submit_outcome_unknown' && !request.resubmitted_as && button('Send it again', () => resubmit(id), 'primary'),
    request.output && el('a', { class: 'button', href: request.output, target: '_blank', rel: 'noopener noreferrer' }, 'Open the file'),
    button('Do it again', () => again(request)),
    isFinal(request) && button('Delete', () => remove(id), 'quiet danger-text'),
  ].filter(Boolean));
  // Who was at a button that is there no more would be nowhere.
  if (hadFocus) byId('request-title').focus({ preventScroll: true });
}

// Not disabled: that would take the focus away from who is at it.
async function act(button, action, fault) {
  if (button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  setText(fault, '');
  try {
    await action();
  } catch (error) {
    setText(fault, error.message);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

async function cancel(id, onNews) {
  const answer = await post(`v2/requests/${id}/cancel`);
  announce('It is being cancelled.');
  learn(answer);
  onNews(answer);
}

async function again({ model, parameters = {} }) {
  await compose(model, parameters);
  location.hash = '#/new';
}

async function resubmit(id) {
  const isMeant = await confirm('Send it again?', 'It is not known whether the provider took the first one. Look at the provider’s account: if it did, this is a second charge.', 'Send it again');
  if (!isMeant) return;
  const answer = await post(`v2/requests/${id}/resubmit`);
  refreshSoon(0);
  location.hash = `#/requests/${answer.request_id}`;
}

async function remove(id) {
  const isMeant = await confirm('Delete it?', 'The request and its video are removed from your storage. What it cost stays in the usage. This cannot be undone.', 'Delete it');
  if (!isMeant) return;
  await call('DELETE', `v2/requests/${id}`);
  forget(id);
  announce('It is deleted.');
  location.hash = '#/';
}

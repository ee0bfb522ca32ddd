// What is said above the cards, and on the button below them.

import { trouble } from './dialogs.js';
import { byId, setText } from './dom.js';
import { wantedKind, wantedWords } from './filters.js';

let told = null; // the failure that is told of

/** Says how it stands with the list; or why it could not be had, with a button that leads on. */
export function describe({ pages, search, shelf, failure }, again) {
  const words = wantedWords();
  byId('more').hidden = !pages.next;
  setText(byId('more'), search.isUnderWay ? 'Stop searching' : words ? 'Search further' : 'Show more');
  const note = byId('gallery-note');
  if (!failure) {
    setText(note, !pages.isStarted ? 'The videos are being fetched…'
      : search.isUnderWay ? 'Searching…'
      : words ? finds(pages, shelf)
      : shelf.found > 0 ? ''
      : Object.keys(wantedKind()).length > 0 ? 'There is none of that kind.' : 'Nothing here yet. What you order appears at once, and shows how far it is.');
  } else if (failure !== told) {
    note.replaceChildren(...trouble(failure, again));
  }
  told = failure;
}

// The list tells the first 300 characters of a prompt.
function finds({ next }, { found, size }) {
  const looked = `${next ? 'the newest' : 'all'} ${size.toLocaleString()}`;
  return `${found === 0 ? 'None' : found.toLocaleString()} of ${looked} ${found === 1 ? 'has' : 'have'} that in the beginning of the prompt.`;
}

// What stands in the place of a video that is being made: a film leader, a disc that a hand sweeps, with the seconds left in it.

import { el, setText } from './dom.js';
import { left, stateOf } from './words.js';

const longest = 5940;

/** Puts a leader into "frame"; what it gives shows how far a request is. */
export function showLeader(frame) {
  const count = el('span', { class: 'count', 'aria-hidden': 'true' });
  const disc = el('div', { class: 'leader' }, count);
  const stage = el('span', { class: 'stage' });
  const rest = el('span', { class: 'rest' });
  const bar = el('progress', { class: 'unseen', max: 1, 'aria-label': 'Progress' });
  frame.replaceChildren(disc, el('p', { class: 'under-way' }, stage, rest), bar);
  return (request) => {
    const { progress } = request;
    disc.style.setProperty('--done', progress?.fraction ?? 0);
    setText(count, !progress ? '' : progress.seconds_left > longest ? '…' : String(progress.seconds_left));
    setText(stage, stateOf(request));
    setText(rest, progress ? left(progress.seconds_left) : '');
    bar.value = progress?.fraction ?? 0;
  };
}

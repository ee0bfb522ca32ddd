// Videos. A result's own link is played: it needs no key and takes ranges, so one can seek. It expires, and is then made anew.

import { get, videoBytes } from './api.js';
import { el } from './dom.js';

const spare = 60000;

const links = new Map();
const leavings = new WeakMap();

/** The link to a saved video: { url, gone }. */
export async function linkTo(id, isFresh) {
  const known = links.get(id);
  if (known && !isFresh && known.until > Date.now() + spare) return known;
  const result = await get(`v2/requests/${id}`);
  return keepLink(result);
}

/** Takes the link from a result that was fetched for something else. */
export function keepLink(result) {
  const link = { url: result.output, gone: result.video_gone === true, until: Date.parse(result.video?.url_expires_at ?? 0) };
  if (link.gone) link.until = Infinity;
  if (link.url || link.gone) links.set(result.request_id, link);
  return link;
}

const isThere = (element) => element.isConnected && !element.closest('[hidden]');

/** A player in the place of what is in "frame". Where the storage cannot be reached from here, the video comes through the API. */
export async function play(frame, id, { autoplay = true, label = 'The video' } = {}) {
  const link = await linkTo(id);
  // Who has left meanwhile wants to hear nothing.
  if (!isThere(frame)) return null;
  if (!link.url) {
    frame.replaceChildren(el('p', { class: 'lost' }, link.gone ? 'The video is past its retention and was deleted.' : 'The video is not there.'));
    return null;
  }

  const video = el('video', { controls: true, playsinline: true, preload: autoplay ? 'auto' : 'metadata', 'aria-label': label });
  const leaving = new AbortController();
  leavings.set(video, leaving);
  let attempts = 0;
  video.addEventListener('error', async () => {
    const at = video.currentTime;
    const wasPlaying = autoplay || !video.paused;
    attempts += 1;
    try {
      if (attempts === 1) video.src = (await linkTo(id, true)).url;
      else if (attempts === 2) video.src = URL.createObjectURL(await videoBytes(id, leaving.signal));
      else throw new Error('It cannot be played.');
    } catch {
      if (leaving.signal.aborted) return;
      release(video);
      frame.replaceChildren(el('p', { class: 'lost', role: 'alert' }, 'The video cannot be played here.'));
      return;
    }
    if (leaving.signal.aborted) return release(video);
    video.currentTime = at;
    if (wasPlaying && isThere(video)) void video.play().catch(() => {});
  });
  video.src = autoplay ? link.url : `${link.url}#t=0.1`;
  frame.replaceChildren(video);
  if (autoplay) {
    video.focus({ preventScroll: true });
    void video.play().catch(() => {});
  }
  return video;
}

/** Ends a player and lets go of what it holds. */
export function stop(frame) {
  for (const video of frame.querySelectorAll('video')) {
    leavings.get(video)?.abort();
    release(video);
  }
}

function release(video) {
  video.pause();
  if (video.src.startsWith('blob:')) URL.revokeObjectURL(video.src);
  video.removeAttribute('src');
  video.load();
}

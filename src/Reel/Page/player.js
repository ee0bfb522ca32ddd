// Videos and their first pictures. A result's own link is played: it needs no key and takes ranges, so one can seek. It expires, and is then made anew.

import { get, videoBytes } from './api.js';
import { el } from './dom.js';

const spare = 60000;
const posterWidth = 480;
const postersAtOnce = 2;
const postersKept = 150;
const posterPatience = 15000;

const links = new Map();
const leavings = new WeakMap();
const waiting = [];
const drawn = new Map();
let drawing = 0;

/** The link to a saved video: { url, gone }. */
async function linkTo(id, isFresh) {
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

/** Draws a video's first picture, if it is still wanted when its turn comes. */
export function drawPoster(canvas, id, isWanted) {
  if (drawn.has(canvas)) {
    drawn.delete(canvas);
    drawn.set(canvas, id); // the last to be forgotten
    return;
  }
  if (waiting.some((one) => one.canvas === canvas)) return;
  waiting.push({ canvas, id, isWanted });
  drawNext();
}

function drawNext() {
  while (drawing < postersAtOnce && waiting.length > 0) {
    const next = waiting.shift();
    if (!next.isWanted()) continue;
    drawing += 1;
    draw(next).catch(() => {}).finally(() => {
      drawing -= 1;
      drawNext();
    });
  }
}

async function draw({ canvas, id }) {
  const { url } = await linkTo(id);
  if (!url) return;
  const video = el('video', { muted: true, playsinline: true, preload: 'metadata' });
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(reject, posterPatience);
      video.addEventListener('loadeddata', () => { clearTimeout(timer); resolve(); }, { once: true });
      video.addEventListener('error', () => { clearTimeout(timer); reject(new Error('There is no picture.')); }, { once: true });
      video.src = `${url}#t=0.5`;
    });
    canvas.width = posterWidth;
    canvas.height = Math.round((posterWidth * video.videoHeight) / video.videoWidth) || posterWidth;
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    canvas.dataset.drawn = '';
    drawn.set(canvas, id);
    if (drawn.size > postersKept) forget(drawn.keys().next().value);
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

function forget(canvas) {
  drawn.delete(canvas);
  delete canvas.dataset.drawn;
  canvas.width = 0;
  canvas.height = 0;
}

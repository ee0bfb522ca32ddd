// The first pictures of videos, drawn from the videos themselves; a few at a time, and of those only that are looked at.

import { videoBytes } from './api.js';
import { el } from './dom.js';
import { linkTo } from './player.js';

const width = 480;
const mostAtOnce = 2;
const mostKept = 150;
const patience = 15000;

// Which video gave no picture gives none a moment later; nor does a storage out of reach come nearer.
const rest = 600000;

const waiting = [];
const drawn = new Map();
const resting = new WeakMap();
let drawing = 0;
let detourUntil = 0; // until when pictures come through the API at once

/** Draws a video's first picture, if it is still wanted when its turn comes. */
export function drawPoster(canvas, id, isWanted) {
  if (drawn.has(canvas)) {
    drawn.delete(canvas);
    drawn.set(canvas, id); // the last to be forgotten
    return;
  }
  if (resting.get(canvas) > Date.now() || waiting.some((one) => one.canvas === canvas)) return;
  waiting.push({ canvas, id, isWanted });
  drawNext();
}

function drawNext() {
  while (drawing < mostAtOnce && waiting.length > 0) {
    const next = waiting.shift();
    if (!next.isWanted()) continue;
    drawing += 1;
    draw(next).catch(() => resting.set(next.canvas, Date.now() + rest)).finally(() => {
      drawing -= 1;
      drawNext();
    });
  }
}

// From the link, of which a browser reads no more than it needs; where the storage cannot be reached from here, through the API.
async function draw({ canvas, id, isWanted }) {
  const { url } = await linkTo(id);
  if (!url || !isWanted()) return;
  if (Date.now() >= detourUntil) {
    try {
      return await drawFrom(canvas, id, url);
    } catch {
      if (!isWanted()) return;
    }
  }
  const own = URL.createObjectURL(await videoBytes(id, AbortSignal.timeout(patience * 4)));
  try {
    await drawFrom(canvas, id, own);
    detourUntil = Date.now() + rest;
  } finally {
    URL.revokeObjectURL(own);
  }
}

async function drawFrom(canvas, id, url) {
  const video = el('video', { muted: true, playsinline: true, preload: 'metadata' });
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The picture does not come.')), patience);
      video.addEventListener('loadeddata', () => { clearTimeout(timer); resolve(); }, { once: true });
      video.addEventListener('error', () => { clearTimeout(timer); reject(new Error('There is no picture.')); }, { once: true });
      video.src = `${url}#t=0.5`;
    });
    canvas.width = width;
    canvas.height = Math.round((width * video.videoHeight) / video.videoWidth) || width;
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    canvas.dataset.drawn = '';
    drawn.set(canvas, id);
    if (drawn.size > mostKept) forget(drawn.keys().next().value);
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

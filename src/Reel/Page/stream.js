// What becomes of a request, as it comes: from the stream of its events, and where that is silent or refused, by asking. EventSource could not send the key.

import { get, isHopeless, send } from './api.js';
import { isFinal } from './words.js';

// The server sends a comment after 15 silent seconds: whoever hears nothing for thrice that has something in between that keeps it back.
const longestSilence = 45000;
const askingWait = 5;
const longestPause = 15000;

class Silence extends Error {}

/** Tells the states of a request until it is final or the signal says so. What no repetition mends, it throws: no such request, or a wrong key. */
export async function follow(id, signal, tellEvent) {
  const at = { lastId: '', wait: 1000 };
  const heard = (name, news) => {
    at.wait = 1000;
    tellEvent(name, news);
  };
  let isMute = false;
  while (!signal.aborted) {
    try {
      if (!isMute && await stream(id, signal, at, heard)) return;
    } catch (error) {
      if (signal.aborted) return;
      isMute = error instanceof Silence;
      if (isHopeless(error)) throw error;
    }
    try {
      const news = await get(`v2/requests/${id}/status${isMute ? `?wait=${askingWait}` : ''}`, { signal });
      heard('status', news);
      if (isFinal(news)) return;
    } catch (error) {
      if (signal.aborted) return;
      if (isHopeless(error)) throw error;
    }
    await pause(at.wait, signal);
    at.wait = Math.min(at.wait * 2, longestPause);
  }
}

/** Reads one stream to its end; true when there will be no more. */
async function stream(id, signal, at, heard) {
  const ending = new AbortController();
  const leave = () => ending.abort();
  signal.addEventListener('abort', leave, { once: true });
  let timer = 0;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ending.abort(new Silence('The stream is silent.')), longestSilence);
  };
  try {
    listen();
    const { response } = await send('GET', `v2/requests/${id}/events`, {
      headers: { accept: 'text/event-stream', ...(at.lastId && { 'last-event-id': at.lastId }) },
      signal: ending.signal,
      cache: 'no-store',
    });
    if (response.status === 204) return true;
    for await (const event of read(response.body, listen)) {
      if (event.id) at.lastId = event.id;
      heard(event.name, JSON.parse(event.data));
    }
    return false;
  } catch (error) {
    throw ending.signal.reason instanceof Silence ? ending.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

async function* read(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at), line.slice(at + 1).trimStart()];
      }));
      if (fields.data) yield { name: fields.event, id: fields.id, data: fields.data };
    }
  }
}

/** Waits; ends early, without an error, when the signal says so. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
  });
}

/** Comes back when somebody looks at the page, or the signal says so. */
export function untilSeen(signal) {
  if (!document.hidden || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal?.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal?.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal?.addEventListener('abort', look);
  });
}

// The public API, and nothing else. What comes back is data; what goes wrong is an ApiError with the API's own words, or an Away.

import { apiKey } from './key.js';
import { tell } from './happenings.js';

// The server knows the path under which it is shown, if Api__PublicUrl says it; else it is where this page is.
const base = new URL(document.documentElement.dataset.base || '.', document.baseURI);
const patience = 30000;
const probePatience = 10000;
const awayStatuses = [502, 503, 504];

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.error_code;
    this.faults = body?.errors ?? {};
  }
}

/** No repetition mends it: there is no such thing, or the key is wrong. */
export const isHopeless = (error) => error instanceof ApiError && (error.status === 401 || error.status === 404);

/** The server did not answer, or could not do it now. Whether it did what was asked is not known. */
export class Away extends Error {}

/** Where a path of the API is, for other tools. */
export const addressOf = (path) => new URL(path, base).href;

function request(method, path, { headers, key = apiKey(), ...options }) {
  return fetch(new URL(path, base), { method, credentials: 'omit', headers: key ? { ...headers, 'x-api-key': key } : headers, ...options });
}

/** Calls the API, and has its answer when its status is one of success, or 422. "isHarmless" says that it may be sent again and does nothing. */
export async function send(method, path, options = {}) {
  const { isHarmless = method === 'GET', ...rest } = options;
  const key = apiKey();
  const away = (text) => {
    tell('away', { text, name: `${method} ${path}`, isBack: () => (isHarmless ? answers(method, path, rest) : answers('GET', 'healthz', {})) });
    return new Away(text);
  };
  let response;
  try {
    response = await request(method, path, { ...rest, key });
  } catch (error) {
    if (isLeft(options.signal)) throw error;
    throw away('Reel does not answer.');
  }
  if (response.ok || response.status === 422) return { response, away };
  const body = await response.json().catch(() => null);
  if (awayStatuses.includes(response.status)) throw away(body?.error ?? 'Reel does not answer.');
  const error = new ApiError(response.status, body);
  // What was said of a key that has been changed since is nobody's concern.
  if (response.status === 401 && key === apiKey()) tell('unauthorized', error.message);
  throw error;
}

const isLeft = (signal) => signal?.aborted && signal.reason?.name !== 'TimeoutError';

/** Whether what was not answered is answered now, whatever the answer. */
async function answers(method, path, { headers, body }) {
  try {
    const response = await request(method, path, { headers, body, cache: 'no-store', signal: AbortSignal.timeout(probePatience) });
    response.body?.cancel().catch(() => {});
    return !awayStatuses.includes(response.status);
  } catch {
    return false;
  }
}

/** Calls the API for JSON. A request that FAILED comes as 422, and is an answer like any other. */
export async function call(method, path, { body, headers, signal, isHarmless } = {}) {
  const limit = AbortSignal.timeout(patience);
  const whole = signal && AbortSignal.any ? AbortSignal.any([signal, limit]) : signal ?? limit;
  const { response, away } = await send(method, path, {
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: whole,
    cache: 'no-store',
    isHarmless,
  });
  if (response.status === 204) return null;
  let answer;
  try {
    answer = await response.json();
  } catch (error) {
    if (isLeft(whole)) throw error;
    throw away('The answer of Reel broke off.');
  }
  if (response.status === 422 && !answer.status) throw new ApiError(422, answer);
  return answer;
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { body, ...options });

/** The bytes of a video, through the API and with the key. */
export async function videoBytes(id, signal) {
  const { response } = await send('GET', `v2/requests/${id}/video`, { signal });
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null));
  return response.blob();
}

// The public API, and nothing else. What comes back is data; what goes wrong is an ApiError with the API's own words, or an Away.

const keyName = 'reel-key';
const base = new URL('.', document.baseURI);

/** Tells "unauthorized" (with the API's words), "away" (likewise), "answered" and "key". */
export const happenings = new EventTarget();

const tell = (name, detail) => happenings.dispatchEvent(new CustomEvent(name, { detail }));

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.error_code;
    this.faults = body?.errors ?? {};
  }
}

/** The server did not answer, or could not do it now. Whether it did what was asked is not known. */
export class Away extends Error {}

export function apiKey() {
  return sessionStorage.getItem(keyName) ?? localStorage.getItem(keyName);
}

/** Keeps a key for this tab, or on this device; null forgets it everywhere. */
export function keepKey(key, onDevice) {
  sessionStorage.removeItem(keyName);
  localStorage.removeItem(keyName);
  if (key) (onDevice ? localStorage : sessionStorage).setItem(keyName, key);
  tell('key');
}

/** Where a path of the API is, for other tools. */
export const addressOf = (path) => new URL(path, base).href;

function headersWith(more) {
  const key = apiKey();
  return key ? { ...more, 'x-api-key': key } : more;
}

async function send(method, path, options) {
  try {
    return await fetch(new URL(path, base), { method, credentials: 'omit', ...options });
  } catch (error) {
    if (options.signal?.aborted && options.signal.reason?.name !== 'TimeoutError') throw error;
    tell('away', 'Reel does not answer.');
    throw new Away('Reel does not answer.');
  }
}

async function refuse(response) {
  const body = await response.json().catch(() => null);
  const error = new ApiError(response.status, body);
  if (response.status === 401) tell('unauthorized', error.message);
  if ([502, 503, 504].includes(response.status)) {
    tell('away', body?.error ?? 'Reel does not answer.');
    throw new Away(error.message);
  }
  throw error;
}

/** Calls the API. A request that FAILED comes as 422, and is an answer like any other. */
export async function call(method, path, { body, headers, signal } = {}) {
  const limit = AbortSignal.timeout(30000);
  const response = await send(method, path, {
    headers: headersWith(body === undefined ? headers : { ...headers, 'content-type': 'application/json' }),
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal && AbortSignal.any ? AbortSignal.any([signal, limit]) : signal ?? limit,
    cache: 'no-store',
  });
  if (!response.ok && response.status !== 422) return refuse(response);
  tell('answered');
  if (response.status === 204) return null;
  const answer = await response.json();
  if (response.status === 422 && !answer.status) throw new ApiError(422, answer);
  return answer;
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { body, ...options });

/** The bytes of a video, through the API and with the key. */
export async function videoBytes(id, signal) {
  const response = await send('GET', `v2/requests/${id}/video`, { headers: headersWith({}), signal });
  if (!response.ok) return refuse(response);
  return response.blob();
}

/** The states of a request as they come, until it is final or the signal says so. EventSource could not send the key. */
export async function follow(id, signal, tellEvent) {
  let lastId = '';
  let wait = 1000;
  while (!signal.aborted) {
    try {
      const response = await send('GET', `v2/requests/${id}/events`, {
        headers: headersWith({ accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) }),
        signal,
        cache: 'no-store',
      });
      if (response.status === 204) return;
      if (!response.ok) await refuse(response);
      tell('answered');
      for await (const event of read(response.body)) {
        wait = 1000;
        if (event.id) lastId = event.id;
        tellEvent(event.name, JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted || error instanceof ApiError) return;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, 15000);
  }
}

async function* read(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
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
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

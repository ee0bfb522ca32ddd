// How things are said: states, money, times.

const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const secondsFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const stages = {
  accepted: 'Accepted',
  waiting_for_capacity: 'Waiting for room',
  submitting: 'Being handed over',
  rendering: 'Rendering',
  saving: 'Saving',
};

const failures = {
  provider_failed: 'The render failed',
  content_blocked: 'Blocked by the content rules',
  submit_refused: 'Refused by the provider',
  submit_outcome_unknown: 'Outcome unknown',
  insufficient_credits: 'Not enough credits',
  timed_out: 'Timed out',
  expired: 'Forgotten by the provider',
  save_failed: 'Could not be saved',
  canceled: 'Cancelled',
  internal: 'Internal error',
};

const charges = {
  no: 'Nothing was charged.',
  yes: 'The provider charged for it.',
  unknown: 'It may have been charged: look at the provider’s account.',
};

export const isFinal = (request) => request.status === 'COMPLETED' || request.status === 'FAILED';

/** What it is doing, or how it ended, in a few words. */
export function stateOf(request) {
  if (request.status === 'COMPLETED') return 'Done';
  if (request.status === 'FAILED') return failures[request.error_code] ?? 'Failed';
  return stages[request.stage] ?? 'Under way';
}

export const chargeOf = (request) => charges[request.charged] ?? '';

export function money(amount) {
  return `$${amount.toFixed(amount === 0 || amount >= 0.995 ? 2 : 3).replace(/(\.\d\d)0$/, '$1')}`;
}

export function priceRange(price) {
  if (!price) return 'price not published';
  return price.low === price.high ? money(price.low) : `${money(price.low)} – ${money(price.high)}`;
}

/** A length of time, as one would say it. */
export function duration(seconds) {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

export const left = (seconds) => (seconds <= 0 ? 'any moment now' : `about ${duration(seconds)} left`);

export const clock = (time) => clockFormat.format(new Date(time));

export const moment = (time) => momentFormat.format(new Date(time));

/** A time, without the date where it is that of the time before. */
export const momentAfter = (time, before) => (before && new Date(time).toDateString() === new Date(before).toDateString() ? secondsFormat.format(new Date(time)) : moment(time));

/** The day of a time, as a heading. */
export function dayOf(time) {
  const date = new Date(time);
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  if (date >= midnight) return 'Today';
  midnight.setDate(midnight.getDate() - 1);
  if (date >= midnight) return 'Yesterday';
  const year = date.getFullYear() === new Date().getFullYear() ? '' : ` ${date.getFullYear()}`;
  return dayFormat.format(date) + year;
}

/** The beginning of a text, on one line. */
export function excerpt(text, length) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${[...line.slice(0, length)].slice(0, -1).join('')}…`;
}

/** What a request is called. */
export const nameOf = (request) => request.prompt?.trim() || request.parameters?.prompt?.trim() || 'Without a prompt';

export function bytes(count) {
  if (count < 1e6) return `${Math.max(1, Math.round(count / 1e3))} kB`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;
}

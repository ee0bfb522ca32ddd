// What an order would cost and how long it would take, while one fills in the form: asked by dry runs.

import { ApiError, post } from './api.js';
import { el, setText } from './dom.js';
import { duration, priceRange } from './words.js';

const pause = 300;

const limits = { requests_per_minute: 'requests per minute', in_flight: 'requests in flight', usd_per_day: 'US dollars per day' };

const describe = (limit) => `This key’s limit is reached: ${limit.used} of ${limit.value} ${limits[limit.name] ?? limit.name}.`;

export class Estimate {
  #price = el('strong', { class: 'price' });
  #time = el('span', { class: 'muted' });
  #limit = el('p', { class: 'caution', role: 'status' });
  #timer = 0;
  #asking = null;

  /** Its elements; the first has the id "estimate". */
  get parts() {
    return [el('p', { class: 'estimate', id: 'estimate' }, this.#price, this.#time), this.#limit];
  }

  /** Shows what a model costs by itself. */
  show({ price_usd: price, typical_seconds: seconds }) {
    setText(this.#price, price ? priceRange(price) : 'Price not published');
    setText(this.#time, ` · usually ready in ${duration(seconds)}`);
  }

  /** Asks for an order; the last one asked for counts. What is wrong with the order goes to "onFaults". */
  async ask(model, order, onFaults) {
    this.stop();
    const { signal } = (this.#asking = new AbortController());
    const body = { ...order };
    delete body.webhook_url;
    // What is still missing is taken from the model's example: the price does not depend on it.
    for (const parameter of model.parameters) if (parameter.required) body[parameter.name] ??= model.example[parameter.name];
    try {
      const answer = await post(`v2/${model.slug}?dry_run=true`, body, { signal, isHarmless: true });
      if (signal.aborted) return;
      this.show(answer);
      setText(this.#limit, answer.refused_by ? describe(answer.refused_by) : '');
      onFaults({});
    } catch (error) {
      if (error instanceof ApiError && error.status === 400 && !signal.aborted) onFaults(error.faults);
    }
  }

  /** Asks by "ask" when nothing was changed for a moment. */
  askSoon(ask) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(ask, pause);
  }

  /** Asks no more, and does not heed what is still to be answered. */
  stop() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }
}

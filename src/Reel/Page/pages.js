// What of the list was asked for, newest first: each page begins after an id. New requests come at the front; a batch's come in between.

const newestSize = 50;
const pageSize = 100;

/** Sorts after every id. */
const end = '\uffff';

export class Pages {
  constructor() {
    this.all = [];
    this.turn = 0;
  }

  /** Whether anything is known. */
  get isStarted() {
    return this.all[0]?.isLoaded === true;
  }

  get first() {
    if (this.all.length === 0) this.all = [{ after: '', token: null, isLoaded: false }];
    return this.all[0];
  }

  /** The page that scrolling on leads to; null at the end of the list. */
  get next() {
    const last = this.all.at(-1);
    return last?.isLoaded === false ? last : null;
  }

  /** Whether nothing is left to be loaded. */
  get isWhole() {
    return this.isStarted && !this.next;
  }

  has(page) {
    return this.all.includes(page);
  }

  /** Of those further down, the one whose turn it is: one that fills a gap at once, the others one after the other if "isBusy". */
  whoseTurn(isBusy) {
    const below = this.all.slice(1).filter((page) => page !== this.next);
    return below.find((page) => !page.isLoaded) ?? (isBusy ? below[this.turn++ % below.length] : undefined);
  }

  /** Notes what a page was found to cover, up to the id "last"; and whether what comes after that is known already. */
  note(page, last, token, meetsKnown) {
    page.isLoaded = true;
    const at = this.all.indexOf(page) + 1;
    if (!token) this.all.length = at;
    else if (!this.all[at] || (this.all[at].after > last && !meetsKnown)) this.all.splice(at, 0, { after: last, token, isLoaded: false });
    while (this.all[at + 1] && this.all[at + 1].after <= last) this.all.splice(at, 1);
  }
}

/** How many requests a page has at most. */
export const sizeOf = (page) => (page.token ? pageSize : newestSize);

/** The last id that the answer for a page covers. */
export const lastOf = (page, { requests, next_cursor: token }) => (token ? requests.at(-1)?.request_id ?? page.after : end);

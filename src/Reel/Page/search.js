// Looking for words further down the list than is loaded: page after page, until enough is found, the list ends, or nobody wants it any more.

const pause = 300;

/** How many finds are enough to begin with, and how many more when one searches on. */
const enough = 60;

const mostPages = 20;

export class Search {
  #found;
  #loadMore;
  #tell;
  #turn = 0;
  #timer = 0;

  /** Whether there may be more in a moment. */
  isUnderWay = false;

  /** "found" counts what is found by now; "loadMore" says whether there was more; "tell" is called when the search begins or ends. */
  constructor(found, loadMore, tell) {
    this.#found = found;
    this.#loadMore = loadMore;
    this.#tell = tell;
  }

  /** Searches when the words were not changed for a moment. */
  begin() {
    this.stop();
    this.isUnderWay = true;
    this.#timer = setTimeout(() => void this.goOn(enough), pause);
  }

  /** Searches further down. */
  async goOn(until = this.#found() + enough) {
    this.stop();
    const mine = this.#turn;
    this.isUnderWay = true;
    this.#tell();
    for (let page = 0; page < mostPages && this.#found() < until && await this.#loadMore() && mine === this.#turn; page++);
    if (mine !== this.#turn) return;
    this.isUnderWay = false;
    this.#tell();
  }

  /** Ends it; what was found stays. */
  stop() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.isUnderWay = false;
  }
}

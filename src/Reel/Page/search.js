// Looking for words further down the list than is loaded: page after page, until enough is found, the list ends, or nobody wants it any more.

const pause = 300;

/** How many finds are enough to begin with, and how many more when one searches on. */
const enough = 60;

const mostPages = 20;

export class Search {
  #list;
  #turn = 0;
  #timer = 0;
  #until = 0;
  #pagesLeft = 0;
  #isInterrupted = false;

  /** Whether there may be more in a moment, or as soon as the list can be had again. */
  isUnderWay = false;

  /** "list" has "found()", how many are found by now; "isWhole()", whether all is loaded; "loadMore()", whether more could be had; and "tell()", to be called when the search begins or ends. */
  constructor(list) {
    this.#list = list;
  }

  /** Searches when the words were not changed for a moment. */
  begin() {
    this.stop();
    this.isUnderWay = true;
    this.#timer = setTimeout(() => this.#start(enough), pause);
  }

  /** Searches further down. */
  goOn() {
    this.#start(this.#list.found() + enough);
  }

  /** Takes up what was interrupted: nobody looked, or the list could not be had. */
  resume() {
    if (this.#isInterrupted) void this.#run();
  }

  /** Ends it; what was found stays. */
  stop() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#isInterrupted = false;
    this.isUnderWay = false;
  }

  #start(until) {
    this.#until = until;
    this.#pagesLeft = mostPages;
    void this.#run();
  }

  async #run() {
    this.stop();
    const mine = this.#turn;
    this.isUnderWay = true;
    this.#list.tell();
    while (this.#pagesLeft > 0 && this.#list.found() < this.#until && !this.#list.isWhole()) {
      const isLoaded = await this.#list.loadMore();
      if (mine !== this.#turn) return;
      if (!isLoaded) {
        this.#isInterrupted = true;
        return;
      }
      this.#pagesLeft -= 1;
    }
    this.isUnderWay = false;
    this.#list.tell();
  }
}

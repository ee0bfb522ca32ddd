"use strict";
// Makes a LokiJS database durable at the cost of what changed. LokiJS knows one way to save: all of it, which Azurite does every five seconds. The
// journal keeps what changed in between: one line per document, its whole state or null, synced before the write is answered.
//
// Each snapshot begins a new journal file, and once it is on disk the older ones go. Lines hold whole states, so that reading a journal again over
// a snapshot that has some of it already ends in the same place.
const fs = require("fs/promises");
const path = require("path");

class Journal {
  #db;
  #before;
  #changed = new Map();
  #number = 0;
  #file = null;
  #fileNumber = -1;
  #tail = Promise.resolve();
  #waiting = null;

  /** @param before Brings to disk what the documents refer to; asked for once it is settled what is written, and before that is. */
  constructor(db, before = () => Promise.resolve()) {
    this.#db = db;
    this.#before = before;
    db.persistenceAdapter = {
      loadDatabase: (name, loaded) => this.#load(name).then(loaded, loaded).then(() => {
        for (const collection of db.collections) collection.ensureAllIndexes(true);
      }),
      saveDatabase: (name, text, done) => this.#snapshot(name, text).then(() => done(null), error => {
        console.error(`Azurite could not save ${path.basename(name)}: ${error.message}`);
        done(error);
      }),
    };
  }

  /** Begins to watch. To be called once the database is loaded, before its first change. */
  watch() {
    for (const collection of this.#db.collections) {
      const ids = new Set();
      this.#changed.set(collection, ids);
      const note = documents => [documents].flat().forEach(document => ids.add(document.$loki));
      for (const event of ["insert", "update", "delete"]) collection.on(event, note);
    }
  }

  /** Resolves when all that has changed so far is on disk, and fails for as long as it is not. Who asks while a write runs shares the next one. */
  flush() {
    return (this.#waiting ??= this.#after(() => {
      this.#waiting = null;
      return this.#write();
    }));
  }

  /** One thing at a time touches the journal's files, in the order of asking. */
  #after(work) {
    return (this.#tail = this.#tail.catch(() => {}).then(work));
  }

  async #write() {
    const taken = [...this.#changed].map(([collection, ids]) => [collection, [...ids]]);
    const lines = taken.map(([collection, ids]) => ids.map(id => JSON.stringify([collection.name, id, collection.get(id)]) + "\n").join("")).join("");
    const number = this.#number;
    for (const ids of this.#changed.values()) ids.clear();
    if (lines.length === 0) return;
    try {
      await this.#before();
      if (this.#fileNumber !== number) {
        await this.#close();
        this.#file = await fs.open(this.#name(number), "a");
        this.#fileNumber = number;
        await syncFolder(path.dirname(this.#db.filename));
      }
      await this.#file.appendFile(lines);
      await this.#file.datasync();
    } catch (error) {
      // Still to be written, so that nobody is told otherwise: a repeated request asks for the same, and waits for the next write.
      for (const [collection, ids] of taken) ids.forEach(id => this.#changed.get(collection).add(id));
      // Half a line may be there. It does no harm at the end of a file.
      this.#number++;
      throw error;
    }
  }

  async #close() {
    const file = this.#file;
    this.#file = null;
    this.#fileNumber = -1;
    await file?.close();
  }

  /**
   * LokiJS made the text just now. What changes from here on is not in it, and goes to a new file; a write under way is in it already. When this
   * fails, LokiJS does not notice: the snapshot before and all journals since then stay, and say the same.
   */
  async #snapshot(name, text) {
    const kept = ++this.#number;
    await this.#before();
    const file = await fs.open(name + "~", "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(name + "~", name);
    await syncFolder(path.dirname(name));
    await this.#after(async () => {
      if (this.#fileNumber < kept) await this.#close();
      for (const number of await this.#numbers()) if (number < kept) await fs.unlink(this.#name(number));
    });
  }

  async #load(name) {
    const snapshot = JSON.parse(await fs.readFile(name, "utf8"));
    const collections = new Map(snapshot.collections.map(collection =>
      [collection.name, { collection, documents: new Map(collection.data.map(document => [document.$loki, document])) }]));
    for (const number of await this.#numbers()) {
      this.#number = number + 1;
      // The last line may be cut off, or the file end in the middle of a character: that write was never answered.
      const lines = (await fs.readFile(this.#name(number), "utf8")).split("\n").slice(0, -1);
      for (const [at, line] of lines.entries()) {
        const change = parse(line);
        if (change === null) {
          // After a power cut the last write may have holes. What was answered is before it: each answer waits for the sync of its lines.
          console.error(`Line ${at + 1} of ${this.#name(number)} cannot be read; it and what follows it there was never answered, and is left out`);
          break;
        }
        const [name, id, document] = change;
        const { collection, documents } = collections.get(name);
        if (document === null) documents.delete(id);
        else documents.set(id, document);
        collection.maxId = Math.max(collection.maxId, id);
      }
    }
    // LokiJS finds documents by halving: they must stand in the order of their ids.
    for (const { collection, documents } of collections.values())
      collection.data = [...documents.values()].sort((one, other) => one.$loki - other.$loki);
    return snapshot;
  }

  #name(number) {
    return `${this.#db.filename}.journal.${number}`;
  }

  async #numbers() {
    const prefix = path.basename(this.#db.filename) + ".journal.";
    const names = await fs.readdir(path.dirname(this.#db.filename));
    return names.filter(name => name.startsWith(prefix)).map(name => Number(name.slice(prefix.length))).sort((one, other) => one - other);
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Makes a new name in the folder survive a power cut. Windows knows no such thing. */
async function syncFolder(name) {
  if (process.platform === "win32") return;
  const folder = await fs.open(name, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

module.exports = { Journal };

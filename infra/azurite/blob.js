"use strict";
// Runs Azurite's blob service as the child of a process that holds this one's standard input.
//
// - It ends when standard input does, so a parent killed by kill -9 leaves nothing behind. Ctrl+C in a terminal reaches the whole
//   process group: it is ignored here, since the parent may still have something to save.
// - A write is answered once it is on disk. Azurite by itself saves its tables every five seconds, and a kill in between takes back
//   blobs that it has acknowledged. See journal.js.
// - It waits for a predecessor on the same folder that is still closing.
// - Its answers say whose it is, so that nobody takes it for an Azurite that will stay.
//
// Arguments are Azurite's. Once it listens it prints one line: its address. Exit code 98: the port cannot be had.
const { BlobServerFactory } = require("azurite/dist/src/blob/BlobServerFactory");
const { Journal } = require("./journal.js");
const crypto = require("crypto");
const fs = require("fs/promises");
const net = require("net");

const CLOSING_LIMIT_MS = 5000;
const PREDECESSOR_LIMIT_MS = 10000;
const ADDRESS_IN_USE = 98;

/** Holds back the answer to a write until it is on disk. Staged blocks are left out: until they are committed they may be lost. */
function answerWhenSaved(server, journal) {
  const [listener] = server.httpServer.listeners("request");
  server.httpServer.removeAllListeners("request");
  server.httpServer.on("request", (request, response) => {
    response.setHeader("x-reel-azurite", "1");
    const reads = request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS";
    if (!reads && !/[?&]comp=block(&|$)/.test(request.url)) {
      const end = response.end.bind(response);
      response.end = (...args) => {
        journal.flush()
          .then(() => end(...args))
          .catch(error => {
            console.error(`Azurite could not save a write: ${error.message}`);
            response.destroy();
          });
        return response;
      };
    }
    listener(request, response);
  });
}

/** Resolves once this process alone uses the folder. The name goes away with the process, or refuses connections when it was killed. */
async function waitForPredecessor() {
  const folder = process.cwd();
  const name = process.platform === "win32"
    ? "\\\\.\\pipe\\reel-azurite-" + crypto.createHash("sha256").update(folder.toLowerCase()).digest("hex").slice(0, 32)
    : "azurite.sock";
  const limit = Date.now() + PREDECESSOR_LIMIT_MS;
  for (;;) {
    const error = await new Promise(resolve => {
      const mark = net.createServer().once("error", resolve).listen(name, () => resolve(null));
      mark.unref();
    });
    if (!error) return;
    if (error.code !== "EADDRINUSE") throw error;
    if (Date.now() > limit) throw new Error(`another Azurite still uses ${folder}`);
    const refusal = await new Promise(resolve => {
      const other = net.connect(name).once("error", resolve).once("close", () => resolve(null));
      other.setTimeout(Math.max(1, limit - Date.now()), () => other.destroy());
      other.resume();
    });
    if (refusal && refusal.code === "ECONNREFUSED") await fs.unlink(name).catch(() => {});
  }
}

async function main() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  let close = () => process.exit(0);
  process.stdin.on("end", () => close()).on("error", () => close()).resume();

  await waitForPredecessor();
  const server = await new BlobServerFactory().createServer();
  const databases = [server.extentMetadataStore?.db, server.metadataStore?.db];
  if (!databases.every(db => typeof db?.persistenceAdapter?.saveDatabase === "function"))
    throw new Error("this is not the Azurite that blob.js was written for");
  // A blob names the extents that hold its bytes: whatever is written of blobs, those extents are on disk by then.
  const extents = new Journal(databases[0]);
  const blobs = new Journal(databases[1], () => extents.flush());
  answerWhenSaved(server, blobs);
  await server.start();
  [extents, blobs].forEach(journal => journal.watch());
  // Azurite closes itself when its collection of garbage fails, and would live on without serving.
  let closing = false;
  server.httpServer.on("close", () => closing || process.exit(1));
  close = () => {
    closing = true;
    setTimeout(() => process.exit(1), CLOSING_LIMIT_MS).unref();
    server.close().then(() => process.exit(0), () => process.exit(1));
  };
  console.log(server.getHttpServerAddress());
}

main().catch(error => {
  console.error(error.message);
  // Windows keeps ranges of ports for itself, and answers EACCES there.
  const refused = error.port !== undefined && (error.code === "EADDRINUSE" || error.code === "EACCES");
  process.exit(refused ? ADDRESS_IN_USE : 1);
});

/**
 * Loaded before the program in every thread of it (Node's --require), for measuring: writes what the thread's heap
 * holds, once garbage is gone, to the file that REWIND86_HEAP names.
 */
const { appendFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { threadId } = require('node:worker_threads');

const EVERY_MS = 2000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setInterval(() => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const sample = { threadId, at: Date.now(), heapUsed, external };
  appendFileSync(process.env.REWIND86_HEAP, `${JSON.stringify(sample)}\n`);
}, EVERY_MS).unref();

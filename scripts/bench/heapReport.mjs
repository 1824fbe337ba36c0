/**
 * Loaded before the program in every thread of it (Node's --import), for measuring: writes what the thread's heap holds,
 * once garbage is gone, to the file that REWIND86_HEAP names.
 */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { threadId } from 'node:worker_threads';

const EVERY_MS = 2000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setInterval(() => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  appendFileSync(process.env.REWIND86_HEAP, `${JSON.stringify({ threadId, at: Date.now(), heapUsed, external })}\n`);
}, EVERY_MS).unref();

/** Loaded before the program in every thread (Node's --require): a defect in the one that the file REWIND86_CRASH names. */
const { readFileSync, existsSync } = require('node:fs');
const { threadId } = require('node:worker_threads');

const LOOK_MS = 100;

const looking = setInterval(() => {
  const file = process.env.REWIND86_CRASH;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== String(threadId)) return;
  clearInterval(looking);
  throw new Error('out of the blue');
}, LOOK_MS).unref();

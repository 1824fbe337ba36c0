/**
 * The two WebAssembly libraries that the replay path leans on are loaded once, here, before anything
 * else runs. It is the only asynchronous step: afterwards hashing and compression are plain calls.
 */

import { startCompression } from './trace/codec.js';
import { startHashing } from './trace/hash.js';

let started: Promise<void> | undefined;

/** Must have resolved before a trace is read or written, or a state hashed. */
export function ready(): Promise<void> {
  started ??= Promise.all([startHashing(), startCompression()]).then(() => undefined);
  return started;
}

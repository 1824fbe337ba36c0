/** What a guest costs the host: memory that is kept, and time. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The long run, `npm run test:hostile`. */
export const LONG = process.env['MODE'] === 'long';

/** Collects garbage; the bytes of memory that remain in use, in the heap and as a whole. */
export function collect(): { readonly heap: number; readonly resident: number } {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  // Buffers are freed beside the program and counted at the next collection.
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed + external + arrayBuffers, resident: rss };
}

/** Milliseconds of processor time that something takes: a busy host does not count. */
export function costOf(body: () => void): number {
  const began = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/**
 * Moving about in a trace: how long it takes to go to random places, and to step back from there, once the
 * whole has been run through. Prints medians and worst cases in milliseconds; host memory for checkpoints.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../prepare.mjs';

const PLACES = 20;
/** Steps back from each place: the first has to come near, those behind it are there. */
const STEPS = 5;

export async function travel(file) {
  const { buildPc, memorySource, ready, Timeline, Trace } = await import(
    pathToFileURL(join(ROOT, 'dist/index.js'))
  );
  await ready();
  const trace = Trace.open(memorySource(new Uint8Array(readFileSync(file))));
  const pc = (description, blobs) => buildPc(description, blobs, { engine: 'compiler' });
  const timeline = new Timeline(trace, { pc });
  const timed = (work) => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  const first = timed(() => timeline.seek(timeline.end));
  const [seeks, near, on] = [[], [], []];
  for (let i = 1; i <= PLACES; i++) {
    // Multiples of the golden ratio: spread evenly, in no order.
    const place = Math.floor(((i * 0.6180339887) % 1) * timeline.end);
    seeks.push(timed(() => timeline.seek(place)));
    near.push(timed(() => timeline.stepBack()));
    for (let n = 1; n < STEPS; n++) on.push(timed(() => timeline.stepBack()));
  }
  const memory = `${timeline.checkpoints.length} checkpoints, ${(timeline.checkpointMemory / 2 ** 20).toFixed(0)} MiB`;
  console.log(`first pass ${(first / 1000).toFixed(1)} s, ${memory}`);
  for (const [name, times] of Object.entries({ seek: seeks, 'step back': near, 'step back again': on })) {
    times.sort((a, b) => a - b);
    const [median, worst] = [times[times.length >> 1], times.at(-1)].map((ms) => ms.toFixed(0));
    console.log(`${name.padEnd(18)} median ${median.padStart(5)} ms, worst ${worst.padStart(5)} ms`);
  }
}

/**
 * Measures how long the terminal interface takes from a key to the frame that shows what it did: a step back, again
 * and again. `node scripts/tui-latency.mjs TRACE [PLACE] [COLUMNSxROWS]`
 */
import { sleep, Terminal, told } from './bench/terminal.mjs';

const [trace, place = '50%', size = '120x40'] = process.argv.slice(2);
if (!trace) {
  console.error('usage: node scripts/tui-latency.mjs TRACE [PLACE] [COLUMNSxROWS]');
  process.exit(64);
}
const STEPS = 100;
/** Between keys: no key repeats faster, and frames come 30 times a second. */
const PAUSE_MS = 50;

const terminal = new Terminal(size.split('x'), ['--at', place, trace]);
await terminal.until(/instr [1-9]\d* /);
// The list of events is read in the background.
await terminal.quiet(1000);
const times = [];
for (let i = 0; i < STEPS; i++) {
  await sleep(PAUSE_MS);
  times.push(await terminal.answer('S', /instr \d+ /));
}
await terminal.quit();
console.log(`${STEPS} steps back at ${size}: ${told(times)}`);

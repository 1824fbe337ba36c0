/**
 * `npm run bench:tui`: what the terminal interface costs. Frames a second while keys pour in; processor time while
 * nobody does anything; memory while the step key is held down; and how long keys take in a trace with a million
 * events. `node scripts/bench-tui.mjs frames|idle|memory|events` measures one of them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordManyEvents } from './bench/manyEvents.mjs';
import { sleep, Terminal, told } from './bench/terminal.mjs';
import { prepare, ROOT } from './prepare.mjs';

const DEMO = join(ROOT, 'traces/lost-update.rewind');
const SIZE = [120, 40];
const START = ['--at', '50%', DEMO];

prepare();
const folder = mkdtempSync(join(tmpdir(), 'rewind86-bench-'));
const MEASURES = { frames, idle, memory, events };
try {
  const wanted = process.argv.slice(2);
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (wanted.length === 0 || wanted.includes(name)) await measure();
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function begun(...args) {
  const terminal = new Terminal(SIZE, ...args);
  await terminal.until(/instr [1-9]\d* /);
  await terminal.quiet(1000);
  return terminal;
}

/** Keys a hundred times as fast as any key repeats. */
async function frames() {
  const [seconds, keys, every] = [10, 10, 4];
  const terminal = await begun(START);
  terminal.frames.length = 0;
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  for (; performance.now() < end; sent += keys) {
    terminal.send('s'.repeat(keys));
    await sleep(every);
  }
  const times = terminal.frames.filter((time) => time <= end);
  const most = Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
  console.log(`frames     ${sent} step keys in ${seconds} s: ${times.length} frames, at most ${most} in any second`);
  await terminal.quit();
}

/** After all that is read in the background has been read. */
async function idle() {
  const seconds = 10;
  const terminal = await begun(START);
  await terminal.quiet(5000);
  const [before, drawn] = [terminal.cpu(), terminal.frames.length];
  await sleep(seconds * 1000);
  const [took, frames] = [terminal.cpu() - before, terminal.frames.length - drawn];
  console.log(`idle       ${took.toFixed(2)} s of processor time in ${seconds} s, ${frames} frames`);
  await terminal.quit();
}

/** Steps as fast as they are shown, a few at a time, forward and then as many back, again and again. */
async function memory() {
  const [steps, atOnce, leg] = [Number(process.env.STEPS ?? 40_000), 4, 4000];
  const report = join(folder, 'heap');
  const hook = join(ROOT, 'scripts/bench/heapReport.cjs');
  const terminal = await begun(START, ['--require', hook], { REWIND86_HEAP: report });
  const resident = [];
  const began = Date.now();
  for (let done = 0; done < steps; done += atOnce) {
    const key = Math.floor(done / leg) % 2 === 0 ? 's' : 'S';
    await terminal.answer(key.repeat(atOnce), /instr \d+ /);
    if (done % leg === 0) resident.push({ at: Date.now(), value: terminal.resident() });
  }
  const minutes = (Date.now() - began) / 60_000;
  await terminal.quit();
  const samples = readFileSync(report, 'utf8').trim().split('\n').map((row) => JSON.parse(row));
  const warm = began + (Date.now() - began) / 4;
  console.log(`memory     ${steps} steps in ${minutes.toFixed(1)} minutes; from the first quarter on:`);
  const tell = (name, points) => console.log(`           ${name.padEnd(22)} ${growth(points, warm)}`);
  tell('resident', resident);
  for (const [id, name] of ['main thread, heap', 'debugger, heap', 'events, heap'].entries()) {
    const own = samples.filter(({ threadId }) => threadId === id);
    tell(name, own.map(({ at, heapUsed }) => ({ at, value: heapUsed / 2 ** 20 })));
    tell(`${' '.repeat(name.length - 4)}else`, own.map(({ at, external }) => ({ at, value: external / 2 ** 20 })));
  }
}

/** From where to where, and the slope of the line through all. */
function growth(points, from) {
  const late = points.filter(({ at }) => at >= from);
  const mean = (of) => late.reduce((sum, one) => sum + of(one), 0) / late.length;
  const [at, value] = [mean((one) => one.at), mean((one) => one.value)];
  const spread = late.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  const slope = late.reduce((sum, one) => sum + (one.at - at) * (one.value - value), 0) / spread;
  const [first, last] = [late[0], late.at(-1)].map((one) => one.value.toFixed(1));
  return `${first} to ${last} MiB, ${(slope * 60_000).toFixed(2)} MiB a minute`;
}

/** A panel with all of them, moved about in, filtered, searched; the timeline zoomed. */
async function events() {
  const { trace, said } = await recordManyEvents(folder);
  const began = performance.now();
  const terminal = new Terminal(SIZE, [trace]);
  await terminal.until(/clock 0 /).catch(() => console.error(said));
  const opened = performance.now() - began;
  terminal.send('5');
  await terminal.until(/events +\d{7}\D/);
  const listed = performance.now() - began;
  await terminal.quiet();
  const [count] = /\d{7}/.exec(terminal.sent.slice(terminal.sent.lastIndexOf('events'))) ?? [];
  console.log(`events     ${count}: first frame ${opened.toFixed(0)} ms, all listed ${listed.toFixed(0)} ms`);
  const measure = async (name, keys) => {
    const times = [];
    for (const key of keys) times.push(await terminal.settled(key));
    console.log(`           ${name.padEnd(22)} ${told(times)}`);
  };
  const often = (keys, times) => Array.from({ length: times }, (_, i) => keys[i % keys.length]);
  await measure('down, page down', often(['j', '\x1b[6~'], 20));
  await measure('to the end and back', often(['G', '\x1b[H'], 4));
  await measure('go to a clock', often(['g30%\r', 'g60%\r', 'g90%\r'], 6));
  await measure('next, last event', often([']', '['], 10));
  await measure('zoom, pan', often(['}', '}', '}', '>', '<', '{'], 18));
  await measure('filter', often(['eserial\r', 'eirq\r', 'e\x15\r'], 6));
  await measure('search, found', often(['/deliver 8\r', '\\deliver 8\r'], 4));
  await measure('search, not there', often(['/nothing like it\r'], 2));
  await terminal.quit();
}

/**
 * Measures how long the terminal interface takes from a key to the frame that shows what it did: a step back, again
 * and again, in a pseudo terminal that script(1) gives. `node scripts/tui-latency.mjs TRACE [PLACE] [COLUMNSxROWS]`
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [trace, place = '50%', size = '120x40'] = process.argv.slice(2);
if (!trace) {
  console.error('usage: node scripts/tui-latency.mjs TRACE [PLACE] [COLUMNSxROWS]');
  process.exit(64);
}
const STEPS = 100;
/** Between keys: no key repeats faster, and frames come 30 times a second. */
const PAUSE_MS = 50;
const program = fileURLToPath(new URL('../bin/rewind86.js', import.meta.url));
const [columns, rows] = size.split('x');
const command = `stty columns ${columns} rows ${rows}; exec node ${program} debug --at ${place} ${trace}`;
const pty = spawn('script', ['-qfc', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm-256color' } });

/** Everything that was sent since it was last asked for. */
let sent = '';
let wake = () => {};
pty.stdout.on('data', (bytes) => {
  sent += bytes;
  wake();
});

/** Until a frame has come that shows this. */
async function frame(shown) {
  for (;;) {
    const found = shown.exec(sent);
    if (found && sent.includes('\x1b[?2026l', found.index)) return found;
    await new Promise((resolve) => (wake = resolve));
  }
}

const INSTRUCTIONS = /instr (\d+) /;
await frame(/instr [1-9]\d* /);
await quiet();
const times = [];
for (let i = 0; i < STEPS; i++) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  sent = '';
  const begun = performance.now();
  pty.stdin.write('S');
  await frame(INSTRUCTIONS);
  times.push(performance.now() - begun);
}
pty.stdin.write('q');
times.sort((a, b) => a - b);
const at = (part) => `${times[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(1)} ms`;
console.log(`${STEPS} steps back at ${size}: median ${at(0.5)}, 90 % within ${at(0.9)}, longest ${at(1)}`);

/** Until nothing has been sent for a second: the list of events is read in the background. */
async function quiet() {
  for (let before = ''; before !== sent; ) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

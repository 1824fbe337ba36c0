/**
 * The terminal interface in a pseudo terminal that script(1) gives, for measuring: what is sent to it, when its frames
 * come, what its process takes.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';

/** Around every frame (src/cli/debug/terminalScreen.ts). */
const END = '\x1b[?2026l';
/** Nothing more is to come if nothing came for so long. */
const QUIET_MS = 400;
const TICKS_A_SECOND = 100;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Terminal {
  /** Host times of the ends of frames. */
  frames = [];
  /** Everything that was sent since `forget`. */
  sent = '';
  #last = performance.now();
  #wake = () => {};
  #folder = mkdtempSync(join(tmpdir(), 'rewind86-tui-'));

  /** `debug` with these arguments; `node` are arguments of Node's own. */
  constructor([columns, rows], args, node = [], env = {}) {
    const program = [process.execPath, ...node, join(ROOT, 'bin/rewind86.js'), 'debug', ...args];
    const size = `stty columns ${columns} rows ${rows}; echo $$ >${this.#folder}/pid`;
    const command = `${size}; exec ${program.map((word) => `'${word}'`).join(' ')}`;
    this.pty = spawn('script', ['-qfc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', ...env },
    });
    this.closed = new Promise((resolve) => this.pty.on('close', resolve));
    this.pty.stdout.on('data', (bytes) => this.#hear(String(bytes)));
  }

  #hear(text) {
    this.sent += text;
    this.#last = performance.now();
    for (let i = text.split(END).length - 1; i > 0; i--) this.frames.push(this.#last);
    this.#wake();
  }

  get pid() {
    return Number(readFileSync(join(this.#folder, 'pid'), 'utf8'));
  }

  send(keys) {
    this.pty.stdin.write(keys);
  }

  forget() {
    this.sent = '';
  }

  /** Until a frame has come that shows this; what matched. */
  async until(shown) {
    for (;;) {
      const found = shown.exec(this.sent);
      if (found && this.sent.includes(END, found.index)) return found;
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  /** Until nothing has been sent for a while. */
  async quiet(ms = QUIET_MS) {
    while (performance.now() - this.#last < ms) await sleep(this.#last + ms - performance.now());
  }

  /** Host milliseconds from a key to the frame that shows this. */
  async answer(keys, shown) {
    this.forget();
    const began = performance.now();
    this.send(keys);
    await this.until(shown);
    return performance.now() - began;
  }

  /** Host milliseconds from a key to the last of the frames that it causes. */
  async settled(keys) {
    this.forget();
    const began = performance.now();
    this.send(keys);
    await this.until(/./);
    await this.quiet();
    return this.frames.at(-1) - began;
  }

  /** Host seconds of processor time, of all threads, so far. */
  cpu() {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }

  /** MiB in memory. */
  resident() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) / 1024;
  }

  async quit() {
    this.send('q');
    await this.closed;
    rmSync(this.#folder, { recursive: true });
  }
}

/** Sorts; median, the worst of nine in ten, and the worst, as text. */
export function told(times) {
  times.sort((a, b) => a - b);
  const at = (part) => `${times[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(1)} ms`;
  return `median ${at(0.5)}, 90 % within ${at(0.9)}, longest ${at(1)}`;
}

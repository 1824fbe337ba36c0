/** The built program as a child process: what a user would type, and what it said. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const PROGRAM = join(ROOT, 'bin/rewind86.js');

/** Where scripts/debian-guest.sh puts its guest, unless REWIND86_GUEST says otherwise. */
export const GUEST = process.env['REWIND86_GUEST'] ?? join(ROOT, '.cache/guests/debian');

export interface Said {
  readonly code: number | null;
  /** One character a byte, as a serial line has it. */
  readonly out: string;
  readonly err: string;
}

/** Runs one command to its end. */
export function rewind86(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString('latin1')));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Does `work` while `cores` other processes do nothing but keep theirs busy. */
export async function whileBusy<T>(cores: number, work: () => Promise<T>): Promise<T> {
  const loops: ChildProcess[] = Array.from({ length: cores }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}

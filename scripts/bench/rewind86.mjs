/** This program as a child process, and the processor time it took. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';
import { APPEND } from './guest.mjs';

/** Makes a Node process say on its third stream, at its end, what it has used. */
const REPORT = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.on('exit', () => writeSync(3, JSON.stringify(process.cpuUsage())));
`)}`;

/** Runs a script of Node's; gives its standard output, its exit code and its times in seconds. */
export function node(args) {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  let out = '';
  let usage = '';
  child.stdout.on('data', (bytes) => (out += bytes));
  child.stdio[3].on('data', (bytes) => (usage += bytes));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const { user, system } = usage ? JSON.parse(usage) : { user: 0, system: 0 };
      resolve({ out, code, wall: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 });
    });
  });
}

/** One command with `--json`: what it said, and its times. `guest`: for those that build a machine. */
export async function rewind86(args, guest) {
  const machine = guest
    ? ['--kernel', guest.kernel, '--initrd', guest.initrd, '--append', APPEND, '--disk', guest.disk]
    : [];
  const { out, code, wall, cpu } = await node([join(ROOT, 'bin/rewind86.js'), ...args, ...machine, '--json']);
  if (code !== 0) return { wall, cpu, failed: `exit code ${code}` };
  return { ...JSON.parse(out), wall, cpu };
}

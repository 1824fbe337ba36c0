/** The same guest on QEMU, driven over its serial line. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPEND, Operator } from './guest.mjs';

const PROGRAM = 'qemu-system-i386';
/** Recording, QEMU 7.2 loses what comes faster than a person types (host milliseconds a character). */
const TYPING = 100;
/** Of USER_HZ, which Linux fixes at 100 for all programs: proc(5). */
const TICK = 100;

export function hasQemu() {
  return spawnSync(PROGRAM, ['--version']).status === 0;
}

export function qemu(guest, folder, extra = []) {
  const disk = join(folder, 'qemu.img');
  copyFileSync(guest.disk, disk);
  const recording = extra.some((text) => text.includes('rr='));
  // Recording wants its block driver between disk and image.
  const drives = recording
    ? ['-drive', `file=${disk},if=none,format=raw,id=image`]
        .concat(['-drive', 'driver=blkreplay,if=none,image=image,id=replayed'])
        .concat(['-device', 'ide-hd,drive=replayed'])
    : ['-drive', `file=${disk},format=raw`];
  const kernel = ['-kernel', guest.kernel, '-initrd', guest.initrd, '-append', APPEND];
  const quiet = ['-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-net', 'none', '-no-reboot'];
  const args = [...['-accel', 'tcg', '-m', '128'], ...kernel, ...drives, ...quiet, ...extra];
  return operate(args, recording ? typeSlowly : (text, line) => line.write(text));
}

async function typeSlowly(text, line) {
  for (const character of text) {
    line.write(character);
    await new Promise((resolve) => setTimeout(resolve, TYPING));
  }
}

function operate(args, type) {
  const began = performance.now();
  const child = spawn(PROGRAM, args);
  let complaint = '';
  child.stderr.on('data', (bytes) => (complaint += bytes));
  return new Promise((resolve, reject) => {
    let result;
    const operator = new Operator(
      (text) => type(text, child.stdin),
      (right) => {
        result ??= { ...times(child.pid, began), ...(right ? {} : { failed: 'wrong hash' }) };
        child.kill();
      },
    );
    child.stdout.on('data', (bytes) => operator.hear(bytes.toString('latin1')));
    child.on('error', reject);
    child.on('close', (code) => {
      // It also complains of being ended by us.
      if (!result) console.error(complaint.trim());
      resolve(result ?? { wall: 0, cpu: 0, failed: `exit code ${code}` });
    });
  });
}

function times(pid, began) {
  const wall = (performance.now() - began) / 1000;
  // Fields 14 and 15, counted after the name, which may hold spaces: proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
  return { wall, cpu: (Number(fields[11]) + Number(fields[12])) / TICK };
}

/**
 * `npm run bench`: boots the Debian guest to the end of a hash over 32 MiB of zeros, unrecorded, recorded
 * and verified, and beside it on QEMU (plain, and recording its own way) and v86 where they are installed.
 * Needs the guest of scripts/debian-guest.sh (or REWIND86_GUEST). v86 is found as a package of that name,
 * or in the folder V86; its BIOS images are SeaBIOS, as QEMU's packages bring it. GUEST_APPEND is a kernel
 * command line other than console=ttyS0.
 *
 * Then it moves about in the trace just made. Before all that: how fast the exact 8086 runs.
 *
 * Processor time is what ratios are taken of: it says the same on a host that does other things too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestIn, SCRIPT } from './bench/guest.mjs';
import { hasQemu, qemu } from './bench/qemu.mjs';
import { rewind86 } from './bench/rewind86.mjs';
import { travel } from './bench/travel.mjs';
import { findV86, v86 } from './bench/v86.mjs';
import { prepare, ROOT } from './prepare.mjs';

prepare();
spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/bench-8086.ts')], {
  cwd: ROOT,
  stdio: 'inherit',
});
const guest = guestIn(process.env.REWIND86_GUEST ?? join(ROOT, '.cache/guests/debian'));
const missing = Object.values(guest).filter((path) => !existsSync(path));
if (missing.length) {
  console.error(`there is no ${missing.join(', ')}; scripts/debian-guest.sh makes the guest`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'rewind86-bench-'));
try {
  print(await measureAll());
  await travel(join(folder, 'hash.rewind'));
} finally {
  rmSync(folder, { recursive: true });
}

async function measureAll() {
  const script = join(folder, 'hash.yaml');
  const trace = join(folder, 'hash.rewind');
  writeFileSync(script, SCRIPT);
  const rows = [];
  const measure = async (name, work) => {
    console.error(`measuring ${name} ...`);
    rows.push({ name, ...(await work()) });
  };
  const live = (...args) => rewind86([...args, '--script', script], guest);
  await measure('rewind86 run', () => live('run'));
  await measure('rewind86 record', () => live('record', '-o', trace));
  const info = await rewind86(['info', trace]);
  Object.assign(rows.at(-1), { log: info.bytes.run, instructions: info.instructions });
  await measure('rewind86 verify', () => rewind86(['verify', trace]));
  if (hasQemu()) {
    await measure('QEMU', () => qemu(guest, folder));
    await measure('QEMU, icount', () => qemu(guest, folder, ['-icount', 'shift=3']));
    const log = join(folder, 'qemu.log');
    await measure('QEMU, rr=record', () => qemu(guest, folder, ['-icount', `shift=3,rr=record,rrfile=${log}`]));
    rows.at(-1).log = statSync(log).size;
  } else console.error('no qemu-system-i386: left out');
  const library = findV86();
  if (library) await measure('v86', () => v86(library, guest));
  else console.error('no v86, or no SeaBIOS for it: left out');
  return rows;
}

/** One line a measurement; the first is what the others are compared with. */
function print(rows) {
  const base = rows[0].cpu;
  const head = ['', 'seconds', 'cpu s', 'ratio', 'M instr', 'M instr/s', 'log bytes'];
  const lines = rows.map(({ name, wall, cpu, instructions, log, failed }) => [
    name,
    ...(failed ? [failed, '', ''] : [wall.toFixed(1), cpu.toFixed(1), (cpu / base).toFixed(3)]),
    ...(instructions ? [(instructions / 1e6).toFixed(0), (instructions / 1e6 / cpu).toFixed(1)] : ['', '']),
    log === undefined ? '' : String(log),
  ]);
  for (const [name, ...cells] of [head, ...lines]) {
    console.log(name.padEnd(18) + cells.map((cell) => cell.padStart(12)).join(''));
  }
  console.log('log: what recording wrote besides images and disk sectors');
}

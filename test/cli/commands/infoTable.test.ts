/** The table of `info`, against sizes and geometries computed by hand. */
import { expect, it } from 'vitest';
import type { Facts } from '../../../src/cli/commands/info.js';
import { tableOf } from '../../../src/cli/commands/infoTable.js';
import type { PcDescription, XtDescription } from '../../../src/devices/description.js';

const [BIOS, KERNEL, INITRD] = ['b', 'c', 'd'].map((digit) => digit.repeat(64)) as [string, string, string];

const pc: PcDescription = {
  board: 'pc',
  model: 'i586',
  memory: 96 * 1024 * 1024,
  clockMultiplier: 84,
  bootInstant: 1_000_000_000,
  seed: 7,
  bios: BIOS,
  kernel: { image: KERNEL, initrd: INITRD, append: 'console=ttyS0\x1b[2J' },
  // 16 heads of 63 sectors: 63 MiB are 128 cylinders of 504 KiB exactly.
  disks: [{ sectors: 129024 }, null, { sectors: 2, geometry: { cylinders: 1, heads: 2, sectors: 1 } }],
  floppies: [null, { sectors: 2880 }],
  boot: ['disk'],
  debugPorts: true,
};

const facts: Facts = {
  trace: 't.rewind',
  program: 'rewind86 9.9.9',
  identity: '0123456789abcdef',
  id: 'fedcba9876543210',
  origin: undefined,
  description: { ...pc },
  complete: true,
  replayable: true,
  outcome: 'power-off',
  endedBy: 'guest',
  clock: 200,
  instructions: 100,
  seconds: 1.5,
  checkEvery: 64,
  frames: 5,
  bytes: { total: 1000, images: 500, sectors: 300, run: 200 },
  images: { [BIOS]: 65536, [KERNEL]: 1000 },
  events: { irq: 3, serial: 0, disk: 4 },
};

it('describes run and machine', () => {
  expect(tableOf(facts, () => BIOS)).toBe(`recorded by   rewind86 9.9.9
trace         fedcba9876543210
run           200 clocks, 100 instructions, 1.500 s
end           power-off, by guest
checks        every 64 clocks
size          1000 bytes in 5 frames
              images 500, disk sectors 300, the run itself 200
events        irq 3, disk 4

machine       pc, identity 0123456789abcdef
CPU           i586 at 100.23 MHz
memory        96 MiB
firmware      this program's, sha256 bbbbbbbbbbbb, 64 KiB
kernel        sha256 cccccccccccc, 1000 bytes
command line  console=ttyS0\\x1b[2J
initrd        sha256 dddddddddddd, missing
disk 0        63 MiB, 128 cylinders x 16 heads x 63 sectors, primary master
disk 2        1 KiB, 1 cylinders x 2 heads x 1 sectors, secondary master
floppy B      1440 KiB, 80 cylinders x 2 heads x 18 sectors
serial ports  COM1 at 3F8h (IRQ 4), COM2 at 2F8h (IRQ 3)
debug ports   console at E9h, exit at F4h
power-on      2001-09-09 01:46:40 UTC, seed 7`);
});

it('describes a PC/XT', () => {
  const xt: XtDescription = {
    board: 'xt',
    model: 'i8088',
    memory: 640 * 1024,
    display: 'mda',
    bios: BIOS,
    disks: [],
    floppies: [{ sectors: 720 }],
    debugPorts: false,
  };
  const text = tableOf({ ...facts, description: { ...xt } }, (board) => (board === 'xt' ? BIOS : KERNEL));
  expect(text.slice(text.indexOf('machine'))).toBe(`machine       xt, identity 0123456789abcdef
CPU           i8088 at 4.77 MHz
memory        640 KiB
display       MDA
firmware      this program's, sha256 bbbbbbbbbbbb, 64 KiB
floppy A      360 KiB, 40 cylinders x 2 heads x 9 sectors
serial ports  COM1 at 3F8h (IRQ 4), COM2 at 2F8h (IRQ 3)
debug ports   none`);
});

it('says where a machine without a kernel boots from, and whose firmware it has', () => {
  const { kernel: _, ...plain } = pc;
  const text = tableOf({ ...facts, description: { ...plain, debugPorts: false } }, () => KERNEL);
  expect(text).toMatch(/^boots from +disk$/m);
  expect(text).toMatch(/^firmware +not this program's, sha256 bbbbbbbbbbbb, 64 KiB$/m);
  expect(text).toMatch(/^debug ports +none$/m);
});

it('shows the description of any other machine as it stands', () => {
  const description = { board: 'abacus', beads: 10, frames: [{ wires: 2 }] };
  const text = tableOf({ ...facts, description }, () => BIOS);
  expect(text).toMatch(/\nmachine +abacus, identity 0123456789abcdef\nbeads +10\nframes +\[\{"wires":2\}\]$/);
});

/**
 * Disks travel in time with the machine: a boot sector writes a counter to a sector again and again, and wherever in
 * the run one goes, from whichever side, the sector holds what it held then. (With other record/replay emulators
 * disks stay in the present, or replay hangs once a snapshot has been loaded: QEMU issue 2634.)
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { Disk } from '../../../src/devices/disk.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';
import { runCommand } from '../../../src/replay/debug/commands/index.js';
import { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { PC, seededProvider } from '../../support/pc.js';
import { concat } from '../support/recordToy.js';

/** LBA 5 of the first disk, by CHS. */
const LBA = 5;
const COUNTING = `
        cpu 386
        bits 16
        org 7C00h
FAILURES equ 9200h
DONE    equ 9202h
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        sti
        mov word [9000h], 0
again:  inc word [9000h]
        mov ax, 0301h
        mov cx, ${LBA + 1}
        mov dx, 80h
        mov bx, 9000h
        int 13h
        adc word [FAILURES], 0
        mov word [DONE], 600Dh
        hlt
        jmp again
        times 510-($-$$) db 0
        dw 0AA55h
`;
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};

let trace: Uint8Array;
/** How many times it had been written, at some clocks. */
let written: { readonly clock: number; readonly count: number }[];

const counterOf = (timeline: Timeline): number => {
  const { memory } = timeline.machine;
  return memory.read(0x9000, 2);
};
const onDisk = (timeline: Timeline): number => {
  const disks = timeline.machine.devices.filter((device) => device instanceof Disk);
  const disk = disks.find(({ drive }) => drive === 'disk0')!;
  const sector = disk.readSectors(LBA, 1);
  return sector[0]! | (sector[1]! << 8);
};

beforeAll(async () => {
  await ready();
  const pieces: Uint8Array[] = [];
  const recorder = new Recorder({
    machine: buildPc(PC, new Map(), { engine: 'compiler' }),
    description: { ...PC },
    blobs: new Map(),
    provider: seededProvider(3, assemble(COUNTING).bytes),
    sink: (bytes) => pieces.push(bytes),
    program: 'test',
  });
  recorder.run(3 * 100_227_288);
  recorder.finish('test');
  trace = concat(pieces);
  // The walk asks for no sector that the guest had not written: only the overlay is read.
  const timeline = open();
  written = [];
  for (let clock = timeline.end / 4; clock < timeline.end; clock += timeline.end / 40) {
    timeline.seek(clock);
    const { memory } = timeline.machine;
    if (memory.read(0x9202, 2) === 0x600d) written.push({ clock, count: onDisk(timeline) });
  }
});

const open = () => new Timeline(Trace.open(memorySource(trace)), boards);

it('is written often in this run', () => {
  const timeline = open();
  timeline.seek(timeline.end);
  expect(timeline.machine.memory.read(0x9200, 2)).toBe(0);
  expect(new Set(written.map(({ count }) => count)).size).toBeGreaterThan(10);
});

it('holds what it held, forwards and backwards, and can be replayed to the end from anywhere', () => {
  const timeline = open();
  timeline.seek(timeline.end);
  const final = timeline.stateHash();
  for (const { clock, count } of [...written.toReversed(), ...written]) {
    timeline.seek(clock);
    expect(onDisk(timeline)).toBe(count);
    expect(counterOf(timeline) - count).toBeGreaterThanOrEqual(0);
    expect(counterOf(timeline) - count).toBeLessThanOrEqual(1);
  }
  timeline.seek(written[0]!.clock);
  timeline.play(timeline.end);
  expect([timeline.stateHash(), timeline.divergence]).toEqual([final, undefined]);
});

describe('who wrote a sector', () => {
  it('is the command before which the disk held something else', () => {
    const debug = new Debugger(open());
    for (const line of ['seek end', `who disk disk0 ${LBA}`]) {
      const run = runCommand(debug, line);
      while (!run.next().done);
    }
    // OUT to the command register, or to the address registers before it.
    expect(debug.instruction()!.text).toMatch(/^out dx, ?al/);
    const [before, counter] = [onDisk(debug.timeline), counterOf(debug.timeline)];
    debug.timeline.seek(debug.end);
    expect([onDisk(debug.timeline), counter]).toEqual([before + 1, before + 1]);
  });
});

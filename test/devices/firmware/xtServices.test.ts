/**
 * The xt BIOS's services as a program sees them: a boot sector (xtCaller.asm) makes the calls listed here on an
 * 8088, all of a machine in one run, and each test checks its own. What is expected comes from IBM's technical
 * reference and from the machine's description.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { XtDescription } from '../../../src/devices/description.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';
import { chordToKeys } from '../../../src/devices/keys.js';
import { pictureOf, screenLines } from '../../../src/replay/guest/screen.js';
import { xtClocks, xtMachine } from '../../support/xt.js';

const SECTOR = 512;
const TABLE_SECTORS = 4;
const CALL_WORDS = 8;
const BUFFER = 0x3000;
/** 40 cylinders of 4 heads and 17 sectors, as small disks of the time. */
const GEOMETRY = { cylinders: 40, heads: 4, sectors: 17 };
const DISK_SECTORS = 40 * 4 * 17;

interface Registers {
  readonly ax?: number;
  readonly bx?: number;
  readonly cx?: number;
  readonly dx?: number;
  readonly si?: number;
  readonly di?: number;
  readonly es?: number;
}
type Report = Required<Registers> & { readonly flags: number };
type Call = readonly [number: number, registers: Registers, length: number];

/** Calls planned for one machine, and what came back. */
class Plan {
  readonly #calls: Call[] = [];
  #reports: Uint8Array[] = [];

  #add(...call: Call): number {
    return this.#calls.push(call) - 1;
  }

  call(number: number, registers: Registers = {}): () => Report {
    const index = this.#add(number, registers, 2 * CALL_WORDS);
    return () => {
      const view = new DataView(this.#reports[index]!.buffer, this.#reports[index]!.byteOffset);
      const [flags, ax, bx, cx, dx, si, di, es] = Array.from({ length: CALL_WORDS }, (_, i) =>
        view.getUint16(2 * i, true),
      ) as [number, number, number, number, number, number, number, number];
      return { flags, ax, bx, cx, dx, si, di, es };
    };
  }

  peek(address: number, length: number): () => Uint8Array {
    const index = this.#add(0x100, { si: address & 15, es: address >> 4, cx: length }, length);
    return () => this.#reports[index]!;
  }

  /** The table that the boot sector reads. */
  get #table(): Uint8Array {
    const rows = [...this.#calls, [0x200, {}, 0] as const].flatMap(([number, r]) => [
      number,
      ...[r.ax, r.bx, r.cx, r.dx, r.si, r.di, r.es].map((value) => value ?? 0),
    ]);
    const bytes = new Uint8Array(Uint16Array.from(rows).buffer);
    if (bytes.length > TABLE_SECTORS * SECTOR) throw new Error('too many calls for the table');
    return bytes;
  }

  run(description: Partial<XtDescription>, images: Readonly<Record<string, Uint8Array>> = {}) {
    const disk = new Uint8Array(DISK_SECTORS * SECTOR);
    disk.set(assemble(readFileSync(new URL('xtCaller.asm', import.meta.url), 'utf8')).bytes);
    disk.set(this.#table, SECTOR);
    disk.set(new TextEncoder().encode('cylinder 39 head 3 sector 17'), (DISK_SECTORS - 1) * SECTOR);
    const all: Record<string, Uint8Array> = { 'disk:0': disk, ...images };
    const disks = [{ sectors: DISK_SECTORS, geometry: GEOMETRY }];
    const machine = xtMachine({
      description: { memory: 256 << 10, disks, floppies: [], ...description },
      provider: {
        pull: (channel, request, length) => all[channel]!.slice(request * SECTOR, request * SECTOR + length),
      },
    });
    const heard: number[] = [];
    machine.onNote = (note) => {
      if (note.kind === 'debug') heard.push(note.a);
    };
    machine.run(xtClocks(0.2)); // POST resets the keyboard, which forgets what was typed
    machine.deliver('keyboard', chordToKeys('shift-b'));
    machine.run(xtClocks(60));
    expect(machine.outcome).toEqual({ kind: 'exit', code: 0 });
    let at = 0;
    this.#reports = this.#calls.map(([, , length]) => Uint8Array.from(heard.slice(at, (at += length))));
    return machine;
  }
}

const carry = (r: Report) => r.flags & 1;
const zero = (r: Report) => (r.flags >> 6) & 1;
const high = (word: number) => word >> 8;
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes).replace(/\0+$/, '');

describe('with a disk and a colour display', () => {
  const plan = new Plan();
  let lines: string[] = [];
  beforeAll(() => {
    lines = screenLines(plan.run({}));
  });

  const equipment = plan.call(0x11);
  const memory = plan.call(0x12);
  test('equipment and memory: 80 columns, no floppies, two serial ports; a KiB is the disk data', () => {
    expect(equipment().ax).toBe(0x042c);
    expect(memory().ax).toBe(255);
  });

  const parameters = plan.call(0x13, { ax: 0x0800, dx: 0x80 });
  const type = plan.call(0x13, { ax: 0x1500, dx: 0x80 });
  const last = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx: 0x2711, dx: 0x0380 });
  const lastBytes = plan.peek(BUFFER, 32);
  const beyond = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx: 0x2712, dx: 0x0380 });
  const status = plan.call(0x13, { ax: 0x0100, dx: 0x80 });
  const absent = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx: 1, dx: 0x81 });
  test('a disk shows its geometry and its sectors', () => {
    expect([parameters().cx, high(parameters().dx), parameters().dx & 0xff]).toEqual([0x2711, 3, 1]);
    expect([high(type().ax), type().cx, type().dx]).toEqual([3, 0, DISK_SECTORS]);
    expect([carry(last()), last().ax]).toEqual([0, 1]);
    expect(text(lastBytes())).toBe('cylinder 39 head 3 sector 17');
    expect([carry(beyond()), high(beyond().ax), high(status().ax)]).toEqual([1, 1, 1]);
    expect([carry(absent()), high(absent().ax)]).toEqual([1, 1]);
  });

  const write = plan.call(0x13, { ax: 0x0302, bx: 0x7c00, cx: 0x0503, dx: 0x0180 });
  const verify = plan.call(0x13, { ax: 0x0402, cx: 0x0503, dx: 0x0180 });
  const reread = plan.call(0x13, { ax: 0x0202, bx: BUFFER, cx: 0x0503, dx: 0x0180 });
  const rereadBytes = plan.peek(BUFFER + 510, 2);
  test('what is written is read again', () => {
    expect([write(), verify(), reread()].map((r) => [carry(r), high(r.ax)])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect([...rereadBytes()]).toEqual([0x55, 0xaa]);
  });

  const noFloppy = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx: 1, dx: 0 });
  test('a floppy drive that is not there times out', () => {
    expect([carry(noFloppy()), high(noFloppy().ax)]).toEqual([1, 0x80]);
  });

  plan.call(0x1a, { ax: 0x0100, cx: 0x0012, dx: 0xfff0 });
  const ticks = plan.call(0x1a, { ax: 0 });
  const clock = plan.call(0x1a, { ax: 0x0200 });
  test('ticks are counted; there is no clock', () => {
    expect([ticks().cx, ticks().dx & 0xfff0]).toEqual([0x12, 0xfff0]);
    expect(carry(clock())).toBe(1);
  });

  const peekKey = plan.call(0x16, { ax: 0x0100 });
  const key = plan.call(0x16, { ax: 0 });
  const noKey = plan.call(0x16, { ax: 0x0100 });
  const shifts = plan.call(0x16, { ax: 0x0200 });
  test('a key typed during POST is there', () => {
    expect([zero(peekKey()), peekKey().ax, key().ax, zero(noKey())]).toEqual([0, 0x3042, 0x3042, 1]);
    expect(shifts().ax & 0xff).toBe(0);
  });

  const serial = plan.call(0x14, { ax: 0x0300, dx: 0 });
  const noSerial = plan.call(0x14, { ax: 0x0300, dx: 2 });
  const printer = plan.call(0x17, { ax: 0x0200 });
  test('serial ports tell their state, printers time out', () => {
    expect(serial().ax).toBe(0x60b0);
    expect(noSerial().ax).toBe(0x0300);
    expect(high(printer().ax) & 1).toBe(1);
  });

  const configuration = plan.call(0x15, { ax: 0xc000 });
  const unsupported = plan.call(0x15, { ax: 0x8800 });
  const intercept = plan.call(0x15, { ax: 0x4f1e });
  test('INT 15h knows what machine it is, and little else', () => {
    expect([carry(configuration()), high(configuration().ax), configuration().es]).toEqual([0, 0, 0xf000]);
    expect([carry(unsupported()), high(unsupported().ax)]).toEqual([1, 0x86]);
    expect([carry(intercept()), intercept().ax]).toEqual([1, 0x4f1e]);
  });

  // Graphics, then text again: what comes last stays on the screen.
  plan.call(0x10, { ax: 0x0004 });
  plan.call(0x10, { ax: 0x0c03, cx: 319, dx: 199 });
  plan.call(0x10, { ax: 0x0c82, cx: 319, dx: 199 });
  const pixel = plan.call(0x10, { ax: 0x0d00, cx: 319, dx: 199 });
  const graphicsByte = plan.peek(0xb8000 + 0x2000 + 99 * 80 + 79, 1);
  plan.call(0x10, { ax: 0x0200, dx: 0x0101 });
  plan.call(0x10, { ax: 0x09db, bx: 0x0001, cx: 1 });
  const block = plan.peek(0xb8000 + 4 * 80 + 2, 2);
  plan.call(0x10, { ax: 0x0601, bx: 0, cx: 0, dx: 0x1827 });
  const scrolled = plan.peek(0xb8000 + 2, 2);
  const mode4 = plan.call(0x10, { ax: 0x0f00 });
  test('graphics of 320 by 200: pixels, characters, scrolling', () => {
    expect(pixel().ax & 0xff).toBe(1); // 3 xor 2
    expect([...graphicsByte()]).toEqual([0x01]);
    expect([...block()]).toEqual([0x55, 0x55]); // the full block in colour 1, from the upper half's font
    expect([...scrolled()]).toEqual([0x55, 0x55]);
    expect(mode4().ax).toBe(0x2804);
  });

  plan.call(0x10, { ax: 0x0006 });
  plan.call(0x10, { ax: 0x0c01, cx: 639, dx: 1 });
  const fine = plan.peek(0xb8000 + 0x2000 + 79, 1);
  test('graphics of 640 by 200', () => {
    expect([...fine()]).toEqual([0x01]);
  });

  plan.call(0x10, { ax: 0x0003 });
  plan.call(0x10, { ax: 0x0200, dx: 0x1800 });
  plan.call(0x10, { ax: 0x0e41 });
  plan.call(0x10, { ax: 0x0e0a });
  plan.call(0x10, { ax: 0x0200, dx: 0x054e });
  plan.call(0x10, { ax: 0x0e42 });
  plan.call(0x10, { ax: 0x0e43 });
  plan.call(0x10, { ax: 0x0e44 });
  const cursor = plan.call(0x10, { ax: 0x0300 });
  plan.call(0x10, { ax: 0x0200, dx: 0x0a0a });
  plan.call(0x10, { ax: 0x0951, bx: 0x001e, cx: 3 });
  const character = plan.call(0x10, { ax: 0x0800 });
  const mode3 = plan.call(0x10, { ax: 0x0f00 });
  const ega = plan.call(0x10, { ax: 0x1200, bx: 0x0010 });
  test('text: cursor, teletype, scrolling, attributes; no EGA answers', () => {
    expect(lines[23]).toBe('A');
    expect([lines[5], lines[6]]).toEqual([`${' '.repeat(78)}BC`, 'D']);
    expect([cursor().dx, cursor().cx]).toEqual([0x0601, 0x0607]);
    expect([lines[10], character().ax]).toEqual([`${' '.repeat(10)}QQQ`, 0x1e51]);
    expect(mode3().ax).toBe(0x5003);
    expect([ega().ax, ega().bx]).toEqual([0x1200, 0x0010]);
  });
});

describe('with a monochrome display', () => {
  const plan = new Plan();
  const equipment = plan.call(0x11);
  plan.call(0x10, { ax: 0x0003 });
  const mode = plan.call(0x10, { ax: 0x0f00 });
  plan.call(0x10, { ax: 0x0e4d });
  const cell = plan.peek(0xb0000, 2);

  test('every mode is 7, at B0000h', () => {
    const machine = plan.run({ display: 'mda' });
    expect(equipment().ax & 0x30).toBe(0x30);
    expect(mode().ax).toBe(0x5007);
    expect([...cell()]).toEqual([0x4d, 0x07]);
    expect(pictureOf(machine)).toMatchObject({ width: 720, height: 350 });
  });
});

describe.each([
  { kib: 360, type: 1, cylinders: 40, sectors: 9 },
  { kib: 720, type: 3, cylinders: 80, sectors: 9 },
  { kib: 1440, type: 4, cylinders: 80, sectors: 18 },
])('with a floppy of $kib KiB', ({ kib, type, cylinders, sectors }) => {
  const plan = new Plan();
  const drive = { dx: 0x0001 };
  const equipment = plan.call(0x11);
  const parameters = plan.call(0x13, { ax: 0x0800, ...drive });
  const cx = ((cylinders - 1) << 8) | sectors;
  const read = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx, dx: 0x0101 });
  const bytes = plan.peek(BUFFER, 16);
  const write = plan.call(0x13, { ax: 0x0301, bx: 0x7c00, cx: 0x0305, ...drive });
  const several = plan.call(0x13, { ax: 0x0203, bx: BUFFER, cx: 0x0304, ...drive });
  const severalBytes = plan.peek(BUFFER + SECTOR + 510, 2);
  const crossing = plan.call(0x13, { ax: 0x0201, bx: 0xff00, cx: 1, ...drive });
  const beyond = plan.call(0x13, { ax: 0x0201, bx: BUFFER, cx: sectors + 1, ...drive });
  const change = plan.call(0x13, { ax: 0x1500, ...drive });

  test('finds its format, reads and writes', () => {
    const image = new Uint8Array(kib * 1024);
    image.set(new TextEncoder().encode('the last sector'), image.length - SECTOR);
    const floppies = [{ sectors: 720 }, { sectors: kib * 2 }];
    plan.run({ floppies }, { 'floppy:0': new Uint8Array(720 * SECTOR), 'floppy:1': image });
    expect(equipment().ax & 0xc1).toBe(0x41);
    expect(carry(parameters())).toBe(0);
    expect(parameters()).toMatchObject({ bx: type, cx, dx: 0x0102 });
    expect([carry(read()), read().ax, text(bytes())]).toEqual([0, 1, 'the last sector']);
    expect([carry(write()), carry(several()), several().ax]).toEqual([0, 0, 3]);
    expect([...severalBytes()]).toEqual([0x55, 0xaa]);
    expect([carry(crossing()), high(crossing().ax)]).toEqual([1, 9]);
    expect([carry(beyond()), high(beyond().ax)]).toEqual([1, 4]);
    expect(high(change().ax)).toBe(1);
  });
});

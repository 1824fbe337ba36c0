/**
 * The BIOS's services as a program sees them, on the pc board: a boot sector (caller.asm) makes the calls
 * listed here, all in one run, and each test checks its own. What is expected comes from the interfaces'
 * specifications and from the machine's description.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { memoryMap } from '../../../src/devices/acpiTables.js';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { PcDescription } from '../../../src/devices/description.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';

const MIB = 1 << 20;
const CALL_SIZE = 32;
const TABLE_SECTORS = 16;
const BUFFER = 0x3000;
const SMAP = 0x534d4150;
/** 2026-01-02 03:04:05 UTC. */
const BOOT_INSTANT = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;
/** 200 cylinders of 16 heads and 63 sectors. */
const DISK_SECTORS = 200 * 16 * 63;

interface Registers {
  readonly eax?: number;
  readonly ebx?: number;
  readonly ecx?: number;
  readonly edx?: number;
  readonly esi?: number;
  readonly edi?: number;
  readonly es?: number;
}
type Report = Required<Registers> & { readonly flags: number };

const calls: number[][] = [];
const lengths: number[] = [];
let reports: Uint8Array[] = [];

function add(number: number, r: Registers, length: number): number {
  calls.push([number, r.eax ?? 0, r.ebx ?? 0, r.ecx ?? 0, r.edx ?? 0, r.esi ?? 0, r.edi ?? 0, r.es ?? 0]);
  return lengths.push(length) - 1;
}

/** Plans INT `number`; the returned function gives what came back. */
function call(number: number, registers: Registers): () => Report {
  const index = add(number, registers, 32);
  return () => {
    const view = new DataView(reports[index]!.buffer);
    const word = (i: number) => view.getUint32(4 * i, true);
    const [flags, eax, ebx, ecx] = [word(0) & 0xffff, word(1), word(2), word(3)];
    return { flags, eax, ebx, ecx, edx: word(4), esi: word(5), edi: word(6), es: word(7) & 0xffff };
  };
}

/** Plans a look at memory. */
function peek(address: number, length: number): () => Uint8Array {
  const index = add(0x100, { esi: address & 15, es: address >> 4, ecx: length }, length);
  return () => reports[index]!;
}

const carry = (r: Report) => r.flags & 1;
const low = (value: number) => value & 0xffff;
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** Runs the planned calls; returns what port E9h heard. */
function run(): Uint8Array {
  const disk = new Uint8Array(DISK_SECTORS * 512);
  const source = readFileSync(new URL('caller.asm', import.meta.url), 'utf8');
  disk.set(assemble(source).bytes);
  const table = new Uint8Array(new Uint32Array([...calls, [0x200, 0, 0, 0, 0, 0, 0, 0]].flat()).buffer);
  if (table.length > TABLE_SECTORS * 512) throw new Error('too many calls for the table');
  disk.set(table, 512);
  disk.set(new TextEncoder().encode('block 1000'), 1000 * 512);
  const floppy = new Uint8Array(1440 * 1024);
  floppy.set(new TextEncoder().encode('track 7 head 1 sector 9'), ((7 * 2 + 1) * 18 + 8) * 512);
  const machine = buildPc(MACHINE, new Map(), { engine: 'interpreter' });
  const images: Record<string, Uint8Array> = { 'disk:0': disk, 'floppy:0': floppy };
  machine.door.provider = {
    pull: (channel, request, length) => images[channel]!.slice(request * 512, request * 512 + length),
  };
  const heard: number[] = [];
  machine.onNote = (note) => {
    if (note.kind === 'debug') heard.push(note.a);
  };
  machine.run(84 * 1193182 * 10);
  expect(machine.outcome).toEqual({ kind: 'exit', code: 0 });
  return Uint8Array.from(heard);
}

const MACHINE: PcDescription = {
  board: 'pc',
  model: 'i386',
  memory: 32 * MIB,
  clockMultiplier: 84,
  bootInstant: BOOT_INSTANT,
  seed: 1,
  disks: [{ sectors: DISK_SECTORS, geometry: { cylinders: 200, heads: 16, sectors: 63 } }],
  floppies: [{ sectors: 2880 }],
  boot: ['disk'],
  debugPorts: true,
};

beforeAll(() => {
  const heard = run();
  let at = 0;
  reports = lengths.map((length) => heard.slice(at, (at += length)));
});

describe('memory', () => {
  const base = call(0x12, {});
  const map = memoryMap(MACHINE.memory).map((_, i) => ({
    entry: call(0x15, { eax: 0xe820, ebx: i, ecx: 20, edx: SMAP, edi: BUFFER }),
    bytes: peek(BUFFER, 20),
  }));
  const past = call(0x15, { eax: 0xe820, ebx: map.length, ecx: 20, edx: SMAP, edi: BUFFER });
  const sizes = call(0x15, { eax: 0xe801 });
  const extended = call(0x15, { eax: 0x8800 });

  test('639 KiB of base memory', () => expect(low(base().eax)).toBe(639));

  test('E820h gives the map that goes with the ACPI tables, and ends', () => {
    const told = map.map(({ bytes }) => {
      const [address, , length, , type] = new Uint32Array(bytes().buffer);
      return { address, length, type };
    });
    expect(told).toEqual(memoryMap(MACHINE.memory));
    expect(map.map(({ entry }) => entry().eax)).toEqual(map.map(() => SMAP));
    expect(map.map(({ entry }) => entry().ebx)).toEqual([...map.keys()].map((i) => (i + 1) % map.length));
    expect(carry(past())).toBe(1);
  });

  test('E801h and 88h count the same memory, without the tables', () => {
    expect(low(sizes().eax)).toBe(15 * 1024);
    expect(low(sizes().ebx)).toBe(16 * 16 - 1);
    expect(low(extended().eax)).toBe(31 * 1024 - 64);
  });
});

describe('disks', () => {
  const parameters = call(0x13, { eax: 0x0800, edx: 0x80 });
  const absent = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 1, edx: 0x81 });
  const extensions = call(0x13, { eax: 0x4100, ebx: 0x55aa, edx: 0x80 });
  // Block 1000 is cylinder 0, head 15, sector 56.
  const read = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 56, edx: 0x0f80 });
  const contents = peek(BUFFER, 10);
  const write = call(0x13, { eax: 0x0301, ebx: BUFFER, ecx: 0xc73f, edx: 0x0f80 });
  const other = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 2, edx: 0x80 });
  const reread = call(0x13, { eax: 0x0201, ebx: BUFFER + 512, ecx: 0xc73f, edx: 0x0f80 });
  const copy = peek(BUFFER + 512, 10);
  const beyond = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 0xc801, edx: 0x80 });
  const status = call(0x13, { eax: 0x0100, edx: 0x80 });
  const floppy = call(0x13, { eax: 0x0800, edx: 0 });
  call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 0x0709, edx: 0x0100 }); // may only tell of the disk change
  const floppyRead = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 0x0709, edx: 0x0100 });
  const floppyContents = peek(BUFFER, 23);
  const noSector = call(0x13, { eax: 0x0201, ebx: BUFFER, ecx: 0x0713, edx: 0x0100 });
  const crossing = call(0x13, { eax: 0x0201, ebx: 0xff00, ecx: 0x0709, edx: 0x0100 });

  test('parameters: last cylinder, head and sector, one disk', () => {
    const r = parameters();
    expect([low(r.ecx), low(r.edx)]).toEqual([(199 << 8) | 63, (15 << 8) | 1]);
  });

  test('reads and writes by cylinder, head and sector', () => {
    expect([carry(read()), low(read().eax)]).toEqual([0, 1]);
    expect(text(contents())).toBe('block 1000');
    expect([carry(write()), carry(other()), carry(reread())]).toEqual([0, 0, 0]);
    expect(text(copy())).toBe('block 1000');
  });

  test('an address that is not there and a disk that is not there are errors, kept as the status', () => {
    expect([carry(absent()), carry(beyond())]).toEqual([1, 1]);
    expect(status().eax >> 8).toBe(beyond().eax >> 8);
  });

  test('has the extended services', () => {
    expect([carry(extensions()), low(extensions().ebx), extensions().ecx & 1]).toEqual([0, 0xaa55, 1]);
  });

  test('a 1.44 MB floppy drive: type 4, 80 tracks of 18 sectors on 2 heads', () => {
    const r = floppy();
    expect([r.ebx & 0xff, low(r.ecx), low(r.edx)]).toEqual([4, (79 << 8) | 18, 0x0101]);
  });

  test('reads a floppy; knows a missing sector and a buffer that DMA cannot fill', () => {
    expect([carry(floppyRead()), low(floppyRead().eax)]).toEqual([0, 1]);
    expect(text(floppyContents())).toBe('track 7 head 1 sector 9');
    expect([carry(noSector()), low(noSector().eax) >> 8]).toEqual([1, 4]);
    expect([carry(crossing()), low(crossing().eax) >> 8]).toEqual([1, 9]);
  });
});

describe('time', () => {
  const time = call(0x1a, { eax: 0x0200 });
  const date = call(0x1a, { eax: 0x0400 });
  const ticks = call(0x1a, { eax: 0x0000 });

  test('the clock runs from the boot instant, in BCD', () => {
    expect(low(time().ecx)).toBe(0x0304);
    expect([low(date().ecx), low(date().edx)]).toEqual([0x2026, 0x0102]);
  });

  test('ticks count 18.2 a second from midnight', () => {
    const seconds = ((low(ticks().ecx) << 16) | low(ticks().edx)) / (1193182 / 65536);
    expect(Math.abs(seconds - (3 * 3600 + 4 * 60 + 5))).toBeLessThan(10);
  });
});

describe('PCI', () => {
  const present = call(0x1a, { eax: 0xb101 });
  const bridge = call(0x1a, { eax: 0xb102, ecx: 0x1237, edx: 0x8086 });
  const ide = call(0x1a, { eax: 0xb103, ecx: 0x010180 });
  const second = call(0x1a, { eax: 0xb102, ecx: 0x1237, edx: 0x8086, esi: 1 });
  const busMaster = call(0x1a, { eax: 0xb10a, ebx: (1 << 3) | 1, edi: 0x20 });
  const misaligned = call(0x1a, { eax: 0xb10a, ebx: (1 << 3) | 1, edi: 0x21 });
  const power = call(0x1a, { eax: 0xb109, ebx: (1 << 3) | 3, edi: 0x40 });

  test('is there', () => expect([present().edx, present().eax & 0xff00]).toEqual([0x20494350, 0]));

  test('finds functions by name and class', () => {
    expect([carry(bridge()), low(bridge().ebx)]).toEqual([0, 0]);
    expect([carry(ide()), low(ide().ebx)]).toEqual([0, (1 << 3) | 1]);
    expect([carry(second()), low(second().eax) >> 8]).toEqual([1, 0x86]);
  });

  test('POST gave the bus master C000h and power management 600h', () => {
    expect(busMaster().ecx >>> 0).toBe(0xc001);
    expect(low(power().ecx)).toBe(0x601);
    expect(low(misaligned().eax) >> 8).toBe(0x87);
  });
});

describe('keyboard buffer', () => {
  const empty = call(0x16, { eax: 0x0100 });
  const store = call(0x16, { eax: 0x0500, ecx: 0x1e61 });
  const peeked = call(0x16, { eax: 0x0100 });
  const taken = call(0x16, { eax: 0x0000 });
  const emptied = call(0x16, { eax: 0x0100 });
  const zero = (r: Report) => (r.flags >> 6) & 1;

  test('a stored key is seen, taken and gone', () => {
    expect(zero(empty())).toBe(1);
    expect(store().eax & 0xff).toBe(0);
    expect([zero(peeked()), low(peeked().eax)]).toEqual([0, 0x1e61]);
    expect(low(taken().eax)).toBe(0x1e61);
    expect(zero(emptied())).toBe(1);
  });
});

describe('video', () => {
  const mode = call(0x10, { eax: 0x0f00 });
  call(0x10, { eax: 0x0200, edx: 0x1805 });
  call(0x10, { eax: 0x0941, ebx: 0x001e, ecx: 1 });
  const cell = call(0x10, { eax: 0x0800 });
  const lastRow = call(0x10, { eax: 0x0e0a });
  call(0x10, { eax: 0x0200, edx: 0x1705 });
  const scrolled = call(0x10, { eax: 0x0800 });
  const pixels = [0x13, 0x12, 0x0d, 0x04, 0x06].map((number) => {
    call(0x10, { eax: number });
    call(0x10, { eax: 0x0c01, ecx: 77, edx: 55 });
    return [call(0x10, { eax: 0x0d00, ecx: 77, edx: 55 }), call(0x10, { eax: 0x0d00, ecx: 78, edx: 55 })];
  });
  call(0x10, { eax: 0x0003 });

  test('starts in mode 3, 80 columns, page 0', () => {
    expect([low(mode().eax), (mode().ebx >> 8) & 0xff]).toEqual([0x5003, 0]);
  });

  test('writes a character with its attribute; a line feed in the last row scrolls it up', () => {
    expect(low(cell().eax)).toBe(0x1e41);
    expect(carry(lastRow())).toBe(0);
    expect(low(scrolled().eax)).toBe(0x1e41);
  });

  test('reads back the pixels it writes, in all kinds of modes', () => {
    expect(pixels.map((two) => two.map((r) => r().eax & 0xff))).toEqual(pixels.map(() => [1, 0]));
  });
});

describe('system', () => {
  const a20 = call(0x15, { eax: 0x2402 });
  const apm = call(0x15, { eax: 0x5300 });
  const configuration = call(0x15, { eax: 0xc000 });
  const equipment = call(0x11, {});

  test('A20 is on, APM is absent, the configuration table is at F000:E6F5h', () => {
    expect([carry(a20()), a20().eax & 0xff]).toEqual([0, 1]);
    expect([carry(apm()), low(apm().eax) >> 8]).toEqual([1, 0x86]);
    expect([configuration().es, low(configuration().ebx)]).toEqual([0xf000, 0xe6f5]);
  });

  test('equipment: one floppy drive, coprocessor, mouse, 80x25 colour, two serial ports', () => {
    expect(low(equipment().eax)).toBe(0x0001 | 0x0002 | 0x0004 | 0x0020 | 0x0400);
  });

  test('the calls are as many as the table holds at most', () => {
    expect(calls.length * CALL_SIZE).toBeLessThan(TABLE_SECTORS * 512);
  });
});

import { describe, expect, it } from 'vitest';
import { AtaChannel } from '../../src/devices/ata.js';
import { AtaDrive } from '../../src/devices/ataDrive.js';
import { Disk } from '../../src/devices/disk.js';
import { baseSectors, serveBase } from './support/baseImage.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const SECTORS = 1_000_944; // 993 x 16 x 63
const BASE = 0x1f0;
const ERR = 1;
const DRQ = 8;
const READY = 0x50;
const BSY = 0x80;

function build(present: readonly boolean[] = [true, false]) {
  const bus = new FakeBus();
  const pulls = serveBase(bus);
  const irqs: boolean[] = [];
  const disks = present.map(
    (_, i) => new Disk(bus, { name: `disk${i}`, channel: `disk:${i}`, sectors: SECTORS }),
  );
  const drives = present.map((p, i) => (p ? new AtaDrive(bus, { name: `hd${i}`, disk: disks[i]! }) : null));
  const irq = (l: boolean) => void irqs.push(l);
  const options = { ports: { command: BASE, control: 0x3f6 }, irq, units: drives };
  const channel = new AtaChannel(bus, { name: 'ata0', ...options });
  const devices = [...disks, ...drives.filter((d) => d !== null), channel];
  for (const d of devices) d.reset();
  irqs.length = 0;
  return { bus, pulls, irqs, channel, disks, devices };
}

type Rig = ReturnType<typeof build>;

/** Runs until BSY is clear; 30 s of waiting is a failure. */
function settle({ bus }: Rig): number {
  for (let i = 0; i < 3000 && bus.in(0x3f6) & BSY; i++) bus.advanceSeconds(0.01);
  expect(bus.in(0x3f6) & BSY).toBe(0);
  return bus.in(0x3f6);
}

function command28({ bus }: Rig, code: number, lba: number, count: number, drive = 0): void {
  bus.out(BASE + 6, 0xe0 | (drive << 4) | ((lba >>> 24) & 0xf));
  bus.out(BASE + 2, count & 0xff);
  for (let i = 0; i < 3; i++) bus.out(BASE + 3 + i, (lba >>> (8 * i)) & 0xff);
  bus.out(BASE + 7, code);
}

function command48({ bus }: Rig, code: number, lba: number, count: number): void {
  bus.out(BASE + 6, 0x40);
  for (const [register, high, low] of [
    [2, count >>> 8, count & 0xff],
    [3, (lba >>> 24) & 0xff, lba & 0xff],
    [4, 0, (lba >>> 8) & 0xff],
    [5, 0, (lba >>> 16) & 0xff],
  ] as const) {
    bus.out(BASE + register, high);
    bus.out(BASE + register, low);
  }
  bus.out(BASE + 7, code);
}

function readBlock({ bus }: Rig, bytes: number, width = 2): Uint8Array {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  for (let i = 0; i < bytes; i += width) {
    if (width === 4) view.setUint32(i, bus.in(BASE, 4), true);
    else view.setUint16(i, bus.in(BASE, 2), true);
  }
  return out;
}

function writeBlock({ bus }: Rig, data: Uint8Array): void {
  for (let i = 0; i < data.length; i += 2) bus.out(BASE, data[i]! | (data[i + 1]! << 8), 2);
}

/** IDENTIFY DEVICE as 256 words. */
function identify(rig: Rig, drive = 0): Uint16Array {
  command28(rig, 0xec, 0, 0, drive);
  settle(rig);
  return new Uint16Array(readBlock(rig, 512).buffer);
}

function text(words: Uint16Array): string {
  return [...words].map((w) => String.fromCharCode(w >>> 8, w & 0xff)).join('');
}

describe('ATA: identification', () => {
  it('tells size, geometry and capabilities', () => {
    const w = identify(build());
    expect([w[1], w[3], w[6]]).toEqual([993, 16, 63]);
    expect(w[60]! + w[61]! * 65536).toBe(SECTORS);
    expect(w[100]! + w[101]! * 65536).toBe(SECTORS);
    expect(w[49]! & 0x0300).toBe(0x0300); // LBA and DMA
    expect(w[83]! & 0xc400).toBe(0x4400); // valid, 48-bit addresses
    expect(w[63]! & 7).toBe(7);
    expect(text(w.subarray(27, 47)).trim()).toBe('REWIND86 HARD DISK');
    const sum = new Uint8Array(w.buffer).reduce((a, b) => a + b, 0);
    expect([w[255]! & 0xff, sum & 0xff]).toEqual([0xa5, 0]);
  });

  it('shows the signature of a disk after power-on, diagnostic and SRST', () => {
    const rig = build();
    const signature = () => [1, 2, 3, 4, 5].map((r) => rig.bus.in(BASE + r));
    expect(signature()).toEqual([1, 1, 1, 0, 0]);
    command28(rig, 0x90, 0x123456, 9);
    expect(rig.bus.in(BASE + 7) & BSY).toBe(BSY);
    settle(rig);
    expect(signature()).toEqual([1, 1, 1, 0, 0]);
    expect(rig.irqs).toEqual([true]);
    rig.bus.out(BASE + 3, 0x77);
    rig.bus.out(0x3f6, 4);
    expect(rig.bus.in(0x3f6)).toBe(BSY);
    rig.bus.out(0x3f6, 0);
    expect(settle(rig)).toBe(READY);
    expect(signature()).toEqual([1, 1, 1, 0, 0]);
  });

  it('has a quiet slave answer with status 0, and an empty cable float with DD7 low', () => {
    const one = build([true, false]);
    one.bus.out(BASE + 6, 0xb0);
    expect([one.bus.in(BASE + 7), one.bus.in(0x3f6)]).toEqual([0, 0]);
    one.bus.out(BASE + 7, 0xec);
    one.bus.advanceSeconds(1);
    expect(one.irqs).toEqual([]);
    const none = build([false, false]);
    none.bus.out(BASE + 2, 0x55);
    expect(none.bus.in(BASE + 7)).toBe(0x7f);
    expect(none.bus.in(BASE + 2)).toBe(0x7f);
  });

  it('keeps two drives apart', () => {
    const rig = build([true, true]);
    command28(rig, 0x30, 100, 1, 1);
    writeBlock(rig, new Uint8Array(512).fill(0x5a));
    settle(rig);
    expect(rig.disks[1]!.readSectors(100, 1)).toEqual(new Uint8Array(512).fill(0x5a));
    expect(rig.disks[0]!.readSectors(100, 1)).toEqual(baseSectors(100, 1));
  });
});

describe('ATA: PIO', () => {
  it.each([2, 4])('reads sectors with one interrupt each, %i bytes at a time', (width) => {
    const rig = build();
    command28(rig, 0x20, 1234, 3);
    expect(rig.bus.in(0x3f6) & BSY).toBe(BSY);
    for (let i = 0; i < 3; i++) {
      expect(settle(rig)).toBe(READY | DRQ);
      expect(rig.irqs).toEqual([true]);
      expect(rig.bus.in(BASE + 7)).toBe(READY | DRQ);
      expect(rig.irqs).toEqual([true, false]);
      rig.irqs.length = 0;
      expect(readBlock(rig, 512, width)).toEqual(baseSectors(1234 + i, 1));
    }
    expect(settle(rig)).toBe(READY);
    expect(rig.irqs).toEqual([]);
    expect([rig.bus.in(BASE + 3), rig.bus.in(BASE + 4)]).toEqual([1236 & 0xff, 1236 >> 8]);
  });

  it('writes: first block without interrupt, then one interrupt a block', () => {
    const rig = build();
    const data = Uint8Array.from({ length: 1024 }, (_, i) => (i * 31) & 0xff);
    command28(rig, 0x30, 77, 2);
    expect([rig.bus.in(0x3f6), rig.irqs.length]).toEqual([READY | DRQ, 0]);
    writeBlock(rig, data.subarray(0, 512));
    expect(settle(rig)).toBe(READY | DRQ);
    expect(rig.irqs).toEqual([true]);
    rig.bus.in(BASE + 7);
    writeBlock(rig, data.subarray(512));
    expect(settle(rig)).toBe(READY);
    expect(rig.irqs).toEqual([true, false, true]);
    expect(rig.disks[0]!.readSectors(77, 2)).toEqual(data);
    expect(rig.pulls).toEqual([]);
  });

  it('moves blocks of SET MULTIPLE MODE, the last one short', () => {
    const rig = build();
    command28(rig, 0xc4, 0, 1);
    expect(rig.bus.in(BASE + 7) & ERR).toBe(ERR);
    command28(rig, 0xc6, 0, 8);
    settle(rig);
    command28(rig, 0xc4, 50, 11);
    expect(settle(rig)).toBe(READY | DRQ);
    expect(readBlock(rig, 8 * 512)).toEqual(baseSectors(50, 8));
    expect(settle(rig)).toBe(READY | DRQ);
    expect(readBlock(rig, 3 * 512)).toEqual(baseSectors(58, 3));
    expect(settle(rig)).toBe(READY);
  });

  it('takes 48-bit addresses and counts, and shows them through HOB', () => {
    const rig = build();
    command48(rig, 0x42, SECTORS - 700, 700);
    expect(settle(rig)).toBe(READY);
    const last = SECTORS - 1;
    const bytes = [3, 4, 5].map((r) => rig.bus.in(BASE + r));
    expect(bytes).toEqual([last & 0xff, (last >>> 8) & 0xff, last >>> 16]);
    command48(rig, 0x27, 0x11000000, 0);
    settle(rig);
    rig.bus.out(BASE + 3, 0x12);
    rig.bus.out(BASE + 3, 0x34);
    rig.bus.out(0x3f6, 0x80);
    expect(rig.bus.in(BASE + 3)).toBe(0x12);
    rig.bus.out(BASE + 4, 0);
    expect(rig.bus.in(BASE + 3)).toBe(0x34);
  });

  it('translates CHS by INITIALIZE DEVICE PARAMETERS', () => {
    const rig = build();
    rig.bus.out(BASE + 2, 17);
    rig.bus.out(BASE + 6, 0xa0 | 3); // 4 heads
    rig.bus.out(BASE + 7, 0x91);
    settle(rig);
    [17, 10, 0].forEach((v, i) => void rig.bus.out(BASE + 3 + i, v));
    rig.bus.out(BASE + 2, 1);
    rig.bus.out(BASE + 6, 0xa0 | 2);
    rig.bus.out(BASE + 7, 0x20);
    settle(rig);
    expect(readBlock(rig, 512)).toEqual(baseSectors((10 * 4 + 2) * 17 + 16, 1));
    rig.bus.out(BASE + 3, 18);
    rig.bus.out(BASE + 7, 0x20);
    expect([rig.bus.in(BASE + 7) & ERR, rig.bus.in(BASE + 1)]).toEqual([ERR, 0x10]);
  });

  it('fails with IDNF at the first sector past the end, after those that exist', () => {
    const rig = build();
    command28(rig, 0x20, SECTORS - 1, 2);
    settle(rig);
    expect(readBlock(rig, 512)).toEqual(baseSectors(SECTORS - 1, 1));
    expect(settle(rig)).toBe(READY | ERR);
    expect(rig.bus.in(BASE + 1)).toBe(0x10);
    expect([3, 4, 5].map((r) => rig.bus.in(BASE + r))).toEqual([
      SECTORS & 0xff,
      (SECTORS >>> 8) & 0xff,
      SECTORS >>> 16,
    ]);
  });

  it('aborts what it does not know, and NOP', () => {
    for (const code of [0x00, 0x08, 0xa1, 0xb0]) {
      const rig = build();
      command28(rig, code, 0, 0);
      expect([rig.bus.in(0x3f6), rig.bus.in(BASE + 1)]).toEqual([READY | ERR, 4]);
      expect(rig.irqs).toEqual([true]);
    }
  });

  it('refuses features it has not: block sizes, transfer modes, subcommands', () => {
    const accepts = (code: number, feature: number, count: number) => {
      const rig = build();
      rig.bus.out(BASE + 1, feature);
      command28(rig, code, 0, count);
      return (settle(rig) & ERR) === 0;
    };
    expect([0, 1, 2, 3, 8, 12, 16, 32].map((n) => accepts(0xc6, 0, n))).toEqual([
      ...[true, true, true, false, true, false, true, false],
    ]);
    expect([0x00, 0x0c, 0x0d, 0x22, 0x23, 0x42, 0x43].map((mode) => accepts(0xef, 3, mode))).toEqual([
      ...[true, true, false, true, false, true, false],
    ]);
    expect([0x02, 0x82, 0xaa, 0x99].map((f) => accepts(0xef, f, 0))).toEqual([true, true, true, false]);
  });

  it('keeps its interrupt to itself under nIEN, and lets it out after', () => {
    const rig = build();
    rig.bus.out(0x3f6, 2);
    command28(rig, 0xe7, 0, 0);
    settle(rig);
    expect(rig.irqs).toEqual([]);
    rig.bus.out(0x3f6, 0);
    expect(rig.irqs).toEqual([true]);
  });

  it('takes longer for a far seek than for going on', () => {
    const time = (first: number, second: number) => {
      const rig = build();
      command28(rig, 0x40, first, 1);
      settle(rig);
      command28(rig, 0x40, second, 1);
      return rig.bus.schedule.next - rig.bus.clock;
    };
    const perMicrosecond = 84 * 1.193181818;
    expect(time(10, 11) / perMicrosecond).toBeCloseTo(115, 0);
    expect(time(10, SECTORS - 1) / perMicrosecond).toBeGreaterThan(2100);
  });

  it('sleeps until reset and reports power modes', () => {
    const rig = build();
    const check = () => {
      command28(rig, 0xe5, 0, 0);
      settle(rig);
      return rig.bus.in(BASE + 2);
    };
    expect(check()).toBe(0xff);
    command28(rig, 0xe0, 0, 0);
    settle(rig);
    expect(check()).toBe(0);
    command28(rig, 0xe6, 0, 0);
    settle(rig);
    command28(rig, 0x20, 0, 1);
    expect(rig.bus.in(0x3f6) & (BSY | DRQ)).toBe(0);
    rig.bus.out(0x3f6, 4);
    rig.bus.out(0x3f6, 0);
    settle(rig);
    expect(check()).toBe(0xff);
  });
});

deviceLaws(
  'ATA channel',
  (bus, wire) => {
    serveBase(bus);
    const disk = new Disk(bus, { name: 'disk0', channel: 'disk:0', sectors: 300 });
    const drive = new AtaDrive(bus, { name: 'hd0', disk });
    const ports = { command: BASE, control: 0x3f6 };
    const options = { ports, irq: wire('irq14'), units: [drive, null] };
    return [new AtaChannel(bus, { name: 'ata0', ...options }), drive, disk];
  },
  {
    values: {
      [BASE + 7]: [0x20, 0x24, 0x30, 0x34, 0xc4, 0xc6, 0xec, 0x91, 0xef, 0x90],
      [BASE + 6]: [0xe0, 0xa0],
    },
    longestStep: 2 ** 20,
  },
);

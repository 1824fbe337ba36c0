import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/core/device.js';
import { Disk } from '../../src/devices/disk.js';
import { Dma8237 } from '../../src/devices/dma8237.js';
import { Fdc82077 } from '../../src/devices/fdc82077.js';
import { FloppyDrive } from '../../src/devices/floppyDrive.js';
import { baseSectors, serveBase } from './support/baseImage.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const BUFFER = 0x20000;
const READY = 0x80;

interface Setup {
  readonly is765?: boolean;
  readonly kib?: number;
  readonly writeProtected?: boolean;
}

function board(bus: FakeBus, irq: Line, { kib = 1440, writeProtected = false, is765 = false }: Setup) {
  const pulls = serveBase(bus);
  const disk = new Disk(bus, { name: 'floppy0', channel: 'floppy:0', sectors: kib * 2 });
  const drive = new FloppyDrive(bus, { name: 'fd0', disk, writeProtected });
  const dma = new Dma8237(bus, { name: 'dma' });
  const fdc = new Fdc82077(bus, { name: 'fdc', irq, dma: dma.channel(2), drives: [drive, null], is765 });
  return { disk, pulls, fdc, devices: [fdc, dma, drive, disk] };
}

function build(setup: Setup = {}) {
  const bus = new FakeBus();
  const line = { level: false };
  const irq = (level: boolean) => {
    line.level = level;
  };
  const parts = board(bus, irq, setup);
  for (const d of parts.devices) d.reset();
  return { bus, line, ...parts };
}

type Rig = ReturnType<typeof build>;

function send({ bus }: Rig, ...bytes: readonly number[]): void {
  for (const byte of bytes) {
    expect(bus.in(0x3f4) & 0xc0).toBe(READY);
    bus.out(0x3f5, byte);
  }
}

function results({ bus }: Rig): number[] {
  const out: number[] = [];
  while ((bus.in(0x3f4) & 0xd0) === 0xd0) out.push(bus.in(0x3f5));
  return out;
}

/** Waits for the interrupt, at most 3 s; returns the milliseconds it took. */
function waitIrq({ bus, line }: Rig): number {
  const start = bus.clock;
  for (let i = 0; i < 30_000 && !line.level; i++) bus.advanceSeconds(0.0001);
  expect(line.level).toBe(true);
  return ((bus.clock - start) / ((bus.frequency.num / bus.frequency.den) * 1e-3)) | 0;
}

/** Out of reset, motor on, at the data rate `rate`, head on track 0. */
function start(rig: Rig, rate = 0, nonDma = 0): Rig {
  rig.bus.out(0x3f2, 0x1c);
  waitIrq(rig);
  for (let i = 0; i < 4; i++) {
    send(rig, 8);
    expect(results(rig)).toEqual([0xc0 | i, 0]);
  }
  expect(rig.line.level).toBe(false);
  rig.bus.out(0x3f7, rate);
  send(rig, 3, 0xdf, 2 | nonDma);
  send(rig, 7, 0);
  waitIrq(rig);
  send(rig, 8);
  expect(results(rig)).toEqual([0x20, 0]);
  return rig;
}

/** Programs DMA channel 2; direction as the mode register's transfer field. */
function dma({ bus }: Rig, toMemory: boolean, length: number): void {
  bus.out(0x0a, 6);
  bus.out(0x0c, 0);
  bus.out(0x0b, toMemory ? 0x46 : 0x4a);
  bus.out(0x04, BUFFER & 0xff);
  bus.out(0x04, (BUFFER >>> 8) & 0xff);
  bus.out(0x81, BUFFER >>> 16);
  bus.out(0x05, (length - 1) & 0xff);
  bus.out(0x05, (length - 1) >>> 8);
  bus.out(0x0a, 2);
}

function seek(rig: Rig, cylinder: number): number {
  send(rig, 0x0f, 0, cylinder);
  const ms = waitIrq(rig);
  send(rig, 8);
  expect(results(rig)).toEqual([0x20, cylinder]);
  return ms;
}

describe('82077AA: commands without a disk', () => {
  it('is an enhanced controller and refuses what it does not know', () => {
    const rig = start(build());
    send(rig, 0x10);
    expect(results(rig)).toEqual([0x90]);
    send(rig, 0x1f);
    expect(results(rig)).toEqual([0x80]);
    send(rig, 8);
    expect(results(rig)).toEqual([0x80]);
  });

  it('steps at the rate of SPECIFY, and settles', () => {
    const rig = start(build());
    // SRT = D: 3 ms at 500 kbit/s; 10 steps and 15 ms.
    expect(seek(rig, 10)).toBeGreaterThanOrEqual(44);
    expect(seek(rig, 12)).toBeLessThanOrEqual(22);
    rig.bus.out(0x3f7, 2); // 250 kbit/s: twice as long
    expect(seek(rig, 22)).toBeGreaterThanOrEqual(74);
  });

  it('shows a drive as busy while it seeks, and reports a missing one on RECALIBRATE', () => {
    const rig = start(build());
    send(rig, 7, 1);
    expect(rig.bus.in(0x3f4)).toBe(READY | 2);
    waitIrq(rig);
    send(rig, 8);
    expect(results(rig)).toEqual([0x71, 0]);
  });

  it('keeps CONFIGURE through a software reset if locked', () => {
    const rig = start(build());
    const configuration = () => {
      send(rig, 0x0e);
      return results(rig).slice(4);
    };
    send(rig, 0x13, 0, 0x57, 3);
    expect(configuration()).toEqual([0xdf, 2, 0, 0, 0x57, 3]);
    send(rig, 0x94);
    expect(results(rig)).toEqual([0x10]);
    rig.bus.out(0x3f4, 0x80);
    rig.bus.advanceSeconds(0.001);
    expect(configuration()).toEqual([0xdf, 2, 0, 0x80, 0x57, 3]);
    send(rig, 0x14);
    expect(results(rig)).toEqual([0]);
    rig.bus.out(0x3f4, 0x80);
    rig.bus.advanceSeconds(0.001);
    expect(configuration().slice(3)).toEqual([0, 0x20, 0]);
  });

  it('clears the disk change line at the first step', () => {
    const rig = build();
    rig.bus.out(0x3f2, 0x1c);
    expect(rig.bus.in(0x3f7) & 0x80).toBe(0x80);
    start(rig);
    expect(rig.bus.in(0x3f7) & 0x80).toBe(0);
  });
});

describe('82077AA: reading and writing', () => {
  it('reads to terminal count over both heads (MT), and names the next sector', () => {
    const rig = start(build());
    seek(rig, 5);
    dma(rig, true, 20 * 512);
    send(rig, 0xe6, 0, 5, 0, 10, 2, 18, 0x1b, 0xff);
    waitIrq(rig);
    // Sectors 10-18 of head 0, then 1-11 of head 1.
    expect(results(rig)).toEqual([0x04, 0, 0, 5, 1, 12, 2]);
    expect(rig.line.level).toBe(false);
    const first = (5 * 2 + 0) * 18 + 9;
    expect(Buffer.compare(rig.bus.memory.readBytes(BUFFER, 20 * 512), baseSectors(first, 20))).toBe(0);
  });

  it('reads a track in one turn once its first sector has come', () => {
    const rig = start(build());
    dma(rig, true, 18 * 512);
    send(rig, 0xe6, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    const ms = waitIrq(rig);
    // A turn less the gap behind the last sector: 574 of the track's 12500 bytes a sector, 18 of them.
    expect(ms).toBeGreaterThanOrEqual(198);
    expect(ms).toBeLessThanOrEqual(401);
  });

  it('reads the next sector as it comes by, when asked for it in the gap before', () => {
    const rig = start(build());
    for (let sector = 1; sector <= 9; sector++) {
      dma(rig, true, 512);
      send(rig, 0xe6, 0, 0, 0, sector, 2, 18, 0x1b, 0xff);
      const ms = waitIrq(rig);
      results(rig);
      // 200 ms a turn, 18 sectors.
      if (sector > 1) expect(ms).toBeLessThanOrEqual(12);
    }
  });

  it('ends at the end of the cylinder without terminal count', () => {
    const rig = start(build());
    dma(rig, true, 3 * 512);
    send(rig, 0x46, 0, 0, 0, 17, 2, 18, 0x1b, 0xff);
    waitIrq(rig);
    expect(results(rig)).toEqual([0x40, 0x80, 0, 1, 0, 1, 2]);
  });

  it('writes what memory holds, and only that', () => {
    const rig = start(build());
    const data = Uint8Array.from({ length: 1024 }, (_, i) => (i * 17) & 0xff);
    rig.bus.memory.load(BUFFER, data);
    dma(rig, false, 1024);
    send(rig, 0xc5, 4, 0, 1, 3, 2, 18, 0x1b, 0xff);
    waitIrq(rig);
    expect(results(rig)).toEqual([0x04, 0, 0, 0, 1, 5, 2]);
    expect(rig.disk.readSectors(18 + 2, 2)).toEqual(data);
    expect(rig.disk.state.overlaid).toBe(2);
  });

  it('refuses to write a protected disk', () => {
    const rig = start(build({ writeProtected: true }));
    send(rig, 0xc5, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    waitIrq(rig);
    expect(results(rig).slice(0, 3)).toEqual([0x40, 0x02, 0]);
    send(rig, 4, 0);
    expect(results(rig)).toEqual([0x78]);
  });

  it.each([
    ['a sector beyond the track', [0x46, 0, 0, 0, 19, 2, 19], [0x40, 0x04, 0]],
    ['another cylinder than the head is on', [0x46, 0, 7, 0, 1, 2, 18], [0x40, 0x04, 0x10]],
    ['another sector size', [0x46, 0, 0, 0, 1, 3, 18], [0x40, 0x04, 0]],
    ['FM recording', [0x06, 0, 0, 0, 1, 2, 18], [0x40, 0x01, 0]],
  ])('does not find %s', (_title, command, status) => {
    const rig = start(build());
    dma(rig, true, 512);
    send(rig, ...command, 0x1b, 0xff);
    expect(waitIrq(rig)).toBeGreaterThanOrEqual(399);
    expect(results(rig).slice(0, 3)).toEqual(status);
  });

  it.each([
    [360, 2, 9, 40],
    [720, 2, 9, 80],
    [1200, 0, 15, 80],
    [1440, 0, 18, 80],
    [2880, 3, 36, 80],
  ])('reads the last sector of a %i KiB disk at its own rate only', (kib, rate, sectors, cylinders) => {
    const rig = start(build({ kib }), rate);
    seek(rig, cylinders - 1);
    dma(rig, true, 512);
    send(rig, 0x46, 4, cylinders - 1, 1, sectors, 2, sectors, 0x1b, 0xff);
    waitIrq(rig);
    expect(results(rig).slice(0, 3)).toEqual([0x04, 0, 0]);
    expect(rig.bus.memory.readBytes(BUFFER, 512)).toEqual(baseSectors(kib * 2 - 1, 1));
    rig.bus.out(0x3f7, rate === 2 ? 0 : 2);
    send(rig, 0x4a, 0);
    waitIrq(rig);
    expect(results(rig).slice(0, 2)).toEqual([0x40, 0x01]);
  });

  it('reads IDs as they pass', () => {
    const rig = start(build());
    seek(rig, 3);
    const seen = new Set<number>();
    for (let i = 0; i < 18; i++) {
      send(rig, 0x4a, 4);
      waitIrq(rig);
      const [st0, st1, st2, c, h, r, n] = results(rig);
      expect([st0, st1, st2, c, h, n]).toEqual([4, 0, 0, 3, 1, 2]);
      seen.add(r!);
    }
    expect(Math.max(...seen)).toBeLessThanOrEqual(18);
    expect(seen.size).toBeGreaterThan(8);
  });

  it('moves data through the FIFO without DMA', () => {
    const rig = start(build(), 0, 1);
    send(rig, 0x46, 0, 0, 0, 1, 2, 2, 0x1b, 0xff);
    for (let sector = 0; sector < 2; sector++) {
      waitIrq(rig);
      expect(rig.bus.in(0x3f4)).toBe(0xf0);
      const data = Uint8Array.from({ length: 512 }, () => rig.bus.in(0x3f5));
      expect(data).toEqual(baseSectors(sector, 1));
    }
    expect(results(rig).slice(0, 3)).toEqual([0x40, 0x80, 0]);
    send(rig, 0x45, 0, 0, 0, 1, 2, 1, 0x1b, 0xff);
    for (let i = 0; i < 512; i++) rig.bus.out(0x3f5, 0x99);
    waitIrq(rig);
    results(rig);
    expect(rig.disk.readSectors(0, 1)).toEqual(new Uint8Array(512).fill(0x99));
  });

  it('formats the sectors that the IDs name', () => {
    const rig = start(build());
    seek(rig, 2);
    const ids = Array.from({ length: 18 }, (_, i) => [2, 0, i + 1, 2]).flat();
    rig.bus.memory.load(BUFFER, Uint8Array.from(ids));
    dma(rig, false, ids.length);
    send(rig, 0x4d, 0, 2, 18, 0x54, 0xf6);
    expect(waitIrq(rig)).toBeGreaterThanOrEqual(199);
    expect(results(rig).slice(0, 3)).toEqual([0, 0, 0]);
    expect(rig.disk.readSectors(72, 18)).toEqual(new Uint8Array(18 * 512).fill(0xf6));
    expect(rig.disk.readSectors(90, 1)).toEqual(baseSectors(90, 1));
  });

  it('overruns if nobody serves its requests', () => {
    const rig = start(build());
    rig.bus.out(0x0a, 6);
    send(rig, 0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    waitIrq(rig);
    expect(results(rig).slice(0, 2)).toEqual([0x40, 0x10]);
  });

  it('waits for a motor until it is reset', () => {
    const rig = start(build());
    rig.bus.out(0x3f2, 0x0c);
    send(rig, 0x4a, 0);
    rig.bus.advanceSeconds(10);
    expect([rig.bus.in(0x3f4), rig.line.level]).toEqual([0x10, false]);
    rig.bus.out(0x3f2, 0x08);
    start(rig);
  });

  it('seeks by itself if configured to', () => {
    const rig = start(build());
    send(rig, 0x13, 0, 0x40, 0);
    dma(rig, true, 512);
    send(rig, 0x46, 0, 40, 0, 1, 2, 18, 0x1b, 0xff);
    expect(waitIrq(rig)).toBeGreaterThanOrEqual(135);
    expect(results(rig).slice(0, 3)).toEqual([0, 0, 0]);
    expect(rig.bus.memory.readBytes(BUFFER, 512)).toEqual(baseSectors(40 * 36, 1));
  });
});

describe('765 on a diskette adapter for the PC/XT', () => {
  it('reads a disk of any rate without being told it', () => {
    for (const kib of [360, 720, 1440]) {
      const rig = start(build({ kib, is765: true }));
      dma(rig, true, 512);
      send(rig, 0x46, 0, 0, 0, 3, 2, 9, 0x2a, 0xff);
      waitIrq(rig);
      expect(results(rig).slice(0, 3)).toEqual([0, 0, 0]);
      expect(rig.bus.memory.readBytes(BUFFER, 512)).toEqual(baseSectors(2, 1));
    }
  });

  it('knows none of the commands that came later', () => {
    const rig = start(build({ is765: true }));
    for (const command of [0x0e, 0x10, 0x12, 0x13, 0x14]) {
      send(rig, command);
      expect(results(rig)).toEqual([0x80]);
    }
  });

  it('interrupts once after a reset, so that it can be sensed once (PC/XT BIOS listing, DISK_RESET)', () => {
    const rig = build({ is765: true });
    rig.bus.out(0x3f2, 0x1c);
    waitIrq(rig);
    send(rig, 8);
    expect([results(rig), rig.line.level]).toEqual([[0xc0, 0], false]);
    send(rig, 3, 0xcf, 2);
    send(rig, 7, 0);
    waitIrq(rig);
    send(rig, 8);
    expect([results(rig), rig.line.level]).toEqual([[0x20, 0], false]);
  });

  it('has an output register that cannot be read, no registers A, B and for tapes, no data rate select', () => {
    const { bus } = start(build({ is765: true }));
    expect([0x3f0, 0x3f1, 0x3f2, 0x3f3, 0x3f4].map((p) => bus.in(p))).toEqual([0xff, 0xff, 0xff, 0xff, 0x80]);
    bus.out(0x3f4, 0x80); // would be a reset
    expect(bus.in(0x3f4)).toBe(0x80);
  });
});

describe('floppy drive', () => {
  it('refuses a disk that is not of a PC format', () => {
    const bus = new FakeBus();
    const disk = new Disk(bus, { name: 'd', channel: 'floppy:0', sectors: 1000 });
    expect(() => new FloppyDrive(bus, { name: 'fd0', disk })).toThrow(RangeError);
  });
});

const words = [0x46, 0x45, 0x4d, 0x4a, 7, 8, 0x0f, 3, 0x13, 0, 1, 2, 18];
deviceLaws('82077AA', (bus, wire) => board(bus, wire('irq6'), {}).devices, {
  ports: [0x3f2, 0x3f4, 0x3f5, 0x3f5, 0x3f5, 0x3f5, 0x3f7, 0x0a],
  values: { 1010: [0x1c, 0x1c, 0x18], 1012: [0, 0x80], 1013: words, 1015: [0], 10: [2] },
  longestStep: 2 ** 26,
  length: 150,
});

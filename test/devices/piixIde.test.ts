import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/core/device.js';
import { AtaChannel } from '../../src/devices/ata.js';
import { AtaDrive } from '../../src/devices/ataDrive.js';
import { Disk } from '../../src/devices/disk.js';
import { PciBus } from '../../src/devices/pci.js';
import { PiixIde } from '../../src/devices/piixIde.js';
import { baseSectors, serveBase } from './support/baseImage.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';
import { pciRead, pciWrite } from './support/pciAccess.js';

const BM = 0xc000;
const TABLE = 0x1000;

function board(bus: FakeBus, irq14: Line, sectors: number) {
  serveBase(bus);
  const disk = new Disk(bus, { name: 'disk0', channel: 'disk:0', sectors });
  const drive = new AtaDrive(bus, { name: 'hd0', disk });
  const first = { ports: { command: 0x1f0, control: 0x3f6 }, irq: irq14, units: [drive] };
  const second = { ports: { command: 0x170, control: 0x376 }, irq: () => {}, units: [] };
  const primary = new AtaChannel(bus, { name: 'ata0', ...first });
  const secondary = new AtaChannel(bus, { name: 'ata1', ...second });
  const ide = new PiixIde(bus, { name: 'ide', channels: [primary, secondary] });
  const pci = new PciBus(bus, { name: 'pci' });
  pci.attach(1, 1, ide);
  return { disk, ide, devices: [pci, ide, primary, secondary, drive, disk] };
}

function build() {
  const bus = new FakeBus();
  const irqs: boolean[] = [];
  const { disk, devices } = board(bus, (level) => void irqs.push(level), 100_000);
  for (const d of devices) d.reset();
  irqs.length = 0;
  pciWrite(bus, 1, 1, 0x20, BM);
  pciWrite(bus, 1, 1, 4, 5, 2);
  return { bus, irqs, disk, devices };
}

/** A PRD table at TABLE: [address, bytes] each, the last one marked. */
function describeRegions(bus: FakeBus, regions: readonly (readonly [number, number])[]): void {
  regions.forEach(([address, bytes], i) => {
    bus.memory.write(TABLE + 8 * i, address, 4);
    const end = i === regions.length - 1 ? 0x80000000 : 0;
    bus.memory.write(TABLE + 8 * i + 4, end + (bytes & 0xffff), 4);
  });
  bus.out(BM + 4, TABLE, 4);
}

function issue(bus: FakeBus, code: number, lba: number, count: number): void {
  bus.out(0x1f2, count);
  for (let i = 0; i < 3; i++) bus.out(0x1f3 + i, (lba >>> (8 * i)) & 0xff);
  bus.out(0x1f6, 0xe0);
  bus.out(0x1f7, code);
}

describe('PIIX3 IDE', () => {
  it('is function 7010h with BAR 4 of 16 ports, decoded where firmware puts it', () => {
    const { bus } = build();
    expect(pciRead(bus, 1, 1, 0)).toBe(0x70108086);
    expect(pciRead(bus, 1, 1, 8) >>> 8).toBe(0x010180);
    pciWrite(bus, 1, 1, 0x20, 0xffffffff);
    expect(pciRead(bus, 1, 1, 0x20)).toBe(0xfffffff1);
    expect(bus.in(BM + 2)).toBe(0xff);
    pciWrite(bus, 1, 1, 0x20, 0x4000);
    expect(bus.in(0x4002)).toBe(0);
    pciWrite(bus, 1, 1, 0x20, 0x14000);
    expect(bus.in(0x4002)).toBe(0xff);
    pciWrite(bus, 1, 1, 0x20, 0x4000);
    pciWrite(bus, 1, 1, 4, 0, 2);
    expect(bus.in(0x4002)).toBe(0xff);
  });

  it.each([
    ['command first', true],
    ['engine first', false],
  ])('reads into scattered regions (%s)', (_title, commandFirst) => {
    const { bus, irqs } = build();
    describeRegions(bus, [
      [0x20000, 700],
      [0x31002, 4096],
      [0x40000, 20 * 512 - 4796],
    ]);
    if (commandFirst) issue(bus, 0xc8, 500, 20);
    bus.out(BM, 9);
    if (!commandFirst) issue(bus, 0xc8, 500, 20);
    expect(bus.in(BM + 2)).toBe(1);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2)).toBe(4);
    expect(irqs).toEqual([true]);
    const { memory } = bus;
    const got = [
      memory.readBytes(0x20000, 700),
      memory.readBytes(0x31002, 4096),
      memory.readBytes(0x40000, 20 * 512 - 4796),
    ];
    expect(Buffer.compare(Buffer.concat(got), baseSectors(500, 20))).toBe(0);
    expect(bus.in(0x1f7)).toBe(0x50);
    bus.out(BM + 2, 4);
    expect(bus.in(BM + 2)).toBe(0);
    expect(bus.notes.map((n) => [n.kind, n.device, n.what, n.a, n.b])).toEqual([
      ['disk', 'hd0', 'read', 500, 20],
      ['dma', 'ata0', 'in', 10240, 0],
    ]);
  });

  it('writes from memory, a count of 0 meaning 64 KiB', () => {
    const { bus, disk } = build();
    const data = Uint8Array.from({ length: 0x10000 }, (_, i) => (i * 11 + (i >>> 8)) & 0xff);
    bus.memory.load(0x50000, data);
    describeRegions(bus, [[0x50000, 0]]);
    issue(bus, 0xca, 3, 128);
    bus.out(BM, 1);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2)).toBe(4);
    expect(Buffer.compare(disk.readSectors(3, 128), data)).toBe(0);
  });

  // Programming Interface for Bus Master IDE Controller 1.0: what the interrupt and active bits say.
  it('stays active when the table is longer than the transfer', () => {
    const { bus } = build();
    describeRegions(bus, [[0x20000, 2048]]);
    issue(bus, 0xc8, 0, 1);
    bus.out(BM, 9);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2)).toBe(5);
    bus.out(BM, 0);
    expect(bus.in(BM + 2)).toBe(4);
  });

  it('goes inactive without an interrupt when the table is shorter', () => {
    const { bus, irqs } = build();
    describeRegions(bus, [[0x20000, 512]]);
    issue(bus, 0xc8, 0, 2);
    bus.out(BM, 9);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2)).toBe(0);
    expect(irqs).toEqual([]);
  });

  it('begins again at the top of the table when it is started again', () => {
    const { bus } = build();
    describeRegions(bus, [[0x20000, 2048]]);
    for (const [lba, expected] of [
      [40, 5],
      [41, 5],
    ] as const) {
      issue(bus, 0xc8, lba, 1);
      bus.out(BM, 9);
      bus.advanceSeconds(0.1);
      expect(bus.in(BM + 2)).toBe(expected);
      expect(bus.memory.readBytes(0x20000, 512)).toEqual(baseSectors(lba, 1));
      bus.out(BM, 0);
      bus.in(0x1f7);
    }
  });

  it('moves nothing until bus mastering is enabled', () => {
    const { bus } = build();
    pciWrite(bus, 1, 1, 4, 1, 2);
    describeRegions(bus, [[0x20000, 512]]);
    issue(bus, 0xc8, 9, 1);
    bus.out(BM, 9);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2)).toBe(1);
    pciWrite(bus, 1, 1, 4, 5, 2);
    expect(bus.in(BM + 2)).toBe(4);
    expect(bus.memory.readBytes(0x20000, 512)).toEqual(baseSectors(9, 1));
  });

  it('survives a table without end', () => {
    const { bus } = build();
    for (let i = 0; i < 0x8000; i++) bus.memory.write(0x10000 + 8 * i, 2, 4);
    bus.out(BM + 4, 0x10000, 4);
    for (let i = 0; i < 0x8000; i++) bus.memory.write(0x10000 + 8 * i + 4, 2, 4);
    issue(bus, 0xc8, 0, 0);
    bus.out(BM, 9);
    bus.advanceSeconds(0.1);
    expect(bus.in(BM + 2) & 3).toBe(2);
  });

  it('puts its window back after loading', () => {
    const saved = build();
    saved.bus.out(BM + 4, 0x12345678, 4);
    const fresh = new FakeBus();
    const other = board(fresh, () => {}, 100_000);
    fresh.load(saved.bus.save(saved.devices), other.devices);
    expect(fresh.in(BM + 4, 4)).toBe(0x12345678);
  });
});

deviceLaws(
  'bus-master IDE',
  (bus, wire) => {
    const { devices, ide } = board(bus, wire('irq14'), 300);
    const reset = ide.reset.bind(ide);
    ide.reset = () => {
      reset();
      bus.out(0xcf8, 0x80000920, 4);
      bus.out(0xcfc, BM, 4);
      bus.out(0xcf8, 0x80000904, 4);
      bus.out(0xcfc, 5, 2);
    };
    return devices;
  },
  {
    ports: [0x1f0, 0x1f2, 0x1f3, 0x1f6, 0x1f7, BM, BM + 2, BM + 4, BM + 5],
    values: { [BM]: [0, 1, 8, 9], 503: [0xc8, 0xca, 0x25, 0x35, 0x20], 502: [0xe0] },
    longestStep: 2 ** 20,
  },
);

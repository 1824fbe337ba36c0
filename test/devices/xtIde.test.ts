import { describe, expect, it } from 'vitest';
import { AtaDrive } from '../../src/devices/ataDrive.js';
import { Disk } from '../../src/devices/disk.js';
import { XtIde } from '../../src/devices/xtIde.js';
import { baseSectors, serveBase } from './support/baseImage.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const BASE = 0x300;
const [STATUS, HIGH, CONTROL] = [BASE + 7, BASE + 8, BASE + 14];
const SECTORS = 20_160; // 20 x 16 x 63

function board(bus: FakeBus) {
  serveBase(bus);
  const disk = new Disk(bus, { name: 'disk0-image', channel: 'disk:0', sectors: SECTORS });
  const drive = new AtaDrive(bus, { name: 'disk0', disk });
  const adapter = new XtIde(bus, { name: 'ide', units: [drive, null] });
  return { disk, devices: [adapter, adapter.channel, drive, disk] };
}

function build() {
  const bus = new FakeBus();
  const { disk, devices } = board(bus);
  for (const device of devices) device.reset();
  const command = (code: number, lba: number, count = 1) => {
    bus.out(BASE + 2, count);
    for (let i = 0; i < 3; i++) bus.out(BASE + 3 + i, (lba >> (8 * i)) & 0xff);
    bus.out(BASE + 6, 0xe0);
    bus.out(STATUS, code);
    bus.advanceSeconds(0.01);
  };
  return { bus, disk, command };
}

describe('XT-IDE adapter', () => {
  it('reads words through its latch, low byte first', () => {
    const { bus, command } = build();
    command(0x20, 1000);
    expect(bus.in(STATUS)).toBe(0x58);
    const bytes = Array.from({ length: 256 }, () => [bus.in(BASE), bus.in(HIGH)]).flat();
    expect(Uint8Array.from(bytes)).toEqual(baseSectors(1000, 1));
    expect(bus.in(STATUS)).toBe(0x50);
  });

  it('writes words through its latch, high byte first', () => {
    const { bus, disk, command } = build();
    command(0x30, 77);
    for (let i = 0; i < 256; i++) {
      bus.out(HIGH, 255 - i);
      bus.out(BASE, i);
    }
    bus.advanceSeconds(0.01);
    const expected = Uint8Array.from({ length: 512 }, (_, i) => (i & 1 ? 255 - (i >> 1) : i >> 1));
    expect(disk.readSectors(77, 1)).toEqual(expected);
  });

  it('identifies the drive: word 49 says LBA, words 60 and 61 the size', () => {
    const { bus, command } = build();
    command(0xec, 0);
    const words = Array.from({ length: 256 }, () => bus.in(BASE) | (bus.in(HIGH) << 8));
    expect([words[49]! & 0x0200, words[60]! + words[61]! * 65536]).toEqual([0x0200, SECTORS]);
  });

  it('has the alternate status and device control at 30Eh', () => {
    const { bus } = build();
    expect(bus.in(CONTROL)).toBe(0x50);
    bus.out(CONTROL, 4);
    expect(bus.in(CONTROL)).toBe(0x80);
    bus.out(CONTROL, 0);
    bus.advanceSeconds(0.1);
    expect(bus.in(CONTROL)).toBe(0x50);
  });
});

deviceLaws('XT-IDE', (bus) => board(bus).devices, {
  values: {
    [STATUS]: [0x20, 0x30, 0xec, 0x91, 0xc6, 0xc4],
    [BASE + 6]: [0xe0, 0xa0, 0xf0],
    [CONTROL]: [0, 2],
  },
});

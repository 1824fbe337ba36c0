import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Disk } from '../../src/devices/disk.js';
import { baseSectors, serveBase } from './support/baseImage.js';
import { FakeBus } from './support/fakeBus.js';

function build(sectors = 100_000) {
  const bus = new FakeBus();
  const pulls = serveBase(bus);
  const disk = new Disk(bus, { name: 'disk0', channel: 'disk:0', sectors });
  return { bus, pulls, disk };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe('disk overlay', () => {
  it('reads as an array of sectors would, whatever was written', () => {
    const operation = fc.record({
      write: fc.boolean(),
      lba: fc.integer({ min: 32_750, max: 32_790 }), // across a bitmap's end
      count: fc.integer({ min: 1, max: 20 }),
      fill: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        const { disk } = build();
        const model = baseSectors(32_700, 200);
        for (const { write, lba, count, fill } of operations) {
          const at = (lba - 32_700) * 512;
          if (write) {
            model.fill(fill, at, at + count * 512);
            disk.writeSectors(lba, new Uint8Array(count * 512).fill(fill));
          } else expect(same(disk.readSectors(lba, count), model.slice(at, at + count * 512))).toBe(true);
        }
        expect(same(disk.readSectors(32_700, 200), model)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('pulls only sectors that are read and were never written', () => {
    const { disk, pulls } = build();
    disk.writeSectors(10, new Uint8Array(512).fill(1));
    expect(pulls).toEqual([]);
    disk.readSectors(8, 5);
    expect(pulls).toEqual([
      { channel: 'disk:0', request: 8, length: 1024 },
      { channel: 'disk:0', request: 11, length: 1024 },
    ]);
  });

  it('counts each sector of the overlay once', () => {
    const { disk } = build();
    disk.writeSectors(5, new Uint8Array(1024));
    disk.writeSectors(6, new Uint8Array(1024));
    expect(disk.state.overlaid).toBe(3);
  });

  it('travels in time with its pages', () => {
    const { bus, disk } = build();
    disk.writeSectors(5, new Uint8Array(512).fill(0xaa));
    const saved = bus.save([disk]);
    disk.writeSectors(5, new Uint8Array(1024).fill(0xbb));
    bus.load(saved, [disk]);
    expect(disk.readSectors(5, 1)).toEqual(new Uint8Array(512).fill(0xaa));
    expect(disk.readSectors(6, 1)).toEqual(baseSectors(6, 1));
    expect(disk.state.overlaid).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { biosGeometry, chsToLba, driveGeometry, floppyFormat, lbaToChs } from '../../src/devices/geometry.js';

describe('geometry', () => {
  it('gives drives 16 heads of 63 sectors and at most 16383 cylinders (ATA-5 annex B)', () => {
    expect(driveGeometry(1_000_944)).toEqual({ cylinders: 993, heads: 16, sectors: 63 });
    expect(driveGeometry(100_000_000)).toEqual({ cylinders: 16383, heads: 16, sectors: 63 });
  });

  it.each([
    [504 * 2048, 16],
    [504 * 2048 + 1, 32],
    [1008 * 2048, 32],
    [2016 * 2048, 64],
    [4032 * 2048, 128],
    [8000 * 2048, 255],
  ])('translates %i sectors with %i heads (LBA assisted)', (total, heads) => {
    expect(biosGeometry(total).heads).toBe(heads);
    expect(biosGeometry(total).cylinders).toBeLessThanOrEqual(1024);
  });

  it('converts between CHS and LBA both ways', () => {
    const sizes = fc.record({
      cylinders: fc.integer({ min: 1, max: 1024 }),
      heads: fc.integer({ min: 1, max: 255 }),
      sectors: fc.integer({ min: 1, max: 63 }),
    });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 0.999999, noNaN: true }), (g, where) => {
        const lba = Math.floor(where * g.cylinders * g.heads * g.sectors);
        const { cylinder, head, sector } = lbaToChs(g, lba);
        expect(chsToLba(g, cylinder, head, sector)).toBe(lba);
      }),
    );
    const g = { cylinders: 10, heads: 4, sectors: 17 };
    expect(chsToLba(g, 0, 0, 1)).toBe(0);
    expect(chsToLba(g, 1, 0, 1)).toBe(68);
    for (const [c, h, s] of [
      [10, 0, 1],
      [0, 4, 1],
      [0, 0, 0],
      [0, 0, 18],
    ] as const) {
      expect(chsToLba(g, c, h, s)).toBe(-1);
    }
  });

  it.each([
    [360, 40, 9, 300],
    [720, 80, 9, 300],
    [1200, 80, 15, 360],
    [1440, 80, 18, 300],
    [2880, 80, 36, 300],
  ])('knows a %i KiB floppy', (kib, cylinders, sectors, rpm) => {
    expect(floppyFormat(kib * 2)).toMatchObject({ cylinders, heads: 2, sectors, rpm });
  });

  it('does not guess at other floppy sizes', () => expect(floppyFormat(1441 * 2)).toBeUndefined());
});

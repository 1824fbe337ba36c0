/** CMOS settings against the IBM PC/AT Technical Reference. */
import { describe, expect, test } from 'vitest';
import { firmwareCmos } from '../../../src/devices/firmware/cmos.js';

const MIB = 1 << 20;
const machine = { memory: 64 * MIB, floppies: [], boot: ['disk', 'floppy'] as const };
const word = (cmos: Uint8Array, at: number) => cmos[at]! | (cmos[at + 1]! << 8);

describe('CMOS', () => {
  test('counts memory: 640 KiB, KiB above 1 MiB up to 64 MiB less 1 KiB, 64 KiB above 16 MiB', () => {
    const cmos = firmwareCmos(machine);
    expect([word(cmos, 0x15), word(cmos, 0x17), word(cmos, 0x30), word(cmos, 0x34)]).toEqual([
      640,
      63 * 1024,
      63 * 1024,
      768,
    ]);
    const small = firmwareCmos({ ...machine, memory: 4 * MIB });
    expect([word(small, 0x30), word(small, 0x34)]).toEqual([3 * 1024, 0]);
    expect(word(firmwareCmos({ ...machine, memory: 512 * MIB }), 0x30)).toBe(0xffff);
  });

  test('drive types: 1.44 MB as A, 360 KB as B; none', () => {
    const cmos = firmwareCmos({ ...machine, floppies: [{ sectors: 2880 }, { sectors: 720 }] });
    expect(cmos[0x10]).toBe(0x41);
    expect(cmos[0x14]! & 0xc1).toBe(0x41);
    expect(firmwareCmos(machine)[0x10]).toBe(0);
    expect(firmwareCmos({ ...machine, floppies: [null, { sectors: 2880 }] })[0x10]).toBe(0x04);
  });

  test('boot order: first in the low nibble; a kernel alone', () => {
    expect(firmwareCmos(machine)[0x3d]).toBe(0x12);
    expect(firmwareCmos({ ...machine, boot: ['floppy'] })[0x3d]).toBe(0x01);
    expect(firmwareCmos({ ...machine, kernel: { image: '', append: '' } })[0x3d]).toBe(0x0f);
  });

  test('the checksum of 10h to 2Dh is at 2Eh, high byte first', () => {
    const cmos = firmwareCmos({ ...machine, floppies: [{ sectors: 2880 }] });
    let sum = 0;
    for (let i = 0x10; i <= 0x2d; i++) sum += cmos[i]!;
    expect((cmos[0x2e]! << 8) | cmos[0x2f]!).toBe(sum);
  });
});

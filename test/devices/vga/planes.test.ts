import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VgaRig } from './rig.js';

/** A planar mode with all planes writable; sets the latches of address 0 and returns to write mode 0. */
function planar(latches: readonly number[]): VgaRig {
  const rig = new VgaRig(0x12);
  rig.state.planes.set(latches, 0);
  rig.peek(0xa0000);
  return rig;
}

const byte = fc.nat(255);
const four = fc.tuple(byte, byte, byte, byte);
const bitOf = (value: number, n: number) => (value >> n) & 1;

describe('write modes', () => {
  interface Case {
    readonly mode: number;
    readonly value: number;
    readonly latches: readonly number[];
    readonly old: readonly number[];
    readonly setReset: number;
    readonly enable: number;
    readonly rotate: number;
    readonly operation: number;
    readonly bitMask: number;
    readonly mapMask: number;
  }

  /** The manual's rules for one bit of one plane. */
  function expectedBit(c: Case, plane: number, bit: number): number {
    const latch = bitOf(c.latches[plane]!, bit);
    if (bitOf(c.mapMask, plane) === 0) return bitOf(c.old[plane]!, bit);
    if (c.mode === 1) return latch;
    // Rotation to the right: bit n comes from bit n + count.
    const rotated = bitOf(c.value, (bit + c.rotate) % 8);
    const set = bitOf(c.setReset, plane);
    let data = bitOf(c.enable, plane) ? set : rotated;
    if (c.mode === 2) data = bitOf(c.value, plane);
    if (c.mode === 3) data = set;
    const result = [data, data & latch, data | latch, data ^ latch][c.operation]!;
    const open = bitOf(c.bitMask, bit) & (c.mode === 3 ? rotated : 1);
    return open ? result : latch;
  }

  it('write each bit of each plane as the manual says', () => {
    const cases = fc.record({
      mode: fc.nat(3),
      value: byte,
      latches: four,
      old: four,
      setReset: fc.nat(15),
      enable: fc.nat(15),
      rotate: fc.nat(7),
      operation: fc.nat(3),
      bitMask: byte,
      mapMask: fc.nat(15),
    });
    fc.assert(
      fc.property(cases, (c) => {
        const rig = planar(c.latches);
        rig.state.planes.set(c.old, 4);
        rig.graphics(0, c.setReset);
        rig.graphics(1, c.enable);
        rig.graphics(3, c.rotate | (c.operation << 3));
        rig.graphics(5, c.mode);
        rig.graphics(8, c.bitMask);
        rig.sequencer(2, c.mapMask);
        rig.poke(0xa0001, c.value);
        for (let plane = 0; plane < 4; plane++) {
          let expected = 0;
          for (let bit = 0; bit < 8; bit++) expected |= expectedBit(c, plane, bit) << bit;
          expect(rig.state.planes[4 + plane]).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('read modes', () => {
  it('0 gives the plane selected', () => {
    const rig = planar([0x11, 0x22, 0x44, 0x88]);
    const seen = [0, 1, 2, 3].map((plane) => {
      rig.graphics(4, plane);
      return rig.peek(0xa0000);
    });
    expect(seen).toEqual([0x11, 0x22, 0x44, 0x88]);
  });

  it('1 compares colours, in the planes that matter', () => {
    fc.assert(
      fc.property(four, fc.nat(15), fc.nat(15), (bytes, colour, care) => {
        const rig = planar(bytes);
        rig.graphics(2, colour);
        rig.graphics(7, care);
        rig.graphics(5, 0x08);
        let expected = 0;
        for (let bit = 0; bit < 8; bit++) {
          const pixel = bytes.reduce((value, b, plane) => value | (bitOf(b, bit) << plane), 0);
          if ((pixel & care) === (colour & care)) expected |= 1 << bit;
        }
        expect(rig.peek(0xa0000)).toBe(expected);
      }),
    );
  });

  it('fill the latches, which register 22h shows', () => {
    const rig = planar([1, 2, 3, 4]);
    rig.graphics(4, 2);
    expect(rig.get(0x3d4, 0x22)).toBe(3);
  });
});

describe('addressing', () => {
  it('chain 4 puts address 4n + p into plane p at 4n', () => {
    const rig = new VgaRig(0x13);
    for (const at of [0, 1, 2, 3, 5, 0x1236, 0xffff]) {
      rig.poke(0xa0000 + at, 0xc0 | (at & 15));
      expect(rig.state.planes[4 * (at & ~3) + (at & 3)]).toBe(0xc0 | (at & 15));
      expect(rig.peek(0xa0000 + at)).toBe(0xc0 | (at & 15));
    }
  });

  it('chain 4 wants a single plane open in the map mask', () => {
    const rig = new VgaRig(0x13);
    rig.sequencer(2, 0x02);
    rig.bus.memory.write(0xa0000, 0x44332211, 4);
    expect([...rig.state.planes.subarray(0, 4)]).toEqual([0, 0x22, 0, 0]);
  });

  it('odd/even puts characters into plane 0 and attributes into plane 1, both at even addresses', () => {
    const rig = new VgaRig(3);
    rig.bus.memory.write(0xb8000 + 320, 0x1f41, 2);
    expect([...rig.state.planes.subarray(4 * 320, 4 * 320 + 2)]).toEqual([0x41, 0x1f]);
    expect(rig.bus.memory.read(0xb8000 + 320, 2)).toBe(0x1f41);
  });

  it('answers in the window of graphics register 6 only', () => {
    const rig = new VgaRig(0x12);
    const windows = [0, 1, 2, 3].map((window) => {
      rig.graphics(6, 1 | (window << 2));
      return [0xa0000, 0xaffff, 0xb0000, 0xb7fff, 0xb8000, 0xbffff].map((address) => {
        rig.poke(address, 0x5a);
        return rig.peek(address) === 0x5a;
      });
    });
    expect(windows).toEqual([
      [true, true, true, true, true, true],
      [true, true, false, false, false, false],
      [false, false, true, true, false, false],
      [false, false, false, false, true, true],
    ]);
  });

  it('answers only while the miscellaneous register enables the memory', () => {
    const rig = new VgaRig(0x12);
    rig.bus.out(0x3c2, 0xe1);
    rig.poke(0xa0000, 0x5a);
    expect(rig.peek(0xa0000)).toBe(0xff);
    expect(rig.state.planes[0]).toBe(0);
  });
});

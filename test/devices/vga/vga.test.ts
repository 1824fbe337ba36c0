import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhysicalMemory } from '../../../src/core/memory.js';
import { Vga } from '../../../src/devices/vga/vga.js';
import { deviceLaws } from '../support/deviceLaws.js';
import type { FakeBus } from '../support/fakeBus.js';
import { VgaRig } from './rig.js';

/** The memory of the bus that a device is on. */
const memories = new WeakMap<object, PhysicalMemory>();

function build(bus: FakeBus): Vga {
  const vga = new Vga(bus, { name: 'vga' });
  memories.set(vga, bus.memory);
  return vga;
}

deviceLaws('VGA', build, {
  runs: 12,
  /** Writes to display memory and reads it, in sizes that straddle planes. */
  poke: (vga, argument) => {
    const memory = memories.get(vga)!;
    const address = 0xa0000 + (argument & 7) + 0x8000 * ((argument >> 3) & 3);
    if (argument & 0x20) memory.write(address, argument * 0x10001, 4);
    return memory.read(address, argument & 0x40 ? 2 : 1);
  },
  values: { 960: [0x20, 0x10, 0x30], 962: [0x63, 0x67, 0x00], 963: [1, 1, 1, 0], 964: [0, 1, 4] },
});

describe('addresses', () => {
  it('follow bit 0 of the miscellaneous output register', () => {
    const rig = new VgaRig();
    rig.bus.out(0x3c2, 0x67);
    rig.set(0x3d4, 0x0e, 0x12);
    expect(rig.get(0x3d4, 0x0e)).toBe(0x12);
    expect(rig.bus.in(0x3b5)).toBe(0xff);
    rig.bus.out(0x3c2, 0x66);
    expect(rig.get(0x3b4, 0x0e)).toBe(0x12);
    expect(rig.bus.in(0x3d5)).toBe(0xff);
    expect(rig.bus.in(0x3cc)).toBe(0x66);
  });

  it('leave 3BCh to 3BFh to a parallel port', () => {
    const { bus } = new VgaRig();
    expect(bus.claimed.filter((port) => port >= 0x3bc && port <= 0x3bf)).toEqual([]);
    expect(bus.claimed[0]).toBe(0x3b0);
    expect(bus.claimed.at(-1)).toBe(0x3df);
  });

  it('take a word as index and data', () => {
    const rig = new VgaRig();
    rig.bus.out(0x3ce, 0x5a08, 2);
    expect(rig.bus.in(0x3ce, 2)).toBe(0x5a08);
    expect(rig.get(0x3ce, 8)).toBe(0x5a);
  });

  it('answer nothing but 3C3h while the subsystem is disabled', () => {
    const rig = new VgaRig(0x13);
    rig.poke(0xa0000, 0x42);
    rig.bus.out(0x3c3, 0);
    rig.poke(0xa0000, 0x17);
    rig.bus.out(0x3c2, 0);
    expect([rig.bus.in(0x3cc), rig.peek(0xa0000), rig.bus.in(0x3c3)]).toEqual([0xff, 0xff, 0]);
    rig.bus.out(0x3c3, 1);
    expect([rig.bus.in(0x3cc), rig.peek(0xa0000)]).toEqual([0x63, 0x42]);
  });
});

describe('registers', () => {
  it.each([
    ['sequencer', 0x3c4, [0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0, 0, 0]],
    ['graphics controller', 0x3ce, [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff, 0, 0]],
  ] as const)('of the %s keep the bits that exist', (_name, port, masks) => {
    const rig = new VgaRig();
    masks.forEach((mask, index) => {
      rig.set(port, index, 0xff);
      expect(rig.get(port, index)).toBe(mask);
    });
  });

  it('0 to 7 of the CRTC are protected by bit 7 of 11h, but for line compare bit 8', () => {
    const rig = new VgaRig(3);
    for (let index = 0; index < 8; index++) rig.crtc(index, 0x00);
    expect(rig.get(0x3d4, 0x00)).toBe(0x5f);
    expect(rig.get(0x3d4, 0x01)).toBe(0x4f);
    expect(rig.get(0x3d4, 0x07)).toBe(0x1f & ~0x10);
    rig.crtc(0x11, 0x0e);
    rig.crtc(0x01, 0x27);
    expect(rig.get(0x3d4, 0x01)).toBe(0x27);
  });

  it('of the attribute controller take index and data in turn, reset by input status 1', () => {
    const rig = new VgaRig(3);
    rig.bus.in(0x3da);
    rig.bus.out(0x3c0, 0x31);
    rig.bus.out(0x3c0, 0x2a);
    rig.bus.out(0x3c0, 0x31);
    expect(rig.bus.in(0x3c1)).toBe(0x2a);
    rig.bus.in(0x3da);
    rig.bus.out(0x3c0, 0x33);
    expect(rig.bus.in(0x3c0)).toBe(0x33);
    expect(rig.bus.in(0x3c1)).toBe(0x08);
  });

  it('of the palette are written only while the palette is cut off', () => {
    const rig = new VgaRig(3);
    const write = (index: number, value: number) => {
      rig.bus.in(0x3da);
      rig.bus.out(0x3c0, index);
      rig.bus.out(0x3c0, value);
      return rig.bus.in(0x3c1);
    };
    expect(write(0x21, 0x3f)).toBe(0x01);
    expect(write(0x01, 0xff)).toBe(0x3f);
  });

  it('of feature control and the retrieval ports read back', () => {
    const rig = new VgaRig(3);
    rig.bus.out(0x3da, 0x08);
    expect(rig.bus.in(0x3ca)).toBe(0x08);
    expect(rig.bus.in(0x3c2) & 0x10).toBe(0x10);
  });
});

describe('DAC', () => {
  const colours = fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), { minLength: 1, maxLength: 20 });

  it('reads back six bits of what was written, from any index on, wrapping', () => {
    const { bus } = new VgaRig();
    fc.assert(
      fc.property(fc.nat(255), colours, (first, all) => {
        bus.out(0x3c8, first);
        for (const level of all.flat()) bus.out(0x3c9, level);
        expect(bus.in(0x3c8)).toBe((first + all.length) % 256);
        bus.out(0x3c7, first);
        expect(bus.in(0x3c7)).toBe(3);
        for (const level of all.flat()) expect(bus.in(0x3c9)).toBe(level & 0x3f);
      }),
    );
  });

  it('stores a colour only when blue has come', () => {
    const { bus, state } = new VgaRig();
    bus.out(0x3c8, 5);
    bus.out(0x3c9, 1);
    bus.out(0x3c9, 2);
    expect([...state.dac.subarray(15, 18)]).toEqual([0, 0, 0]);
    bus.out(0x3c9, 3);
    expect([...state.dac.subarray(15, 18)]).toEqual([1, 2, 3]);
    bus.out(0x3c8, 5);
    bus.out(0x3c9, 9);
    bus.out(0x3c8, 5);
    for (const level of [4, 5, 6]) bus.out(0x3c9, level);
    expect([...state.dac.subarray(15, 18)]).toEqual([4, 5, 6]);
  });
});

describe('reset', () => {
  it('clears registers, keeps memory and colours', () => {
    const rig = new VgaRig(0x13);
    rig.poke(0xa0004, 0x99);
    const dac = rig.state.dac.slice();
    rig.vga.reset();
    expect(rig.state.planes[16]).toBe(0x99);
    expect(rig.state.dac).toEqual(dac);
    expect(rig.bus.in(0x3cc)).toBe(0);
    expect(rig.get(0x3c4, 4)).toBe(0);
    expect(rig.bus.in(0x3c6)).toBe(0xff);
  });
});

describe('notes', () => {
  it('tell of each change of mode once, and of nothing else', () => {
    const rig = new VgaRig(3);
    const seen = () => rig.bus.notes.splice(0).map((n) => [n.kind, n.what, n.a, n.b]);
    expect(seen()).toEqual([['screen', 'mode', 720, 400]]);
    rig.print(0, 0, 'text is not noted');
    rig.crtc(0x0f, 5);
    rig.attribute(0x11, 3);
    expect(seen()).toEqual([]);
    rig.setMode(0x12);
    rig.setMode(0x12);
    rig.setMode(0x0d);
    expect(seen()).toEqual([
      ['screen', 'mode', 640, 480],
      ['screen', 'mode', 320, 200],
    ]);
  });
});

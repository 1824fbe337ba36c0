import { describe, expect, it } from 'vitest';
import { pitMultiple } from '../../../src/core/time.js';
import { Mda } from '../../../src/devices/cga/mda.js';
import { deviceLaws } from '../support/deviceLaws.js';
import { FakeBus } from '../support/fakeBus.js';

/** 6845 values from IBM's BIOS (PC/XT Technical Reference, VIDEO_PARMS). */
const CRTC = [0x61, 0x50, 0x52, 0x0f, 0x19, 6, 0x19, 0x19, 2, 0x0d, 0x0b, 0x0c];
const [INDEX, DATA, MODE, STATUS] = [0x3b4, 0x3b5, 0x3b8, 0x3ba];
const BLOCK = 0xdb;

function build() {
  const bus = new FakeBus({ frequency: pitMultiple(4) });
  const mda = new Mda(bus, { name: 'mda' });
  mda.reset();
  const set = (register: number, value: number) => {
    bus.out(INDEX, register);
    bus.out(DATA, value);
  };
  CRTC.forEach((value, register) => {
    set(register, value);
  });
  bus.out(MODE, 0x29);
  const put = (cell: number, character: number, attribute: number) =>
    bus.memory.write(0xb0000 + 2 * cell, character | (attribute << 8), 2);
  const pixel = (x: number, y: number, frame = 0) => mda.picture(frame).rgb[3 * (y * 720 + x)];
  return { bus, mda, set, put, pixel };
}

describe('MDA', () => {
  it('is 80 by 25 characters of 9 by 14', () => {
    const { mda, put } = build();
    put(80, 'A'.charCodeAt(0), 7);
    expect(mda.screenText()).toMatchObject({ columns: 80, rows: 25 });
    expect(mda.screenText().lines[1]!.trim()).toBe('A');
    expect(mda.picture()).toMatchObject({ width: 720, height: 350 });
  });

  it('joins box drawing over the ninth dot, nothing else', () => {
    const { put, pixel } = build();
    put(1, BLOCK, 7);
    put(81, 0xb1, 7);
    expect([pixel(9, 3), pixel(17, 3), pixel(18, 3)]).toEqual([0xaa, 0xaa, 0]);
    expect(Array.from({ length: 14 }, (_, y) => pixel(17, 14 + y))).toEqual(new Array(14).fill(0));
  });

  it('has plain, intense, reversed, underlined and hidden characters', () => {
    const { put, pixel } = build();
    const attributes = [0x07, 0x0f, 0x70, 0x01, 0x00, 0x08, 0x17];
    attributes.forEach((attribute, i) => {
      put(10 + i, BLOCK, attribute);
    });
    expect(attributes.map((_, i) => pixel(90 + 9 * i, 2))).toEqual([0xaa, 0xff, 0, 0xaa, 0, 0, 0xaa]);
    put(90, 0x20, 0x70);
    put(91, 0x20, 0x01);
    expect(pixel(90, 14)).toBe(0xaa);
    expect([11, 12, 13].map((y) => pixel(99, 14 + y))).toEqual([0, 0xaa, 0]);
  });

  it('blinks in 16 of 32 frames', () => {
    const { put, pixel } = build();
    put(10, BLOCK, 0x87);
    expect([pixel(90, 0, 0), pixel(90, 0, 16)]).toEqual([0xaa, 0]);
  });

  it('has frames of 370 lines of 882 dots at 16.257 MHz, 50 a second', () => {
    const { bus } = build();
    const clock = (dots: number) => Math.ceil((dots * (315e6 / 88 / 3) * 4) / 16_257_000 + 1);
    let displayed = 0;
    for (let line = 0; line < 370; line++) {
      bus.runTo(clock(line * 882 + 18));
      if (bus.in(STATUS) & 8) displayed++;
    }
    expect(displayed).toBe(350);
    bus.runTo(clock(370 * 882 + 18));
    expect(bus.in(STATUS) & 9).toBe(8);
    bus.runTo(clock(370 * 882 + 9 * 0x55)); // in horizontal sync
    expect(bus.in(STATUS) & 9).toBe(1);
  });

  it('is dark while the video is off', () => {
    const { bus, mda, put, pixel } = build();
    put(10, BLOCK, 7);
    bus.out(MODE, 0x01);
    expect([pixel(90, 0), mda.screenText().blank]).toEqual([0, true]);
  });

  it('sees its 4 KiB up to B7FFFh', () => {
    const { bus } = build();
    bus.memory.write(0xb7fff, 0x5a, 1);
    expect(bus.memory.read(0xb0fff, 1)).toBe(0x5a);
  });
});

deviceLaws('MDA', (bus) => new Mda(bus, { name: 'mda' }), {
  poke: (device) => (device as Mda).screenText().lines.length,
});

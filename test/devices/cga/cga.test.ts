import { describe, expect, it } from 'vitest';
import { pitMultiple } from '../../../src/core/time.js';
import { Cga } from '../../../src/devices/cga/cga.js';
import { deviceLaws } from '../support/deviceLaws.js';
import { FakeBus } from '../support/fakeBus.js';

/** 6845 values from IBM's BIOS (PC/XT Technical Reference, VIDEO_PARMS), mode and colour select. */
const MODES = {
  text40: { crtc: [0x38, 0x28, 0x2d, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7], mode: 0x28, colour: 0x30 },
  text80: { crtc: [0x71, 0x50, 0x5a, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7], mode: 0x29, colour: 0x30 },
  coarse: { crtc: [0x38, 0x28, 0x2d, 0x0a, 0x7f, 6, 0x64, 0x70, 2, 1, 6, 7], mode: 0x2a, colour: 0x30 },
  fine: { crtc: [0x38, 0x28, 0x2d, 0x0a, 0x7f, 6, 0x64, 0x70, 2, 1, 6, 7], mode: 0x1e, colour: 0x3f },
} as const;
const [INDEX, DATA, MODE, COLOUR, STATUS] = [0x3d4, 0x3d5, 0x3d8, 0x3d9, 0x3da];

function build(mode: keyof typeof MODES) {
  // The PC/XT's clock: three dots a clock.
  const bus = new FakeBus({ frequency: pitMultiple(4) });
  const cga = new Cga(bus, { name: 'cga' });
  cga.reset();
  const set = (register: number, value: number) => {
    bus.out(INDEX, register);
    bus.out(DATA, value);
  };
  MODES[mode].crtc.forEach((value, register) => {
    set(register, value);
  });
  bus.out(MODE, MODES[mode].mode);
  bus.out(COLOUR, MODES[mode].colour);
  const poke = (address: number, ...bytes: number[]) => {
    bytes.forEach((byte, i) => {
      bus.memory.write(0xb8000 + address + i, byte, 1);
    });
  };
  const print = (row: number, column: number, text: string, attribute = 7) => {
    [...text].forEach((c, i) => {
      poke(2 * (row * MODES[mode].crtc[1] + column + i), c.charCodeAt(0), attribute);
    });
  };
  const pixel = (x: number, y: number, frame = 0) => {
    const { width, rgb } = cga.picture(frame);
    return [...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  };
  return { bus, cga, set, poke, print, pixel };
}

const BLACK = [0, 0, 0];
const GREY = [0xaa, 0xaa, 0xaa];

describe('CGA status', () => {
  it('shows a frame of 262 lines of 912 dots, 200 of them displayed, 16 in sync', () => {
    const { bus } = build('text80');
    const clocksALine = 912 / 3;
    const seen = { displaying: 0, sync: 0 };
    for (let line = 0; line < 262; line++) {
      bus.runTo(line * clocksALine + 1);
      const status = bus.in(STATUS);
      if (!(status & 1)) seen.displaying++;
      if (status & 8) seen.sync++;
    }
    expect(seen).toEqual({ displaying: 200, sync: 16 });
    bus.runTo(262 * clocksALine + 1);
    expect(bus.in(STATUS) & 9).toBe(0);
  });

  it('displays 640 of 912 dots of a line', () => {
    for (const mode of ['text80', 'text40', 'coarse'] as const) {
      const { bus } = build(mode);
      let dots = 0;
      for (let clock = 0; clock < 304; clock++) {
        bus.runTo(clock);
        if (!(bus.in(STATUS) & 1)) dots += 3;
      }
      expect(Math.abs(dots - 640), mode).toBeLessThan(16);
    }
  });

  it('has no light pen', () => {
    expect(build('text80').bus.in(STATUS) & 6).toBe(4);
  });
});

describe('CGA registers', () => {
  it('are write-only but for the cursor address, at any even and odd port below 3D8h', () => {
    const { bus, set } = build('text80');
    set(14, 0xff);
    expect(bus.in(DATA)).toBe(0x3f);
    set(15, 0x81);
    expect([bus.in(DATA), bus.in(0x3d1)]).toEqual([0x81, 0x81]);
    set(1, 80);
    expect([bus.in(DATA), bus.in(MODE), bus.in(COLOUR)]).toEqual([0, 0xff, 0xff]);
  });

  it('take index and data as one word', () => {
    const { bus, cga } = build('text80');
    bus.out(INDEX, 0x340f, 2);
    expect(cga.state.crtc[15]).toBe(0x34);
  });

  it('sees its 16 KiB twice', () => {
    const { bus } = build('text80');
    bus.memory.write(0xbc123, 0x77, 1);
    expect(bus.memory.read(0xb8123, 1)).toBe(0x77);
  });
});

describe('CGA text', () => {
  it('is read as text, with attributes and cursor', () => {
    const { cga, set, print } = build('text80');
    print(24, 76, 'Last', 0x1e);
    set(14, (24 * 80 + 79) >> 8);
    set(15, (24 * 80 + 79) & 0xff);
    const screen = cga.screenText()!;
    expect([screen.columns, screen.rows, screen.blank]).toEqual([80, 25, false]);
    expect(screen.lines[24]!.slice(76)).toBe('Last');
    expect(screen.attributes[24 * 80 + 76]).toBe(0x1e);
    expect(screen.cursor).toEqual({ row: 24, column: 79, visible: true, start: 6, end: 7 });
  });

  it('has 40 columns, a start address, and a cursor that can be hidden or elsewhere', () => {
    const { cga, set, print } = build('text40');
    print(25, 0, 'Second page');
    set(13, 40);
    set(10, 0x20);
    const screen = cga.screenText()!;
    expect([screen.columns, screen.lines[24]!.trim()]).toEqual([40, 'Second page']);
    expect(screen.cursor).toBeUndefined();
    set(15, 41);
    expect(cga.screenText()!.cursor).toMatchObject({ row: 0, column: 1, visible: false });
  });

  it('draws cells of 8 by 8 in 16 colours', () => {
    const { cga, poke, set, pixel } = build('text80');
    set(10, 0x20);
    expect(cga.picture()).toMatchObject({ width: 640, height: 200 });
    poke(2 * (80 + 1), 0xdb, 0x1e); // a full block, yellow on blue
    expect(pixel(8, 8)).toEqual([0xff, 0xff, 0x55]);
    expect(pixel(15, 15)).toEqual([0xff, 0xff, 0x55]);
    expect(pixel(16, 8)).toEqual(BLACK);
    poke(2 * (80 + 1), 0x20, 0x61); // blanks on brown
    expect(pixel(8, 8)).toEqual([0xaa, 0x55, 0]);
  });

  it('blinks, or has bright backgrounds', () => {
    const { bus, poke, set, pixel } = build('text80');
    set(10, 0x20);
    poke(0, 0xdb, 0x87);
    expect([pixel(0, 0, 0), pixel(0, 0, 16), pixel(0, 0, 32)]).toEqual([GREY, BLACK, GREY]);
    bus.out(MODE, 0x09);
    poke(0, 0x20, 0x97);
    expect(pixel(0, 0, 16)).toEqual([0x55, 0x55, 0xff]);
  });

  it('shows the cursor on its lines of the cell', () => {
    const { poke, pixel } = build('text80');
    poke(0, 0x20, 0x07);
    expect([5, 6, 7, 8].map((y) => pixel(0, y))).toEqual([BLACK, GREY, GREY, BLACK]);
    expect(pixel(0, 6, 8)).toEqual(BLACK);
  });

  it('is dark while the video is off', () => {
    const { bus, cga, print, pixel } = build('text80');
    print(0, 0, '\u00db');
    bus.out(MODE, 0x21);
    expect([pixel(0, 0), cga.screenText()!.blank]).toEqual([BLACK, true]);
  });
});

describe('CGA graphics', () => {
  it('are no text', () => {
    expect(build('coarse').cga.screenText()).toBeUndefined();
  });

  it('of 320 by 200 have two bits a pixel, odd lines 8 KiB on', () => {
    const { bus, cga, poke, pixel } = build('coarse');
    expect(cga.picture()).toMatchObject({ width: 320, height: 200 });
    poke(0, 0b00_01_10_11);
    poke(0x2000 + 79, 0b11);
    const cyan = [0x55, 0xff, 0xff];
    const magenta = [0xff, 0x55, 0xff];
    const white = [0xff, 0xff, 0xff];
    expect([0, 1, 2, 3].map((x) => pixel(x, 0))).toEqual([BLACK, cyan, magenta, white]);
    expect([pixel(319, 1), pixel(318, 1)]).toEqual([white, BLACK]);
    bus.out(COLOUR, 0x01); // green, red, brown, not intense, on blue
    const expected = [
      [0, 0, 0xaa],
      [0, 0xaa, 0],
      [0xaa, 0, 0],
      [0xaa, 0x55, 0],
    ];
    expect([0, 1, 2, 3].map((x) => pixel(x, 0))).toEqual(expected);
    bus.out(MODE, 0x2e); // colour off: cyan, red, white
    expect([1, 2, 3].map((x) => pixel(x, 0))).toEqual([[0, 0xaa, 0xaa], [0xaa, 0, 0], GREY]);
  });

  it('of 640 by 200 have one bit a pixel in the foreground colour', () => {
    const { bus, cga, poke, pixel } = build('fine');
    expect(cga.picture()).toMatchObject({ width: 640, height: 200 });
    poke(80 * 99 + 0x2000, 0x40);
    expect([pixel(0, 199), pixel(1, 199)]).toEqual([BLACK, [0xff, 0xff, 0xff]]);
    bus.out(COLOUR, 2);
    expect(pixel(1, 199)).toEqual([0, 0xaa, 0]);
  });
});

deviceLaws('CGA', (bus) => new Cga(bus, { name: 'cga' }), {
  poke: (device) => (device as Cga).screenText()?.lines.length,
});

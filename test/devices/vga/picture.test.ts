import { describe, expect, it } from 'vitest';
import { FONT_8X16 } from '../../../src/devices/vga/fonts.js';
import { type Picture, renderPicture } from '../../../src/devices/vga/picture.js';
import { VgaRig } from './rig.js';

/** The sixteen colours of a PC as a VGA's monitor shows them. */
const BLACK = '000000';
const BLUE = '0000aa';
const GREY = 'aaaaaa';
const YELLOW = 'ffff55';
const WHITE = 'ffffff';
const RED = 'aa0000';

function pixel({ width, rgb }: Picture, x: number, y: number): string {
  const at = 3 * (y * width + x);
  return Buffer.from(rgb.subarray(at, at + 3)).toString('hex');
}

const pixels = (p: Picture, y: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => pixel(p, from + i, y));

describe('256 colours', () => {
  it('shows each byte of mode 13h as one pixel', () => {
    const rig = new VgaRig(0x13);
    rig.poke(0xa0000, 14);
    rig.poke(0xa0000 + 320 * 199 + 319, 40);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height, p.rgb.length]).toEqual([320, 200, 320 * 200 * 3]);
    expect([pixel(p, 0, 0), pixel(p, 1, 0), pixel(p, 319, 199)]).toEqual([YELLOW, BLACK, 'ff0000']);
  });

  it('unchained (mode X, 320x240), has pixel x in plane x mod 4 at byte x / 4', () => {
    const rig = new VgaRig(0x13);
    rig.sequencer(4, 0x06);
    rig.bus.out(0x3c2, 0xe3);
    rig.crtc(0x11, 0x2c);
    const tweaks = [0x06, 0x0d, 0x07, 0x3e, 0x10, 0xea, 0x11, 0xac, 0x12, 0xdf, 0x14, 0x00, 0x15, 0xe7];
    for (let i = 0; i < tweaks.length; i += 2) rig.crtc(tweaks[i]!, tweaks[i + 1]!);
    rig.crtc(0x17, 0xe3);
    rig.sequencer(2, 0x04);
    rig.poke(0xa0000 + 80 * 239 + 2, 15);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height]).toEqual([320, 240]);
    expect(pixels(p, 239, 8, 12)).toEqual([BLACK, BLACK, WHITE, BLACK]);
  });

  it('obeys the PEL mask', () => {
    const rig = new VgaRig(0x13);
    rig.poke(0xa0000, 0xf1);
    rig.bus.out(0x3c6, 0x0f);
    expect(pixel(renderPicture(rig.vga), 0, 0)).toBe(BLUE);
  });
});

describe('planar graphics', () => {
  it('makes a colour of a bit from each plane', () => {
    const rig = new VgaRig(0x12);
    rig.sequencer(2, 0x0e);
    rig.poke(0xa0000 + 80 * 479 + 79, 0x01);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height]).toEqual([640, 480]);
    expect(pixels(p, 479, 638, 640)).toEqual([BLACK, YELLOW]);
  });

  it.each([
    [0x0d, 320, 200],
    [0x0e, 640, 200],
    [0x10, 640, 350],
  ])('mode %i has its size, each line once', (mode, width, height) => {
    const rig = new VgaRig(mode);
    rig.sequencer(2, 0x01);
    rig.poke(0xa0000 + (width / 8) * (height - 1), 0x80);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height]).toEqual([width, height]);
    expect([pixel(p, 0, height - 2), pixel(p, 0, height - 1), pixel(p, 1, height - 1)]).toEqual([
      BLACK,
      BLUE,
      BLACK,
    ]);
  });

  it('masks planes by color plane enable', () => {
    const rig = new VgaRig(0x12);
    rig.poke(0xa0000, 0x80);
    rig.attribute(0x12, 0x01);
    expect(pixel(renderPicture(rig.vga), 0, 0)).toBe(BLUE);
  });

  it('takes the upper bits of a colour from color select', () => {
    const rig = new VgaRig(0x12);
    rig.poke(0xa0000, 0x80);
    rig.bus.out(0x3c8, 0xef);
    for (const level of [63, 0, 63]) rig.bus.out(0x3c9, level);
    rig.attribute(0x14, 0x0e);
    // Bits 7 and 6 always: palette entry 3Fh becomes FFh. Bits 5 and 4 only if the mode says so: EFh.
    expect(pixel(renderPicture(rig.vga), 0, 0)).toBe(BLACK);
    rig.attribute(0x10, 0x81);
    expect(pixel(renderPicture(rig.vga), 0, 0)).toBe('ff00ff');
  });

  it('starts bytes later by byte panning, and wraps a counter of 16 bits', () => {
    const rig = new VgaRig(0x12);
    rig.poke(0xa0001, 0x80);
    rig.crtc(0x0c, 0xff);
    rig.crtc(0x0d, 0xfe);
    expect(pixel(renderPicture(rig.vga), 24, 0)).toBe(WHITE);
    rig.crtc(0x08, 0x40);
    expect(pixel(renderPicture(rig.vga), 8, 0)).toBe(WHITE);
  });

  it('shifts by pixel panning, showing one more byte at the right', () => {
    const rig = new VgaRig(0x0d);
    rig.crtc(0x13, 21);
    rig.poke(0xa0000, 0x10);
    rig.poke(0xa0000 + 40, 0x80);
    rig.attribute(0x13, 3);
    const p = renderPicture(rig.vga);
    expect(pixels(p, 0, 0, 2)).toEqual([WHITE, BLACK]);
    expect(pixels(p, 0, 316, 320)).toEqual([BLACK, WHITE, BLACK, BLACK]);
  });

  it('splits at the line compare, where panning may end', () => {
    const rig = new VgaRig(0x12);
    rig.poke(0xa0000, 0x80);
    rig.crtc(0x0c, 0x40);
    rig.crtc(0x18, 99);
    rig.crtc(0x07, 0x2e);
    rig.crtc(0x09, 0x00);
    rig.attribute(0x13, 1);
    const split = () => [99, 100].map((y) => pixel(renderPicture(rig.vga), 0, y));
    expect(split()).toEqual([BLACK, BLACK]);
    rig.attribute(0x10, 0x21);
    expect(split()).toEqual([BLACK, WHITE]);
  });
});

describe('CGA graphics', () => {
  it('mode 4 has four pixels a byte, odd lines 8 KiB up, cyan magenta white', () => {
    const rig = new VgaRig(0x04);
    rig.poke(0xb8000, 0x1b);
    rig.poke(0xb8001, 0xe4);
    rig.poke(0xba000, 0x40);
    rig.poke(0xb8000 + 80 * 99 + 79, 0x03);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height]).toEqual([320, 200]);
    const [cyan, magenta] = ['55ffff', 'ff55ff'];
    expect(pixels(p, 0, 0, 8)).toEqual([BLACK, cyan, magenta, WHITE, WHITE, magenta, cyan, BLACK]);
    expect(pixels(p, 1, 0, 2)).toEqual([cyan, BLACK]);
    expect(pixel(p, 319, 198)).toBe(WHITE);
  });

  it('mode 6 has eight pixels a byte', () => {
    const rig = new VgaRig(0x06);
    rig.poke(0xb8000, 0x81);
    rig.poke(0xba000 + 79, 0x01);
    const p = renderPicture(rig.vga);
    expect([p.width, p.height]).toEqual([640, 200]);
    expect(pixels(p, 0, 0, 8)).toEqual([WHITE, BLACK, BLACK, BLACK, BLACK, BLACK, BLACK, WHITE]);
    expect(pixel(p, 639, 1)).toBe(WHITE);
  });
});

describe('text', () => {
  /** A cell as rows of `#` where it has the foreground's colour. */
  function cell(p: Picture, row: number, column: number, foreground: string, height = 16): string[] {
    return Array.from({ length: height }, (_, y) =>
      pixels(p, row * height + y, column * 9, column * 9 + 9)
        .map((rgb) => (rgb === foreground ? '#' : '.'))
        .join(''),
    );
  }

  const withoutCursor = () => {
    const rig = new VgaRig(3);
    rig.crtc(0x0a, 0x20);
    return rig;
  };

  it('draws the font of plane 2, nine dots wide, in the colours of the attribute', () => {
    const rig = withoutCursor();
    rig.print(2, 5, 'R', 0x1e);
    const p = renderPicture(rig.vga);
    const glyph = [...FONT_8X16.subarray(16 * 0x52, 16 * 0x53)].map(
      (bits) => `${bits.toString(2).padStart(8, '0').replaceAll('0', '.').replaceAll('1', '#')}.`,
    );
    expect(cell(p, 2, 5, YELLOW)).toEqual(glyph);
    expect(pixel(p, 5 * 9 + 8, 2 * 16)).toBe(BLUE);
  });

  it('repeats the eighth dot in C0h to DFh only, and only if the mode says so', () => {
    const rig = withoutCursor();
    rig.print(0, 0, '\xdb\xb2\xc4\x16');
    const ninth = () => [0, 1, 2, 3].map((c) => pixel(renderPicture(rig.vga), c * 9 + 8, 7) === GREY);
    expect(ninth()).toEqual([true, false, FONT_8X16[0xc4 * 16 + 7]! % 2 === 1, false]);
    rig.attribute(0x10, 0x08);
    expect(ninth()).toEqual([false, false, false, false]);
  });

  it('blinks characters with attribute bit 7 for 16 of 32 frames, or gives them bright backgrounds', () => {
    const rig = withoutCursor();
    rig.print(0, 0, '\xdb', 0x8f);
    const at = (frame: number) => pixel(renderPicture(rig.vga, frame), 4, 8);
    expect([0, 15, 16, 31, 32].map(at)).toEqual([WHITE, WHITE, BLACK, BLACK, WHITE]);
    rig.attribute(0x10, 0x04);
    rig.print(0, 0, ' ', 0xc0);
    expect([0, 16].map(at)).toEqual(['ff5555', 'ff5555']);
  });

  it('draws the cursor between its lines for 8 of 16 frames', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x0f, 1);
    const full = '#########';
    const lines = (frame: number) =>
      cell(renderPicture(rig.vga, frame), 0, 1, GREY).flatMap((line, y) => (line === full ? [y] : []));
    expect([lines(0), lines(7), lines(8), lines(16)]).toEqual([[13, 14], [13, 14], [], [13, 14]]);
  });

  it('takes one of two fonts by attribute bit 3', () => {
    const rig = withoutCursor();
    rig.state.planes[4 * (0x4000 + 32 * 0x41) + 2] = 0x80;
    rig.sequencer(3, 0x04);
    rig.print(0, 0, 'AA', 0x0f);
    rig.print(0, 1, 'A', 0x04);
    const p = renderPicture(rig.vga);
    expect(cell(p, 0, 0, WHITE)[0]).toBe('#........');
    expect(cell(p, 0, 1, RED)[2]).not.toBe('.........');
  });

  it('underlines blue attributes where the underline is in the cell', () => {
    const rig = new VgaRig(0x07);
    rig.poke(0xb0000, 0x20);
    rig.poke(0xb0001, 0x01);
    rig.set(0x3b4, 0x0a, 0x20);
    const p = renderPicture(rig.vga);
    expect([12, 13].map((y) => pixel(p, 3, y))).toEqual([BLACK, BLACK]);
    rig.set(0x3b4, 0x14, 0x0d);
    expect([12, 13].map((y) => pixel(renderPicture(rig.vga), 3, y))).toEqual([BLACK, GREY]);
  });

  it('pans by dots, counting from 8 in nine-dot cells', () => {
    const rig = withoutCursor();
    rig.print(0, 0, '\xdb ', 0x0f);
    const left = (value: number) => {
      rig.attribute(0x13, value);
      return pixels(renderPicture(rig.vga), 0, 0, 9).filter((rgb) => rgb === WHITE).length;
    };
    expect([left(8), left(0), left(1), left(7)]).toEqual([9, 8, 7, 1]);
  });

  it('is black while the screen is off', () => {
    const rig = new VgaRig(3);
    rig.print(0, 0, '\xdb');
    rig.sequencer(1, 0x20);
    expect(renderPicture(rig.vga).rgb.every((level) => level === 0)).toBe(true);
  });
});

describe('hostile registers', () => {
  it('make at most 2304 x 2048 pixels', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x11, 0x00);
    for (let index = 0; index < 25; index++) if (index !== 0x11) rig.crtc(index, 0xff);
    rig.sequencer(1, 0x00);
    const p = renderPicture(rig.vga);
    expect(p.width * p.height).toBeLessThanOrEqual(2304 * 2048);
  });

  it('make a picture in the power-on state', () => {
    expect(renderPicture(new VgaRig().vga).rgb.every((level) => level === 0)).toBe(true);
  });
});

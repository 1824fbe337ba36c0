import { describe, expect, it } from 'vitest';
import { FONT_8X8, FONT_8X14, FONT_8X16 } from '../../../src/devices/vga/fonts.js';
import { MODES } from '../../../src/devices/vga/modes.js';
import { PALETTE_256, PALETTE_CGA, PALETTE_EGA, PALETTE_MONO } from '../../../src/devices/vga/palette.js';
import { biosVgaTables } from '../../../src/devices/vga/tables.js';
import { VgaRig } from './rig.js';

const colour = (palette: Uint8Array, index: number) => [...palette.subarray(3 * index, 3 * index + 3)];

describe('mode tables', () => {
  it.each([...MODES.keys()])('mode %i is what the chip holds after it is set', (number) => {
    const rig = new VgaRig(number);
    const mode = MODES.get(number)!;
    expect(rig.bus.in(0x3cc)).toBe(mode.miscellaneous);
    expect(rig.state.crtc).toEqual(mode.crtc);
    expect(rig.state.sequencer.subarray(1)).toEqual(mode.sequencer);
    expect(rig.state.graphics).toEqual(mode.graphics);
    expect(rig.state.attribute.subarray(0, 20)).toEqual(mode.attribute);
    expect(rig.state.dac.subarray(0, mode.palette.length)).toEqual(mode.palette);
    expect(rig.state.attributeIndex & 0x20).toBe(0x20);
  });

  it('can be set after one another, over protected registers', () => {
    const rig = new VgaRig(0x07);
    for (const number of MODES.keys()) {
      rig.setMode(number);
      expect(rig.state.crtc).toEqual(MODES.get(number)!.crtc);
    }
  });

  it('make records of the BIOS parameter table', () => {
    const { modes, parameters } = biosVgaTables();
    expect(parameters.length).toBe(64 * modes.length);
    const start = 64 * modes.indexOf(3);
    expect(Buffer.from(parameters.subarray(start, start + 12)).toString('hex')).toBe(
      '501810001000030002675f4f',
    );
    expect(parameters[start + 63]).toBe(0xff);
  });
});

describe('palettes', () => {
  it('have EGA colours: brown at 14h, bright ones from 38h', () => {
    expect(colour(PALETTE_EGA, 0x14)).toEqual([0x2a, 0x15, 0]);
    expect(colour(PALETTE_EGA, 0x07)).toEqual([0x2a, 0x2a, 0x2a]);
    expect(colour(PALETTE_EGA, 0x38)).toEqual([0x15, 0x15, 0x15]);
    expect(colour(PALETTE_EGA, 0x39)).toEqual([0x15, 0x15, 0x3f]);
    expect(colour(PALETTE_EGA, 0x3f)).toEqual([0x3f, 0x3f, 0x3f]);
  });

  it('have CGA colours in the low intensity modes', () => {
    expect(colour(PALETTE_CGA, 0x06)).toEqual([0x2a, 0x15, 0]);
    expect(colour(PALETTE_CGA, 0x16)).toEqual([0x3f, 0x3f, 0x15]);
    expect(colour(PALETTE_MONO, 0x08)).toEqual([0x2a, 0x2a, 0x2a]);
    expect(colour(PALETTE_MONO, 0x18)).toEqual([0x3f, 0x3f, 0x3f]);
  });

  it('have the known 256 colours', () => {
    expect(PALETTE_256.length).toBe(768);
    expect(colour(PALETTE_256, 15)).toEqual([0x3f, 0x3f, 0x3f]);
    expect(colour(PALETTE_256, 24)).toEqual([0x1c, 0x1c, 0x1c]);
    // The first ramp, blue to magenta to red, and one entry of each further shade.
    const ramp = [32, 33, 34, 35, 36, 37, 38, 39, 40].map((i) => colour(PALETTE_256, i));
    expect(ramp.map(([red]) => red)).toEqual([0, 0x10, 0x1f, 0x2f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f]);
    expect(ramp.map(([, , blue]) => blue)).toEqual([0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x2f, 0x1f, 0x10, 0]);
    expect(colour(PALETTE_256, 48)).toEqual([0, 0x3f, 0]);
    expect(colour(PALETTE_256, 57)).toEqual([0x27, 0x1f, 0x3f]);
    expect(colour(PALETTE_256, 104)).toEqual([0, 0, 0x1c]);
    expect(colour(PALETTE_256, 177)).toEqual([4, 0, 0x10]);
    expect(colour(PALETTE_256, 247)).toEqual([0x0b, 0x0c, 0x10]);
    for (let i = 248; i < 256; i++) expect(colour(PALETTE_256, i)).toEqual([0, 0, 0]);
  });
});

describe('fonts', () => {
  const fonts = [
    { font: FONT_8X8, height: 8 },
    { font: FONT_8X14, height: 14 },
    { font: FONT_8X16, height: 16 },
  ];

  describe.each(fonts)('8x$height', ({ font, height }) => {
    const rows = (code: number) => [...font.subarray(code * height, (code + 1) * height)];

    it('has a glyph for each character but the blanks', () => {
      expect(font.length).toBe(256 * height);
      const empty = Array.from({ length: 256 }, (_, code) => code).filter((c) =>
        rows(c).every((r) => r === 0),
      );
      expect(empty).toEqual([0x00, 0x20, 0xff]);
    });

    it('tells all printable characters apart', () => {
      const glyphs = Array.from({ length: 94 }, (_, i) => rows(0x21 + i).join());
      expect(new Set(glyphs).size).toBe(94);
    });

    it('draws blocks and lines to the edges of the cell, so that they join', () => {
      expect(rows(0xdb)).toEqual(Array(height).fill(0xff));
      expect(rows(0xdc).map((r, y) => r === (y < height / 2 ? 0 : 0xff))).toEqual(Array(height).fill(true));
      expect(rows(0xdf).map((r, y) => r === (y < height / 2 ? 0xff : 0))).toEqual(Array(height).fill(true));
      expect(rows(0xdd)).toEqual(Array(height).fill(0xf0));
      expect(rows(0xde)).toEqual(Array(height).fill(0x0f));
      expect(rows(0xc4)).toContain(0xff);
      expect(rows(0xcd).filter((r) => r === 0xff).length).toBeGreaterThanOrEqual(2);
      expect(new Set(rows(0xb3)).size).toBe(1);
      expect(new Set(rows(0xba)).size).toBe(1);
      expect(rows(0xc5).filter((r) => r === 0xff)).toEqual(rows(0xc4).filter((r) => r === 0xff));
    });
  });
});

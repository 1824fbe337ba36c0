/**
 * What a colour monitor on a CGA shows, as RGB pixels, each once: 640x200 or 320x200, or whatever the 6845 is
 * programmed to. After the IBM Options and Adapters Technical Reference, "Color/Graphics Monitor Adapter".
 * The character generator's font is the project's 8x8 font. Left out: the border.
 */
import type { CellColours } from '../screen.js';
import { FONT_8X8 } from '../vga/fonts.js';
import type { Picture } from '../vga/picture.js';
import { cellAddress } from './cells.js';
import { type CgaState, Mode } from './cga.js';
import { columns, cursorAddress, cursorOn, rowHeight, rows } from './crtc6845.js';
import { blankPicture, type Dots, packedRgb, paint } from './raster.js';

const MEMORY_MASK = 0x3fff;
const ODD_LINES = 0x2000;
const GLYPH_LINES = 8;
/** Of 32 frames, blinking characters show in the first 16. */
const CHARACTER_OFF = 16;
/** "Color Select Register". */
const Colour = { first: 0x0f, intense: 0x10, cyanMagenta: 0x20 } as const;

/** The 16 colours, red, green and blue: bits 2, 1, 0, and intensity in 3; dark yellow is brown. */
const RGBI: readonly (readonly [number, number, number])[] = Array.from({ length: 16 }, (_, i) => {
  if (i === 6) return [0xaa, 0x55, 0x00];
  const level = (bit: number) => (i & bit ? 0xaa : 0) + (i & 8 ? 0x55 : 0);
  return [level(4), level(2), level(1)];
});

export function renderCga(s: CgaState, frame: number): Picture {
  const graphics = (s.mode & Mode.graphics) !== 0;
  const fine = graphics && (s.mode & Mode.fine) !== 0;
  const cell = fine ? 16 : 8;
  const picture = blankPicture(columns(s) * cell, rows(s) * rowHeight(s));
  if (!(s.mode & Mode.video)) return picture;
  const dots = !graphics ? textDots(s, frame) : fine ? fineDots(s) : coarseDots(s);
  paint(picture, rowHeight(s), cell, dots, RGBI);
  return picture;
}

function textDots(s: CgaState, frame: number): Dots {
  const blinks = (s.mode & Mode.blink) !== 0;
  return (row, raster, column, out) => {
    const cell = cellAddress(s, row, column);
    const at = (2 * cell) & MEMORY_MASK;
    const attribute = s.memory[at + 1]!;
    const hidden = blinks && attribute & 0x80 && frame & CHARACTER_OFF;
    const isCursor = ((cell ^ cursorAddress(s)) & (MEMORY_MASK >> 1)) === 0 && cursorOn(s, raster, frame);
    const glyph = hidden ? 0 : FONT_8X8[s.memory[at]! * GLYPH_LINES + (raster & 7)]!;
    const bits = isCursor ? 0xff : glyph;
    const background = (attribute >> 4) & (blinks ? 7 : 15);
    for (let x = 0; x < 8; x++) out[x] = bits & (0x80 >> x) ? attribute & 15 : background;
  };
}

export function cgaCellColours({ mode }: CgaState, attribute: number): CellColours {
  const background = (attribute >> 4) & (mode & Mode.blink ? 7 : 15);
  return { foreground: packedRgb(RGBI[attribute & 15]!), background: packedRgb(RGBI[background]!) };
}

/** The two bytes of a character clock; the lowest raster bit chooses the half of the memory. */
function word(s: CgaState, row: number, raster: number, column: number): number {
  const at = ((2 * cellAddress(s, row, column)) & (ODD_LINES - 1)) | (raster & 1 ? ODD_LINES : 0);
  return (s.memory[at]! << 8) | s.memory[at + 1]!;
}

/** 640 dots: one bit each, in the foreground colour on black. */
function fineDots(s: CgaState): Dots {
  const foreground = s.colour & Colour.first;
  return (row, raster, column, out) => {
    const bits = word(s, row, raster, column);
    for (let x = 0; x < 16; x++) out[x] = bits & (0x8000 >> x) ? foreground : 0;
  };
}

/** 320 dots: two bits each. */
function coarseDots(s: CgaState): Dots {
  const palette = paletteOf(s);
  return (row, raster, column, out) => {
    const bits = word(s, row, raster, column);
    for (let x = 0; x < 8; x++) out[x] = palette[(bits >> (14 - 2 * x)) & 3]!;
  };
}

/** Background, then green, red, brown, or cyan, magenta, white; with colour off cyan, red, white. */
function paletteOf({ mode, colour }: CgaState): readonly number[] {
  const intense = colour & Colour.intense ? 8 : 0;
  const blue = colour & Colour.cyanMagenta ? 1 : 0;
  const three = mode & Mode.blackAndWhite ? [3, 4, 7] : [2 + blue, 4 + blue, 6 + blue];
  return [colour & Colour.first, ...three.map((c) => c | intense)];
}

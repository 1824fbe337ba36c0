/**
 * The three fonts of the video BIOS as bytes, 256 characters each. The 8x16 font is data; the other two
 * follow from it by rule, except the 8x8 letters, which no rule shrinks well.
 */
import { GLYPHS_8X16 } from './font8x16.js';
import { LETTERS_8X8 } from './letters8x8.js';

const FIRST_LETTER = 0x21;

function bytes(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

const glyphs8x16 = GLYPHS_8X16.map(bytes);

export const FONT_8X16 = Uint8Array.from(glyphs8x16.flat());

/** 14 lines: the 8x16 font without its first and last scan lines, which only box drawing uses. */
export const FONT_8X14 = Uint8Array.from(glyphs8x16.flatMap((rows) => rows.slice(1, 15)));

/** 8 lines: letters of their own; the rest follows from the 8x16 font. */
export const FONT_8X8 = Uint8Array.from(
  glyphs8x16.flatMap((rows, code) => {
    const letter = LETTERS_8X8[code - FIRST_LETTER];
    return letter ? bytes(letter) : halved(code, rows);
  }),
);

/** Each two scan lines joined; shades are patterns of few lines, which joining would make stripes. */
function halved(code: number, rows: readonly number[]): readonly number[] {
  const isShade = code >= 0xb0 && code <= 0xb2;
  return isShade ? rows.slice(0, 8) : Array.from({ length: 8 }, (_, y) => rows[2 * y]! | rows[2 * y + 1]!);
}

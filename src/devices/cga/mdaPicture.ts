/**
 * What a monochrome monitor on an MDA shows, in greys. After the IBM Options and Adapters Technical
 * Reference, "Monochrome Display and Printer Adapter": attributes 00h, 08h, 80h, 88h show nothing, 70h and
 * its kin are reversed, foreground 1 is underlined; all others are plain. The font is the project's 8x14.
 */
import type { CellColours } from '../screen.js';
import { FONT_8X14 } from '../vga/fonts.js';
import type { Picture } from '../vga/picture.js';
import { cellAddress } from './cells.js';
import { columns, cursorAddress, cursorOn, rowHeight, rows } from './crtc6845.js';
import { CELL_WIDTH, Control, type MdaState } from './mda.js';
import { blankPicture, type Dots, packedRgb, paint } from './raster.js';

const MEMORY_MASK = 0x0fff;
const GLYPH_LINES = 14;
const UNDERLINE = 12;
const CHARACTER_OFF = 16;
const Attribute = { blink: 0x80, background: 0x70, intense: 0x08, foreground: 0x07 } as const;
/** Dark, normal, intense. */
const GREYS = [
  [0, 0, 0],
  [0xaa, 0xaa, 0xaa],
  [0xff, 0xff, 0xff],
] as const;

export function renderMda(s: MdaState, frame: number): Picture {
  const picture = blankPicture(columns(s) * CELL_WIDTH, rows(s) * rowHeight(s));
  if (s.mode & Control.video) paint(picture, rowHeight(s), CELL_WIDTH, textDots(s, frame), GREYS);
  return picture;
}

/** Foreground and background of an attribute, as greys. */
function shades(attribute: number, blinks: boolean): { readonly ink: number; readonly paper: number } {
  const intense = attribute & Attribute.intense ? 2 : 1;
  const foreground = attribute & Attribute.foreground;
  const reversed = (attribute & Attribute.background) === Attribute.background && foreground === 0;
  const brightPaper = !blinks && attribute & Attribute.blink ? 2 : 1;
  if (reversed) return { ink: 0, paper: brightPaper };
  const hidden = foreground === 0 && (attribute & Attribute.background) === 0;
  return { ink: hidden ? 0 : intense, paper: 0 };
}

export function mdaCellColours({ mode }: MdaState, attribute: number): CellColours {
  const { ink, paper } = shades(attribute, (mode & Control.blink) !== 0);
  return { foreground: packedRgb(GREYS[ink]!), background: packedRgb(GREYS[paper]!) };
}

function textDots(s: MdaState, frame: number): Dots {
  const blinks = (s.mode & Control.blink) !== 0;
  return (row, raster, column, out) => {
    const cell = cellAddress(s, row, column);
    const at = (2 * cell) & MEMORY_MASK;
    const character = s.memory[at]!;
    const attribute = s.memory[at + 1]!;
    const { ink, paper } = shades(attribute, blinks);
    const hidden = blinks && attribute & Attribute.blink && frame & CHARACTER_OFF;
    let bits = hidden ? 0 : glyphRow(character, raster);
    const underlined = (attribute & Attribute.foreground) === 1 && raster === UNDERLINE;
    const isCursor = ((cell ^ cursorAddress(s)) & (MEMORY_MASK >> 1)) === 0 && cursorOn(s, raster, frame);
    if (underlined || isCursor) bits = 0x1ff;
    const lit = isCursor ? ink || 1 : ink;
    for (let x = 0; x < CELL_WIDTH; x++) out[x] = bits & (0x100 >> x) ? lit : paper;
  };
}

/** Nine dots: box drawing (C0h to DFh) joins, elsewhere the ninth is dark. */
function glyphRow(character: number, raster: number): number {
  const bits = raster < GLYPH_LINES ? FONT_8X14[character * GLYPH_LINES + raster]! : 0;
  return (bits << 1) | ((character & 0xe0) === 0xc0 ? bits & 1 : 0);
}

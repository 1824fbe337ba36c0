/**
 * What the monitor shows, as RGB pixels: the graphics controller's serialisers, the attribute controller
 * and the DAC, for every mode the registers can make.
 *
 * After the IBM "PS/2 Hardware Interface Technical Reference, Video Subsystem", attribute controller and
 * DAC. Each pixel and line appears once: 320x200 is 320x200, though the monitor draws it doubled.
 * Left out: the border; blinking in graphics modes; the palette's effect on nibbles of 256 colours, where
 * the BIOS leaves it an identity.
 */
import type { CellColours } from '../screen.js';
import { counterAt, type Display, display, isBlank, planeIndex, type ScanLine, scanLine } from './display.js';
import { Attribute, Crtc, cursorAddress, Sequencer, type VgaState } from './registers.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel, rows from the top. */
  readonly rgb: Uint8Array;
}

/** The cursor is on for 8 of 16 frames, blinking characters for 16 of 32. */
const CURSOR_OFF = 8;
const CHARACTER_OFF = 16;

/** `frame` counts blinking (`Vga.frame()`); frame 0, the default, shows everything that blinks. */
export function renderPicture(vga: { readonly state: VgaState }, frame = 0): Picture {
  const s = vga.state;
  const screen = display(s);
  const { width, height, repeat } = screen;
  const rgb = new Uint8Array(width * height * 3);
  if (isBlank(s)) return { width, height, rgb };
  const draw = lineRenderer(s, screen, frame);
  // A line starts up to eight pixels to the left of the picture, by its panning.
  const pixels = new Uint8Array(width + screen.cellWidth);
  for (let y = 0; y < height; y++) {
    const line = scanLine(s, y * repeat);
    draw(line, pixels);
    colour(s, pixels.subarray(line.panning, line.panning + width), rgb, y * width * 3);
  }
  return { width, height, rgb };
}

/** Fills `pixels` with DAC indices of one line, one character clock more than is shown. */
type LineRenderer = (line: ScanLine, pixels: Uint8Array) => void;

function lineRenderer(s: VgaState, screen: Display, frame: number): LineRenderer {
  const internal = internalPalette(s);
  const cells = screen.columns + 1;
  if (screen.coding === 'text') return textRenderer(s, screen, internal, frame);
  const unpack = { planar, interleaved, packed }[screen.coding];
  return (line, pixels) => {
    for (let column = 0; column < cells; column++) {
      const at = planeIndex(s, counterAt(s, line, column), line.row);
      unpack(s.planes, at, internal, pixels, column * screen.cellWidth);
    }
  };
}

/** Colours 0 to 15 after the plane enables, the internal palette and colour select, as DAC indices. */
function internalPalette(s: VgaState): Uint8Array {
  const enable = s.attribute[Attribute.colorPlaneEnable]! & 0x0f;
  const select = s.attribute[Attribute.colorSelect]!;
  const selectLow = (s.attribute[Attribute.mode]! & 0x80) !== 0;
  return Uint8Array.from({ length: 16 }, (_, colour) => {
    const entry = s.attribute[colour & enable]!;
    const low = selectLow ? (entry & 0x0f) | ((select & 3) << 4) : entry;
    return low | ((select & 0x0c) << 4);
  });
}

function colour(s: VgaState, indices: Uint8Array, rgb: Uint8Array, at: number): void {
  for (let x = 0; x < indices.length; x++) {
    const entry = 3 * (indices[x]! & s.dacMask);
    for (let c = 0; c < 3; c++) rgb[at + 3 * x + c] = eightBits(s.dac[entry + c]!);
  }
}

/** The colours of a text cell, that of its character and that behind it. */
export function cellColours(vga: { readonly state: VgaState }, attribute: number): CellColours {
  const s = vga.state;
  const internal = internalPalette(s);
  const blinks = (s.attribute[Attribute.mode]! & 0x08) !== 0;
  const rgb = Uint8Array.from({ length: 3 * 2 });
  const indices = [internal[attribute & 0x0f]!, internal[(attribute >> 4) & (blinks ? 0x07 : 0x0f)]!];
  colour(s, Uint8Array.from(indices), rgb, 0);
  return { foreground: packed24(rgb, 0), background: packed24(rgb, 3) };
}

const packed24 = (rgb: Uint8Array, at: number): number =>
  (rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!;

/** 6 bits to 8, so that 63 becomes 255. */
function eightBits(level: number): number {
  return (level << 2) | (level >> 4);
}

// ---- graphics: one character clock into pixels ----

/** Eight pixels, one bit from each plane, the highest bit first. */
function planar(planes: Uint8Array, at: number, internal: Uint8Array, out: Uint8Array, x: number): void {
  for (let i = 0; i < 8; i++) {
    let value = 0;
    for (let plane = 0; plane < 4; plane++) value |= ((planes[at + plane]! >> (7 - i)) & 1) << plane;
    out[x + i] = internal[value]!;
  }
}

/** CGA: four pixels of two bits from plane 0, four from plane 1; planes 2 and 3 give the upper two bits. */
function interleaved(planes: Uint8Array, at: number, internal: Uint8Array, out: Uint8Array, x: number): void {
  for (let i = 0; i < 8; i++) {
    const odd = i >> 2;
    const shift = 6 - 2 * (i & 3);
    const low = (planes[at + odd]! >> shift) & 3;
    const high = (planes[at + 2 + odd]! >> shift) & 3;
    out[x + i] = internal[low | (high << 2)]!;
  }
}

/** 256 colours: a pixel from each plane. */
function packed(planes: Uint8Array, at: number, _internal: Uint8Array, out: Uint8Array, x: number): void {
  for (let plane = 0; plane < 4; plane++) out[x + plane] = planes[at + plane]!;
}

// ---- text ----

function textRenderer(s: VgaState, screen: Display, internal: Uint8Array, frame: number): LineRenderer {
  const mode = s.attribute[Attribute.mode]!;
  const blinks = (mode & 0x08) !== 0;
  const lineGraphics = (mode & 0x04) !== 0;
  return (line, pixels) => {
    const cursor = cursorOnRow(s, line.row, frame);
    for (let column = 0; column <= screen.columns; column++) {
      const counter = counterAt(s, line, column);
      const at = planeIndex(s, counter, line.row);
      const character = s.planes[at]!;
      const attribute = s.planes[at + 1]!;
      const hidden = blinks && attribute & 0x80 && frame & CHARACTER_OFF;
      let bits = hidden ? 0 : glyphRow(s, character, attribute, line.row);
      // Box drawing joins: the ninth dot repeats the eighth.
      const joins = lineGraphics && (character & 0xe0) === 0xc0;
      bits = (bits << 1) | (joins ? bits & 1 : 0);
      if (isUnderlined(s, attribute, line.row) || counter === cursor) bits = 0x1ff;
      const foreground = internal[attribute & 0x0f]!;
      const background = internal[(attribute >> 4) & (blinks ? 0x07 : 0x0f)]!;
      for (let dot = 0; dot < screen.cellWidth; dot++) {
        pixels[column * screen.cellWidth + dot] = bits & (0x100 >> dot) ? foreground : background;
      }
    }
  };
}

/** Bytes of plane 2 at which the eight fonts start. */
const FONTS = [0x0000, 0x4000, 0x8000, 0xc000, 0x2000, 0x6000, 0xa000, 0xe000];

/** Attribute bit 3 chooses font A (1) or B (0), sequencer register 3 which two of eight these are. */
function glyphRow(s: VgaState, character: number, attribute: number, row: number): number {
  const map = s.sequencer[Sequencer.characterMap]!;
  const a = ((map >> 2) & 3) | ((map >> 3) & 4);
  const b = (map & 3) | ((map >> 2) & 4);
  const font = FONTS[attribute & 0x08 ? a : b]!;
  return s.planes[4 * (font + 32 * character + row) + 2]!;
}

/** Attributes with blue alone in the foreground are underlined, where the underline is in the cell. */
function isUnderlined(s: VgaState, attribute: number, row: number): boolean {
  return (attribute & 0x77) === 0x01 && row === (s.crtc[Crtc.underline]! & 0x1f);
}

/** The counter's value at the cursor if it covers this row of the cell now; otherwise none. */
function cursorOnRow(s: VgaState, row: number, frame: number): number | undefined {
  const start = s.crtc[Crtc.cursorStart]!;
  const end = s.crtc[Crtc.cursorEnd]!;
  if (start & 0x20 || frame & CURSOR_OFF) return undefined;
  if (row < (start & 0x1f) || row > (end & 0x1f)) return undefined;
  return (cursorAddress(s) + ((end >> 5) & 3)) & 0xffff;
}

/**
 * Motorola MC6845 CRT controller, as the IBM colour and monochrome adapters have it: its register file and
 * what software can tell of its counters, computed from the clock.
 *
 * After the MC6845 data sheet ("Internal Register Description") and the IBM adapters' descriptions in the
 * Options and Adapters Technical Reference. Frames are counted from clock 0 as if the present registers had
 * always been in force. Left out: interlace, skew, the light pen.
 */
import type { Fields, StateOf } from '../../core/layout.js';

export const Crtc = {
  horizontalTotal: 0,
  horizontalDisplayed: 1,
  horizontalSyncPosition: 2,
  syncWidth: 3,
  verticalTotal: 4,
  verticalTotalAdjust: 5,
  verticalDisplayed: 6,
  verticalSyncPosition: 7,
  maximumRaster: 9,
  cursorStart: 10,
  cursorEnd: 11,
  startHigh: 12,
  startLow: 13,
  cursorHigh: 14,
  cursorLow: 15,
} as const;

/** Bits that exist in each register. */
const MASK = [
  0xff, 0xff, 0xff, 0x0f, 0x7f, 0x1f, 0x7f, 0x7f, 0x03, 0x1f, 0x7f, 0x1f, 0x3f, 0xff, 0x3f, 0xff,
] as const;
/** "Vertical sync pulse width is fixed at 16 scan lines." */
const VERTICAL_SYNC_LINES = 16;

/** The fields of an adapter's state that are its 6845's. */
export const CRTC_FIELDS = {
  index: 'u8',
  crtc: ['u8', 16],
} as const satisfies Fields;

export type CrtcState = StateOf<typeof CRTC_FIELDS>;

export function writeIndex(s: CrtcState, value: number): void {
  s.index = value & 0x1f;
}

export function writeData(s: CrtcState, value: number): void {
  const mask = MASK[s.index];
  if (mask !== undefined) s.crtc[s.index] = value & mask;
}

/** Only the cursor's address can be read (and the light pen's, which is 0). */
export function readData(s: CrtcState): number {
  return s.index === Crtc.cursorHigh || s.index === Crtc.cursorLow ? s.crtc[s.index]! : 0;
}

/** Scan lines of a character row. */
export function rowHeight(s: CrtcState): number {
  return s.crtc[Crtc.maximumRaster]! + 1;
}

export function columns(s: CrtcState): number {
  return s.crtc[Crtc.horizontalDisplayed]!;
}

export function rows(s: CrtcState): number {
  return s.crtc[Crtc.verticalDisplayed]!;
}

export function startAddress(s: CrtcState): number {
  return (s.crtc[Crtc.startHigh]! << 8) | s.crtc[Crtc.startLow]!;
}

export function cursorAddress(s: CrtcState): number {
  return (s.crtc[Crtc.cursorHigh]! << 8) | s.crtc[Crtc.cursorLow]!;
}

/** Where the counters are after `characters` character clocks. */
export interface Beam {
  readonly frame: number;
  /** Scan line from the first displayed, and character from the first displayed. */
  readonly line: number;
  readonly column: number;
}

export function beam(s: CrtcState, characters: number): Beam {
  const across = s.crtc[Crtc.horizontalTotal]! + 1;
  const lines = Math.floor(characters / across);
  const down = (s.crtc[Crtc.verticalTotal]! + 1) * rowHeight(s) + s.crtc[Crtc.verticalTotalAdjust]!;
  return { frame: Math.floor(lines / down), line: lines % down, column: characters % across };
}

/** Display enable. */
export function isDisplayed(s: CrtcState, { line, column }: Beam): boolean {
  return column < columns(s) && line < rows(s) * rowHeight(s);
}

export function inVerticalSync(s: CrtcState, { line }: Beam): boolean {
  const start = s.crtc[Crtc.verticalSyncPosition]! * rowHeight(s);
  return line >= start && line < start + VERTICAL_SYNC_LINES;
}

/** A width of 0 gives no pulse. */
export function inHorizontalSync(s: CrtcState, { column }: Beam): boolean {
  const start = s.crtc[Crtc.horizontalSyncPosition]!;
  return column >= start && column < start + s.crtc[Crtc.syncWidth]!;
}

/** The cursor shows on this scan line of its row, in this frame ("cursor start register", bits 6 and 5). */
export function cursorOn(s: CrtcState, raster: number, frame: number): boolean {
  const start = s.crtc[Crtc.cursorStart]!;
  const blink = (start >> 5) & 3;
  if (blink === 1) return false;
  // The adapters have a blink of their own, of 8 frames in 16; that of the 6845 is 16 or 32 frames a turn.
  const period = blink === 3 ? 32 : 16;
  if (frame % period >= period / 2) return false;
  return raster >= (start & 0x1f) && raster <= s.crtc[Crtc.cursorEnd]!;
}

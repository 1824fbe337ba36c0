/**
 * How the registers turn display memory into a raster: size, coding of pixels, and for each scan line
 * the address counter, the row of the character cell and the panning.
 *
 * After the IBM "PS/2 Hardware Interface Technical Reference, Video Subsystem", CRT controller registers
 * 08h to 18h. Left out: skews, border, nine-dot graphics, row-scan presets beyond the cell's height.
 */
import {
  Attribute,
  Crtc,
  displayedLines,
  Graphics,
  lineCompare,
  Sequencer,
  startAddress,
  type VgaState,
} from './registers.js';
import { characterWidth, lineScale } from './timing.js';

/** Text; one bit from each plane; CGA's two-bit pixels; one byte a pixel. */
export type Coding = 'text' | 'planar' | 'interleaved' | 'packed';

export interface Display {
  readonly coding: Coding;
  /** Character clocks across, and pixels of one. */
  readonly columns: number;
  readonly cellWidth: number;
  /** Scan lines on the monitor, and how many of them are the same line of the picture. */
  readonly scanLines: number;
  readonly repeat: number;
  /** Size of the picture in pixels, each once. */
  readonly width: number;
  readonly height: number;
}

export interface ScanLine {
  /** Address counter at the left. */
  readonly counter: number;
  /** Row of the character cell. */
  readonly row: number;
  /** Pixels by which the line is shifted to the left. */
  readonly panning: number;
}

export function coding(s: VgaState): Coding {
  if ((s.graphics[Graphics.miscellaneous]! & 0x01) === 0) return 'text';
  const shift = (s.graphics[Graphics.mode]! >> 5) & 3;
  return shift === 0 ? 'planar' : shift === 1 ? 'interleaved' : 'packed';
}

export function display(s: VgaState): Display {
  const kind = coding(s);
  const columns = s.crtc[Crtc.horizontalDisplayEnd]! + 1;
  const cellWidth = kind === 'text' ? characterWidth(s) : kind === 'packed' ? 4 : 8;
  const scanLines = displayedLines(s) * lineScale(s);
  const repeat = sameLines(s, kind);
  return {
    coding: kind,
    columns,
    cellWidth,
    scanLines,
    repeat,
    width: columns * cellWidth,
    height: Math.ceil(scanLines / repeat),
  };
}

/** True while nothing reaches the monitor: palette cut off, screen off, or the CRTC held in reset. */
export function isBlank(s: VgaState): boolean {
  const running = s.attributeIndex & 0x20 && s.crtc[Crtc.mode]! & 0x80;
  return !running || (s.sequencer[Sequencer.clockingMode]! & 0x20) !== 0;
}

/** Lines of a character cell. */
export function cellHeight(s: VgaState): number {
  return (s.crtc[Crtc.maximumScanLine]! & 0x1f) + 1;
}

function doubled(s: VgaState): number {
  return s.crtc[Crtc.maximumScanLine]! & 0x80 ? 2 : 1;
}

/** In graphics the rows of a cell are equal, unless row bits address memory as CGA and Hercules do. */
function sameLines(s: VgaState, kind: Coding): number {
  const rowsDiffer = kind === 'text' || (s.crtc[Crtc.mode]! & 0x03) !== 0x03;
  return doubled(s) * (rowsDiffer ? 1 : cellHeight(s));
}

/** Scan line at which a split screen starts again at address 0; beyond the last line if it is not split. */
function splitLine(s: VgaState): number {
  return (lineCompare(s) + 1) * lineScale(s);
}

/** Scan line `y` of the monitor. */
export function scanLine(s: VgaState, y: number): ScanLine {
  const split = splitLine(s);
  if (y >= split) {
    const panning = s.attribute[Attribute.mode]! & 0x20 ? 0 : pixelPanning(s);
    return { ...cellLine(s, 0, Math.floor((y - split) / doubled(s))), panning };
  }
  const preset = s.crtc[Crtc.presetRowScan]!;
  const start = startAddress(s) + ((preset >> 5) & 3);
  const line = Math.floor(y / doubled(s)) + (preset & 0x1f);
  return { ...cellLine(s, start, line), panning: pixelPanning(s) };
}

function cellLine(s: VgaState, start: number, line: number): { counter: number; row: number } {
  const height = cellHeight(s);
  const pitch = 2 * s.crtc[Crtc.offset]!;
  return { counter: (start + Math.floor(line / height) * pitch) & 0xffff, row: line % height };
}

/** Attribute register 13h; nine-dot characters count from 8, bytes of 256 colours in half pixels. */
function pixelPanning(s: VgaState): number {
  const value = s.attribute[Attribute.panning]!;
  const kind = coding(s);
  if (kind === 'packed') return (value & 7) >> 1;
  if (kind === 'text' && characterWidth(s) === 9) return value >= 8 ? 0 : value + 1;
  return value & 7;
}

/** The counter's value at a column. */
export function counterAt(s: VgaState, line: ScanLine, column: number): number {
  const every = s.crtc[Crtc.underline]! & 0x20 ? 4 : s.crtc[Crtc.mode]! & 0x08 ? 2 : 1;
  return (line.counter + Math.floor(column / every)) & 0xffff;
}

/** Index into `planes` of plane 0's byte that the counter addresses: byte, word or doubleword mode. */
export function planeIndex(s: VgaState, counter: number, row: number): number {
  const mode = s.crtc[Crtc.mode]!;
  let address = counter;
  if (s.crtc[Crtc.underline]! & 0x40) address = (counter << 2) | (counter >> 14);
  else if ((mode & 0x40) === 0) address = (counter << 1) | ((counter >> (mode & 0x20 ? 15 : 13)) & 1);
  if ((mode & 0x01) === 0) address = (address & ~0x2000) | ((row & 1) << 13);
  if ((mode & 0x02) === 0) address = (address & ~0x4000) | ((row & 2) << 13);
  return 4 * (address & 0xffff);
}

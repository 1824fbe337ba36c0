/**
 * The register file and memory of a standard VGA, as one layout, and the registers' names.
 *
 * After the IBM "PS/2 Hardware Interface Technical Reference, Video Subsystem" (1992); the names are
 * its own. Bits the chip does not store read as zero, by the masks below. The DAC is an INMOS
 * IMSG171-type part: one address register, and a three-byte buffer between the CPU and the table.
 *
 * Left out: light pen, vertical interrupt, diagnostic bits, everything that SVGAs added.
 */
import { layout, type StateOf } from '../../core/layout.js';

const FIELDS = {
  /** Display memory, the four planes' bytes of one address adjacent: index = 4 x address + plane. */
  planes: ['u8', 4 * 65536],
  /** What the last read of display memory left behind, plane 0 in the low byte. */
  latches: 'u32',
  /** Picture last noted: height, width from bit 16, graphics in bit 31; only changes are noted. */
  noted: 'u32',
  miscellaneous: 'u8',
  featureControl: 'u8',
  /** Port 3C3h bit 0: the subsystem answers at all. */
  subsystemEnable: 'u8',
  sequencerIndex: 'u8',
  crtcIndex: 'u8',
  graphicsIndex: 'u8',
  /** Index in bits 0-4; bit 5 (palette address source) lets the picture through. */
  attributeIndex: 'u8',
  /** 0: the next write to 3C0h is an index; 1: it is data. */
  attributeFlipFlop: 'u8',
  sequencer: ['u8', 5],
  crtc: ['u8', 25],
  graphics: ['u8', 9],
  attribute: ['u8', 21],
  dacMask: 'u8',
  dacAddress: 'u8',
  /** Which of red, green, blue is next, 0-2. */
  dacCycle: 'u8',
  /** 3 after a write to 3C7h (read mode), 0 after a write to 3C8h. */
  dacMode: 'u8',
  dacBuffer: ['u8', 3],
  /** 256 colours of red, green, blue, 6 bits each. */
  dac: ['u8', 768],
} as const;

export const VGA = layout('vga', FIELDS);
export type VgaState = StateOf<typeof FIELDS>;

/** Sequencer, port 3C4h/3C5h. */
export const Sequencer = { reset: 0, clockingMode: 1, mapMask: 2, characterMap: 3, memoryMode: 4 } as const;

/** CRT controller, port 3D4h/3D5h or 3B4h/3B5h; only those the program names. */
export const Crtc = {
  horizontalTotal: 0x00,
  horizontalDisplayEnd: 0x01,
  verticalTotal: 0x06,
  overflow: 0x07,
  presetRowScan: 0x08,
  maximumScanLine: 0x09,
  cursorStart: 0x0a,
  cursorEnd: 0x0b,
  startHigh: 0x0c,
  startLow: 0x0d,
  cursorHigh: 0x0e,
  cursorLow: 0x0f,
  verticalRetraceStart: 0x10,
  verticalRetraceEnd: 0x11,
  verticalDisplayEnd: 0x12,
  offset: 0x13,
  underline: 0x14,
  mode: 0x17,
  lineCompare: 0x18,
} as const;

/** Graphics controller, port 3CEh/3CFh. */
export const Graphics = {
  setReset: 0,
  enableSetReset: 1,
  colorCompare: 2,
  dataRotate: 3,
  readMapSelect: 4,
  mode: 5,
  miscellaneous: 6,
  colorDontCare: 7,
  bitMask: 8,
} as const;

/** Attribute controller, port 3C0h/3C1h; 0 to 0Fh are the internal palette. */
export const Attribute = {
  mode: 0x10,
  overscan: 0x11,
  colorPlaneEnable: 0x12,
  panning: 0x13,
  colorSelect: 0x14,
} as const;

/** Bits that exist in each register. */
export const SEQUENCER_MASK = [0x03, 0x3d, 0x0f, 0x3f, 0x0e] as const;
export const GRAPHICS_MASK = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff] as const;
/** The attribute controller's registers from 10h on; the palette's have 6 bits. */
export const ATTRIBUTE_MASK = [0xef, 0xff, 0x3f, 0x0f, 0x0f] as const;
const CRTC_MASK_EXCEPTIONS = new Map([
  [0x08, 0x7f],
  [0x0a, 0x3f],
  [0x0b, 0x7f],
  [0x14, 0x7f],
  [0x17, 0xef],
]);
export const CRTC_MASK = Array.from({ length: 25 }, (_, i) => CRTC_MASK_EXCEPTIONS.get(i) ?? 0xff);

/** Colour (3Dxh) rather than monochrome (3Bxh) addresses. */
export function isColour(s: VgaState): boolean {
  return (s.miscellaneous & 0x01) !== 0;
}

/** Start of the picture as a value of the CRTC's address counter. */
export function startAddress(s: VgaState): number {
  return (s.crtc[Crtc.startHigh]! << 8) | s.crtc[Crtc.startLow]!;
}

/** Cursor location as a value of the CRTC's address counter. */
export function cursorAddress(s: VgaState): number {
  return (s.crtc[Crtc.cursorHigh]! << 8) | s.crtc[Crtc.cursorLow]!;
}

/**
 * A ten-bit vertical value: low eight bits in register `index`, bits 8 and 9 in the overflow register
 * at `bit8` and `bit9`.
 */
export function verticalValue(s: VgaState, index: number, bit8: number, bit9: number): number {
  const overflow = s.crtc[Crtc.overflow]!;
  return s.crtc[index]! | (((overflow >> bit8) & 1) << 8) | (((overflow >> bit9) & 1) << 9);
}

/** Last scan line of the first part of a split screen. */
export function lineCompare(s: VgaState): number {
  const bit9 = (s.crtc[Crtc.maximumScanLine]! >> 6) & 1;
  const bit8 = (s.crtc[Crtc.overflow]! >> 4) & 1;
  return s.crtc[Crtc.lineCompare]! | (bit8 << 8) | (bit9 << 9);
}

/** Scan lines displayed. */
export function displayedLines(s: VgaState): number {
  return verticalValue(s, Crtc.verticalDisplayEnd, 1, 6) + 1;
}

/**
 * The BIOS video modes as register tables, and how to set one through the ports, as firmware would.
 *
 * After the video parameter table of the IBM PS/2 and PC BIOS Interface Technical Reference and the
 * default register values of the Video Subsystem reference. Text modes are the 400-line ones.
 */
import { FONT_8X16 } from './fonts.js';
import { PALETTE_256, PALETTE_CGA, PALETTE_EGA, PALETTE_MONO } from './palette.js';

export interface VideoMode {
  /** Text columns and rows, and lines of a character's cell, as the BIOS data area has them. */
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  /** Bytes of a page, as the BIOS counts them. */
  readonly pageSize: number;
  readonly miscellaneous: number;
  /** Registers 1 to 4. */
  readonly sequencer: Uint8Array;
  readonly crtc: Uint8Array;
  /** Registers 0 to 13h. */
  readonly attribute: Uint8Array;
  readonly graphics: Uint8Array;
  readonly palette: Uint8Array;
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.split(' '), (byte) => Number.parseInt(byte, 16));
}

const ATTRIBUTE = {
  text: '00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f 0c 00 0f 08',
  mono: '00 08 08 08 08 08 08 08 10 18 18 18 18 18 18 18 0e 00 0f 08',
  fourColours: '00 13 15 17 02 04 06 07 10 11 12 13 14 15 16 17 01 00 03 00',
  twoColours: '00 17 17 17 17 17 17 17 17 17 17 17 17 17 17 17 01 00 01 00',
  lowIntensity: '00 01 02 03 04 05 06 07 10 11 12 13 14 15 16 17 01 00 0f 00',
  sixteen: '00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f 01 00 0f 00',
  blackWhite: '00 3f 00 3f 00 3f 00 3f 00 3f 00 3f 00 3f 00 3f 01 00 0f 00',
  direct: '00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 41 00 0f 00',
};
const GRAPHICS = {
  text: '00 00 00 00 00 10 0e 00 ff',
  mono: '00 00 00 00 00 10 0a 00 ff',
  fourColours: '00 00 00 00 00 30 0f 00 ff',
  twoColours: '00 00 00 00 00 00 0d 00 ff',
  planar: '00 00 00 00 00 00 05 0f ff',
  blackWhite: '00 00 00 00 00 00 05 01 ff',
  direct: '00 00 00 00 00 40 05 0f ff',
};
const CRTC = {
  text40: '2d 27 28 90 2b a0 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 14 1f 96 b9 a3 ff',
  text80: '5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 1f 96 b9 a3 ff',
  mono: '5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 0f 96 b9 a3 ff',
  fourColours: '2d 27 28 90 2b 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 a2 ff',
  twoColours: '5f 4f 50 82 54 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 28 00 96 b9 c2 ff',
  planar320: '2d 27 28 90 2b 80 bf 1f 00 c0 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 e3 ff',
  planar640: '5f 4f 50 82 54 80 bf 1f 00 c0 00 00 00 00 00 00 9c 8e 8f 28 00 96 b9 e3 ff',
  lines350: '5f 4f 50 82 54 80 bf 1f 00 40 00 00 00 00 00 00 83 85 5d 28 0f 63 ba e3 ff',
  lines480: '5f 4f 50 82 54 80 0b 3e 00 40 00 00 00 00 00 00 ea 8c df 28 00 e7 04 e3 ff',
  direct: '5f 4f 50 82 54 80 bf 1f 00 41 00 00 00 00 00 00 9c 8e 8f 28 40 96 b9 a3 ff',
};

function mode(
  [columns, rows, cell, pageSize]: readonly [number, number, number, number],
  [miscellaneous, sequencer]: readonly [number, string],
  crtc: keyof typeof CRTC,
  attribute: keyof typeof ATTRIBUTE,
  graphics: keyof typeof GRAPHICS,
  palette: Uint8Array,
): VideoMode {
  return {
    columns,
    rows,
    cell,
    pageSize,
    miscellaneous,
    sequencer: hex(sequencer),
    crtc: hex(CRTC[crtc]),
    attribute: hex(ATTRIBUTE[attribute]),
    graphics: hex(GRAPHICS[graphics]),
    palette,
  };
}

const text40 = mode([40, 25, 16, 0x0800], [0x67, '08 03 00 02'], 'text40', 'text', 'text', PALETTE_EGA);
const text80 = mode([80, 25, 16, 0x1000], [0x67, '00 03 00 02'], 'text80', 'text', 'text', PALETTE_EGA);
const cga320 = mode(
  [40, 25, 8, 0x4000],
  [0x63, '09 03 00 02'],
  'fourColours',
  'fourColours',
  'fourColours',
  PALETTE_CGA,
);

/** By BIOS mode number. */
export const MODES: ReadonlyMap<number, VideoMode> = new Map([
  [0x00, text40],
  [0x01, text40],
  [0x02, text80],
  [0x03, text80],
  [0x04, cga320],
  [0x05, cga320],
  [
    0x06,
    mode([80, 25, 8, 0x4000], [0x63, '01 01 00 06'], 'twoColours', 'twoColours', 'twoColours', PALETTE_CGA),
  ],
  [0x07, mode([80, 25, 16, 0x1000], [0x66, '00 03 00 02'], 'mono', 'mono', 'mono', PALETTE_MONO)],
  [
    0x0d,
    mode([40, 25, 8, 0x2000], [0x63, '09 0f 00 06'], 'planar320', 'lowIntensity', 'planar', PALETTE_CGA),
  ],
  [
    0x0e,
    mode([80, 25, 8, 0x4000], [0x63, '01 0f 00 06'], 'planar640', 'lowIntensity', 'planar', PALETTE_CGA),
  ],
  [0x10, mode([80, 25, 14, 0x8000], [0xa3, '01 0f 00 06'], 'lines350', 'sixteen', 'planar', PALETTE_EGA)],
  [
    0x11,
    mode([80, 30, 16, 0xa000], [0xe3, '01 0f 00 06'], 'lines480', 'blackWhite', 'blackWhite', PALETTE_EGA),
  ],
  [0x12, mode([80, 30, 16, 0xa000], [0xe3, '01 0f 00 06'], 'lines480', 'sixteen', 'planar', PALETTE_EGA)],
  [0x13, mode([40, 25, 8, 0x2000], [0x63, '01 0f 00 0e'], 'direct', 'direct', 'direct', PALETTE_256)],
]);

/** Byte-wide access to the ports. */
export interface BytePorts {
  in(port: number): number;
  out(port: number, value: number): void;
}
/** Writes a byte at a physical address. */
export type Poke = (address: number, value: number) => void;

/** Writes the registers of a BIOS mode and its palette; display memory and fonts stay as they are. */
export function setMode(ports: BytePorts, number: number): void {
  const m = MODES.get(number);
  if (!m) throw new RangeError(`no register table for mode ${number.toString(16)}h`);
  const crtc = m.miscellaneous & 0x01 ? 0x3d4 : 0x3b4;
  ports.out(0x3c2, m.miscellaneous);
  resetFlipFlop(ports);
  // The index without bit 5: the picture is off until all is set.
  ports.out(0x3c0, 0x00);
  indexed(ports, 0x3c4, 0, 0x01);
  m.sequencer.forEach((value, i) => {
    indexed(ports, 0x3c4, i + 1, value);
  });
  indexed(ports, 0x3c4, 0, 0x03);
  // The old value may protect registers 0 to 7.
  indexed(ports, crtc, 0x11, m.crtc[0x11]! & 0x7f);
  m.crtc.forEach((value, i) => {
    indexed(ports, crtc, i, value);
  });
  m.graphics.forEach((value, i) => {
    indexed(ports, 0x3ce, i, value);
  });
  loadPalette(ports, m.palette);
  loadAttributes(ports, m.attribute);
}

function indexed(ports: BytePorts, port: number, index: number, value: number): void {
  ports.out(port, index);
  ports.out(port + 1, value);
}

/** Only one of the two addresses of input status 1 answers, whichever the miscellaneous register says. */
function resetFlipFlop(ports: BytePorts): void {
  ports.in(0x3ba);
  ports.in(0x3da);
}

function loadPalette(ports: BytePorts, palette: Uint8Array): void {
  ports.out(0x3c6, 0xff);
  ports.out(0x3c8, 0);
  for (const level of palette) ports.out(0x3c9, level);
}

function loadAttributes(ports: BytePorts, attribute: Uint8Array): void {
  resetFlipFlop(ports);
  attribute.forEach((value, i) => {
    ports.out(0x3c0, i);
    ports.out(0x3c0, value);
  });
  ports.out(0x3c0, 0x14);
  ports.out(0x3c0, 0x00);
  ports.out(0x3c0, 0x20);
}

/** Writes a font of `height` lines into plane 2 and gives the CPU the text window back. Text modes only. */
function loadFont(ports: BytePorts, poke: Poke, font: Uint8Array, height: number): void {
  indexed(ports, 0x3c4, 2, 0x04);
  indexed(ports, 0x3c4, 4, 0x06);
  indexed(ports, 0x3ce, 5, 0x00);
  indexed(ports, 0x3ce, 6, 0x04);
  font.forEach((row, i) => {
    poke(0xa0000 + Math.floor(i / height) * 32 + (i % height), row);
  });
  const text = MODES.get(ports.in(0x3cc) & 0x01 ? 0x03 : 0x07)!;
  indexed(ports, 0x3c4, 2, text.sequencer[1]!);
  indexed(ports, 0x3c4, 4, text.sequencer[3]!);
  indexed(ports, 0x3ce, 5, text.graphics[5]!);
  indexed(ports, 0x3ce, 6, text.graphics[6]!);
}

/** Mode 3 as firmware leaves it: font and palette loaded, screen cleared, cursor at the top left. */
export function startTextMode(ports: BytePorts, poke: Poke): void {
  setMode(ports, 0x03);
  loadFont(ports, poke, FONT_8X16, 16);
  for (let at = 0xb8000; at < 0xc0000; at += 2) {
    poke(at, 0x20);
    poke(at + 1, 0x07);
  }
}

/**
 * The graphics controller's data path between the CPU and the four planes.
 *
 * After the IBM "PS/2 Hardware Interface Technical Reference, Video Subsystem", chapters on the
 * sequencer (map mask, memory mode) and the graphics controller (read and write modes). The four bytes
 * of an address are handled as one 32-bit word, plane 0 in the low byte.
 *
 * Left out: the page bit of the miscellaneous output register (bit 5), which picks the upper half of
 * 128 KiB in odd/even modes with 64 KiB windows; address bit 0 becomes 0 there. Unverified on silicon.
 */
import { Graphics, Sequencer, VGA, type VgaState } from './registers.js';

/** A plane mask as a mask of the bytes of a word: bit p gives FFh in byte p. */
const EXPAND = Int32Array.from({ length: 16 }, (_, mask) =>
  [0, 8, 16, 24].reduce((word, shift, plane) => (mask & (1 << plane) ? word | (0xff << shift) : word), 0),
);

const WINDOWS = [
  { first: 0xa0000, length: 0x20000 },
  { first: 0xa0000, length: 0x10000 },
  { first: 0xb0000, length: 0x08000 },
  { first: 0xb8000, length: 0x08000 },
] as const;

const OUTSIDE = -1;
const ENABLE = VGA.at.subsystemEnable;
const MISCELLANEOUS = VGA.at.miscellaneous;

export class Planes {
  // Views of the state, held here because every byte the CPU moves passes through them.
  readonly #registers: Uint8Array;
  readonly #sequencer: Uint8Array;
  readonly #graphics: Uint8Array;
  /** The planes as words. */
  readonly #words: Int32Array;
  /** The latches, one word. */
  readonly #latches: Int32Array;

  constructor(state: VgaState) {
    const { buffer, byteOffset } = state.bytes;
    this.#registers = state.bytes;
    this.#sequencer = state.sequencer;
    this.#graphics = state.graphics;
    this.#words = new Int32Array(buffer, byteOffset + VGA.at.planes, state.planes.length / 4);
    this.#latches = new Int32Array(buffer, byteOffset + VGA.at.latches, 1);
  }

  /** One byte at a physical address; FFh where the window does not reach. */
  read(address: number): number {
    const offset = this.#offset(address);
    if (offset === OUTSIDE) return 0xff;
    const graphics = this.#graphics;
    const latches = this.#words[offset]!;
    this.#latches[0] = latches;
    if (graphics[Graphics.mode]! & 0x08) return colorCompare(graphics, latches);
    return (latches >>> (8 * readPlane(this.#sequencer, graphics, address))) & 0xff;
  }

  write(address: number, value: number): void {
    const offset = this.#offset(address);
    if (offset === OUTSIDE) return;
    const planes = EXPAND[writablePlanes(this.#sequencer, address)]!;
    const word = written(this.#graphics, this.#latches[0]!, value);
    this.#words[offset] = (this.#words[offset]! & ~planes) | (word & planes);
  }

  /** The address common to the planes, 0 to FFFFh, for a physical one; by graphics register 6. */
  #offset(address: number): number {
    const enabled = this.#registers[ENABLE]! & (this.#registers[MISCELLANEOUS]! >> 1) & 1;
    const miscellaneous = this.#graphics[Graphics.miscellaneous]!;
    const { first, length } = WINDOWS[(miscellaneous >> 2) & 3]!;
    const at = address - first;
    if (!enabled || at < 0 || at >= length) return OUTSIDE;
    // Chain 4: A0 and A1 choose the plane and are replaced by A16 and A17; chained odd/even: A0 by A16.
    if (this.#sequencer[Sequencer.memoryMode]! & 0x08) return (at & 0xfffc) | (at >> 16);
    return miscellaneous & 0x02 ? (at & 0xfffe) | (at >> 16) : at & 0xffff;
  }
}

/** Planes that a write reaches; windows start at multiples of four, so the low bits tell. */
function writablePlanes(sequencer: Uint8Array, address: number): number {
  const memoryMode = sequencer[Sequencer.memoryMode]!;
  const mapMask = sequencer[Sequencer.mapMask]!;
  if (memoryMode & 0x08) return mapMask & (1 << (address & 3));
  return memoryMode & 0x04 ? mapMask : mapMask & (0x05 << (address & 1));
}

/** The plane that read mode 0 gives. */
function readPlane(sequencer: Uint8Array, graphics: Uint8Array, address: number): number {
  if (sequencer[Sequencer.memoryMode]! & 0x08) return address & 3;
  const map = graphics[Graphics.readMapSelect]!;
  return graphics[Graphics.mode]! & 0x10 ? (map & 2) | (address & 1) : map;
}

/** Read mode 1: a bit is 1 where all planes that matter have the compared colour. */
function colorCompare(graphics: Uint8Array, latches: number): number {
  const compared = EXPAND[graphics[Graphics.colorCompare]!]!;
  const different = (latches ^ compared) & EXPAND[graphics[Graphics.colorDontCare]!]!;
  return ~(different | (different >>> 8) | (different >>> 16) | (different >>> 24)) & 0xff;
}

/** The word that a write of `value` produces, by write mode. */
function written(graphics: Uint8Array, latches: number, value: number): number {
  const bitMask = graphics[Graphics.bitMask]!;
  switch (graphics[Graphics.mode]! & 3) {
    case 0: {
      const set = EXPAND[graphics[Graphics.enableSetReset]!]!;
      const data =
        (EXPAND[graphics[Graphics.setReset]!]! & set) | (replicate(rotated(graphics, value)) & ~set);
      return combine(graphics, latches, data, bitMask);
    }
    case 1:
      return latches;
    case 2:
      return combine(graphics, latches, EXPAND[value & 0x0f]!, bitMask);
    default:
      return combine(
        graphics,
        latches,
        EXPAND[graphics[Graphics.setReset]!]!,
        bitMask & rotated(graphics, value),
      );
  }
}

function rotated(graphics: Uint8Array, value: number): number {
  const count = graphics[Graphics.dataRotate]! & 7;
  return ((value >> count) | (value << (8 - count))) & 0xff;
}

function replicate(byte: number): number {
  return Math.imul(byte, 0x01010101);
}

/** The logical function with the latches, then the bit mask: bits masked out keep the latches' value. */
function combine(graphics: Uint8Array, latches: number, data: number, bitMask: number): number {
  const mask = replicate(bitMask);
  return (logical(graphics[Graphics.dataRotate]! >> 3, data, latches) & mask) | (latches & ~mask);
}

function logical(operation: number, data: number, latches: number): number {
  if (operation === 1) return data & latches;
  if (operation === 2) return data | latches;
  return operation === 3 ? data ^ latches : data;
}

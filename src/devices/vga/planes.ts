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
import { Graphics, Sequencer, type VgaState } from './registers.js';

/** A plane mask as a mask of the bytes of a word: bit p gives FFh in byte p. */
const EXPAND = Uint32Array.from({ length: 16 }, (_, mask) =>
  [0, 8, 16, 24].reduce((word, shift, plane) => (mask & (1 << plane) ? word | (0xff << shift) : word), 0),
);

const WINDOWS = [
  { first: 0xa0000, length: 0x20000 },
  { first: 0xa0000, length: 0x10000 },
  { first: 0xb0000, length: 0x08000 },
  { first: 0xb8000, length: 0x08000 },
] as const;

/** Where one CPU address leads: an address common to the planes, and what A0 and A1 chose. */
interface Target {
  /** 0 to FFFFh. */
  readonly offset: number;
  /** Planes that a write can reach, before the map mask. */
  readonly writable: number;
  /** Plane that read mode 0 gives. */
  readonly readPlane: number;
}

export class Planes {
  readonly #state: VgaState;
  /** The planes as words. */
  readonly #words: Uint32Array;

  constructor(state: VgaState) {
    this.#state = state;
    this.#words = new Uint32Array(state.planes.buffer, state.planes.byteOffset, state.planes.length / 4);
  }

  /** One byte at a physical address; FFh where the window does not reach. */
  read(address: number): number {
    const target = this.#target(address);
    if (!target) return 0xff;
    const s = this.#state;
    s.latches = this.#words[target.offset]!;
    if (s.graphics[Graphics.mode]! & 0x08) return colorCompare(s);
    return (s.latches >>> (8 * target.readPlane)) & 0xff;
  }

  write(address: number, value: number): void {
    const target = this.#target(address);
    if (!target) return;
    const s = this.#state;
    const planes = EXPAND[target.writable & s.sequencer[Sequencer.mapMask]!]!;
    const old = this.#words[target.offset]!;
    this.#words[target.offset] = (old & ~planes) | (written(s, value) & planes);
  }

  /** Decodes a physical address by graphics register 6; undefined outside the window. */
  #target(address: number): Target | undefined {
    const s = this.#state;
    const miscellaneous = s.graphics[Graphics.miscellaneous]!;
    const { first, length } = WINDOWS[(miscellaneous >> 2) & 3]!;
    const at = address - first;
    if (at < 0 || at >= length || (s.miscellaneous & 0x02) === 0) return undefined;
    const memoryMode = s.sequencer[Sequencer.memoryMode]!;
    if (memoryMode & 0x08) {
      // Chain 4: A0 and A1 choose the plane and are replaced by A16 and A17.
      return { offset: (at & 0xfffc) | (at >> 16), writable: 1 << (at & 3), readPlane: at & 3 };
    }
    // Odd/even: A0 chooses between planes 0, 2 and 1, 3; chained, it is replaced by A16.
    const offset = miscellaneous & 0x02 ? (at & 0xfffe) | (at >> 16) : at & 0xffff;
    const writable = memoryMode & 0x04 ? 0x0f : 0x05 << (at & 1);
    const map = s.graphics[Graphics.readMapSelect]!;
    const readPlane = s.graphics[Graphics.mode]! & 0x10 ? (map & 2) | (at & 1) : map;
    return { offset, writable, readPlane };
  }
}

/** Read mode 1: a bit is 1 where all planes that matter have the compared colour. */
function colorCompare(s: VgaState): number {
  const compared = EXPAND[s.graphics[Graphics.colorCompare]!]!;
  const different = (s.latches ^ compared) & EXPAND[s.graphics[Graphics.colorDontCare]!]!;
  return ~(different | (different >>> 8) | (different >>> 16) | (different >>> 24)) & 0xff;
}

/** The word that a write of `value` produces, by write mode. */
function written(s: VgaState, value: number): number {
  const g = s.graphics;
  const bitMask = g[Graphics.bitMask]!;
  switch (g[Graphics.mode]! & 3) {
    case 0: {
      const set = EXPAND[g[Graphics.enableSetReset]!]!;
      const data = (EXPAND[g[Graphics.setReset]!]! & set) | (replicate(rotated(s, value)) & ~set);
      return combine(s, data, bitMask);
    }
    case 1:
      return s.latches;
    case 2:
      return combine(s, EXPAND[value & 0x0f]!, bitMask);
    default:
      return combine(s, EXPAND[g[Graphics.setReset]!]!, bitMask & rotated(s, value));
  }
}

function rotated(s: VgaState, value: number): number {
  const count = s.graphics[Graphics.dataRotate]! & 7;
  return ((value >> count) | (value << (8 - count))) & 0xff;
}

function replicate(byte: number): number {
  return byte * 0x01010101;
}

/** The logical function with the latches, then the bit mask: bits masked out keep the latches' value. */
function combine(s: VgaState, data: number, bitMask: number): number {
  const mask = replicate(bitMask);
  return (logical(s.graphics[Graphics.dataRotate]! >> 3, data, s.latches) & mask) | (s.latches & ~mask);
}

function logical(operation: number, data: number, latches: number): number {
  if (operation === 1) return data & latches;
  if (operation === 2) return data | latches;
  return operation === 3 ? data ^ latches : data;
}

/**
 * Unsigned integers of 64 and 96 bits in words of 32. The x87 needs a significand of 64 bits and a few
 * more to round it by; the lowest word, `ext`, holds those, its last bit "sticky": set if anything of
 * lower weight was not zero (jamming).
 */

export interface Words {
  readonly hi: number;
  readonly lo: number;
  readonly ext: number;
}

/** Number of leading zeros of 96 bits. */
export function leadingZeros(hi: number, lo: number, ext: number): number {
  if (hi !== 0) return Math.clz32(hi);
  return lo !== 0 ? 32 + Math.clz32(lo) : 64 + Math.clz32(ext);
}

/** Shifts left by 0 to 95 bits. */
export function shiftLeft(hi: number, lo: number, ext: number, count: number): Words {
  if (count >= 64) return { hi: (ext << (count - 64)) >>> 0, lo: 0, ext: 0 };
  if (count >= 32) return shiftLeft(lo, ext, 0, count - 32);
  if (count === 0) return { hi, lo, ext };
  const back = 32 - count;
  return {
    hi: ((hi << count) | (lo >>> back)) >>> 0,
    lo: ((lo << count) | (ext >>> back)) >>> 0,
    ext: (ext << count) >>> 0,
  };
}

/** Shifts right by any number of bits; what falls off is jammed into the last one. */
export function shiftRightJam(hi: number, lo: number, ext: number, count: number): Words {
  if (count >= 96) return { hi: 0, lo: 0, ext: (hi | lo | ext) !== 0 ? 1 : 0 };
  if (count >= 32) return shiftRightJam(0, hi, (lo | (ext !== 0 ? 1 : 0)) >>> 0, count - 32);
  if (count === 0) return { hi, lo, ext };
  const back = 32 - count;
  const lost = (ext << back) >>> 0;
  return {
    hi: hi >>> count,
    lo: ((hi << back) | (lo >>> count)) >>> 0,
    ext: ((lo << back) | (ext >>> count) | (lost !== 0 ? 1 : 0)) >>> 0,
  };
}

/** The high word of a product of two words. */
function multiplyHigh(a: number, b: number): number {
  const a1 = a >>> 16;
  const a0 = a & 0xffff;
  const b1 = b >>> 16;
  const b0 = b & 0xffff;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const low = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000);
}

const WORD = 0x1_0000_0000;

/** The product of two numbers of 64 bits, of its 128 bits the highest 96, the rest jammed. */
export function multiply(aHi: number, aLo: number, bHi: number, bLo: number): Words {
  const lowest = Math.imul(aLo, bLo) >>> 0;
  const second = multiplyHigh(aLo, bLo) + (Math.imul(aHi, bLo) >>> 0) + (Math.imul(aLo, bHi) >>> 0);
  const third =
    multiplyHigh(aHi, bLo) + multiplyHigh(aLo, bHi) + (Math.imul(aHi, bHi) >>> 0) + Math.floor(second / WORD);
  const highest = multiplyHigh(aHi, bHi) + Math.floor(third / WORD);
  return { hi: highest >>> 0, lo: third >>> 0, ext: ((second >>> 0) | (lowest !== 0 ? 1 : 0)) >>> 0 };
}

/** Borrowed by the conversions below for the length of a call. */
const scratch = new BigUint64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/** Two words as one BigInt. */
export function toBig(hi: number, lo: number): bigint {
  scratchWords[0] = lo;
  scratchWords[1] = hi;
  return scratch[0]!;
}

/** A BigInt below 2^96 in words. */
export function fromBig(value: bigint): Words {
  scratch[0] = value;
  return { hi: Number(value >> 64n), lo: scratchWords[1]!, ext: scratchWords[0]! };
}

/** Number of bits of a positive BigInt. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
}

/** A positive BigInt's highest 96 bits, the rest jammed; a shorter one is shifted up to 96 bits. */
export function highest96(value: bigint, length: number): Words {
  if (length <= 96) return fromBig(value << BigInt(96 - length));
  const drop = BigInt(length - 96);
  const kept = value >> drop;
  return fromBig(kept << drop === value ? kept : kept | 1n);
}

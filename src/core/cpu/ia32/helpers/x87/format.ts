/**
 * The 80-bit double extended format and its classes of values (SDM volume 1, 4.2.2 and 8.2.2,
 * tables 4-3, 8-3 and 8-4).
 */
import { leadingZeros, shiftLeft } from './words.js';

/** A register's or a memory operand's 80 bits as they are: sign with exponent, significand in two words. */
export interface Extended {
  readonly se: number;
  readonly hi: number;
  readonly lo: number;
}

/** Classes of values, as bits, so that those of two operands can be asked for at once. */
export const Kind = {
  zero: 1,
  normal: 2,
  /** A denormal, or a pseudo-denormal, which counts as one. */
  denormal: 4,
  infinity: 8,
  quiet: 16,
  signaling: 32,
  /** Unnormals, pseudo-infinities and pseudo-NaNs, which the 387 and its successors reject. */
  unsupported: 64,
} as const;
export const FINITE = Kind.normal | Kind.denormal;
const NAN = Kind.quiet | Kind.signaling;
/** Operands an operation does not compute with. */
export const NOT_A_NUMBER = NAN | Kind.unsupported;

export const BIAS = 0x3fff;
/** The exponent of infinities and NaNs. */
export const EXPONENT_MAX = 0x7fff;
const INTEGER_BIT = 0x80000000;
export const QUIET_BIT = 0x40000000;

/**
 * A value taken apart. Finite values that are not zero are normalised: the significand's highest bit is
 * set, and a denormal's exponent is below 1.
 */
export interface Operand {
  readonly kind: number;
  readonly sign: number;
  /** Biased by 16383. */
  readonly exponent: number;
  readonly hi: number;
  readonly lo: number;
}

function classify(exponent: number, hi: number, lo: number): number {
  if (exponent === 0) return (hi | lo) === 0 ? Kind.zero : Kind.denormal;
  if (hi < INTEGER_BIT) return Kind.unsupported;
  if (exponent !== EXPONENT_MAX) return Kind.normal;
  if (hi === INTEGER_BIT && lo === 0) return Kind.infinity;
  return hi & QUIET_BIT ? Kind.quiet : Kind.signaling;
}

export function unpack(se: number, hi: number, lo: number): Operand {
  const exponent = se & EXPONENT_MAX;
  const kind = classify(exponent, hi, lo);
  if (kind === Kind.denormal) return normalize(kind, se >> 15, 1, hi, lo);
  return { kind, sign: se >> 15, exponent, hi, lo };
}

/** A finite operand from a significand that may have leading zeros. */
export function normalize(kind: number, sign: number, exponent: number, hi: number, lo: number): Operand {
  const zeros = leadingZeros(hi, lo, 0);
  const w = shiftLeft(hi, lo, 0, zeros);
  return { kind, sign, exponent: exponent - zeros, hi: w.hi, lo: w.lo };
}

/** Puts a value together from a sign, a biased exponent that fits, and a significand. */
export function pack(sign: number, exponent: number, hi: number, lo: number): Extended {
  return { se: (sign << 15) | exponent, hi, lo };
}

export const zero = (sign: number): Extended => pack(sign, 0, 0, 0);
export const one = (sign: number): Extended => pack(sign, BIAS, INTEGER_BIT, 0);
export const infinity = (sign: number): Extended => pack(sign, EXPONENT_MAX, INTEGER_BIT, 0);
export const isNan = (o: Operand): boolean => (o.kind & NAN) !== 0;
/** The real indefinite, the response to a masked invalid operation (table 4-3). */
export const INDEFINITE: Extended = pack(1, EXPONENT_MAX, (INTEGER_BIT | QUIET_BIT) >>> 0, 0);

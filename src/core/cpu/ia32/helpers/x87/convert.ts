/**
 * Conversions between registers and memory formats: single, double, integers of 16, 32 and 64 bits
 * (SDM volume 1, 4.2 and 8.2; volume 2: FLD, FST, FILD, FIST, FRNDINT).
 */
import { Exception, rounding } from './bits.js';
import {
  BIAS,
  EXPONENT_MAX,
  type Extended,
  FINITE,
  infinity,
  Kind,
  NOT_A_NUMBER,
  normalize,
  type Operand,
  pack,
  QUIET_BIT,
  zero,
} from './format.js';
import { invalid, propagateOne } from './nan.js';
import { DOUBLE, type Format, type Numerics, roundSignificand, roundTo, SINGLE } from './round.js';
import { leadingZeros, shiftLeft, shiftRightJam } from './words.js';

/** Exponent of the integer 2^63: a significand's weight of 64 bits before the point. */
const INTEGER_EXPONENT = BIAS + 63;

/** A memory operand's value from its fields; `hi` and `lo` hold the fraction below the integer bit. */
function fromFields(
  sign: number,
  exponent: number,
  most: number,
  bias: number,
  hi: number,
  lo: number,
): Operand {
  if (exponent === most) {
    const kind = (hi | lo) === 0 ? Kind.infinity : hi & QUIET_BIT ? Kind.quiet : Kind.signaling;
    return { kind, sign, exponent: EXPONENT_MAX, hi: (hi | 0x80000000) >>> 0, lo };
  }
  if (exponent !== 0) {
    return { kind: Kind.normal, sign, exponent: exponent - bias + BIAS, hi: (hi | 0x80000000) >>> 0, lo };
  }
  if ((hi | lo) === 0) return { kind: Kind.zero, sign, exponent: 0, hi: 0, lo: 0 };
  return normalize(Kind.denormal, sign, 1 - bias + BIAS, hi, lo);
}

export function fromSingle(bits: number): Operand {
  return fromFields(bits >>> 31, (bits >>> 23) & 0xff, 0xff, 127, (bits << 8) & 0x7fffffff, 0);
}

export function fromDouble(high: number, low: number): Operand {
  const hi = ((high << 11) | (low >>> 21)) & 0x7fffffff;
  return fromFields(high >>> 31, (high >>> 20) & 0x7ff, 0x7ff, 1023, hi, (low << 11) >>> 0);
}

/** What FLD of a single or double puts into a register. */
export function load(n: Numerics, o: Operand): Extended {
  if ((o.kind & NOT_A_NUMBER) !== 0) return propagateOne(n, o);
  if (o.kind === Kind.denormal) n.flags |= Exception.denormal;
  return pack(o.sign, o.exponent, o.hi, o.lo);
}

/** An integer of 64 bits in two's complement. */
export function fromInteger(high: number, low: number): Operand {
  if ((high | low) === 0) return { kind: Kind.zero, sign: 0, exponent: 0, hi: 0, lo: 0 };
  const sign = high >>> 31;
  if (sign === 0) return normalize(Kind.normal, 0, INTEGER_EXPONENT, high >>> 0, low >>> 0);
  const lo = -low >>> 0;
  const hi = (~high + (lo === 0 ? 1 : 0)) >>> 0;
  return normalize(Kind.normal, 1, INTEGER_EXPONENT, hi, lo);
}

/** A value as the words a store writes, the lowest first. */
export interface Stored {
  readonly high: number;
  readonly low: number;
}

export function toSingle(n: Numerics, o: Operand): number {
  const r = toFormat(n, o, SINGLE);
  const field = r.hi < 0x80000000 ? 0 : r.exponent === EXPONENT_MAX ? 0xff : r.exponent - BIAS + 127;
  return ((r.sign << 31) | ((field & 0xff) << 23) | ((r.hi >>> 8) & 0x7fffff)) >>> 0;
}

export function toDouble(n: Numerics, o: Operand): Stored {
  const r = toFormat(n, o, DOUBLE);
  const field = r.hi < 0x80000000 ? 0 : r.exponent === EXPONENT_MAX ? 0x7ff : r.exponent - BIAS + 1023;
  return {
    high: ((r.sign << 31) | ((field & 0x7ff) << 20) | ((r.hi >>> 11) & 0xfffff)) >>> 0,
    low: ((r.hi << 21) | (r.lo >>> 11)) >>> 0,
  };
}

interface Fields {
  readonly sign: number;
  readonly exponent: number;
  readonly hi: number;
  readonly lo: number;
}

function toFormat(n: Numerics, o: Operand, format: Format): Fields {
  if ((o.kind & NOT_A_NUMBER) !== 0) return fieldsOf(propagateOne(n, o));
  if ((o.kind & FINITE) === 0) return fieldsOf(o.kind === Kind.infinity ? infinity(o.sign) : zero(o.sign));
  return { sign: o.sign, ...roundTo(n, format, o.sign, o.exponent, o.hi, o.lo, 0) };
}

function fieldsOf(x: Extended): Fields {
  return { sign: x.se >> 15, exponent: x.se & EXPONENT_MAX, hi: x.hi, lo: x.lo };
}

/** Magnitude of a finite value rounded to an integer below 2^64; undefined if it is larger. */
export function integerMagnitude(n: Numerics, o: Operand): { hi: number; lo: number } | undefined {
  if (o.kind === Kind.zero) return { hi: 0, lo: 0 };
  if (o.exponent > INTEGER_EXPONENT) return undefined;
  const w = shiftRightJam(o.hi, o.lo, 0, INTEGER_EXPONENT - o.exponent);
  const r = roundSignificand(rounding(n.control), 64, o.sign, w.hi, w.lo, w.ext);
  if (r.inexact) n.flags |= Exception.precision;
  n.up = r.up;
  return { hi: r.hi, lo: r.lo };
}

/**
 * FIST: the integer of `bits` (16, 32 or 64) bits; the integer indefinite, the most negative one, for
 * what does not fit.
 */
export function toInteger(n: Numerics, o: Operand, bits: number): Stored {
  const m = (o.kind & (NOT_A_NUMBER | Kind.infinity)) === 0 ? integerMagnitude(n, o) : undefined;
  if (m === undefined || !fits(m.hi, m.lo, o.sign, bits)) return integerIndefinite(n, bits);
  if (o.sign === 0) return { high: m.hi, low: m.lo };
  const low = -m.lo >>> 0;
  return { high: (~m.hi + (low === 0 ? 1 : 0)) >>> 0, low };
}

/** Magnitudes up to 2^(bits-1), exclusive if positive. */
function fits(hi: number, lo: number, sign: number, bits: number): boolean {
  if (bits === 64) return hi < 0x80000000 || (sign === 1 && hi === 0x80000000 && lo === 0);
  return hi === 0 && lo < 2 ** (bits - 1) + sign;
}

function integerIndefinite(n: Numerics, bits: number): Stored {
  invalid(n);
  n.flags &= ~Exception.precision;
  n.up = false;
  const lowest = bits === 64 ? 0 : 2 ** (bits - 1);
  return { high: bits === 64 ? 0x80000000 : 0, low: lowest };
}

/** FRNDINT. */
export function roundToInteger(n: Numerics, o: Operand): Extended {
  if ((o.kind & NOT_A_NUMBER) !== 0) return propagateOne(n, o);
  if (o.kind === Kind.infinity || o.kind === Kind.zero) return pack(o.sign, o.exponent, o.hi, o.lo);
  if (o.kind === Kind.denormal) n.flags |= Exception.denormal;
  if (o.exponent >= INTEGER_EXPONENT) return pack(o.sign, o.exponent, o.hi, o.lo);
  const m = integerMagnitude(n, o);
  if (m === undefined || (m.hi | m.lo) === 0) return zero(o.sign);
  const zeros = leadingZeros(m.hi, m.lo, 0);
  const w = shiftLeft(m.hi, m.lo, 0, zeros);
  return pack(o.sign, INTEGER_EXPONENT - zeros, w.hi, w.lo);
}

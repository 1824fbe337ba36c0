/**
 * FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X and FYL2XP1: special cases and rounding (SDM volume 1,
 * 8.3.10; volume 2, the instructions' tables). The manual asks for errors below one unit in the last
 * place; these results are correctly rounded in all modes unless the true value lies within 2^-100 of a
 * boundary. The precision control does not apply. C1 tells the rounding.
 */
import { noteDenormal } from './arithmetic.js';
import { Exception } from './bits.js';
import {
  arcTangent2,
  exponentialMinusOne,
  type Logarithm,
  log2,
  log2OnePlus,
  quarterTurns,
  sineCosine,
  tangent,
} from './elementary.js';
import {
  BIAS,
  type Extended,
  FINITE,
  infinity,
  Kind,
  NOT_A_NUMBER,
  type Operand,
  one,
  pack,
  zero,
} from './format.js';
import { invalid, propagate, propagateOne } from './nan.js';
import { type Numerics, roundFull } from './round.js';
import type { Big } from './series.js';
import { bitLength, highest96, toBig } from './words.js';

const magnitudeOf = (o: Operand): Big => ({ m: toBig(o.hi, o.lo), e: o.exponent - BIAS - 63 });

/** Rounds a value that is not zero; unless `exact`, something lies below its last bit. */
function rounded(n: Numerics, x: Big, sign: number, exact = false): Extended {
  const m = x.m < 0n ? -x.m : x.m;
  const length = bitLength(m);
  const w = highest96(m, length);
  const ext = exact ? w.ext : (w.ext | 1) >>> 0;
  return roundFull(n, x.m < 0n ? sign ^ 1 : sign, length - 1 + x.e + BIAS, { hi: w.hi, lo: w.lo, ext });
}

const copy = (o: Operand): Extended => pack(o.sign, o.exponent, o.hi, o.lo);

/** FSIN and its relatives leave operands of 2^63 and more alone and set C2. */
export const angleOutOfRange = (o: Operand): boolean => (o.kind & FINITE) !== 0 && o.exponent >= BIAS + 63;

/** A function of an angle that is in range; `atZero` is its value there. */
function ofAngle(n: Numerics, a: Operand, atZero: Extended, f: () => Extended): Extended {
  if ((a.kind & NOT_A_NUMBER) !== 0) return propagateOne(n, a);
  if (a.kind === Kind.infinity) return invalid(n);
  if (a.kind === Kind.zero) return atZero;
  noteDenormal(n, a.kind);
  return f();
}

export function sine(n: Numerics, a: Operand): Extended {
  return ofAngle(n, a, zero(a.sign), () => rounded(n, sineCosine(magnitudeOf(a)).sine, a.sign));
}

export function cosine(n: Numerics, a: Operand): Extended {
  return ofAngle(n, a, one(0), () => rounded(n, sineCosine(magnitudeOf(a)).cosine, 0));
}

export function tangentOf(n: Numerics, a: Operand): Extended {
  return ofAngle(n, a, zero(a.sign), () => rounded(n, tangent(magnitudeOf(a)), a.sign));
}

/** FPATAN: the angle of the point (x, y). */
export function arcTangentOf(n: Numerics, x: Operand, y: Operand): Extended {
  const kinds = x.kind | y.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) return propagate(n, x, y);
  noteDenormal(n, kinds);
  if ((kinds & ~FINITE) !== 0) return specialAngle(n, x, y);
  return rounded(n, arcTangent2(magnitudeOf(y), magnitudeOf(x), x.sign === 1), y.sign);
}

/** The multiples of pi/4 that points with a zero or an infinity lie at. */
function specialAngle(n: Numerics, x: Operand, y: Operand): Extended {
  const onAxis = y.kind === Kind.zero || (x.kind === Kind.infinity && y.kind !== Kind.infinity);
  if (onAxis) return x.sign ? rounded(n, quarterTurns(4n), y.sign) : zero(y.sign);
  if (x.kind !== Kind.infinity) return rounded(n, quarterTurns(2n), y.sign);
  return rounded(n, quarterTurns(x.sign ? 3n : 1n), y.sign);
}

/** F2XM1. The manual leaves results for |x| > 1 undefined; here x stays. */
export function twoToXMinusOne(n: Numerics, a: Operand): Extended {
  if ((a.kind & NOT_A_NUMBER) !== 0) return propagateOne(n, a);
  if (a.kind === Kind.infinity) return a.sign ? one(1) : infinity(0);
  noteDenormal(n, a.kind);
  if (a.kind === Kind.zero || a.exponent > BIAS) return copy(a);
  if (a.exponent < BIAS) return rounded(n, exponentialMinusOne(magnitudeOf(a), a.sign === 1), 0);
  if (a.hi !== 0x80000000 || a.lo !== 0) return copy(a);
  return a.sign ? pack(1, BIAS - 1, a.hi, a.lo) : one(0);
}

/** y times a logarithm that is not zero, y neither zero nor infinite. */
function multiple(n: Numerics, y: Operand, log: Logarithm): Extended {
  const b = magnitudeOf(y);
  return rounded(n, { m: b.m * log.m, e: b.e + log.e }, y.sign, log.exact);
}

/** An infinite logarithm (of the given sign) times y, or a finite one times infinity. */
function infiniteProduct(n: Numerics, y: Operand, sign: number): Extended {
  return y.kind === Kind.zero ? invalid(n) : infinity(y.sign ^ sign);
}

/** FYL2X: y * log2(x). */
export function yLog2X(n: Numerics, x: Operand, y: Operand): Extended {
  if (((x.kind | y.kind) & NOT_A_NUMBER) !== 0) return propagate(n, x, y);
  if (x.kind === Kind.zero) return logarithmOfZero(n, y);
  if (x.sign !== 0) return invalid(n);
  if (x.kind === Kind.infinity) {
    const product = infiniteProduct(n, y, 0);
    if ((n.flags & Exception.invalid) === 0) noteDenormal(n, y.kind);
    return product;
  }
  const isOne = x.exponent === BIAS && x.hi === 0x80000000 && x.lo === 0;
  const below = x.exponent < BIAS ? 1 : 0;
  if (isOne && y.kind === Kind.infinity) return invalid(n);
  noteDenormal(n, x.kind | y.kind);
  if (y.kind === Kind.infinity) return infinity(y.sign ^ below);
  if (isOne || y.kind === Kind.zero) return zero(y.sign ^ below);
  return multiple(n, y, log2(magnitudeOf(x)));
}

function logarithmOfZero(n: Numerics, y: Operand): Extended {
  if (y.kind === Kind.zero) return invalid(n);
  if (y.kind !== Kind.infinity) n.flags |= Exception.zeroDivide;
  return infinity(y.sign ^ 1);
}

/** FYL2XP1: y * log2(x + 1). Below -1, where the manual leaves it undefined, it is invalid. */
export function yLog2XPlusOne(n: Numerics, x: Operand, y: Operand): Extended {
  if (((x.kind | y.kind) & NOT_A_NUMBER) !== 0) return propagate(n, x, y);
  if (x.sign === 1 && x.exponent >= BIAS) {
    const minusOne = x.exponent === BIAS && x.hi === 0x80000000 && x.lo === 0;
    return minusOne ? logarithmOfZero(n, y) : invalid(n);
  }
  if (x.kind === Kind.zero && y.kind === Kind.infinity) return invalid(n);
  if (x.kind === Kind.infinity && y.kind === Kind.zero) return invalid(n);
  noteDenormal(n, x.kind | y.kind);
  const sign = x.sign ^ y.sign;
  if (((x.kind | y.kind) & Kind.infinity) !== 0) return infinity(sign);
  if (((x.kind | y.kind) & Kind.zero) !== 0) return zero(sign);
  return multiple(n, y, log2OnePlus(magnitudeOf(x), x.sign === 1));
}

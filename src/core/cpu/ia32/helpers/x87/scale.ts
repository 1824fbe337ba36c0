/**
 * FSCALE and FXTRACT (SDM volume 2).
 */
import { noteDenormal } from './arithmetic.js';
import { Exception } from './bits.js';
import { fromInteger } from './convert.js';
import {
  BIAS,
  type Extended,
  FINITE,
  infinity,
  Kind,
  NOT_A_NUMBER,
  type Operand,
  pack,
  zero,
} from './format.js';
import { invalid, propagate, propagateOne } from './nan.js';
import { type Numerics, roundFull } from './round.js';

/** Beyond the distance between the ends of the exponent range even with the bias adjustment. */
const FAR = 0x1ffff;

/** The integer part of a scale, as far as it matters. */
function integerScale(b: Operand): number {
  if (b.kind === Kind.zero || b.exponent < BIAS) return 0;
  const power = b.exponent - BIAS;
  const magnitude = power > 16 ? FAR : b.hi >>> (31 - power);
  return b.sign ? -magnitude : magnitude;
}

/** a * 2^(the integer part of b). */
export function scale(n: Numerics, a: Operand, b: Operand): Extended {
  const kinds = a.kind | b.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) return propagate(n, a, b);
  if (b.kind === Kind.infinity) {
    if (a.kind === (b.sign ? Kind.infinity : Kind.zero)) return invalid(n);
    noteDenormal(n, kinds);
    return b.sign ? zero(a.sign) : infinity(a.sign);
  }
  noteDenormal(n, kinds);
  if ((a.kind & FINITE) === 0) return pack(a.sign, a.exponent, a.hi, a.lo);
  return roundFull(n, a.sign, a.exponent + integerScale(b), { hi: a.hi, lo: a.lo, ext: 0 });
}

export interface Extracted {
  readonly exponent: Extended;
  readonly significand: Extended;
}

/** A value's exponent and significand, each as a number. */
export function extract(n: Numerics, a: Operand): Extracted {
  if ((a.kind & NOT_A_NUMBER) !== 0) {
    const nan = propagateOne(n, a);
    return { exponent: nan, significand: nan };
  }
  if (a.kind === Kind.infinity) return { exponent: infinity(0), significand: infinity(a.sign) };
  if (a.kind === Kind.zero) {
    n.flags |= Exception.zeroDivide;
    return { exponent: infinity(1), significand: zero(a.sign) };
  }
  noteDenormal(n, a.kind);
  const power = a.exponent - BIAS;
  const e = fromInteger(power >> 31, power);
  return {
    exponent: pack(e.sign, e.exponent, e.hi, e.lo),
    significand: pack(a.sign, BIAS, a.hi, a.lo),
  };
}

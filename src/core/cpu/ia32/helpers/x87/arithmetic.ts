/**
 * FADD, FSUB, FMUL, FDIV and FSQRT, correctly rounded (SDM volume 2, the instructions' tables of special
 * values).
 */
import { Exception, Rounding, rounding } from './bits.js';
import { BIAS, type Extended, FINITE, infinity, Kind, NOT_A_NUMBER, type Operand, zero } from './format.js';
import { invalid, propagate, propagateOne } from './nan.js';
import { type Numerics, roundControlled } from './round.js';
import {
  bitLength,
  fromBig,
  leadingZeros,
  multiply as multiplyWords,
  shiftLeft,
  shiftRightJam,
  toBig,
} from './words.js';

/** An operation of two operands. */
export type Binary = (n: Numerics, a: Operand, b: Operand) => Extended;

/** Reports a denormal operand. */
export function noteDenormal(n: Numerics, kinds: number): void {
  if ((kinds & Kind.denormal) !== 0) n.flags |= Exception.denormal;
}

/** An operand's value as a register holds it, rounded to the precision in force. */
function copy(n: Numerics, sign: number, o: Operand): Extended {
  return roundControlled(n, sign, o.exponent, { hi: o.hi, lo: o.lo, ext: 0 });
}

export const add: Binary = (n, a, b) => sum(n, a, b, b.sign);
export const subtract: Binary = (n, a, b) => sum(n, a, b, b.sign ^ 1);
export const subtractReverse: Binary = (n, a, b) => sum(n, b, a, a.sign ^ 1);

/** a + b, b taken with another sign. */
function sum(n: Numerics, a: Operand, b: Operand, bSign: number): Extended {
  const kinds = a.kind | b.kind;
  if ((kinds & ~FINITE) === 0) {
    noteDenormal(n, kinds);
    if (a.sign !== bSign) return subtractMagnitudes(n, a, b);
    return a.exponent < b.exponent ? addMagnitudes(n, bSign, b, a) : addMagnitudes(n, bSign, a, b);
  }
  if ((kinds & NOT_A_NUMBER) !== 0) return propagate(n, a, b);
  if (a.kind === Kind.infinity && b.kind === Kind.infinity && a.sign !== bSign) return invalid(n);
  noteDenormal(n, kinds);
  if (a.kind === Kind.infinity) return infinity(a.sign);
  if (b.kind === Kind.infinity) return infinity(bSign);
  if (b.kind !== Kind.zero) return copy(n, bSign, b);
  if (a.kind !== Kind.zero) return copy(n, a.sign, a);
  return a.sign === bSign ? zero(a.sign) : exactZero(n);
}

/** A sum of opposites is +0, but -0 when rounding down. */
function exactZero(n: Numerics): Extended {
  return zero(rounding(n.control) === Rounding.down ? 1 : 0);
}

/** |a| + |b|, a having the larger exponent (or both the same). */
function addMagnitudes(n: Numerics, sign: number, a: Operand, b: Operand): Extended {
  const w = shiftRightJam(b.hi, b.lo, 0, a.exponent - b.exponent);
  const low = a.lo + w.lo;
  const lo = low >>> 0;
  const high = a.hi + w.hi + (low > 0xffffffff ? 1 : 0);
  const hi = high >>> 0;
  if (high <= 0xffffffff) return roundControlled(n, sign, a.exponent, { hi, lo, ext: w.ext });
  const half = shiftRightJam(hi, lo, w.ext, 1);
  const carried = { hi: (half.hi | 0x80000000) >>> 0, lo: half.lo, ext: half.ext };
  return roundControlled(n, sign, a.exponent + 1, carried);
}

/** |a| - |b| with a's sign, or its opposite if |b| is larger. */
function subtractMagnitudes(n: Numerics, a: Operand, b: Operand): Extended {
  const order = compareMagnitudes(a, b);
  if (order === 0) return exactZero(n);
  const x = order > 0 ? a : b;
  const y = order > 0 ? b : a;
  const sign = order > 0 ? a.sign : a.sign ^ 1;
  const w = shiftRightJam(y.hi, y.lo, 0, x.exponent - y.exponent);
  const ext = -w.ext;
  const low = x.lo - w.lo - (ext < 0 ? 1 : 0);
  const high = x.hi - w.hi - (low < 0 ? 1 : 0);
  const zeros = leadingZeros(high, low >>> 0, ext >>> 0);
  return roundControlled(n, sign, x.exponent - zeros, shiftLeft(high, low >>> 0, ext >>> 0, zeros));
}

/** Orders two finite operands that are not zero by magnitude: negative, 0 or positive. */
export function compareMagnitudes(a: Operand, b: Operand): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  return a.hi !== b.hi ? a.hi - b.hi : a.lo - b.lo;
}

export const multiply: Binary = (n, a, b) => {
  const kinds = a.kind | b.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) return propagate(n, a, b);
  const sign = a.sign ^ b.sign;
  if ((kinds & ~FINITE) !== 0) {
    if (kinds === (Kind.zero | Kind.infinity)) return invalid(n);
    noteDenormal(n, kinds);
    return (kinds & Kind.infinity) !== 0 ? infinity(sign) : zero(sign);
  }
  noteDenormal(n, kinds);
  const w = multiplyWords(a.hi, a.lo, b.hi, b.lo);
  const exponent = a.exponent + b.exponent - BIAS;
  if (w.hi >= 0x80000000) return roundControlled(n, sign, exponent + 1, w);
  return roundControlled(n, sign, exponent, shiftLeft(w.hi, w.lo, w.ext, 1));
};

export const divide: Binary = (n, a, b) => {
  const kinds = a.kind | b.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) return propagate(n, a, b);
  const sign = a.sign ^ b.sign;
  if ((kinds & ~FINITE) !== 0) return divideSpecial(n, a, b, sign);
  noteDenormal(n, kinds);
  // The quotient of two significands lies between 1/2 and 2.
  const dividend = toBig(a.hi, a.lo) << 95n;
  const divisor = toBig(b.hi, b.lo);
  const quotient = dividend / divisor;
  const w = fromBig(quotient * divisor === dividend ? quotient : quotient | 1n);
  const exponent = a.exponent - b.exponent + BIAS;
  if (w.hi >= 0x80000000) return roundControlled(n, sign, exponent, w);
  return roundControlled(n, sign, exponent - 1, shiftLeft(w.hi, w.lo, w.ext, 1));
};

export const divideReverse: Binary = (n, a, b) => divide(n, b, a);

/** A quotient with a zero or an infinity on either side. */
function divideSpecial(n: Numerics, a: Operand, b: Operand, sign: number): Extended {
  if (a.kind === b.kind) return invalid(n);
  if (b.kind === Kind.zero && a.kind !== Kind.infinity) {
    n.flags |= Exception.zeroDivide;
    return infinity(sign);
  }
  noteDenormal(n, a.kind | b.kind);
  return a.kind === Kind.infinity || b.kind === Kind.zero ? infinity(sign) : zero(sign);
}

export function squareRoot(n: Numerics, a: Operand): Extended {
  if ((a.kind & NOT_A_NUMBER) !== 0) return propagateOne(n, a);
  if (a.kind === Kind.zero) return zero(a.sign);
  if (a.sign !== 0) return invalid(n);
  if (a.kind === Kind.infinity) return infinity(0);
  noteDenormal(n, a.kind);
  // Of a significand scaled to an even power of two, with a root of 96 bits.
  const odd = (a.exponent - BIAS) & 1;
  const radicand = toBig(a.hi, a.lo) << BigInt(127 + odd);
  const root = integerSquareRoot(radicand);
  const w = fromBig(root * root === radicand ? root : root | 1n);
  return roundControlled(n, 0, (a.exponent - BIAS - odd) / 2 + BIAS, w);
}

/** The floor of the square root of a positive integer. */
function integerSquareRoot(value: bigint): bigint {
  // Newton's method falls to the root from an estimate above it, here one of about 52 bits.
  const excess = bitLength(value) - 104;
  const shift = excess > 0 ? excess + (excess & 1) : 0;
  const estimate = Math.floor(Math.sqrt(Number(value >> BigInt(shift)))) + 2;
  let root = BigInt(estimate) << BigInt(shift / 2);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

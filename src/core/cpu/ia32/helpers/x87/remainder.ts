/**
 * FPREM and FPREM1: the exact remainder, reduced by at most 63 bits an execution (SDM volume 2).
 */
import { noteDenormal } from './arithmetic.js';
import { type Extended, Kind, NOT_A_NUMBER, type Operand, zero } from './format.js';
import { invalid, propagate } from './nan.js';
import { type Numerics, roundFull } from './round.js';
import { leadingZeros, shiftLeft, toBig } from './words.js';

export interface Remainder {
  readonly value: Extended;
  /** The quotient's lowest three bits; 0 if the reduction is not complete. */
  readonly quotient: number;
  /** C2: not reduced yet, execute again. */
  readonly partial: boolean;
  /** The operands were none, and the value is a NaN. */
  readonly invalid: boolean;
}

const refused = (value: Extended): Remainder => ({ value, quotient: 0, partial: false, invalid: true });
const whole = (value: Extended, quotient = 0): Remainder => ({
  value,
  quotient,
  partial: false,
  invalid: false,
});

/** The remainder of a / b, the quotient chopped (FPREM) or, if `nearest`, rounded to even (FPREM1). */
export function remainder(n: Numerics, a: Operand, b: Operand, nearest: boolean): Remainder {
  const kinds = a.kind | b.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) return refused(propagate(n, a, b));
  if (a.kind === Kind.infinity || b.kind === Kind.zero) return refused(invalid(n));
  noteDenormal(n, kinds);
  if (a.kind === Kind.zero) return whole(zero(a.sign));
  const difference = a.exponent - b.exponent;
  if (b.kind === Kind.infinity || difference < -1 || (difference < 0 && !nearest)) {
    return whole(roundFull(n, a.sign, a.exponent, { hi: a.hi, lo: a.lo, ext: 0 }));
  }
  return difference < 64 ? reduce(n, a, b, nearest) : reducePartly(n, a, b, difference);
}

/** Takes 32 to 63 bits off the difference of the exponents; the manual leaves the number open. */
function reducePartly(n: Numerics, a: Operand, b: Operand, difference: number): Remainder {
  const taken = (difference & 31) | 32;
  const rest = (toBig(a.hi, a.lo) << BigInt(taken)) % toBig(b.hi, b.lo);
  const value = scaled(n, a.sign, rest, b.exponent + difference - taken);
  return { value, quotient: 0, partial: true, invalid: false };
}

/** The last step. Significands are doubled where the divisor's exponent is the larger one. */
function reduce(n: Numerics, a: Operand, b: Operand, nearest: boolean): Remainder {
  const difference = a.exponent - b.exponent;
  const dividend = toBig(a.hi, a.lo) << BigInt(Math.max(difference, 0));
  const divisor = toBig(b.hi, b.lo) << BigInt(Math.max(-difference, 0));
  const exponent = Math.min(a.exponent, b.exponent);
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = rest * 2n;
  if (nearest && (twice > divisor || (twice === divisor && (quotient & 1n) === 1n))) {
    const value = scaled(n, a.sign ^ 1, divisor - rest, exponent);
    return whole(value, Number((quotient + 1n) & 7n));
  }
  const value = rest === 0n ? zero(a.sign) : scaled(n, a.sign, rest, exponent);
  return whole(value, Number(quotient & 7n));
}

/** An integer of at most 64 bits times 2^(exponent - 63). */
function scaled(n: Numerics, sign: number, magnitude: bigint, exponent: number): Extended {
  if (magnitude === 0n) return zero(sign);
  const hi = Number(magnitude >> 32n);
  const lo = Number(magnitude & 0xffffffffn);
  const zeros = leadingZeros(hi, lo, 0);
  return roundFull(n, sign, exponent - zeros, shiftLeft(hi, lo, 0, zeros));
}

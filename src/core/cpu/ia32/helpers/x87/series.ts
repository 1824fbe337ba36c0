/**
 * Fixed-point arithmetic for the transcendental instructions: constants and power series with
 * `FRACTION` bits after the point. All of it is integer arithmetic, so every host gives the same bits.
 */
import { bitLength } from './words.js';

/** A register needs 64 bits; the others make a wrong rounding as unlikely as a chance of 2^-100. */
export const FRACTION = 192;
const POINT = BigInt(FRACTION);
export const ONE = 1n << POINT;

/** m * 2^e. */
export interface Big {
  readonly m: bigint;
  readonly e: number;
}

/** m * 2^e with `FRACTION` bits after the point. */
export function toFixed(x: Big): bigint {
  return shift(x.m, x.e + FRACTION);
}

/** Shifts left, or right if `count` is negative. */
export function shift(m: bigint, count: number): bigint {
  return count >= 0 ? m << BigInt(count) : m >> BigInt(-count);
}

/** A positive value with its significand brought to exactly `FRACTION` bits. */
export function normalized(x: Big): Big {
  const count = FRACTION - bitLength(x.m);
  return { m: shift(x.m, count), e: x.e - count };
}

/** The quotient of two positive integers to `FRACTION` bits or one more. */
export function quotient(numerator: bigint, denominator: bigint): Big {
  const count = FRACTION + bitLength(denominator) - bitLength(numerator);
  return { m: shift(numerator, count) / denominator, e: -count };
}

export const square = (fixed: bigint): bigint => (fixed * fixed) >> POINT;

/** A value times a fixed-point factor near 1. */
export function times(x: Big, factor: bigint): Big {
  return { m: x.m * factor, e: x.e - FRACTION };
}

/** sum of x^k / d(k) with d(0) = 1 and d(k) = d(k - 1) * step(k), from the terms' ratios. */
function factorialSeries(x: bigint, step: (k: bigint) => bigint): bigint {
  let sum = ONE;
  let term = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * x) >> POINT) / step(k);
    sum += term;
  }
  return sum;
}

/** sin(x) / x, given x^2. */
export const sineFactor = (x2: bigint): bigint => factorialSeries(-x2, (k) => 2n * k * (2n * k + 1n));
/** cos(x), given x^2. */
export const cosine = (x2: bigint): bigint => factorialSeries(-x2, (k) => (2n * k - 1n) * 2n * k);
/** (e^x - 1) / x. */
export const exponentialFactor = (x: bigint): bigint => factorialSeries(x, (k) => k + 1n);

/** sum of x^k / (2k + 1): atanh(t) / t for x = t^2, atan(t) / t for x = -t^2. */
export function arcFactor(x: bigint): bigint {
  let sum = ONE;
  let power = ONE;
  for (let odd = 3n; power !== 0n && power !== -1n; odd += 2n) {
    power = (power * x) >> POINT;
    sum += power / odd;
  }
  return sum;
}

/** atan(1 / n) with `bits` bits after the point. */
function arcTangentOfInverse(n: bigint, bits: bigint): bigint {
  let power = (1n << bits) / n;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -n * n;
    sum += power / odd;
  }
  return sum;
}

/** Bits after the point of `PI_LONG`, and guard bits of its computation. */
export const LONG_FRACTION = 384;
const GUARD = 32n;

/** Pi by Machin's formula; a double extended number up to 2^63 can be reduced by it without harm. */
export const PI_LONG = ((): bigint => {
  const bits = BigInt(LONG_FRACTION) + GUARD;
  const quarter = 4n * arcTangentOfInverse(5n, bits) - arcTangentOfInverse(239n, bits);
  return (4n * quarter) >> GUARD;
})();
export const PI = PI_LONG >> BigInt(LONG_FRACTION - FRACTION);

/** ln 2 = 2 atanh(1/3). */
export const LN2 = (2n * arcFactor(ONE / 9n)) / 3n;

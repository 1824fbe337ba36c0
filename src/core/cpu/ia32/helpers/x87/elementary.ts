/**
 * The elementary functions of exact arguments, to far more bits than a register holds. Arguments and
 * results are m * 2^e; the relative error of a result is below 2^-180.
 */
import {
  arcFactor,
  type Big,
  cosine,
  exponentialFactor,
  FRACTION,
  LN2,
  LONG_FRACTION,
  normalized,
  ONE,
  PI,
  PI_LONG,
  quotient,
  shift,
  sineFactor,
  square,
  times,
  toFixed,
} from './series.js';
import { bitLength } from './words.js';

/** Position of the highest bit: x is at least 2^magnitude and less than twice that. */
const magnitude = (x: Big): number => bitLength(x.m) - 1 + x.e;

/** An angle in [-pi/4, pi/4] and the number of right angles taken off, modulo 4. */
interface Reduced {
  readonly quadrant: number;
  readonly negative: boolean;
  readonly angle: Big;
}

/**
 * Takes multiples of the true pi/2 off a positive angle below 2^63. (The silicon's pi has 66 bits; the
 * results differ from it for large angles, where its own are far from the sine.)
 */
function reduceAngle(x: Big): Reduced {
  if (magnitude(x) < -1) return { quadrant: 0, negative: false, angle: normalized(x) };
  const right = PI_LONG >> 1n;
  const fixed = shift(x.m, x.e + LONG_FRACTION);
  const turns = (2n * fixed + right) / (2n * right);
  const rest = fixed - turns * right;
  const angle = normalized({ m: rest < 0n ? -rest : rest, e: -LONG_FRACTION });
  return { quadrant: Number(turns & 3n), negative: rest < 0n, angle };
}

export interface SineCosine {
  readonly sine: Big;
  readonly cosine: Big;
}

/** sin(r) and cos(r) of a reduced positive angle; both always below the angle and 1. */
function kernels(angle: Big): SineCosine {
  const squared = square(toFixed(angle));
  return { sine: times(angle, sineFactor(squared) - 1n), cosine: { m: cosine(squared) - 1n, e: -FRACTION } };
}

const negate = (x: Big): Big => ({ m: -x.m, e: x.e });

/** Sine and cosine of a positive x below 2^63. */
export function sineCosine(x: Big): SineCosine {
  const { quadrant, negative, angle } = reduceAngle(x);
  const k = kernels(angle);
  const sine = negative ? negate(k.sine) : k.sine;
  if (quadrant === 0) return { sine, cosine: k.cosine };
  if (quadrant === 1) return { sine: k.cosine, cosine: negate(sine) };
  if (quadrant === 2) return { sine: negate(sine), cosine: negate(k.cosine) };
  return { sine: negate(k.cosine), cosine: sine };
}

/** Below this magnitude tan x is x and a little more, less than a series' last bit. */
const TINY = -80;

/** The tangent of a positive x below 2^63. */
export function tangent(x: Big): Big {
  if (magnitude(x) < TINY) return { m: (x.m << BigInt(FRACTION)) + 1n, e: x.e - FRACTION };
  const { sine, cosine: c } = sineCosine(x);
  const negative = sine.m < 0n !== c.m < 0n;
  const q = quotient(sine.m < 0n ? -sine.m : sine.m, c.m < 0n ? -c.m : c.m);
  const value = { m: q.m, e: q.e + sine.e - c.e };
  return negative ? negate(value) : value;
}

/** Arc tangents of eighths, by which a tangent is brought below 1/16. */
const EIGHTHS = Array.from({ length: 9 }, (_, i) => arcTangentOfEighth(BigInt(i)));

/** Euler's series, which converges well up to 1: sum of 2^2k k!^2 / (2k + 1)! * t^(2k+1) / (1 + t^2)^(k+1). */
function arcTangentOfEighth(i: bigint): bigint {
  const base = 64n + i * i;
  let term = (ONE * 8n * i) / base;
  let sum = term;
  for (let k = 1n; term !== 0n; k++) {
    term = (term * 2n * k * i * i) / ((2n * k + 1n) * base);
    sum += term;
  }
  return sum;
}

/** The arc tangent of t, 0 < t <= 1; always below t. */
function arcTangent(t: Big): Big {
  if (magnitude(t) < -4) return times(t, arcFactor(-square(toFixed(t))) - 1n);
  const fixed = toFixed(t);
  const i = (fixed * 16n + ONE) / (2n * ONE);
  const rest = ((8n * fixed - i * ONE) << BigInt(FRACTION)) / (8n * ONE + i * fixed);
  const arc = (rest * arcFactor(-square(rest))) >> BigInt(FRACTION);
  return { m: EIGHTHS[Number(i)]! + arc, e: -FRACTION };
}

/** The angle in (0, pi) of a point with positive y; `x` is given by its magnitude and sign. */
export function arcTangent2(y: Big, x: Big, left: boolean): Big {
  const steep = magnitude(y) > magnitude(x) || (magnitude(y) === magnitude(x) && toSame(y, x) > toSame(x, y));
  const q = steep ? quotient(x.m, y.m) : quotient(y.m, x.m);
  const t = normalized({ m: q.m, e: q.e + (steep ? x.e - y.e : y.e - x.e) });
  const angle = arcTangent(t);
  if (!steep && !left) return angle;
  const fixed = toFixed(angle);
  if (!steep) return { m: PI - fixed, e: -FRACTION };
  return { m: (PI >> 1n) + (left ? fixed : -fixed), e: -FRACTION };
}

/** `a`'s significand aligned with `b`'s, for comparing values of the same magnitude. */
function toSame(a: Big, b: Big): bigint {
  return a.e > b.e ? a.m << BigInt(a.e - b.e) : a.m;
}

/** Multiples of pi/4. */
export const quarterTurns = (count: bigint): Big => ({ m: (PI * count) >> 2n, e: -FRACTION });

/** A logarithm; exact if the argument is a power of two, else certainly not. */
export interface Logarithm extends Big {
  readonly exact: boolean;
}

/** The logarithm to base 2 of a positive x. */
export function log2(x: Big): Logarithm {
  const length = bitLength(x.m);
  const power = 1n << BigInt(length - 1);
  if (x.m === power) return { m: BigInt(length - 1 + x.e), e: 0, exact: true };
  // x = u * 2^k with u between sqrt(1/2) and sqrt(2): ln u = 2 atanh((u - 1) / (u + 1)).
  const above = x.m * x.m > 2n * power * power;
  const unit = above ? 2n * power : power;
  const k = length - 1 + x.e + (above ? 1 : 0);
  const below = x.m < unit;
  const t = quotient(below ? unit - x.m : x.m - unit, x.m + unit);
  const ln = times({ m: t.m, e: t.e + 1 }, arcFactor(square(toFixed(t))));
  const part = normalized(dividedByLn2(ln));
  const signed = below ? -part.m : part.m;
  if (k === 0) return { m: signed, e: part.e, exact: false };
  return { m: BigInt(k) * ONE + toFixed({ m: signed, e: part.e }), e: -FRACTION, exact: false };
}

function dividedByLn2(x: Big): Big {
  const q = quotient(x.m, LN2);
  return { m: q.m, e: q.e + x.e + FRACTION };
}

/** Below this magnitude log2(1 + x) is x / ln 2, and above its opposite log2 x, to the last bit. */
const NEGLIGIBLE = -250;

/** log2(1 + x) for x > -1, given by magnitude and sign. */
export function log2OnePlus(x: Big, negative: boolean): Logarithm {
  const size = magnitude(x);
  if (size < NEGLIGIBLE) {
    const q = dividedByLn2(x);
    return { m: negative ? -q.m : q.m, e: q.e, exact: false };
  }
  if (size > -NEGLIGIBLE) return { ...log2(x), exact: false };
  const e = Math.min(x.e, 0);
  const one = 1n << BigInt(-e);
  const m = shift(x.m, x.e - e);
  return log2({ m: negative ? one - m : one + m, e });
}

/** 2^x - 1 for 0 < |x| < 1. */
export function exponentialMinusOne(x: Big, negative: boolean): Big {
  const y = normalized({ m: x.m * LN2, e: x.e - FRACTION });
  const fixed = toFixed(y);
  const value = times(y, exponentialFactor(negative ? -fixed : fixed));
  return negative ? negate(value) : value;
}

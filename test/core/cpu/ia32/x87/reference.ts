/**
 * Rounding of exact fractions by the definition, with BigInts and without any of the unit's code: the
 * reference that results are held against. And generators of operands that are often at boundaries.
 */
import fc from 'fast-check';
import type { Extended } from '../../../../../src/core/cpu/ia32/helpers/x87/format.js';

/** A fraction; the denominator is positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const MODES = [0, 1, 2, 3] as const;

/** The integer next to n / d in a rounding mode: 0 nearest even, 1 down, 2 up, 3 towards zero. */
export function roundFraction({ n, d }: Fraction, mode: number): bigint {
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d);
  const rest = n - floor * d;
  if (rest === 0n || mode === 1) return floor;
  if (mode === 2) return floor + 1n;
  if (mode === 3) return n >= 0n ? floor : floor + 1n;
  if (2n * rest === d) return floor + (floor & 1n);
  return 2n * rest > d ? floor + 1n : floor;
}

export const scaleFraction = ({ n, d }: Fraction, power: number): Fraction =>
  power >= 0 ? { n: n << BigInt(power), d } : { n, d: d << BigInt(-power) };

const bits = (v: bigint) => v.toString(2).length;

/** The register that holds a fraction rounded to `precision` bits, exponents unlimited upwards. */
export function register(f: Fraction, precision: number, mode: number): Extended {
  const sign = f.n < 0n ? 0x8000 : 0;
  const magnitude = sign ? -f.n : f.n;
  if (magnitude === 0n) return { se: 0, hi: 0, lo: 0 };
  let power = bits(magnitude) - bits(f.d);
  if (magnitude << BigInt(Math.max(0, -power)) < f.d << BigInt(Math.max(0, power))) power--;
  // The weight of the last bit kept; denormals have fewer.
  const last = Math.max(power, -16382) - (precision - 1);
  const kept = roundFraction(scaleFraction(f, -last), mode);
  return fromInteger(sign, kept < 0n ? -kept : kept, last);
}

/** A register from an integer of at most 64 bits and its weight. */
function fromInteger(sign: number, m: bigint, weight: number): Extended {
  if (m === 0n) return { se: sign, hi: 0, lo: 0 };
  const room = 64 - bits(m);
  const shift = Math.min(room, weight + 16382 + 63);
  const significand = m << BigInt(shift);
  const biased = significand >> 63n ? weight - shift + 63 + 16383 : 0;
  return { se: sign | biased, hi: Number(significand >> 32n), lo: Number(significand & 0xffffffffn) };
}

/** The value of a finite register. */
export function fraction(x: Extended): Fraction {
  const m = (BigInt(x.hi) << 32n) | BigInt(x.lo);
  const exponent = Math.max(x.se & 0x7fff, 1) - 16383 - 63;
  return scaleFraction({ n: x.se & 0x8000 ? -m : m, d: 1n }, exponent);
}

const word = fc.oneof(
  fc.nat(0xffffffff),
  fc.constantFrom(0, 1, 0x80000000, 0xffffffff, 0xfffffffe, 0x7fffffff, 0x400, 0x7ff, 0x800, 0xfffff800),
);
const exponent = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0x3fff - 70, max: 0x3fff + 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 0x7ffe }) },
);

/** Normal numbers, their exponents mostly near 1's. */
export const normal: fc.Arbitrary<Extended> = fc
  .record({ e: exponent, hi: word, lo: word, sign: fc.boolean() })
  .map(({ e, hi, lo, sign }) => ({ se: e | (sign ? 0x8000 : 0), hi: (hi | 0x80000000) >>> 0, lo }));

/** Normal numbers whose sums, products and quotients stay in the range. */
export const moderate = normal.map((x) => ({
  ...x,
  se: (x.se & 0x8000) | (0x3000 + ((x.se & 0x7fff) >> 2)),
}));

/** Doubles whose sums, products, quotients and roots are neither denormal nor infinite. */
export const double = fc
  .record({
    fraction: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, 2 ** 52 - 1, 2 ** 51, 2 ** 51 + 1)),
    power: fc.oneof(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -60, max: 60 })),
    sign: fc.boolean(),
  })
  .map(
    ({ fraction: f, power, sign }) => (sign ? -1 : 1) * (1 + (Math.abs(f) % 2 ** 52) / 2 ** 52) * 2 ** power,
  );

export const single = fc
  .record({
    fraction: fc.oneof(fc.nat(2 ** 23 - 1), fc.constantFrom(0, 1, 2 ** 23 - 1, 2 ** 22)),
    power: fc.integer({ min: -50, max: 50 }),
    sign: fc.boolean(),
  })
  .map(({ fraction: f, power, sign }) => (sign ? -1 : 1) * (1 + f / 2 ** 23) * 2 ** power);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extended } from '../../../../../src/core/cpu/ia32/helpers/x87/format.js';
import { Bench, fromNumber, parse, show } from './bench.js';
import { type Fraction, fraction, MODES, register, roundFraction } from './reference.js';

const CODES = {
  FSIN: 0xd9fe,
  FCOS: 0xd9ff,
  FPTAN: 0xd9f2,
  FPATAN: 0xd9f3,
  F2XM1: 0xd9f0,
  FYL2X: 0xd9f1,
  FYL2XP1: 0xd9f9,
  FSINCOS: 0xd9fb,
} as const;
type Name = keyof typeof CODES;

/** Executes with x in ST(0) and, for those that take it, y in ST(1). */
function execute(name: Name, x: Extended, y?: Extended, control = 0x37f): Bench {
  const bench = new Bench();
  if (y) bench.load(x, y);
  else bench.load(x);
  bench.control(control);
  bench.run(CODES[name]);
  return bench;
}

/** The result, which FPTAN leaves below its 1. */
const resultOf = (bench: Bench, name: Name) => bench.st(name === 'FPTAN' ? 1 : 0);

const ZERO = '0000 0000000000000000';
const MINUS_ZERO = '8000 0000000000000000';
const ONE = '3fff 8000000000000000';
const MINUS_ONE = 'bfff 8000000000000000';
const INFINITY = '7fff 8000000000000000';
const MINUS_INFINITY = 'ffff 8000000000000000';
const INDEFINITE = 'ffff c000000000000000';
const DENORMAL = '0000 0000000000000001';
const TWO = '4000 8000000000000000';
const HALF = '3ffe 8000000000000000';

describe('values to the last bit, rounded from 600 bits of the mpmath library', () => {
  const rows: [Name, string, string, string, string][] = [
    ['FSIN', '1', '3fff 8000000000000000', '-', '3ffe d76aa47848677021'],
    ['FCOS', '1', '3fff 8000000000000000', '-', '3ffe 8a51407da8345c92'],
    ['FPTAN', '1', '3fff 8000000000000000', '-', '3fff c75922e5f71d2dc5'],
    ['FSIN', '0.5', '3ffe 8000000000000000', '-', '3ffd f57743a2582f7f44'],
    ['FCOS', '0.5', '3ffe 8000000000000000', '-', '3ffe e0a94032dbea7cee'],
    ['FPTAN', '0.5', '3ffe 8000000000000000', '-', '3ffe 8bda7adf9a3a5219'],
    ['FSIN', '-3', 'c000 c000000000000000', '-', 'bffc 9081c36db6aada79'],
    ['FCOS', '-3', 'c000 c000000000000000', '-', 'bffe fd7025f42f2e9308'],
    ['FPTAN', '-3', 'c000 c000000000000000', '-', '3ffc 91f7b892a5c37866'],
    ['FSIN', '100', '4005 c800000000000000', '-', 'bffe 81a12dbc626dc038'],
    ['FCOS', '100', '4005 c800000000000000', '-', '3ffe dcc0edfb32fefb20'],
    ['FPTAN', '100', '4005 c800000000000000', '-', 'bffe 9653a6b15ae9bd7d'],
    ['FSIN', '2^62', '403d 8000000000000000', '-', 'bffe b3f2b9aaf80a3946'],
    ['FCOS', '2^62', '403d 8000000000000000', '-', 'bffe b6158fc106383e05'],
    ['FPTAN', '2^62', '403d 8000000000000000', '-', '3ffe fcff2df3327d3a09'],
    ['FSIN', '2^63 - 1', '403d fffffffffffffffe', '-', '3ffe 87c40d5054d10b26'],
    ['FCOS', '2^63 - 1', '403d fffffffffffffffe', '-', '3ffe d908a28580310b71'],
    ['FPTAN', '2^63 - 1', '403d fffffffffffffffe', '-', '3ffe a02428b8d256d305'],
    ['FSIN', '2^-40', '3fd7 8000000000000000', '-', '3fd7 8000000000000000'],
    ['FCOS', '2^-40', '3fd7 8000000000000000', '-', '3fff 8000000000000000'],
    ['FPTAN', '2^-40', '3fd7 8000000000000000', '-', '3fd7 8000000000000000'],
    ['FSIN', '355', '4007 b180000000000000', '-', 'bfef fcde8183e8ef14ed'],
    ['FCOS', '355', '4007 b180000000000000', '-', 'bffe fffffffe0c725f3d'],
    ['FPTAN', '355', '4007 b180000000000000', '-', '3fef fcde8185d660b0be'],
    ['FPATAN', '1 / 1', '3fff 8000000000000000', '3fff 8000000000000000', '3ffe c90fdaa22168c235'],
    ['FPATAN', '1 / 2', '4000 8000000000000000', '3fff 8000000000000000', '3ffd ed63382b0dda7b45'],
    ['FPATAN', '-5 / -3', 'c000 c000000000000000', 'c001 a000000000000000', 'c000 871e28fd02ce22f6'],
    ['FPATAN', '3 / -2^-20', 'bfeb 8000000000000000', '4000 c000000000000000', '3fff c90fdd4ccc136cdf'],
    ['FPATAN', '2^-30 / 7', '4001 e000000000000000', '3fe1 8000000000000000', '3fde 9249249249249249'],
    ['F2XM1', '0.5', '3ffe 8000000000000000', '-', '3ffd d413cccfe7799211'],
    ['F2XM1', '-0.75', 'bffe c000000000000000', '-', 'bffd cf901f5ce48ead21'],
    ['F2XM1', '2^-50', '3fcd 8000000000000000', '-', '3fcc b17217f7d1cf890c'],
    ['F2XM1', '-2^-10', 'bff5 8000000000000000', '-', 'bff4 b162b8fc207bd0b1'],
    ['FYL2X', '1, 10', '4002 a000000000000000', '3fff 8000000000000000', '4000 d49a784bcd1b8afe'],
    ['FYL2X', '3, 1 + 2^-63', '3fff 8000000000000001', '4000 c000000000000000', '3fc2 8a7fac5f0511f48c'],
    ['FYL2X', '-7, 1 - 2^-64', '3ffe ffffffffffffffff', 'c001 e000000000000000', '3fc2 a194f3c43094f2a5'],
    ['FYL2X', '1.5, 3 * 2^5000', '5388 c000000000000000', '3fff c000000000000000', '400b ea7305013ab7ce0e'],
    ['FYL2XP1', '1, 2^-40', '3fd7 8000000000000000', '3fff 8000000000000000', '3fd7 b8aa3b295bbb9b9e'],
    ['FYL2XP1', '-3, 0.25', '3ffd 8000000000000000', 'c000 c000000000000000', 'bffe f73da38d9d4a83eb'],
    ['FYL2XP1', '5, -0.25', 'bffd 8000000000000000', '4001 a000000000000000', 'c000 84cfdf378533d678'],
    ['FYL2XP1', '1, -2^-60', 'bfc3 8000000000000000', '3fff 8000000000000000', 'bfc3 b8aa3b295c17f0c2'],
  ];
  it.each(rows)('%s of %s', (name, _text, x, y, result) => {
    const two = name === 'FPATAN' || name === 'FYL2X' || name === 'FYL2XP1';
    const bench = execute(name, parse(x), two ? parse(y) : undefined);
    expect(resultOf(bench, name)).toBe(result);
    // None of these is exact.
    expect(bench.unit.status & 0x7f).toBe(0x20);
  });
});

/** Fixed point with this many bits for the references below. */
const BITS = 320n;
const fixed = ({ n, d }: Fraction) => (n << BITS) / d;
const asFraction = (v: bigint): Fraction => ({ n: v, d: 1n << BITS });

/** sum over k of x^k / k! with the k-th term's sign and presence given: the plain Taylor series. */
function taylor(x: bigint, coefficient: (k: number) => bigint): bigint {
  let sum = 0n;
  let term = 1n << BITS;
  for (let k = 0; k < 4 || (term !== 0n && term !== -1n); k++) {
    sum += coefficient(k) * term;
    term = ((term * x) >> BITS) / BigInt(k + 1);
  }
  return sum;
}
const sine = (x: bigint) => taylor(x, (k) => (k % 2 ? (k % 4 === 1 ? 1n : -1n) : 0n));
const cosine = (x: bigint) => taylor(x, (k) => (k % 2 ? 0n : k % 4 ? -1n : 1n));
const exponential = (x: bigint) => taylor(x, () => 1n);
/** ln 2 with 320 bits after the point. */
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2be7b876206debac98n;

/** Arguments between 2^-20 and 2^3. */
const argument = fc
  .record({
    e: fc.integer({ min: 0x3fff - 20, max: 0x3fff + 2 }),
    hi: fc.nat(0x7fffffff),
    lo: fc.nat(0xffffffff),
    sign: fc.boolean(),
  })
  .map(({ e, hi, lo, sign }) => ({ se: e | (sign ? 0x8000 : 0), hi: (hi | 0x80000000) >>> 0, lo }));
const mode = fc.constantFrom(...MODES);
const control = (m: number) => 0x37f | (m << 10);

/** What the fixed-point formulas here may be off by, in their last places: exact results need it. */
const SLACK = 1n << 64n;

describe('correct rounding in every mode', () => {
  it('FSIN, FCOS and FSINCOS against the plain series', () => {
    fc.assert(
      fc.property(argument, mode, (x, m) => {
        const s = show(register(asFraction(sine(fixed(fraction(x)))), 64, m));
        const c = show(register(asFraction(cosine(fixed(fraction(x)))), 64, m));
        expect(execute('FSIN', x, undefined, control(m)).st(0)).toBe(s);
        expect(execute('FCOS', x, undefined, control(m)).st(0)).toBe(c);
        const both = execute('FSINCOS', x, undefined, control(m));
        expect([both.st(1), both.st(0)]).toEqual([s, c]);
      }),
    );
  });

  it('FPTAN against the quotient of the series, with 1 on top', () => {
    fc.assert(
      fc.property(argument, mode, (x, m) => {
        const a = fixed(fraction(x));
        const [s, c] = [sine(a), cosine(a)];
        const bench = execute('FPTAN', x, undefined, control(m));
        expect(bench.st(1)).toBe(show(register({ n: c < 0n ? -s : s, d: c < 0n ? -c : c }, 64, m)));
        expect(bench.st(0)).toBe(ONE);
      }),
    );
  });

  it('F2XM1 against the plain series', () => {
    fc.assert(
      fc.property(argument, mode, (x, m) => {
        const a = { ...x, se: x.se - 4 };
        const power = exponential((fixed(fraction(a)) * LN2) >> BITS);
        const expected = register(asFraction(power - (1n << BITS)), 64, m);
        expect(execute('F2XM1', a, undefined, control(m)).st(0)).toBe(show(expected));
      }),
    );
  });

  it('logarithms and arcs are inverses: FYL2X, FYL2XP1 and FPATAN bracket their arguments', () => {
    fc.assert(
      fc.property(argument, (x) => {
        const positive = { ...x, se: x.se & 0x7fff };
        const one = parse(ONE);
        // Rounded down and up, the results enclose the true ones; so must the inverse functions.
        const between = (name: Name, a: Extended, inverse: (v: bigint) => bigint, v: bigint) => {
          const low = fixed(fraction(parse(execute(name, a, one, control(1)).st(0))));
          const high = fixed(fraction(parse(execute(name, a, one, control(2)).st(0))));
          expect(inverse(low) <= v + SLACK && v <= inverse(high) + SLACK).toBe(true);
        };
        const value = fixed(fraction(positive));
        between('FYL2X', positive, (v) => exponential((v * LN2) >> BITS), value);
        const small = { ...positive, se: positive.se - 6 };
        const unit = 1n << BITS;
        between('FYL2XP1', small, (v) => exponential((v * LN2) >> BITS), unit + fixed(fraction(small)));
        // The angle of (x, 1) falls as x grows: 1 / tan.
        const low = fixed(fraction(parse(execute('FPATAN', positive, one, control(1)).st(0))));
        const high = fixed(fraction(parse(execute('FPATAN', positive, one, control(2)).st(0))));
        const cotangent = (v: bigint) => (cosine(v) << BITS) / sine(v);
        expect(cotangent(high) <= value + SLACK && value <= cotangent(low) + SLACK).toBe(true);
      }),
      // A power of two: the logarithm is exact.
      { examples: [[{ se: 16363, hi: 0x80000000, lo: 0 }]] },
    );
  });
});

describe('special operands (SDM volume 2)', () => {
  const one: [Name, string, string, number][] = [
    ['FSIN', MINUS_ZERO, MINUS_ZERO, 0],
    ['FCOS', MINUS_ZERO, ONE, 0],
    ['FPTAN', MINUS_ZERO, MINUS_ZERO, 0],
    ['FSIN', INFINITY, INDEFINITE, 1],
    ['FCOS', MINUS_INFINITY, INDEFINITE, 1],
    ['FPTAN', INFINITY, INDEFINITE, 1],
    ['FSIN', DENORMAL, DENORMAL, 0x32],
    ['F2XM1', ONE, ONE, 0],
    ['F2XM1', MINUS_ONE, 'bffe 8000000000000000', 0],
    ['F2XM1', MINUS_ZERO, MINUS_ZERO, 0],
    ['F2XM1', MINUS_INFINITY, MINUS_ONE, 0],
    ['F2XM1', INFINITY, INFINITY, 0],
    ['F2XM1', '7fff 8000000000000001', '7fff c000000000000001', 1],
  ];
  it.each(one)('%s of %s', (name, x, result, flags) => {
    const bench = execute(name, parse(x));
    expect(resultOf(bench, name)).toBe(result);
    expect(bench.unit.status & 0x7f).toBe(flags);
  });

  // Name, x = ST(0), y = ST(1), result, exceptions.
  const two: [Name, string, string, string, number][] = [
    ['FPATAN', ONE, ZERO, ZERO, 0],
    ['FPATAN', ONE, MINUS_ZERO, MINUS_ZERO, 0],
    ['FPATAN', MINUS_ONE, ZERO, '4000 c90fdaa22168c235', 0x20],
    ['FPATAN', MINUS_ZERO, MINUS_ZERO, 'c000 c90fdaa22168c235', 0x20],
    ['FPATAN', ZERO, ONE, '3fff c90fdaa22168c235', 0x20],
    ['FPATAN', MINUS_ZERO, MINUS_ONE, 'bfff c90fdaa22168c235', 0x20],
    ['FPATAN', INFINITY, INFINITY, '3ffe c90fdaa22168c235', 0x20],
    ['FPATAN', MINUS_INFINITY, MINUS_INFINITY, 'c000 96cbe3f9990e91a8', 0x20],
    ['FPATAN', ONE, INFINITY, '3fff c90fdaa22168c235', 0x20],
    ['FPATAN', INFINITY, MINUS_ONE, MINUS_ZERO, 0],
    ['FPATAN', MINUS_INFINITY, ONE, '4000 c90fdaa22168c235', 0x20],
    ['FYL2X', ZERO, ONE, MINUS_INFINITY, 4],
    ['FYL2X', ZERO, MINUS_ONE, INFINITY, 4],
    ['FYL2X', ZERO, ZERO, INDEFINITE, 1],
    ['FYL2X', ZERO, INFINITY, MINUS_INFINITY, 0],
    ['FYL2X', MINUS_ONE, ONE, INDEFINITE, 1],
    ['FYL2X', MINUS_INFINITY, ONE, INDEFINITE, 1],
    ['FYL2X', ONE, INFINITY, INDEFINITE, 1],
    ['FYL2X', ONE, MINUS_ONE, MINUS_ZERO, 0],
    ['FYL2X', HALF, ZERO, MINUS_ZERO, 0],
    ['FYL2X', HALF, INFINITY, MINUS_INFINITY, 0],
    ['FYL2X', TWO, MINUS_INFINITY, MINUS_INFINITY, 0],
    ['FYL2X', INFINITY, ZERO, INDEFINITE, 1],
    ['FYL2X', INFINITY, MINUS_ONE, MINUS_INFINITY, 0],
    ['FYL2X', TWO, 'c000 c000000000000000', 'c000 c000000000000000', 0],
    ['FYL2XP1', ZERO, MINUS_ONE, MINUS_ZERO, 0],
    ['FYL2XP1', MINUS_ZERO, ONE, MINUS_ZERO, 0],
    ['FYL2XP1', ZERO, INFINITY, INDEFINITE, 1],
    ['FYL2XP1', INFINITY, ONE, INFINITY, 0],
    ['FYL2XP1', INFINITY, ZERO, INDEFINITE, 1],
  ];
  it.each(two)('%s of x = %s, y = %s', (name, x, y, result, flags) => {
    const bench = execute(name, parse(x), parse(y));
    expect(bench.st(0)).toBe(result);
    expect(bench.unit.status & 0x7f).toBe(flags);
    expect(bench.unit.isEmpty(1)).toBe(true);
  });

  it('operands of 2^63 and more stay, with C2 set', () => {
    for (const name of ['FSIN', 'FCOS', 'FPTAN', 'FSINCOS'] as const) {
      const bench = execute(name, parse('403e 8000000000000000'));
      expect(bench.st(0)).toBe('403e 8000000000000000');
      expect(bench.unit.isEmpty(1)).toBe(true);
      expect(bench.unit.status & 0x400).toBe(0x400);
      bench.unit.set(0, parse('403d ffffffffffffffff'));
      bench.run(CODES[name]);
      expect(bench.unit.status & 0x400).toBe(0);
    }
  });
});

describe('constants in the four rounding modes (SDM volume 1, 8.3.8)', () => {
  const rows: [string, number, string, string][] = [
    ['FLD1', 0xd9e8, '3fff 8000000000000000', '3fff 8000000000000000'],
    ['FLDL2T', 0xd9e9, '4000 d49a784bcd1b8afe', '4000 d49a784bcd1b8aff'],
    ['FLDL2E', 0xd9ea, '3fff b8aa3b295c17f0bb', '3fff b8aa3b295c17f0bc'],
    ['FLDPI', 0xd9eb, '4000 c90fdaa22168c234', '4000 c90fdaa22168c235'],
    ['FLDLG2', 0xd9ec, '3ffd 9a209a84fbcff798', '3ffd 9a209a84fbcff799'],
    ['FLDLN2', 0xd9ed, '3ffe b17217f7d1cf79ab', '3ffe b17217f7d1cf79ac'],
    ['FLDZ', 0xd9ee, '0000 0000000000000000', '0000 0000000000000000'],
  ];
  it.each(rows)('%s', (name, code, below, above) => {
    const nearest = name === 'FLDL2T' ? below : above;
    [nearest, below, above, below].forEach((expected, m) => {
      const bench = new Bench();
      bench.control(control(m));
      bench.run(code);
      expect(bench.st(0)).toBe(expected);
      expect(bench.unit.status & 0x7f).toBe(0);
    });
  });
});

describe('doubles', () => {
  it('agree with Math to a few units in the last place of a double', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 7, noNaN: true }), (x) => {
        const near = (name: Name, expected: number) => {
          const f = fraction(parse(resultOf(execute(name, fromNumber(x), fromNumber(1)), name)));
          const value = Number(roundFraction({ n: f.n << 80n, d: f.d }, 0)) / 2 ** 80;
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -50 + 2 ** -54);
        };
        near('FSIN', Math.sin(x));
        near('FCOS', Math.cos(x));
        near('FPATAN', Math.atan2(1, x));
        near('FYL2X', Math.log2(x));
      }),
    );
  });
});

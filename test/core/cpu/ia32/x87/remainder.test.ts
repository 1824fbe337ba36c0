import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extended } from '../../../../../src/core/cpu/ia32/helpers/x87/format.js';
import { Bench, fromNumber, parse, show } from './bench.js';
import { fraction, normal, register, roundFraction } from './reference.js';

const FPREM = 0xd9f8;
const FPREM1 = 0xd9f5;
const FSCALE = 0xd9fd;
const FXTRACT = 0xd9f4;
const C2 = 0x400;

/** The quotient's three bits as the condition code gives them (SDM volume 2, FPREM). */
const quotientBits = (status: number) =>
  ((status >> 8) & 1) * 4 + ((status >> 14) & 1) * 2 + ((status >> 9) & 1);

/** Executes until the reduction is complete. */
function reduce(code: number, a: Extended, b: Extended): { bench: Bench; steps: number } {
  const bench = new Bench();
  bench.load(a, b);
  let steps = 1;
  for (bench.run(code); bench.unit.status & C2; bench.run(code)) steps++;
  return { bench, steps };
}

describe('FPREM and FPREM1', () => {
  it.each([
    ['FPREM', FPREM, 3],
    ['FPREM1', FPREM1, 0],
  ])('%s leaves the exact remainder and the quotient modulo 8', (_name, code, rounding) => {
    fc.assert(
      fc.property(normal, normal, (a, b) => {
        const { bench, steps } = reduce(code, a, b);
        const x = fraction(a);
        const y = fraction(b);
        // The quotient as an integer: chopped, or nearest even.
        const sign = y.n < 0n ? -1n : 1n;
        const quotient = roundFraction({ n: x.n * y.d * sign, d: x.d * y.n * sign }, rounding);
        const rest = { n: x.n * y.d - quotient * y.n * x.d, d: x.d * y.d };
        const expected = register(rest, 64, 0);
        expect(bench.st(0)).toBe(show(rest.n === 0n ? { ...expected, se: a.se & 0x8000 } : expected));
        expect(quotientBits(bench.unit.status)).toBe(Number((quotient < 0n ? -quotient : quotient) & 7n));
        expect(bench.unit.status & 0x3d).toBe(0);
        // Each step but the last takes at least 32 off the difference of the exponents.
        const difference = (a.se & 0x7fff) - (b.se & 0x7fff);
        expect(steps).toBeLessThanOrEqual(Math.max(0, Math.ceil((difference - 63) / 32)) + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('a partial reduction keeps the magnitude falling and the remainder the same', () => {
    const bench = new Bench();
    const a = parse('5000 c000000000000001');
    const b = parse('3fff c000000000000003');
    bench.load(a, b);
    bench.run(FPREM);
    expect(bench.unit.status & C2).toBe(C2);
    const between = parse(bench.st(0));
    expect(0x5000 - (between.se & 0x7fff)).toBeGreaterThanOrEqual(31);
    expect(reduce(FPREM, between, b).bench.st(0)).toBe(reduce(FPREM, a, b).bench.st(0));
  });

  const special: [string, string, string, number][] = [
    ['7fff 8000000000000000', '3fff 8000000000000000', 'ffff c000000000000000', 1],
    ['3fff 8000000000000000', '0000 0000000000000000', 'ffff c000000000000000', 1],
    ['8000 0000000000000000', '3fff 8000000000000000', '8000 0000000000000000', 0],
    ['bfff 8000000000000000', '7fff 8000000000000000', 'bfff 8000000000000000', 0],
  ];
  it.each(special)('%s by %s', (a, b, result, flags) => {
    for (const code of [FPREM, FPREM1]) {
      const { bench } = reduce(code, parse(a), parse(b));
      expect(bench.st(0)).toBe(result);
      expect(bench.unit.status & 0x3f).toBe(flags);
    }
  });
});

describe('FSCALE', () => {
  const scaled = (a: Extended, b: Extended) => {
    const bench = new Bench();
    bench.load(a, b);
    bench.run(FSCALE);
    return bench;
  };

  it('multiplies by the power of two of the chopped scale', () => {
    fc.assert(
      fc.property(normal, fc.double({ min: -20000, max: 20000, noNaN: true }), (a, power) => {
        fc.pre(power === 0 || Math.abs(power) >= 2 ** -1000);
        const x = fraction(a);
        const n = BigInt(Math.trunc(power));
        const exact = n >= 0n ? { n: x.n << n, d: x.d } : { n: x.n, d: x.d << -n };
        const expected = register(exact, 64, 0);
        const overflow =
          (expected.se & 0x7fff) >= 0x7fff ||
          (expected.se & 0x7fff) < 0 ||
          n + BigInt(a.se & 0x7fff) >= 0x7fffn;
        const result = scaled(a, fromNumber(power)).st(0);
        const infinity = a.se & 0x8000 ? 'ffff 8000000000000000' : '7fff 8000000000000000';
        expect(result).toBe(overflow ? infinity : show(expected));
      }),
    );
  });

  const INFINITY = '7fff 8000000000000000';
  const MINUS_INFINITY = 'ffff 8000000000000000';
  const ZERO = '0000 0000000000000000';
  const INDEFINITE = 'ffff c000000000000000';
  const special: [string, string, string, number][] = [
    ['bfff 8000000000000000', INFINITY, MINUS_INFINITY, 0],
    ['bfff 8000000000000000', MINUS_INFINITY, '8000 0000000000000000', 0],
    [ZERO, INFINITY, INDEFINITE, 1],
    [INFINITY, MINUS_INFINITY, INDEFINITE, 1],
    [ZERO, MINUS_INFINITY, ZERO, 0],
    [INFINITY, INFINITY, INFINITY, 0],
    ['3fff 8000000000000000', '7ffe ffffffffffffffff', INFINITY, 0x28],
    ['3fff 8000000000000000', 'fffe ffffffffffffffff', ZERO, 0x30],
  ];
  it.each(special)('%s by %s (SDM volume 2, FSCALE)', (a, b, result, flags) => {
    const bench = scaled(parse(a), parse(b));
    expect(bench.st(0)).toBe(result);
    expect(bench.unit.status & 0x3f).toBe(flags);
  });
});

describe('FXTRACT', () => {
  const extracted = (x: Extended) => {
    const bench = new Bench();
    bench.load(x);
    bench.run(FXTRACT);
    return bench;
  };

  it('takes a number apart so that FSCALE puts it together', () => {
    fc.assert(
      fc.property(normal, (x) => {
        const bench = extracted(x);
        expect(parse(bench.st(0))).toEqual({ ...x, se: (x.se & 0x8000) | 0x3fff });
        expect(bench.st(1)).toBe(show(register({ n: BigInt((x.se & 0x7fff) - 16383), d: 1n }, 64, 0)));
        bench.run(FSCALE);
        expect(bench.st(0)).toBe(show(x));
      }),
    );
  });

  const special: [string, string, string, number][] = [
    ['8000 0000000000000000', '8000 0000000000000000', 'ffff 8000000000000000', 4],
    ['ffff 8000000000000000', 'ffff 8000000000000000', '7fff 8000000000000000', 0],
    ['0000 0000000000000001', '3fff 8000000000000000', 'c00d 807a000000000000', 2],
    ['7fff 8000000000000001', '7fff c000000000000001', '7fff c000000000000001', 1],
  ];
  it.each(special)('%s', (x, significand, exponent, flags) => {
    const bench = extracted(parse(x));
    expect([bench.st(0), bench.st(1)]).toEqual([significand, exponent]);
    expect(bench.unit.status & 0x3f).toBe(flags);
  });
});

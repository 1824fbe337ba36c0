import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extended } from '../../../../../src/core/cpu/ia32/helpers/x87/format.js';
import { Bench, fromNumber, parse, show } from './bench.js';
import { double, type Fraction, fraction, MODES, moderate, normal, register, single } from './reference.js';

const FADD = 0xd8c1;
const FMUL = 0xd8c9;
const FSUB = 0xd8e1;
const FSUBR = 0xd8e9;
const FDIV = 0xd8f1;
const FDIVR = 0xd8f9;
const FSQRT = 0xd9fa;

/** Control word: all masked, precision 24, 53 or 64, rounding mode. */
const controlWord = (precision: number, mode = 0) =>
  0x7f | (precision === 24 ? 0 : precision === 53 ? 0x200 : 0x300) | (mode << 10);

function calculate(code: number, a: Extended, b: Extended, control = 0x37f): string {
  const bench = new Bench();
  bench.load(a, b);
  bench.control(control);
  bench.run(code);
  return bench.st(0);
}

const PLUS_INFINITY = '7fff 8000000000000000';
const MINUS_INFINITY = 'ffff 8000000000000000';
const INDEFINITE = 'ffff c000000000000000';
const ONE = '3fff 8000000000000000';
const ZERO = '0000 0000000000000000';
const MINUS_ZERO = '8000 0000000000000000';

describe('agreement with other floating-point units', () => {
  it('with 53 bits gives JavaScript numbers', () => {
    fc.assert(
      fc.property(double, double, (a, b) => {
        const at = (code: number) => calculate(code, fromNumber(a), fromNumber(b), controlWord(53));
        expect(at(FADD)).toBe(show(fromNumber(a + b)));
        expect(at(FSUB)).toBe(show(fromNumber(a - b)));
        expect(at(FSUBR)).toBe(show(fromNumber(b - a)));
        expect(at(FMUL)).toBe(show(fromNumber(a * b)));
        expect(at(FDIV)).toBe(show(fromNumber(a / b)));
        expect(at(FDIVR)).toBe(show(fromNumber(b / a)));
        const root = calculate(FSQRT, fromNumber(Math.abs(a)), fromNumber(b), controlWord(53));
        expect(root).toBe(show(fromNumber(Math.sqrt(Math.abs(a)))));
      }),
      { numRuns: 1000 },
    );
  });

  it('with 24 bits gives what Math.fround makes of doubles', () => {
    fc.assert(
      fc.property(single, single, (a, b) => {
        const at = (code: number) => calculate(code, fromNumber(a), fromNumber(b), controlWord(24));
        expect(at(FADD)).toBe(show(fromNumber(Math.fround(a + b))));
        expect(at(FMUL)).toBe(show(fromNumber(Math.fround(a * b))));
        expect(at(FDIV)).toBe(show(fromNumber(Math.fround(a / b))));
      }),
      { numRuns: 500 },
    );
  });
});

describe('correct rounding', () => {
  const operations: [string, number, (a: Fraction, b: Fraction) => Fraction][] = [
    ['FADD', FADD, (a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d })],
    ['FSUB', FSUB, (a, b) => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d })],
    ['FMUL', FMUL, (a, b) => ({ n: a.n * b.n, d: a.d * b.d })],
    ['FDIV', FDIV, (a, b) => ({ n: a.n * b.d * (b.n < 0n ? -1n : 1n), d: a.d * (b.n < 0n ? -b.n : b.n) })],
  ];
  const control = fc.record({ precision: fc.constantFrom(24, 53, 64), mode: fc.constantFrom(...MODES) });

  it.each(operations)('%s is the exact result rounded', (_name, code, exactly) => {
    fc.assert(
      fc.property(moderate, moderate, control, (a, b, c) => {
        const exact = exactly(fraction(a), fraction(b));
        fc.pre(exact.n !== 0n);
        const result = calculate(code, a, b, controlWord(c.precision, c.mode));
        expect(result).toBe(show(register(exact, c.precision, c.mode)));
      }),
      { numRuns: 500 },
    );
  });

  it('FSQRT lies between its neighbours squared', () => {
    fc.assert(
      fc.property(moderate, fc.constantFrom(...MODES), (x, mode) => {
        const a = { ...x, se: x.se & 0x7fff };
        const root = parse(calculate(FSQRT, a, a, controlWord(64, mode)));
        const m = (BigInt(root.hi) << 32n) | BigInt(root.lo);
        // In units of a quarter of the root's last place, squared.
        const weight = (root.se & 0x7fff) - 16383 - 63 - 2;
        const f = fraction(a);
        const square =
          weight > 0 ? { n: f.n, d: f.d << BigInt(2 * weight) } : { n: f.n << BigInt(-2 * weight), d: f.d };
        const [low, high] = mode === 0 ? [-2n, 2n] : mode === 2 ? [-4n, 0n] : [0n, 4n];
        expect((4n * m + low) ** 2n * square.d <= square.n).toBe(true);
        expect(square.n <= (4n * m + high) ** 2n * square.d).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('tells by C1 whether it rounded away from zero, and by PE whether it rounded', () => {
    fc.assert(
      fc.property(moderate, moderate, fc.constantFrom(...MODES), (a, b, mode) => {
        const bench = new Bench();
        bench.load(a, b);
        bench.control(controlWord(64, mode));
        bench.run(FMUL);
        const x = fraction(a);
        const y = fraction(b);
        const r = fraction(parse(bench.st(0)));
        const abs = (v: bigint) => (v < 0n ? -v : v);
        const result = abs(r.n) * x.d * y.d;
        const exact = abs(x.n * y.n) * r.d;
        expect((bench.unit.status >> 9) & 1).toBe(result > exact ? 1 : 0);
        expect((bench.unit.status >> 5) & 1).toBe(result === exact ? 0 : 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('laws', () => {
  it('sums and products do not depend on the order of operands', () => {
    fc.assert(
      fc.property(normal, normal, fc.constantFrom(...MODES), (a, b, mode) => {
        const control = controlWord(64, mode);
        expect(calculate(FADD, a, b, control)).toBe(calculate(FADD, b, a, control));
        expect(calculate(FMUL, a, b, control)).toBe(calculate(FMUL, b, a, control));
        expect(calculate(FSUB, a, b, control)).toBe(calculate(FSUBR, b, a, control));
      }),
    );
  });

  it('x - x is +0, and -0 when rounding down (SDM volume 1, 4.8.3.1)', () => {
    fc.assert(
      fc.property(normal, fc.constantFrom(...MODES), (x, mode) => {
        expect(calculate(FSUB, x, x, controlWord(64, mode))).toBe(mode === 1 ? MINUS_ZERO : ZERO);
        expect(calculate(FDIV, x, x, controlWord(64, mode))).toBe(ONE);
      }),
    );
  });
});

describe('special operands (SDM volume 2, tables of FADD, FSUB, FMUL, FDIV)', () => {
  const rows: [string, number, string, string, string, number][] = [
    ['inf + inf', FADD, PLUS_INFINITY, PLUS_INFINITY, PLUS_INFINITY, 0],
    ['inf + -inf', FADD, PLUS_INFINITY, MINUS_INFINITY, INDEFINITE, 1],
    ['inf - inf', FSUB, PLUS_INFINITY, PLUS_INFINITY, INDEFINITE, 1],
    ['1 - inf', FSUB, ONE, PLUS_INFINITY, MINUS_INFINITY, 0],
    ['inf * 0', FMUL, PLUS_INFINITY, ZERO, INDEFINITE, 1],
    ['inf * -1', FMUL, PLUS_INFINITY, 'bfff 8000000000000000', MINUS_INFINITY, 0],
    ['0 / 0', FDIV, ZERO, MINUS_ZERO, INDEFINITE, 1],
    ['inf / inf', FDIV, PLUS_INFINITY, MINUS_INFINITY, INDEFINITE, 1],
    ['1 / -0', FDIV, ONE, MINUS_ZERO, MINUS_INFINITY, 4],
    ['inf / 0', FDIV, PLUS_INFINITY, ZERO, PLUS_INFINITY, 0],
    ['1 / -inf', FDIV, ONE, MINUS_INFINITY, MINUS_ZERO, 0],
    ['-0 + -0', FADD, MINUS_ZERO, MINUS_ZERO, MINUS_ZERO, 0],
    ['sqrt -0', FSQRT, MINUS_ZERO, ONE, MINUS_ZERO, 0],
    ['sqrt -1', FSQRT, 'bfff 8000000000000000', ONE, INDEFINITE, 1],
    ['sqrt inf', FSQRT, PLUS_INFINITY, ONE, PLUS_INFINITY, 0],
    ['sqrt -inf', FSQRT, MINUS_INFINITY, ONE, INDEFINITE, 1],
    ['denormal + 0', FADD, '0000 0000000000000001', ZERO, '0000 0000000000000001', 2],
    ['pseudo-denormal + 0', FADD, '0000 8000000000000000', ZERO, '0001 8000000000000000', 2],
    ['unnormal + 1', FADD, '3fff 4000000000000000', ONE, INDEFINITE, 1],
    ['pseudo-infinity * 1', FMUL, '7fff 0000000000000000', ONE, INDEFINITE, 1],
    ['pseudo-NaN with a QNaN', FMUL, '7fff 4000000000000001', '7fff c000000000000001', INDEFINITE, 1],
  ];
  it.each(rows)('%s', (_name, code, a, b, result, flags) => {
    const bench = new Bench();
    bench.load(parse(a), parse(b));
    bench.run(code);
    expect(bench.st(0)).toBe(result);
    expect(bench.unit.status & 0x7f).toBe(flags);
  });
});

describe('NaNs (SDM volume 1, table 4-7)', () => {
  const rows: [string, string, string, string, number][] = [
    ['QNaN and a number', '7fff c000000000000005', ONE, '7fff c000000000000005', 0],
    ['SNaN and a number', '7fff 8000000000000005', ONE, '7fff c000000000000005', 1],
    [
      'SNaN and QNaN give the QNaN',
      '7fff bfffffffffffffff',
      '7fff c000000000000001',
      '7fff c000000000000001',
      1,
    ],
    ['two QNaNs, the larger', '7fff c000000000000001', 'ffff c000000000000002', 'ffff c000000000000002', 0],
    [
      'two SNaNs, the larger, quiet',
      '7fff 8000000000000003',
      '7fff 8000000000000002',
      '7fff c000000000000003',
      1,
    ],
    [
      'equal significands, the positive',
      'ffff c000000000000007',
      '7fff c000000000000007',
      '7fff c000000000000007',
      0,
    ],
  ];
  it.each(rows)('%s', (_name, a, b, result, flags) => {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const code of [FADD, FSUB, FSUBR, FMUL, FDIV, FDIVR]) {
        const bench = new Bench();
        bench.load(parse(x), parse(y));
        bench.run(code);
        expect(bench.st(0)).toBe(result);
        expect(bench.unit.status & 0x7f).toBe(flags);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, fromNumber, parse } from './bench.js';

const CONDITIONS = 0x4500;
const C0 = 0x100;
const C2 = 0x400;
const C3 = 0x4000;
const UNORDERED = C3 | C2 | C0;
const FCOM = 0xd8d1;
const FUCOM = 0xdde1;
const FCOMI = 0xdbf1;
const FUCOMI = 0xdbe9;
const FTST = 0xd9e4;
const FXAM = 0xd9e5;

const value = fc.oneof(
  fc.double({ noNaN: true }).filter((x) => x === 0 || Math.abs(x) >= 2 ** -1022),
  fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

describe('comparisons', () => {
  it('order as JavaScript orders', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const expected = a > b ? 0 : a < b ? C0 : C3;
        for (const code of [FCOM, FUCOM]) {
          const bench = new Bench();
          bench.load(fromNumber(a), fromNumber(b));
          bench.unit.status |= 0x4700;
          bench.run(code);
          expect(bench.unit.status & CONDITIONS).toBe(expected);
          // C1 says that there was no stack overflow.
          expect(bench.unit.status & 0x200).toBe(0);
        }
        const bench = new Bench();
        bench.load(fromNumber(a));
        bench.run(FTST);
        expect(bench.unit.status & CONDITIONS).toBe(a > 0 ? 0 : a < 0 ? C0 : C3);
      }),
    );
  });

  it('FCOMI and FUCOMI put the same into ZF, PF and CF, and clear OF, SF and AF', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        for (const code of [FCOMI, FUCOMI]) {
          const bench = new Bench();
          bench.load(fromNumber(a), fromNumber(b));
          bench.flags = 0xad7;
          bench.run(code);
          expect(bench.flags).toBe(0x202 | (a > b ? 0 : a < b ? 1 : 0x40));
        }
      }),
    );
  });

  it('NaNs are unordered; only FUCOM and FUCOMI accept quiet ones', () => {
    const QUIET = parse('7fff c000000000000000');
    const SIGNALING = parse('7fff 8000000000000001');
    const UNNORMAL = parse('4000 0000000000000001');
    for (const [nan, quietFlags] of [
      [QUIET, 0],
      [SIGNALING, 1],
      [UNNORMAL, 1],
    ] as const) {
      for (const [code, flags] of [
        [FCOM, 1],
        [FUCOM, quietFlags],
      ] as const) {
        const bench = new Bench();
        bench.load(fromNumber(1), nan);
        bench.run(code);
        expect(bench.unit.status & CONDITIONS).toBe(UNORDERED);
        expect(bench.unit.status & 0x3f).toBe(flags);
      }
      for (const [code, flags] of [
        [FCOMI, 1],
        [FUCOMI, quietFlags],
      ] as const) {
        const bench = new Bench();
        bench.load(nan, fromNumber(1));
        bench.run(code);
        expect(bench.flags & 0x45).toBe(0x45);
        expect(bench.unit.status & 0x3f).toBe(flags);
      }
    }
  });

  it('pop as many as their names say', () => {
    const pops: [number, number][] = [
      [0xd8d9, 1],
      [0xdcd9, 1],
      [0xded1, 1],
      [0xded9, 2],
      [0xdae9, 2],
      [0xdde9, 1],
      [0xdff1, 1],
      [0xdfe9, 1],
      [0xdcd1, 0],
    ];
    for (const [code, count] of pops) {
      const bench = new Bench();
      bench.load(fromNumber(1), fromNumber(2), fromNumber(3));
      const { top } = bench.unit;
      bench.run(code);
      expect((bench.unit.top - top) & 7).toBe(count);
    }
  });
});

describe('FXAM (SDM volume 2)', () => {
  const rows: [string, string, number][] = [
    ['unsupported', '3fff 7fffffffffffffff', 0],
    ['pseudo-NaN', '7fff 4000000000000000', 0],
    ['NaN', '7fff 8000000000000001', C0],
    ['quiet NaN', '7fff c000000000000000', C0],
    ['normal', '3fff 8000000000000000', C2],
    ['infinity', '7fff 8000000000000000', C2 | C0],
    ['zero', '0000 0000000000000000', C3],
    ['denormal', '0000 0000000000000001', C3 | C2],
    ['pseudo-denormal', '0000 8000000000000000', C3 | C2],
  ];
  it.each(rows)('%s', (_name, text, code) => {
    for (const sign of [0, 0x8000]) {
      const x = parse(text);
      const bench = new Bench();
      bench.load({ ...x, se: x.se | sign });
      bench.run(FXAM);
      expect(bench.unit.status & 0x4700).toBe(code | (sign ? 0x200 : 0));
      expect(bench.unit.status & 0x3f).toBe(0);
    }
  });

  it('an empty register', () => {
    const bench = new Bench();
    bench.run(FXAM);
    expect(bench.unit.status & CONDITIONS).toBe(C3 | C0);
    expect(bench.unit.status & 0x7f).toBe(0);
  });
});

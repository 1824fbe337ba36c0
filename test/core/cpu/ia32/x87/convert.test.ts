import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, fromNumber, parse, show } from './bench.js';
import { fraction, MODES, normal, register, roundFraction } from './reference.js';

/** Opcode and reg field of the memory forms. */
const FLD_SINGLE = [0xd9, 0] as const;
const FST_SINGLE = [0xd9, 2] as const;
const FLD_DOUBLE = [0xdd, 0] as const;
const FST_DOUBLE = [0xdd, 2] as const;
const FBLD = [0xdf, 4] as const;
const FBSTP = [0xdf, 6] as const;
const FRNDINT = 0xd9fc;

const control = (mode: number) => 0x37f | (mode << 10);
const mode = fc.constantFrom(...MODES);

const anyBits32 = fc.oneof(
  fc.nat(0xffffffff),
  fc.constantFrom(0, 0x80000000, 1, 0x7fffff, 0x800000, 0x7f7fffff, 0x3f800000, 0xff800000),
);

describe('FLD and FST of singles and doubles', () => {
  it('a double is loaded as its value and stored again unchanged', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        const bench = new Bench();
        bench.memory.setFloat64(0, x, true);
        bench.runMemory(...FLD_DOUBLE, 0);
        bench.runMemory(...FST_DOUBLE, 8);
        expect(bench.memory.getBigUint64(8, true)).toBe(bench.memory.getBigUint64(0, true));
        if (Math.abs(x) >= 2 ** -1022 || x === 0) expect(bench.st(0)).toBe(show(fromNumber(x)));
      }),
    );
  });

  it('a single likewise, its value being that of the same double', () => {
    fc.assert(
      fc.property(anyBits32, (bits) => {
        const bench = new Bench();
        bench.memory.setUint32(0, bits, true);
        const value = bench.memory.getFloat32(0, true);
        fc.pre(!Number.isNaN(value));
        bench.runMemory(...FLD_SINGLE, 0);
        bench.runMemory(...FST_SINGLE, 8);
        expect(bench.st(0)).toBe(show(fromNumber(value)));
        expect(bench.memory.getUint32(8, true)).toBe(bits);
      }),
    );
  });

  it('storing a double as a single rounds as Math.fround does, denormals and overflow included', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -1e-36, max: 1e-36, noNaN: true })),
        (x) => {
          fc.pre(Math.abs(x) >= 2 ** -1022 || x === 0);
          const bench = new Bench();
          bench.load(fromNumber(x));
          bench.runMemory(...FST_SINGLE, 0);
          expect(bench.memory.getFloat32(0, true)).toBe(Math.fround(x));
        },
      ),
    );
  });

  it('storing as a double rounds the exact value in every mode', () => {
    fc.assert(
      fc.property(normal, mode, (x, m) => {
        fc.pre((x.se & 0x7fff) > 0x3fff - 1022 && (x.se & 0x7fff) < 0x3fff + 1023);
        const bench = new Bench();
        bench.load(x);
        bench.control(control(m));
        bench.runMemory(...FST_DOUBLE, 0);
        const expected = register(fraction(x), 53, m);
        expect(show(fromNumber(bench.memory.getFloat64(0, true)))).toBe(show(expected));
      }),
    );
  });

  it('quiets signaling NaNs, keeping the rest of the fraction', () => {
    const bench = new Bench();
    bench.memory.setUint32(0, 0xff800001, true);
    bench.runMemory(...FLD_SINGLE, 0);
    expect(bench.st(0)).toBe('ffff c000010000000000');
    expect(bench.unit.status & 0x3f).toBe(1);
    bench.unit.set(0, parse('7fff 8000000000000801'));
    bench.runMemory(...FST_DOUBLE, 8);
    expect(bench.memory.getBigUint64(8, true)).toBe(0x7ff8000000000001n);
  });

  it('reports denormals when they are loaded from singles and doubles, not from extended', () => {
    const bench = new Bench();
    bench.memory.setUint32(0, 1, true);
    bench.runMemory(...FLD_SINGLE, 0);
    // 2^-149, normal in the wider format.
    expect(bench.st(0)).toBe('3f6a 8000000000000000');
    expect(bench.unit.status & 0x3f).toBe(2);
    const other = new Bench();
    other.memory.setUint32(0, 1, true);
    other.runMemory(0xdb, 5, 0);
    expect(other.st(0)).toBe('0000 0000000000000001');
    expect(other.unit.status & 0x3f).toBe(0);
  });

  it('FLD and FSTP of ten bytes change nothing, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
        const bench = new Bench();
        new Uint8Array(bench.memory.buffer).set(bytes);
        bench.runMemory(0xdb, 5, 0);
        bench.runMemory(0xdb, 7, 16);
        expect(new Uint8Array(bench.memory.buffer, 16, 10)).toEqual(bytes);
        expect(bench.unit.status).toBe(0);
      }),
    );
  });
});

describe('integers', () => {
  const stores: [string, number, number, bigint][] = [
    ['FISTP m16', 0xdf, 3, 16n],
    ['FISTP m32', 0xdb, 3, 32n],
    ['FISTP m64', 0xdf, 7, 64n],
  ];
  const stored = (bench: Bench, bits: bigint) =>
    BigInt.asUintN(Number(bits), bench.memory.getBigUint64(0, true));

  it.each(stores)('%s is the rounded value, or the indefinite', (_name, opcode, reg, bits) => {
    fc.assert(
      fc.property(normal, mode, (x, m) => {
        const bench = new Bench();
        bench.load(x);
        bench.control(control(m));
        bench.runMemory(opcode, reg, 0);
        const exact = fraction(x);
        const value = roundFraction(exact, m);
        const fits = BigInt.asIntN(Number(bits), value) === value;
        const expected = fits ? value : 1n << (bits - 1n);
        expect(stored(bench, bits)).toBe(BigInt.asUintN(Number(bits), expected));
        const inexact = value * exact.d !== exact.n;
        expect(bench.unit.status & 0x3f).toBe(fits ? (inexact ? 0x20 : 0) : 1);
        expect(bench.unit.tags).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('accepts the most negative integer and refuses its opposite', () => {
    for (const [, opcode, reg, bits] of stores) {
      const bench = new Bench();
      const power = 2 ** (Number(bits) - 1);
      bench.load(fromNumber(-power), fromNumber(power));
      bench.runMemory(opcode, reg, 0);
      expect(bench.unit.status & 0x3f).toBe(0);
      bench.runMemory(opcode, reg, 0);
      expect(bench.unit.status & 0x3f).toBe(1);
      expect(stored(bench, bits)).toBe(1n << (bits - 1n));
    }
  });

  it('FILD loads every integer exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (v) => {
        for (const [opcode, reg, bits] of [
          [0xdf, 0, 16],
          [0xdb, 0, 32],
          [0xdf, 5, 64],
        ] as const) {
          const bench = new Bench();
          bench.memory.setBigInt64(0, v, true);
          bench.runMemory(opcode, reg, 0);
          expect(fraction(parse(bench.st(0)))).toEqual(
            fraction(register({ n: BigInt.asIntN(bits, v), d: 1n }, 64, 0)),
          );
          expect(bench.unit.status & 0x3f).toBe(0);
        }
      }),
    );
  });

  it('integers as operands: FIADD, FISUBR and FIDIV', () => {
    const bench = new Bench();
    bench.load(fromNumber(10));
    bench.memory.setInt16(0, -3, true);
    bench.runMemory(0xde, 0, 0);
    expect(bench.st(0)).toBe(show(fromNumber(7)));
    bench.memory.setInt32(0, -1, true);
    bench.runMemory(0xda, 5, 0);
    expect(bench.st(0)).toBe(show(fromNumber(-8)));
    bench.runMemory(0xda, 6, 0);
    expect(bench.st(0)).toBe(show(fromNumber(8)));
  });

  it("FRNDINT is the rounded value with the operand's sign", () => {
    fc.assert(
      fc.property(normal, mode, (x, m) => {
        const bench = new Bench();
        bench.load(x);
        bench.control(control(m));
        bench.run(FRNDINT);
        const rounded = register({ n: roundFraction(fraction(x), m), d: 1n }, 16384, m);
        const expected = rounded.hi === 0 ? { ...rounded, se: x.se & 0x8000 } : rounded;
        fc.pre((x.se & 0x7fff) < 0x3fff + 64);
        expect(bench.st(0)).toBe(show(expected));
      }),
    );
  });
});

describe('packed decimals (SDM volume 1, 4.7)', () => {
  const LIMIT = 10n ** 18n;
  const digits = (v: bigint) => {
    const text = (v < 0n ? -v : v).toString().padStart(18, '0');
    const bytes = Array.from({ length: 9 }, (_, i) =>
      Number.parseInt(text.slice(16 - 2 * i, 18 - 2 * i), 16),
    );
    return [...bytes, v < 0n ? 0x80 : 0];
  };

  it('FBLD and FBSTP are the digits of the value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n - LIMIT, max: LIMIT - 1n }), (v) => {
        const bench = new Bench();
        new Uint8Array(bench.memory.buffer).set(digits(v));
        bench.runMemory(...FBLD, 0);
        expect(fraction(parse(bench.st(0)))).toEqual(fraction(register({ n: v, d: 1n }, 64, 0)));
        bench.runMemory(...FBSTP, 16);
        expect([...new Uint8Array(bench.memory.buffer, 16, 10)]).toEqual(digits(v));
      }),
    );
  });

  it('rounds, and refuses what has more than 18 digits', () => {
    const bench = new Bench();
    bench.load(fromNumber(2.5), fromNumber(-3.5), fromNumber(1e18), parse('7fff 8000000000000000'));
    const next = () => {
      bench.runMemory(...FBSTP, 0);
      return [...new Uint8Array(bench.memory.buffer, 0, 10)];
    };
    expect(next()).toEqual(digits(2n));
    expect(next()).toEqual(digits(-4n));
    expect(bench.unit.status & 0x3f).toBe(0x20);
    const indefinite = [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff];
    expect(next()).toEqual(indefinite);
    expect(next()).toEqual(indefinite);
    expect(bench.unit.status & 0x3f).toBe(0x21);
  });

  it('keeps the sign of zero', () => {
    const bench = new Bench();
    bench.memory.setUint8(9, 0x80);
    bench.runMemory(...FBLD, 0);
    expect(bench.st(0)).toBe('8000 0000000000000000');
  });
});

import { describe, expect, it } from 'vitest';
import { Bench, fromNumber, parse, show } from './bench.js';

const INDEFINITE = 'ffff c000000000000000';
const n = (x: number) => show(fromNumber(x));
const INVALID = 1;
const STACK_FAULT = 0x40;
const C1 = 0x200;
/** The flags of a stack fault and C1, which tells overflow from underflow. */
const fault = (bench: Bench) => bench.unit.status & (INVALID | STACK_FAULT | C1);

const full = () => {
  const bench = new Bench();
  bench.load(...[1, 2, 3, 4, 5, 6, 7, 8].map(fromNumber));
  return bench;
};
const unmasked = (bench: Bench) => {
  bench.control(0x37e);
  return bench;
};

describe('the register stack', () => {
  it('pushes downwards from R7', () => {
    const bench = new Bench();
    bench.run(0xd9e8);
    expect(bench.unit.top).toBe(7);
    expect(bench.unit.tags).toBe(0x80);
    bench.run(0xd9ee);
    expect(bench.unit.tags).toBe(0xc0);
    expect([bench.st(0), bench.st(1)]).toEqual([n(0), n(1)]);
  });

  it('FINCSTP and FDECSTP turn it without touching tags', () => {
    const bench = new Bench();
    bench.load(fromNumber(1), fromNumber(2));
    bench.run(0xd9f7);
    expect(bench.st(0)).toBe(n(2));
    bench.run(0xd9f6);
    bench.run(0xd9f6);
    expect(bench.st(1)).toBe(n(1));
    expect(bench.unit.tags).toBe(0xc0);
  });

  it('FFREE empties a register, FFREEP pops as well', () => {
    const bench = full();
    bench.run(0xddc2);
    expect(bench.unit.isEmpty(2)).toBe(true);
    bench.run(0xdfc0);
    expect(bench.unit.isEmpty(1)).toBe(true);
    expect(bench.st(0)).toBe(n(2));
  });

  it.each([0xd9c9, 0xddc9, 0xdfc9])('FXCH and its aliases exchange (%i)', (code) => {
    const bench = full();
    bench.run(code + 2);
    expect([bench.st(0), bench.st(3)]).toEqual([n(4), n(1)]);
  });

  it.each([0xddd8, 0xd9d8, 0xdfd0, 0xdfd8])('FSTP ST(i) and its aliases store and pop (%i)', (code) => {
    const bench = full();
    bench.run(code + 3);
    expect([bench.st(0), bench.st(2)]).toEqual([n(2), n(1)]);
    expect(bench.unit.isEmpty(7)).toBe(true);
  });

  it('FSUBR and FDIVR have the operands of FSUB and FDIV reversed, in both directions', () => {
    const rows: [number, number, number][] = [
      [0xd8e1, 0, 8 - 2],
      [0xd8e9, 0, 2 - 8],
      [0xd8f1, 0, 8 / 2],
      [0xd8f9, 0, 2 / 8],
      [0xdce9, 1, 2 - 8],
      [0xdce1, 1, 8 - 2],
      [0xdcf9, 1, 2 / 8],
      [0xdcf1, 1, 8 / 2],
      [0xdee9, 0, 2 - 8],
      [0xdee1, 0, 8 - 2],
      [0xdef9, 0, 2 / 8],
      [0xdef1, 0, 8 / 2],
    ];
    for (const [code, at, value] of rows) {
      const bench = new Bench();
      bench.load(fromNumber(8), fromNumber(2));
      bench.run(code);
      expect(bench.st(at)).toBe(n(value));
    }
  });

  it('FCMOVcc moves by CF, ZF and PF', () => {
    const rows: [number, (flags: number) => boolean][] = [
      [0xdac1, (f) => (f & 1) !== 0],
      [0xdac9, (f) => (f & 0x40) !== 0],
      [0xdad1, (f) => (f & 0x41) !== 0],
      [0xdad9, (f) => (f & 4) !== 0],
      [0xdbc1, (f) => (f & 1) === 0],
      [0xdbc9, (f) => (f & 0x40) === 0],
      [0xdbd1, (f) => (f & 0x41) === 0],
      [0xdbd9, (f) => (f & 4) === 0],
    ];
    for (const [code, moves] of rows) {
      for (const flags of [0, 1, 4, 5, 0x40, 0x41, 0x44, 0x45, 0x8ba]) {
        const bench = full();
        bench.flags = flags;
        bench.run(code);
        expect(bench.st(0)).toBe(moves(flags) ? n(2) : n(1));
      }
    }
  });

  it('FCHS and FABS change the sign of anything', () => {
    const bench = new Bench();
    bench.load(parse('7fff 8000000000000001'));
    bench.run(0xd9e0);
    expect(bench.st(0)).toBe('ffff 8000000000000001');
    bench.run(0xd9e1);
    expect(bench.st(0)).toBe('7fff 8000000000000001');
    expect(bench.unit.status & 0x3f).toBe(0);
  });
});

describe('stack faults (SDM volume 1, 8.5.1.1)', () => {
  it('overflow, masked: the indefinite takes the place of what was there', () => {
    for (const code of [0xd9c1, 0xd9e8]) {
      const bench = full();
      bench.run(code);
      expect(bench.st(0)).toBe(INDEFINITE);
      expect(bench.st(1)).toBe(n(1));
      expect(fault(bench)).toBe(INVALID | STACK_FAULT | C1);
    }
  });

  it('overflow, unmasked: nothing moves', () => {
    const bench = unmasked(full());
    bench.run(0xd9e8);
    expect(bench.st(0)).toBe(n(1));
    expect(fault(bench)).toBe(INVALID | STACK_FAULT | C1);
    expect(bench.unit.status & 0x8080).toBe(0x8080);
  });

  it('underflow, masked: the indefinite is the result', () => {
    // Registers: ST(0) empty, ST(1) full.
    for (const code of [0xd8c1, 0xd8c9, 0xd9e0, 0xd9fa, 0xd9fc, 0xd9f8, 0xd9fd, 0xd9fe, 0xdac1]) {
      const bench = new Bench();
      bench.load(fromNumber(1), fromNumber(2));
      bench.run(0xddc0);
      bench.run(code);
      expect(bench.st(0)).toBe(INDEFINITE);
      expect(fault(bench)).toBe(INVALID | STACK_FAULT);
    }
  });

  it('underflow, unmasked: ST(0) stays empty and nothing pops', () => {
    for (const code of [0xd8c1, 0xdec1, 0xd9fa, 0xddd9, 0xded9]) {
      const bench = unmasked(new Bench());
      bench.run(code);
      expect(bench.unit.tags).toBe(0);
      expect(bench.unit.top).toBe(0);
      expect(fault(bench)).toBe(INVALID | STACK_FAULT);
    }
  });

  it('stores of an empty register, masked: the indefinite of each format', () => {
    const rows: [number, number, number, bigint][] = [
      [0xd9, 3, 4, 0xffc00000n],
      [0xdd, 3, 8, 0xfff8000000000000n],
      [0xdf, 3, 2, 0x8000n],
      [0xdb, 3, 4, 0x80000000n],
      [0xdf, 7, 8, 0x8000000000000000n],
      [0xdb, 7, 8, 0xc000000000000000n],
      [0xdf, 6, 8, 0xc000000000000000n],
    ];
    for (const [opcode, reg, bytes, expected] of rows) {
      const bench = new Bench();
      bench.runMemory(opcode, reg, 0);
      expect(BigInt.asUintN(bytes * 8, bench.memory.getBigUint64(0, true))).toBe(expected);
      expect(fault(bench)).toBe(INVALID | STACK_FAULT);
      expect(bench.unit.top).toBe(1);
    }
  });

  it('comparing with an empty register is unordered', () => {
    const bench = new Bench();
    bench.load(fromNumber(1));
    bench.run(0xd8d1);
    expect(bench.unit.status & 0x4500).toBe(0x4500);
    expect(fault(bench)).toBe(INVALID | STACK_FAULT);
  });

  it('FXCH with an empty register exchanges with the indefinite', () => {
    const bench = new Bench();
    bench.load(fromNumber(1));
    bench.run(0xd9c9);
    expect([bench.st(0), bench.st(1)]).toEqual([INDEFINITE, n(1)]);
  });

  it.each([0xd9f2, 0xd9fb, 0xd9f4])(
    'FPTAN, FSINCOS and FXTRACT on a full stack leave two indefinites (%i)',
    (code) => {
      const bench = full();
      bench.run(code);
      expect([bench.st(0), bench.st(1), bench.st(2)]).toEqual([INDEFINITE, INDEFINITE, n(2)]);
      expect(fault(bench)).toBe(INVALID | STACK_FAULT | C1);
    },
  );
});

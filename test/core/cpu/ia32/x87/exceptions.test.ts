import { describe, expect, it } from 'vitest';
import { fwait } from '../../../../../src/core/cpu/ia32/helpers/x87/index.js';
import { Cr0, Fault, IA32, Seg, Vector } from '../../../../../src/core/cpu/ia32/state.js';
import { Bench, fromNumber, parse } from './bench.js';

const FADD = 0xd8c1;
const FMUL = 0xd8c9;
const FDIV = 0xd8f1;
const FNCLEX = 0xdbe2;
const FNINIT = 0xdbe3;
const FNSTSW_AX = 0xdfe0;
const SUMMARY = 0x8080;

const vector = (run: () => void): number | undefined => {
  try {
    run();
  } catch (e) {
    if (e instanceof Fault) return e.vector;
    throw e;
  }
  return undefined;
};

/** 1 / 0 with that exception unmasked. */
function divided(cr0: number = Cr0.NE): Bench {
  const bench = new Bench();
  bench.s.cr0 = cr0;
  bench.load(fromNumber(1), fromNumber(0));
  bench.control(0x37b);
  bench.run(FDIV);
  return bench;
}

describe('masked responses (SDM volume 1, 4.9.1 and 8.5)', () => {
  const LARGEST = '7ffe ffffffffffffffff';
  const rows: [string, number, string, string, string, number][] = [
    ['overflow to nearest', 0x37f, LARGEST, LARGEST, '7fff 8000000000000000', 0x28],
    ['overflow down', 0x77f, LARGEST, LARGEST, LARGEST, 0x28],
    ['overflow up', 0xb7f, LARGEST, LARGEST, '7fff 8000000000000000', 0x28],
    ['overflow chopped', 0xf7f, LARGEST, LARGEST, LARGEST, 0x28],
    ['overflow chopped with 24 bits', 0xc7f, LARGEST, LARGEST, '7ffe ffffff0000000000', 0x28],
    ['negative overflow up', 0xb7f, LARGEST, 'fffe ffffffffffffffff', 'fffe ffffffffffffffff', 0x28],
    [
      'underflow, inexact',
      0x37f,
      '0001 8000000000000001',
      '3ffe 8000000000000000',
      '0000 4000000000000000',
      0x30,
    ],
    ['underflow, exact', 0x37f, '0001 8000000000000000', '3ffe 8000000000000000', '0000 4000000000000000', 0],
    [
      'underflow to zero',
      0x37f,
      '0001 8000000000000000',
      '0001 8000000000000000',
      '0000 0000000000000000',
      0x30,
    ],
    ['underflow up', 0xb7f, '0001 8000000000000000', '0001 8000000000000000', '0000 0000000000000001', 0x30],
    // Rounding to 64 bits with an unlimited exponent reaches the smallest normal: not tiny, so no underflow.
    [
      'not tiny after rounding',
      0xb7f,
      '3ffe ffffffffffffffff',
      '0001 8000000000000001',
      '0001 8000000000000001',
      0x20,
    ],
  ];
  it.each(rows)('%s', (_name, control, a, b, result, flags) => {
    const bench = new Bench();
    bench.load(parse(a), parse(b));
    bench.control(control);
    bench.run(FMUL);
    expect(bench.st(0)).toBe(result);
    expect(bench.unit.status & 0x3f).toBe(flags);
  });
});

describe('unmasked responses', () => {
  it('overflow and underflow adjust the exponent by 24576 (8.5.4, 8.5.5)', () => {
    const bench = new Bench();
    bench.load(parse('7ffe c000000000000000'), parse('7ffe 8000000000000000'));
    bench.control(0x377);
    bench.run(FMUL);
    // 1.5 * 2^(2 * 16383) * 2^-24576
    expect(bench.st(0)).toBe('5ffd c000000000000000');
    expect(bench.unit.status & (SUMMARY | 0x3f)).toBe(SUMMARY | 8);
    const tiny = new Bench();
    tiny.load(parse('0001 c000000000000000'), parse('0001 8000000000000000'));
    tiny.control(0x36f);
    tiny.run(FMUL);
    // 1.5 * 2^(2 * -16382) * 2^24576; exact, and still reported
    expect(tiny.st(0)).toBe('2003 c000000000000000');
    expect(tiny.unit.status & (SUMMARY | 0x3f)).toBe(SUMMARY | 16);
  });

  it('invalid, denormal and zero-divide leave operands and stack alone', () => {
    const rows: [number, number, string, string][] = [
      [0x37e, 0xdec1, '7fff 8000000000000001', '3fff 8000000000000000'],
      [0x37d, 0xdec1, '0000 0000000000000001', '3fff 8000000000000000'],
      [0x37b, 0xdef1, '3fff 8000000000000000', '0000 0000000000000000'],
    ];
    for (const [control, code, a, b] of rows) {
      const bench = new Bench();
      bench.load(parse(a), parse(b));
      bench.control(control);
      bench.run(code);
      expect([bench.st(0), bench.st(1)]).toEqual([a, b]);
      expect(bench.unit.top).toBe(6);
      expect(bench.unit.status & (SUMMARY | 0x3f)).toBe(SUMMARY | (~control & 0x3f));
    }
  });

  it('precision delivers the result and is then reported', () => {
    const bench = new Bench();
    bench.load(fromNumber(1), fromNumber(3));
    bench.control(0x35f);
    bench.run(FDIV);
    expect(bench.st(0)).toBe('3ffd aaaaaaaaaaaaaaab');
    expect(bench.unit.status & (SUMMARY | 0x3f)).toBe(SUMMARY | 0x20);
  });

  it('a store to memory is not made when it is invalid, overflows or underflows', () => {
    const rows: [number, string, number][] = [
      [0x37e, '7fff 8000000000000001', 1],
      [0x377, '7ffe 8000000000000001', 8],
      [0x36f, '0001 8000000000000001', 16],
    ];
    for (const [control, x, flags] of rows) {
      const bench = new Bench();
      bench.load(parse(x));
      bench.control(control);
      bench.memory.setUint32(0, 0x12345678);
      bench.runMemory(0xd9, 3, 0);
      expect(bench.memory.getUint32(0)).toBe(0x12345678);
      expect(bench.unit.isEmpty(0)).toBe(false);
      expect(bench.unit.status & 0x3f).toBe(flags);
    }
  });
});

describe('reporting', () => {
  it('with NE, the next waiting instruction faults with #MF and changes nothing', () => {
    const bench = divided();
    expect(bench.unit.status & SUMMARY).toBe(SUMMARY);
    const before = bench.s.bytes.slice();
    expect(vector(() => bench.run(FADD))).toBe(Vector.MF);
    expect(vector(() => bench.runMemory(0xd9, 5))).toBe(Vector.MF);
    expect(vector(() => fwait(bench.context))).toBe(Vector.MF);
    expect(bench.s.bytes).toEqual(before);
    expect(bench.s.fpError).toBe(0);
  });

  it('instructions that do not wait execute', () => {
    const bench = divided();
    for (const [opcode, reg] of [
      [0xd9, 6],
      [0xd9, 7],
      [0xdd, 7],
    ] as const) {
      const other = divided();
      expect(vector(() => other.runMemory(opcode, reg))).toBeUndefined();
    }
    expect(vector(() => bench.run(FNSTSW_AX))).toBeUndefined();
    expect(bench.s.gpr[0]! & 0xffff).toBe(bench.unit.status);
    expect(vector(() => bench.run(FNCLEX))).toBeUndefined();
    expect(bench.unit.status & 0x80ff).toBe(0);
    expect(vector(() => bench.run(FADD))).toBeUndefined();
    expect(vector(() => divided().run(FNINIT))).toBeUndefined();
    expect(vector(() => divided().runMemory(0xdd, 6))).toBeUndefined();
  });

  it('without NE, FERR# is raised until the exception is cleared', () => {
    const bench = divided(0);
    expect(bench.s.fpError).toBe(1);
    expect(vector(() => fwait(bench.context))).toBeUndefined();
    bench.run(FNCLEX);
    expect(bench.s.fpError).toBe(0);
  });

  it('an exception recorded before its mask is cleared becomes pending with FLDCW', () => {
    const bench = new Bench();
    bench.load(fromNumber(1), fromNumber(0));
    bench.run(FDIV);
    expect(bench.unit.status & SUMMARY).toBe(0);
    bench.memory.setUint16(0, 0x37b, true);
    bench.runMemory(0xd9, 5, 0);
    expect(bench.unit.status & SUMMARY).toBe(SUMMARY);
    expect(vector(() => bench.run(FADD))).toBe(Vector.MF);
  });
});

describe('availability', () => {
  it('#NM for ESC instructions with EM or TS, for WAIT with MP and TS', () => {
    const rows: [number, boolean, boolean][] = [
      [Cr0.EM, true, false],
      [Cr0.TS, true, false],
      [Cr0.MP, false, false],
      [Cr0.MP | Cr0.TS, true, true],
      [Cr0.EM | Cr0.MP, true, false],
    ];
    for (const [cr0, esc, wait] of rows) {
      const bench = new Bench();
      bench.s.cr0 = cr0;
      const before = bench.s.bytes.slice();
      expect(vector(() => bench.run(FNINIT))).toBe(esc ? Vector.NM : undefined);
      expect(vector(() => fwait(bench.context))).toBe(wait ? Vector.NM : undefined);
      expect(bench.s.bytes).toEqual(before);
    }
  });

  it('#UD for reserved encodings, FISTTP among them', () => {
    const registers = [
      0xd9d1, 0xd9e2, 0xd9e3, 0xd9e6, 0xd9ef, 0xdae0, 0xdae8, 0xdaf0, 0xdbe5, 0xdbf8, 0xddf0, 0xded8, 0xdfe1,
      0xdff8,
    ];
    for (const code of registers) expect(vector(() => new Bench().run(code))).toBe(Vector.UD);
    const memory: [number, number][] = [
      [0xd9, 1],
      [0xdb, 1],
      [0xdb, 4],
      [0xdb, 6],
      [0xdd, 1],
      [0xdd, 5],
      [0xdf, 1],
    ];
    for (const [opcode, reg] of memory)
      expect(vector(() => new Bench().runMemory(opcode, reg))).toBe(Vector.UD);
  });

  it('FCMOVcc, FCOMI and FUCOMI came with the Pentium Pro', () => {
    for (const code of [0xdac1, 0xdbd9, 0xdbf1, 0xdbe9, 0xdff1, 0xdfe9]) {
      for (const family of [3, 4, 5]) expect(vector(() => new Bench(family).run(code))).toBe(Vector.UD);
      expect(vector(() => new Bench(6).run(code))).toBeUndefined();
    }
  });

  it('all other encodings do what they do without throwing, on any state', () => {
    for (let code = 0xd800; code <= 0xdfff; code++) {
      const bench = new Bench();
      bench.s.bytes.fill(code * 7, IA32.at.fpSignificand, IA32.at.fpControl);
      bench.unit.tags = code & 0xff;
      const modrm = code & 0xff;
      const run = () => (modrm >= 0xc0 ? bench.run(code) : bench.runMemory(code >> 8, (modrm >> 3) & 7, 64));
      expect([undefined, Vector.UD]).toContain(vector(run));
    }
  });
});

describe('faults in the memory operand', () => {
  const loads: [number, number, number][] = [
    [0xd8, 0, 4],
    [0xdc, 0, 8],
    [0xd9, 0, 4],
    [0xdd, 0, 8],
    [0xdb, 5, 10],
    [0xdf, 4, 10],
    [0xd9, 4, 28],
    [0xdd, 4, 108],
    [0xd9, 5, 2],
  ];
  const stores: [number, number, number][] = [
    [0xd9, 3, 4],
    [0xdd, 3, 8],
    [0xdb, 7, 10],
    [0xdf, 6, 10],
    [0xdf, 7, 8],
    [0xd9, 6, 28],
    [0xdd, 6, 108],
    [0xd9, 7, 2],
    [0xdd, 7, 2],
  ];
  it('leave the unit as it was, whichever byte faults', () => {
    for (const [opcode, reg, bytes] of [...loads, ...stores]) {
      for (let good = 0; good < bytes; good++) {
        const bench = new Bench();
        bench.load(fromNumber(1.1));
        bench.readLimit = good;
        bench.writeLimit = good;
        const before = bench.s.bytes.slice();
        expect(vector(() => bench.runMemory(opcode, reg, 0))).toBe(Vector.PF);
        expect(bench.s.bytes).toEqual(before);
      }
    }
  });
});

describe('the instruction and operand pointers (SDM volume 1, 8.1.8)', () => {
  it('follow instructions, not control instructions', () => {
    const bench = new Bench();
    bench.s.selector[Seg.cs] = 0x23;
    bench.s.selector[Seg.ds] = 0x2b;
    bench.runMemory(0xd9, 0, 0x40);
    const pointers = () => [bench.s.fpIp, bench.s.fpCs, bench.s.fpDp, bench.s.fpDs, bench.s.fpOpcode];
    expect(pointers()).toEqual([0x1234, 0x23, 0x40, 0x2b, 0x100]);
    bench.run(0xd9e8);
    expect(pointers()).toEqual([0x1234, 0x23, 0x40, 0x2b, 0x1e8]);
    bench.runMemory(0xd9, 7, 0x80);
    bench.run(FNCLEX);
    expect(pointers()).toEqual([0x1234, 0x23, 0x40, 0x2b, 0x1e8]);
    bench.run(FNINIT);
    expect(pointers()).toEqual([0, 0, 0, 0, 0]);
  });
});

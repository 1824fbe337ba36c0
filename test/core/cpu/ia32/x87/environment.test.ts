import { describe, expect, it } from 'vitest';
import { fxrstor, fxsave } from '../../../../../src/core/cpu/ia32/helpers/x87/index.js';
import { Cr0, Cr4, type Fault, Flag, Seg, Vector } from '../../../../../src/core/cpu/ia32/state.js';
import { Bench, fromNumber, parse } from './bench.js';

const FSTENV = [0xd9, 6] as const;
const FLDENV = [0xd9, 4] as const;
const FSAVE = [0xdd, 6] as const;
const FRSTOR = [0xdd, 4] as const;

/** ST(0) = 1, ST(1) = 0, ST(2) = a denormal, the rest empty; pointers with recognisable digits. */
function filled(): Bench {
  const bench = new Bench();
  bench.load(fromNumber(1), fromNumber(0), parse('8000 0000000000000001'));
  bench.unit.control = 0x27f;
  bench.unit.status |= 0x4122;
  const { s } = bench;
  s.fpIp = 0x12345678;
  s.fpCs = 0x0123;
  s.fpDp = 0x9abcdef0;
  s.fpDs = 0x4567;
  s.fpOpcode = 0x5a5;
  return bench;
}

/** Empty 11, then R5 = 1 (00), R6 = 0 (01), R7 = denormal (10). */
const TAGS = 0b10_01_00_11_11_11_11_11;
const STATUS = 0x4122 | (5 << 11);
const words = (bench: Bench, count: number, size: 2 | 4) =>
  Array.from({ length: count }, (_, i) => bench.read(0, i * size, size));

describe('the environment (SDM volume 1, figures 8-9 to 8-12)', () => {
  it('32-bit protected mode', () => {
    const bench = filled();
    bench.runMemory(...FSTENV, 0, 4);
    const expected = [
      0xffff027f,
      0xffff0000 + STATUS,
      0xffff0000 + TAGS,
      0x12345678,
      0x05a50123,
      0x9abcdef0,
      0xffff4567,
    ];
    expect(words(bench, 7, 4)).toEqual(expected);
  });

  it('16-bit protected mode', () => {
    const bench = filled();
    bench.runMemory(...FSTENV, 0, 2);
    expect(words(bench, 7, 2)).toEqual([0x27f, STATUS, TAGS, 0x5678, 0x0123, 0xdef0, 0x4567]);
    expect(bench.memory.getUint32(14)).toBe(0);
  });

  it('16-bit real mode: linear addresses of 20 bits and the opcode', () => {
    const bench = filled();
    bench.s.cr0 = Cr0.NE;
    bench.s.fpIp = 0x5678;
    bench.s.fpDp = 0xdef0;
    bench.runMemory(...FSTENV, 0, 2);
    // 0123:5678 is 068A8, 4567:DEF0 is 53560.
    expect(words(bench, 7, 2)).toEqual([0x27f, STATUS, TAGS, 0x68a8, 0x05a5, 0x3560, 0x5000]);
  });

  it('32-bit real mode and virtual-8086 mode: linear addresses of 32 bits', () => {
    const bench = filled();
    bench.s.eflags |= Flag.VM;
    bench.s.fpIp = 0x5678;
    bench.s.fpDp = 0xdef0;
    bench.runMemory(...FSTENV, 0, 4);
    const expected = [0x68a8, 0x000005a5, 0x3560, 0x5000];
    expect(
      words(bench, 7, 4)
        .map((w, i) => (i === 4 || i === 6 ? w : w & 0xffff))
        .slice(3),
    ).toEqual(expected);
  });

  it('FSTENV masks all exceptions, FLDENV brings all back', () => {
    for (const size of [2, 4]) {
      const bench = filled();
      bench.unit.control = 0x340;
      bench.unit.summarize();
      const before = bench.s.bytes.slice();
      bench.s.fpOpcode = size === 2 ? 0 : bench.s.fpOpcode;
      bench.runMemory(...FSTENV, 0, size);
      expect(bench.unit.control).toBe(0x37f);
      expect(bench.unit.status & 0x8080).toBe(0);
      const other = new Bench();
      other.runMemory(...FLDENV, 0, size);
      bench.runMemory(...FLDENV, 0, size);
      expect(bench.unit.status).toBe(0x4122 | 0x8080 | (5 << 11));
      expect(bench.unit.control).toBe(0x340);
      if (size === 4) expect(bench.s.bytes).toEqual(before);
    }
  });

  it('FLDENV keeps to the implemented bits and derives ES', () => {
    const bench = new Bench();
    bench.write(0, 0, 0xffff, 4);
    bench.write(0, 4, 0x8080, 4);
    bench.write(0, 8, 0xffff, 4);
    bench.runMemory(...FLDENV, 0, 4);
    expect(bench.unit.control).toBe(0x1f7f);
    expect(bench.unit.status).toBe(0);
    expect(bench.unit.tags).toBe(0);
  });
});

describe('FSAVE and FRSTOR', () => {
  it('store the stack from ST(0) on, initialise, and bring all back', () => {
    const bench = filled();
    const before = bench.s.bytes.slice();
    bench.runMemory(...FSAVE, 0, 4);
    expect([bench.unit.control, bench.unit.status, bench.unit.tags]).toEqual([0x37f, 0, 0]);
    // ST(0) = 1 follows the 28 bytes of the environment.
    expect([...new Uint8Array(bench.memory.buffer, 28, 10)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f]);
    expect(bench.memory.getUint8(48)).toBe(1);
    expect(bench.memory.getUint8(57)).toBe(0x80);
    for (let i = 0; i < 8; i++) bench.unit.set(i, fromNumber(7));
    bench.runMemory(...FRSTOR, 0, 4);
    expect(bench.s.bytes).toEqual(before);
  });

  it('take 94 bytes with 16-bit operands', () => {
    const bench = filled();
    bench.memory.setUint16(94, 0xabcd);
    bench.runMemory(...FSAVE, 0, 2);
    expect(bench.memory.getUint16(94)).toBe(0xabcd);
    expect(bench.memory.getUint8(14 + 9)).toBe(0x3f);
    bench.runMemory(...FRSTOR, 0, 2);
    expect(bench.unit.tags).toBe(0xe0);
    expect(bench.st(2)).toBe('8000 0000000000000001');
  });
});

describe('FXSAVE and FXRSTOR', () => {
  it('have the layout of SDM volume 2, table 3-43', () => {
    const bench = filled();
    bench.s.cr4 = Cr4.OSFXSR;
    bench.s.mxcsr = 0x1f80;
    bench.s.xmm[15] = 0x1122334455667788n;
    new Uint8Array(bench.memory.buffer).fill(0x55, 0, 528);
    fxsave(bench.context, Seg.ds, 16);
    const u16 = (at: number) => bench.memory.getUint16(16 + at, true);
    const u32 = (at: number) => bench.memory.getUint32(16 + at, true);
    expect([u16(0), u16(2), u16(4), u16(6)]).toEqual([0x27f, STATUS, 0xe0, 0x5a5]);
    expect([u32(8), u16(12), u32(16), u16(20)]).toEqual([0x12345678, 0x123, 0x9abcdef0, 0x4567]);
    expect([u32(24), u32(28)]).toEqual([0x1f80, 0xffbf]);
    expect([u32(36), u16(40)]).toEqual([0x80000000, 0x3fff]);
    expect(bench.memory.getBigUint64(16 + 160 + 120, true)).toBe(0x1122334455667788n);
    expect(u32(288)).toBe(0x55555555);
  });

  it('bring everything back', () => {
    const bench = filled();
    bench.s.cr4 = Cr4.OSFXSR;
    bench.s.mxcsr = 0x1f80;
    bench.s.xmm[3] = 5n;
    const before = bench.s.bytes.slice();
    fxsave(bench.context, Seg.ds, 0);
    expect(bench.s.bytes).toEqual(before);
    bench.run(0xdbe3);
    for (let i = 0; i < 8; i++) bench.unit.set(i, fromNumber(7));
    bench.s.mxcsr = 0;
    bench.s.xmm.fill(9n);
    fxrstor(bench.context, Seg.ds, 0);
    expect(bench.s.bytes).toEqual(before);
  });

  it('leave XMM registers and MXCSR out without OSFXSR', () => {
    const bench = filled();
    bench.s.xmm.fill(9n);
    new Uint8Array(bench.memory.buffer).fill(0x55, 0, 512);
    fxsave(bench.context, Seg.ds, 0);
    expect(bench.memory.getUint32(24)).toBe(0x55555555);
    fxrstor(bench.context, Seg.ds, 0);
    expect(bench.s.xmm[0]).toBe(9n);
  });

  const vectorOf = (run: () => void): number => {
    try {
      run();
    } catch (e) {
      return (e as Fault).vector;
    }
    return -1;
  };

  it('fault: #NM, #GP for alignment and for reserved bits of MXCSR', () => {
    const bench = filled();
    bench.s.cr4 = Cr4.OSFXSR;
    expect(vectorOf(() => fxsave(bench.context, Seg.ds, 8))).toBe(Vector.GP);
    // It is the linear address that must be aligned.
    bench.s.base[Seg.ds] = 8;
    expect(vectorOf(() => fxsave(bench.context, Seg.ds, 8))).toBe(-1);
    bench.s.base[Seg.ds] = 0;
    bench.memory.setUint32(24, 0x10000, true);
    const before = bench.s.bytes.slice();
    expect(vectorOf(() => fxrstor(bench.context, Seg.ds, 0))).toBe(Vector.GP);
    bench.memory.setUint32(24, 0, true);
    bench.readLimit = 280;
    expect(vectorOf(() => fxrstor(bench.context, Seg.ds, 0))).toBe(Vector.PF);
    expect(bench.s.bytes).toEqual(before);
    bench.s.cr0 |= Cr0.TS;
    expect(vectorOf(() => fxrstor(bench.context, Seg.ds, 0))).toBe(Vector.NM);
  });
});

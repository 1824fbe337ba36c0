/** Segment loads and questions about selectors (SDM volume 2, MOV, LAR, LSL, VERR; volume 3A, 3.4). */
import { describe, expect, it } from 'vitest';
import { jmpFar } from '../../../../../src/core/cpu/ia32/helpers/farTransfer.js';
import {
  lar,
  lldt,
  loadSegment,
  lsl,
  ltr,
  verr,
  verw,
} from '../../../../../src/core/cpu/ia32/helpers/segments.js';
import { Flag, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import {
  CODE0,
  CODE3,
  cleanFault,
  DATA0,
  DATA3,
  type FakeContext,
  GDT,
  protectedContext,
  realContext,
  SELECTOR,
  virtualContext,
} from './fakeContext.js';

const hidden = (cpu: FakeContext, seg: number): (number | undefined)[] => [
  cpu.s.selector[seg],
  cpu.s.base[seg],
  cpu.s.limit[seg],
  cpu.s.access[seg],
];

describe('loads', () => {
  it('of real mode keep limit and attributes: unreal mode', () => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0x100, 0xfffff, 0xc093);
    loadSegment(cpu, Seg.ds, 0x40);
    expect(hidden(cpu, Seg.ds)).toEqual([0x40, 0x100, 0xffffffff, 0xc093]);
    cpu.s.cr0 = 0x10;
    loadSegment(cpu, Seg.ds, 0x1234);
    expect(hidden(cpu, Seg.ds)).toEqual([0x1234, 0x12340, 0xffffffff, 0xc093]);
  });

  it('of real mode make a null register usable again', () => {
    const cpu = protectedContext(0);
    loadSegment(cpu, Seg.fs, 0);
    cpu.s.cr0 = 0x10;
    loadSegment(cpu, Seg.fs, 0xf000);
    expect(hidden(cpu, Seg.fs)).toEqual([0xf000, 0xf0000, 0xffff, 0x93]);
  });

  it.each([
    [4, 0xffff, 0x93],
    [6, 0xffffffff, 0xc093],
  ])('of CS in real mode make it writable; family %i leaves limit %x', (family, limit, access) => {
    const cpu = realContext();
    cpu.family = family;
    cpu.segment(Seg.cs, 8, 0, 0xffffffff, 0xc09b);
    jmpFar(cpu, 0xf000, 0x10, 2, 0);
    expect(hidden(cpu, Seg.cs)).toEqual([0xf000, 0xf0000, limit, access]);
  });

  it('of virtual-8086 mode have fixed limit and attributes', () => {
    const cpu = virtualContext(0);
    cpu.s.limit[Seg.es] = 0xffffffff;
    loadSegment(cpu, Seg.es, 0x1234);
    expect(hidden(cpu, Seg.es)).toEqual([0x1234, 0x12340, 0xffff, 0xf3]);
  });

  it('of a null selector keep its RPL and make the segment unusable', () => {
    const cpu = protectedContext(3);
    loadSegment(cpu, Seg.gs, 3);
    expect(hidden(cpu, Seg.gs)).toEqual([3, 0, 0, 0]);
  });

  it('read all fields of a descriptor, and write its accessed bit only if it is clear', () => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0x89abcdef, 0x12345, 0x9092);
    loadSegment(cpu, Seg.es, 0x40);
    expect(hidden(cpu, Seg.es)).toEqual([0x40, 0x89abcdef, 0x12345fff, 0x9093]);
    expect(cpu.readSystem(GDT + 0x45, 1)).toBe(0x93);
    cpu.readOnly.add(GDT >>> 12);
    loadSegment(cpu, Seg.es, 0x40);
    cpu.readOnly.clear();
    cpu.writeSystem(GDT + 0x45, 0x92, 1);
    cpu.readOnly.add(GDT >>> 12);
    expect(cleanFault(cpu, () => loadSegment(cpu, Seg.es, 0x40))).toEqual([14, 3]);
  });

  it('use the LDT for selectors with TI', () => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, GDT + 0x100, 0x17, 0x82);
    cpu.describe(0x110, 0x7000, 0xff, DATA3);
    lldt(cpu, 0x40);
    expect(hidden(cpu, Seg.ldtr)).toEqual([0x40, GDT + 0x100, 0x17, 0x82]);
    loadSegment(cpu, Seg.ds, 0x17);
    expect(hidden(cpu, Seg.ds)).toEqual([0x17, 0x7000, 0xff, DATA3]);
    expect(cleanFault(cpu, () => loadSegment(cpu, Seg.ds, 0x1f))).toEqual([13, 0x1c]);
  });

  it.each<[string, number, number, number, [number, number]]>([
    ['DS of DPL < CPL', Seg.ds, SELECTOR.data0, DATA3, [13, 0x10]],
    ['DS of DPL < RPL', Seg.ds, 0x43, DATA0, [13, 0x40]],
    ['DS from execute-only code', Seg.ds, 0x43, 0x40f9, [13, 0x40]],
    ['DS from a system segment', Seg.ds, 0x43, 0xe2, [13, 0x40]],
    ['absent DS', Seg.ds, 0x43, DATA3 & ~0x80, [11, 0x40]],
    ['null SS', Seg.ss, 3, DATA3, [13, 0]],
    ['read-only SS', Seg.ss, 0x43, 0x40f1, [13, 0x40]],
    ['SS of another RPL', Seg.ss, 0x40, DATA3, [13, 0x40]],
    ['SS of another DPL', Seg.ss, 0x43, DATA0, [13, 0x40]],
    ['absent SS', Seg.ss, 0x43, DATA3 & ~0x80, [12, 0x40]],
  ])('refuse %s', (_, seg, selector, access, fault) => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, 0, 0xfffff, access);
    expect(cleanFault(cpu, () => loadSegment(cpu, seg, selector))).toEqual(fault);
  });

  it('of conforming readable code ignore privilege', () => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, 0, 0xfffff, 0x409f);
    loadSegment(cpu, Seg.ds, 0x43);
    expect(cpu.s.selector[Seg.ds]).toBe(0x43);
  });
});

describe('LLDT and LTR', () => {
  it('LTR marks the task busy in memory and in the register', () => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0x5000, 0x67, 0x89);
    ltr(cpu, 0x40);
    expect(hidden(cpu, Seg.tr)).toEqual([0x40, 0x5000, 0x67, 0x8b]);
    expect(cleanFault(cpu, () => ltr(cpu, 0x40))).toEqual([13, 0x40]);
  });

  it.each<[string, (cpu: FakeContext, selector: number) => void, number, number, [number, number]]>([
    ['LTR of null', ltr, 0, 0x89, [13, 0]],
    ['LTR in the LDT', ltr, 0x44, 0x89, [13, 0x44]],
    ['LTR of an LDT', ltr, 0x40, 0x82, [13, 0x40]],
    ['LTR of an absent TSS', ltr, 0x40, 0x09, [11, 0x40]],
    ['LLDT in the LDT', lldt, 0x44, 0x82, [13, 0x44]],
    ['LLDT of data', lldt, 0x40, 0x92, [13, 0x40]],
    ['LLDT of an absent LDT', lldt, 0x40, 0x02, [11, 0x40]],
  ])('refuse %s', (_, load, selector, access, fault) => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0, 0x67, access);
    expect(cleanFault(cpu, () => load(cpu, selector))).toEqual(fault);
  });

  it('LLDT takes null', () => {
    const cpu = protectedContext(0);
    cpu.segment(Seg.ldtr, 0x40, 0x1000, 0xff, 0x82);
    lldt(cpu, 0);
    expect(hidden(cpu, Seg.ldtr)).toEqual([0, 0, 0, 0]);
  });
});

describe('LAR, LSL, VERR and VERW', () => {
  const zf = (cpu: FakeContext): boolean => (cpu.s.eflags & Flag.ZF) !== 0;

  /** Access byte at CPL 3 and RPL 3, then whether LAR, LSL, VERR and VERW set ZF. */
  it.each<[string, number, boolean, boolean, boolean, boolean]>([
    ['writable data', DATA3, true, true, true, true],
    ['read-only data', 0x40f1, true, true, true, false],
    ['inner data', DATA0, false, false, false, false],
    ['absent data', DATA3 & ~0x80, true, true, true, true],
    ['readable code', CODE3, true, true, true, false],
    ['execute-only code', 0x40f9, true, true, false, false],
    ['inner code', CODE0, false, false, false, false],
    ['inner conforming code', 0x409f, true, true, true, false],
    ['286 TSS', 0xe1, true, true, false, false],
    ['LDT', 0xe2, true, true, false, false],
    ['386 TSS, busy', 0xeb, true, true, false, false],
    ['386 TSS of the kernel', 0x8b, false, false, false, false],
    ['286 call gate', 0xe4, true, false, false, false],
    ['task gate', 0xe5, true, false, false, false],
    ['386 call gate', 0xec, true, false, false, false],
    ['interrupt gate', 0xee, false, false, false, false],
    ['reserved type', 0xe8, false, false, false, false],
  ])('of %s', (_, access, larZf, lslZf, verrZf, verwZf) => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, 0, 0x1234, access);
    const seen = [lar, lsl, verr, verw].map((ask) => {
      cpu.s.eflags = larZf ? 2 : 0x42;
      ask(cpu, 0x43, 0, 4);
      return zf(cpu);
    });
    expect(seen).toEqual([larZf, lslZf, verrZf, verwZf]);
  });

  it('give values by operand size, and the old value if ZF = 0', () => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, 0, 0xabcde, 0xd0f3);
    expect(lar(cpu, 0x43, 0, 4)).toBe(0xd0f300);
    expect(lar(cpu, 0x43, 0, 2)).toBe(0xf300);
    expect(lsl(cpu, 0x43, 0, 4)).toBe(0xabcdefff);
    expect(lsl(cpu, 0x43, 0, 2)).toBe(0xefff);
    expect([lar(cpu, 3, 0x55, 4), zf(cpu)]).toEqual([0x55, false]);
    expect([lsl(cpu, 0x1003, 0x55, 4), zf(cpu)]).toEqual([0x55, false]);
  });
});

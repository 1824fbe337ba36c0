/** Far transfers against the SDM's frame pictures (volume 3A, figures 5-11 to 5-14, 20-4) and error codes. */
import { describe, expect, it } from 'vitest';
import { callFar, iret, jmpFar, retFar } from '../../../../../src/core/cpu/ia32/helpers/farTransfer.js';
import { Flag, Reg, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import {
  CODE0,
  CODE3,
  cleanFault,
  DATA3,
  type FakeContext,
  GDT,
  protectedContext,
  realContext,
  SELECTOR,
  virtualContext,
} from './fakeContext.js';

const { esp } = Reg;
const GATE = 0x33;
const where = (cpu: FakeContext) => ({
  cs: cpu.s.selector[Seg.cs],
  eip: cpu.s.eip,
  ss: cpu.s.selector[Seg.ss],
  esp: cpu.gpr(esp),
  cpl: cpu.s.cpl,
});

describe('real mode', () => {
  it('calls and returns, dropping parameters', () => {
    const cpu = realContext();
    callFar(cpu, 0x5000, 0x10, 2, 0x105);
    expect(where(cpu)).toMatchObject({ cs: 0x5000, eip: 0x10, esp: 0xffc });
    expect(cpu.s.base[Seg.cs]).toBe(0x50000);
    expect(cpu.words(0x30ffc, 2)).toEqual([0x105, 0x2000]);
    retFar(cpu, 2, 6);
    expect(where(cpu)).toMatchObject({ cs: 0x2000, eip: 0x105, esp: 0x1006 });
  });

  it('keeps the upper half of ESP with a 16-bit stack that wraps', () => {
    const cpu = realContext();
    cpu.gpr(esp, 0xabcd0002);
    callFar(cpu, 0x5000, 0x10, 2, 0x105);
    expect(cpu.gpr(esp)).toBe(0xabcdfffe);
    expect(cpu.words(0x30000, 1)).toEqual([0x2000]);
    expect(cpu.words(0x3fffe, 1)).toEqual([0x105]);
  });

  it('raises #GP for an offset beyond the limit', () => {
    const cpu = realContext();
    expect(cleanFault(cpu, () => jmpFar(cpu, 0x5000, 0x10000, 4, 0))).toEqual([13, 0]);
  });

  it('takes all of FLAGS but no VM with a 32-bit IRET', () => {
    const cpu = realContext();
    [0x1234, 0x2000, 0xffffffff].forEach((v, i) => void cpu.writeSystem(0x31000 + 4 * i, v, 4));
    iret(cpu, 4, 0);
    expect(where(cpu)).toMatchObject({ eip: 0x1234, esp: 0x100c });
    expect(cpu.s.eflags).toBe(0x257fd7);
  });
});

describe('direct transfers in protected mode', () => {
  it('enters code of the same privilege with CPL as RPL and marks it accessed', () => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0x10000, 0xff, CODE0 & ~1);
    jmpFar(cpu, 0x40, 0x20, 4, 0);
    expect(where(cpu)).toMatchObject({ cs: 0x40, eip: 0x20, cpl: 0 });
    expect(cpu.s.base[Seg.cs]).toBe(0x10000);
    expect(cpu.readSystem(GDT + 0x45, 1)).toBe(0x9b);
  });

  it('runs conforming code at the caller’s privilege', () => {
    const cpu = protectedContext(3);
    cpu.describe(0x40, 0, 0xfffff, 0x409f);
    callFar(cpu, 0x40, 0x500, 4, 0x4007);
    expect(where(cpu)).toEqual({ cs: 0x43, eip: 0x500, ss: SELECTOR.data3, esp: 0x8ff8, cpl: 3 });
    expect(cpu.dwords(0x8ff8, 2)).toEqual([0x4007, SELECTOR.code3]);
  });

  it.each<[string, (cpu: FakeContext) => void, number, [number, number]]>([
    ['a null selector', () => {}, 3, [13, 0]],
    ['a selector beyond the GDT', () => {}, 0x803, [13, 0x800]],
    ['an LDT selector without an LDT', () => {}, 0x47, [13, 0x44]],
    [
      'a descriptor that straddles the end of the GDT',
      (cpu) => void (cpu.s.gdtLimit = 0x1e),
      0x1b,
      [13, 0x18],
    ],
    ['data', () => {}, SELECTOR.data3, [13, 0x20]],
    ['more privileged code', () => {}, 0x08, [13, 0x08]],
    ['absent code', (cpu) => cpu.describe(0x40, 0, 0xfffff, CODE3 & ~0x80), 0x43, [11, 0x40]],
    ['an offset beyond the limit', (cpu) => cpu.describe(0x40, 0, 0xff, CODE3), 0x43, [13, 0]],
    ['a call gate of too small a DPL', (cpu) => cpu.gate(GDT + 0x40, 8, 0, 0x8c), 0x43, [13, 0x40]],
    ['an absent gate', (cpu) => cpu.gate(GDT + 0x40, 8, 0, 0x6c), 0x43, [11, 0x40]],
    ['an interrupt gate', (cpu) => cpu.gate(GDT + 0x40, 8, 0, 0xee), 0x43, [13, 0x40]],
    ['a gate to null', (cpu) => cpu.gate(GDT + 0x40, 0, 0, 0xec), 0x43, [13, 0]],
    ['a gate to data', (cpu) => cpu.gate(GDT + 0x40, 0x10, 0, 0xec), 0x43, [13, 0x10]],
  ])('raises the right fault for %s', (_, prepare, selector, fault) => {
    const cpu = protectedContext(3);
    prepare(cpu);
    expect(cleanFault(cpu, () => callFar(cpu, selector, 0x400, 4, 0))).toEqual(fault);
  });
});

it('an RPL above CPL keeps a direct call out', () => {
  const cpu = protectedContext(0);
  expect(cleanFault(cpu, () => callFar(cpu, 0x0b, 0x400, 4, 0))).toEqual([13, 0x08]);
});

describe('call gates', () => {
  const withGate = (access = 0xec, count = 2): FakeContext => {
    const cpu = protectedContext(3);
    cpu.gate(GDT + (GATE & 0xf8), 0x0b, 0x6789a, access, count);
    cpu.writeSystem(0x9000, 0x11111111, 4);
    cpu.writeSystem(0x9004, 0x22222222, 4);
    return cpu;
  };

  it('switch to the inner stack and copy the parameters', () => {
    const cpu = withGate();
    callFar(cpu, GATE, 0xdead, 4, 0x4007);
    expect(where(cpu)).toEqual({ cs: 0x08, eip: 0x6789a, ss: 0x10, esp: 0x7fe8, cpl: 0 });
    expect(cpu.dwords(0x7fe8, 6)).toEqual([0x4007, 0x1b, 0x11111111, 0x22222222, 0x9000, 0x23]);
  });

  it('mark the new code and stack segments accessed', () => {
    const cpu = withGate();
    cpu.describe(SELECTOR.code0, 0, 0xfffff, 0x409a);
    cpu.describe(SELECTOR.data0, 0, 0xfffff, 0x4092);
    callFar(cpu, GATE, 0, 4, 0x4007);
    expect(cpu.readSystem(GDT + SELECTOR.code0 + 5, 1)).toBe(0x9b);
    expect(cpu.readSystem(GDT + SELECTOR.data0 + 5, 1)).toBe(0x93);
  });

  it('come back by RET with the parameters dropped from both stacks', () => {
    const cpu = withGate();
    callFar(cpu, GATE, 0, 4, 0x4007);
    cpu.segment(Seg.ds, 0x10, 0, 0xfffff, 0x4093);
    retFar(cpu, 4, 8);
    expect(where(cpu)).toEqual({ cs: 0x1b, eip: 0x4007, ss: 0x23, esp: 0x9008, cpl: 3 });
    expect([cpu.s.selector[Seg.ds], cpu.s.access[Seg.ds]]).toEqual([0, 0]);
    expect(cpu.s.selector[Seg.es]).toBe(SELECTOR.data3);
  });

  it('of the 286 push words and have a 16-bit offset', () => {
    const cpu = withGate(0xe4, 1);
    callFar(cpu, GATE, 0, 4, 0x14007);
    expect(where(cpu)).toMatchObject({ cs: 0x08, eip: 0x789a, esp: 0x7ff6, cpl: 0 });
    expect(cpu.words(0x7ff6, 5)).toEqual([0x4007, 0x1b, 0x1111, 0x9000, 0x23]);
  });

  it('leave everything as it was if the new stack faults', () => {
    const cpu = withGate();
    cpu.readOnly.add(7);
    expect(cleanFault(cpu, () => callFar(cpu, GATE, 0, 4, 0x4007))).toEqual([14, 3]);
  });

  it.each<[string, (cpu: FakeContext) => void, [number, number]]>([
    ['the TSS is too short', (cpu) => void (cpu.s.limit[Seg.tr] = 8), [10, SELECTOR.tss]],
    ['the TSS has a null SS', (cpu) => cpu.writeSystem(0x3008, 0, 2), [10, 0]],
    ['the RPL of SS is wrong', (cpu) => cpu.writeSystem(0x3008, 0x13, 2), [10, 0x10]],
    ['the stack is absent', (cpu) => cpu.describe(0x10, 0, 0xfffff, 0x4013), [12, 0x10]],
    ['the stack is too small', (cpu) => cpu.describe(0x10, 0, 0x7fff, 0x4093), [12, 0x10]],
  ])('raise the right fault if %s', (_, prepare, fault) => {
    const cpu = withGate();
    if (fault[0] === 12 && fault[1] === 0x10) cpu.writeSystem(0x3004, 0x8002, 4);
    prepare(cpu);
    expect(cleanFault(cpu, () => callFar(cpu, GATE, 0, 4, 0))).toEqual(fault);
  });

  it('are no way inwards for JMP', () => {
    const cpu = withGate();
    expect(cleanFault(cpu, () => jmpFar(cpu, GATE, 0, 4, 0))).toEqual([13, 0x08]);
  });
});

describe('RET and IRET', () => {
  const push = (cpu: FakeContext, ...values: number[]): void =>
    values.forEach((v, i) => void cpu.writeSystem(cpu.gpr(esp) + 4 * i, v, 4));

  it.each<[string, number[], [number, number]]>([
    ['an inner level', [0, 0x08], [13, 0x08]],
    ['a null CS', [0, 0], [13, 0]],
    ['a DPL other than the RPL', [0, 0x1a], [13, 0x18]],
    ['an offset beyond the limit', [0x100000, 0x1b], [13, 0]],
  ])('refuse %s', (_, frame, fault) => {
    const cpu = protectedContext(3);
    push(cpu, ...frame, 0, 0);
    expect(cleanFault(cpu, () => retFar(cpu, 4, 0))).toEqual(fault);
  });

  it.each<[string, number, [number, number]]>([
    ['null', 3, [13, 0]],
    ['of another level', 0x10, [13, 0x10]],
    ['absent', 0x43, [12, 0x40]],
  ])('refuse an outer SS that is %s', (_, ss, fault) => {
    const cpu = protectedContext(0);
    cpu.describe(0x40, 0, 0xfffff, DATA3 & ~0x80);
    push(cpu, 0, SELECTOR.code3, 0x5000, ss);
    expect(cleanFault(cpu, () => retFar(cpu, 4, 0))).toEqual(fault);
  });

  it('refuse an offset beyond the limit of an outer level', () => {
    const cpu = protectedContext(0);
    push(cpu, 0x100000, SELECTOR.code3, 0x5000, SELECTOR.data3);
    expect(cleanFault(cpu, () => retFar(cpu, 4, 0))).toEqual([13, 0]);
  });

  it('IRET goes outwards with flags by the old CPL', () => {
    const cpu = protectedContext(0);
    cpu.s.nmiBlocked = 1;
    push(cpu, 0x1000, SELECTOR.code3, 0x3202 | Flag.RF, 0x5000, SELECTOR.data3);
    iret(cpu, 4, 0);
    expect(where(cpu)).toEqual({ cs: 0x1b, eip: 0x1000, ss: 0x23, esp: 0x5000, cpl: 3 });
    expect(cpu.s.eflags).toBe(0x13202);
    expect(cpu.s.nmiBlocked).toBe(0);
    expect(cpu.s.access[Seg.ds]).toBe(0);
  });

  it('IRET at CPL 3 changes neither IF nor IOPL nor VM', () => {
    const cpu = protectedContext(3);
    push(cpu, 0x1000, SELECTOR.code3, 0xffffffff);
    iret(cpu, 4, 0);
    expect(cpu.s.eflags).toBe(0x254dd7);
    expect(where(cpu)).toMatchObject({ esp: 0x900c, cpl: 3 });
  });

  it('IRET enters virtual-8086 mode from CPL 0 only', () => {
    const cpu = protectedContext(3);
    push(cpu, 0x200, SELECTOR.code3, 0x20002);
    iret(cpu, 4, 0);
    expect(cpu.s.eflags).toBe(2);
  });

  it('IRET enters virtual-8086 mode', () => {
    const cpu = protectedContext(0);
    push(cpu, 0x200, 0x4000, 0x23202, 0x1000, 0x5000, 0x6100, 0x6000, 0x6200, 0x6300);
    iret(cpu, 4, 0);
    expect(where(cpu)).toEqual({ cs: 0x4000, eip: 0x200, ss: 0x5000, esp: 0x1000, cpl: 3 });
    expect(cpu.s.eflags).toBe(0x23202);
    expect([...cpu.s.selector.slice(0, 6)]).toEqual([0x6100, 0x4000, 0x5000, 0x6000, 0x6200, 0x6300]);
    for (let seg = 0; seg < 6; seg++) {
      expect(cpu.s.base[seg]).toBe(cpu.s.selector[seg]! << 4);
      expect([cpu.s.limit[seg], cpu.s.access[seg]]).toEqual([0xffff, 0xf3]);
    }
    expect(cpu.modeChanges.length).toBeGreaterThan(0);
  });

  it('IRET in virtual-8086 mode needs IOPL 3', () => {
    const cpu = virtualContext(0);
    expect(cleanFault(cpu, () => iret(cpu, 2, 0))).toEqual([13, 0]);
    const allowed = virtualContext(3);
    [0x123, 0x4100, 0x0001].forEach((v, i) => void allowed.writeSystem(0x51000 + 2 * i, v, 2));
    iret(allowed, 2, 0);
    expect(where(allowed)).toMatchObject({ cs: 0x4100, eip: 0x123, esp: 0x1006, cpl: 3 });
    expect(allowed.s.eflags).toBe(Flag.VM | 0x3003);
  });

  it('IRET in virtual-8086 mode with CR4.VME moves IF to VIF', () => {
    const cpu = virtualContext(0);
    cpu.s.cr4 = 1;
    [0x123, 0x4100, 0x0200].forEach((v, i) => void cpu.writeSystem(0x51000 + 2 * i, v, 2));
    iret(cpu, 2, 0);
    expect(cpu.s.eflags).toBe(Flag.VM | Flag.VIF | Flag.IF | 2);
  });
});

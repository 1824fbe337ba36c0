/** Task switches: busy bits, links, NT and state by SDM volume 3A, 7.3 and tables 7-1 and 7-2. */
import { beforeEach, describe, expect, it } from 'vitest';
import { callFar, iret, jmpFar } from '../../../../../src/core/cpu/ia32/helpers/farTransfer.js';
import { deliver, deliverWithEscalation } from '../../../../../src/core/cpu/ia32/helpers/interrupts.js';
import { TaskFault } from '../../../../../src/core/cpu/ia32/helpers/tasks.js';
import { Cr0, Flag, Reg, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import {
  cleanFault,
  type FakeContext,
  faultOf,
  GDT,
  protectedContext,
  SELECTOR,
  TSS,
  virtualContext,
} from './fakeContext.js';

const NEW = 0x5000;
const NEW_SELECTOR = 0x30;
const busyOf = (cpu: FakeContext, selector: number): number => cpu.readSystem(GDT + selector + 5, 1) & 2;

/** A 386 task at NEW: code0:6000h, data0 stack at A000h, ECX = C0DEh, EFLAGS = 202h. */
function describeTask(cpu: FakeContext): void {
  cpu.describe(NEW_SELECTOR, NEW, 0x67, 0x89);
  cpu.writeSystem(NEW + 0x20, 0x6000, 4);
  cpu.writeSystem(NEW + 0x24, 0x202, 4);
  cpu.writeSystem(NEW + 0x2c, 0xc0de, 4);
  cpu.writeSystem(NEW + 0x38, 0xa000, 4);
  const segments = [0x10, SELECTOR.code0, 0x10, 0x10, 0, 0];
  segments.forEach((selector, i) => void cpu.writeSystem(NEW + 0x48 + 4 * i, selector, 4));
}

describe('between 386 tasks', () => {
  let cpu: FakeContext;
  beforeEach(() => {
    cpu = protectedContext(0);
    describeTask(cpu);
    cpu.gpr(Reg.ecx, 0x1234);
  });

  it('CALL nests and IRET comes back', () => {
    cpu.s.dr[7] = 0x7ff;
    callFar(cpu, NEW_SELECTOR, 0xdead, 4, 0x4007);
    const { s } = cpu;
    expect([s.selector[Seg.tr], s.base[Seg.tr], s.access[Seg.tr]]).toEqual([NEW_SELECTOR, NEW, 0x8b]);
    expect([s.eip, s.eflags, cpu.gpr(Reg.ecx), cpu.gpr(Reg.esp)]).toEqual([0x6000, 0x4202, 0xc0de, 0xa000]);
    expect([busyOf(cpu, SELECTOR.tss), busyOf(cpu, NEW_SELECTOR)]).toEqual([2, 2]);
    expect(cpu.words(NEW, 1)).toEqual([SELECTOR.tss]);
    expect(s.cr0 & Cr0.TS).toBe(Cr0.TS);
    expect(s.dr[7]).toBe(0x6aa);
    expect(cpu.dwords(TSS + 0x20, 4)).toEqual([0x4007, 2, 0, 0x1234]);
    expect(cpu.words(TSS + 0x4c, 1)).toEqual([SELECTOR.code0]);

    iret(cpu, 4, 0x6001);
    expect([s.selector[Seg.tr], s.eip, s.eflags, cpu.gpr(Reg.ecx)]).toEqual([
      SELECTOR.tss,
      0x4007,
      2,
      0x1234,
    ]);
    expect([busyOf(cpu, SELECTOR.tss), busyOf(cpu, NEW_SELECTOR)]).toEqual([2, 0]);
    expect(cpu.dwords(NEW + 0x20, 2)).toEqual([0x6001, 0x202]);
  });

  it('JMP leaves the old task available and does not link', () => {
    jmpFar(cpu, NEW_SELECTOR, 0, 4, 0x4007);
    expect([busyOf(cpu, SELECTOR.tss), busyOf(cpu, NEW_SELECTOR)]).toEqual([0, 2]);
    expect(cpu.words(NEW, 1)).toEqual([0]);
    expect(cpu.s.eflags & Flag.NT).toBe(0);
  });

  it('an interrupt through a task gate pushes its error code there, RF in the old image', () => {
    cpu.idtGate(8, NEW_SELECTOR, 0, 0x85);
    cpu.idtGate(13, NEW_SELECTOR, 0, 0x85);
    deliver(cpu, 13, { kind: 'exception', error: 0x50 });
    expect(cpu.gpr(Reg.esp)).toBe(0x9ffc);
    expect(cpu.dwords(0x9ffc, 1)).toEqual([0x50]);
    expect(cpu.dwords(TSS + 0x20, 2)).toEqual([0x4000, Flag.RF | 2]);
  });

  it('loads CR3 with paging, and notes the debug trap', () => {
    cpu.s.cr0 |= Cr0.PG;
    cpu.writeSystem(NEW + 0x1c, 0x77000, 4);
    cpu.writeSystem(NEW + 0x64, 1, 2);
    jmpFar(cpu, NEW_SELECTOR, 0, 4, 0);
    expect(cpu.s.cr3).toBe(0x77000);
    expect(cpu.s.debugPending).toBe(0x8000);
    expect(cpu.modeChanges).toContain(true);
  });

  it('enters virtual-8086 mode', () => {
    cpu.writeSystem(NEW + 0x24, Flag.VM | 0x202, 4);
    cpu.writeSystem(NEW + 0x4c, 0x4000, 2);
    jmpFar(cpu, NEW_SELECTOR, 0, 4, 0);
    expect([cpu.s.cpl, cpu.s.base[Seg.cs], cpu.s.access[Seg.cs]]).toEqual([3, 0x40000, 0xf3]);
  });

  it.each<[string, (cpu: FakeContext) => void, [number, number]]>([
    ['a busy task', (c) => c.describe(NEW_SELECTOR, NEW, 0x67, 0x8b), [13, NEW_SELECTOR]],
    ['an absent TSS', (c) => c.describe(NEW_SELECTOR, NEW, 0x67, 0x09), [11, NEW_SELECTOR]],
    ['a short TSS', (c) => c.describe(NEW_SELECTOR, NEW, 0x66, 0x89), [10, NEW_SELECTOR]],
    ['an old TSS that cannot be written', (c) => void c.readOnly.add(TSS >>> 12), [14, 3]],
    ['a new TSS that cannot be linked', (c) => void c.readOnly.add(NEW >>> 12), [14, 3]],
  ])('fails in the old task for %s', (_, prepare, fault) => {
    prepare(cpu);
    const memory = Buffer.from(cpu.memory.buffer.slice(0));
    expect(cleanFault(cpu, () => callFar(cpu, NEW_SELECTOR, 0, 4, 0))).toEqual(fault);
    expect(memory.equals(Buffer.from(cpu.memory.buffer))).toBe(true);
  });

  it.each<[string, number, number, [number, number]]>([
    ['LDT', 0x60, 0x10, [10, 0x10]],
    ['CS', 0x4c, 0x10, [10, 0x10]],
    ['null CS', 0x4c, 0, [10, 0]],
    ['CS of DPL 3', 0x4c, 0x18, [10, 0x18]],
    ['SS', 0x50, 0x23, [10, 0x20]],
    ['DS', 0x54, 0x400, [10, 0x400]],
    ['DS (system segment)', 0x54, SELECTOR.tss, [10, SELECTOR.tss]],
    ['EIP', 0x20, 0x100000, [13, 0]],
  ])('fails in the new task for a bad %s', (_, offset, value, fault) => {
    cpu.writeSystem(NEW + offset, value, offset === 0x20 ? 4 : 2);
    expect(faultOf(() => callFar(cpu, NEW_SELECTOR, 0, 4, 0))).toEqual(fault);
    expect(cpu.s.selector[Seg.tr]).toBe(NEW_SELECTOR);
    expect(cpu.gpr(Reg.ecx)).toBe(0xc0de);
  });

  it('says that a fault of the new task must not be rolled back, with EXT from outside', () => {
    cpu.writeSystem(NEW + 0x54, 0x400, 2);
    cpu.idtGate(0x40, NEW_SELECTOR, 0, 0x85);
    try {
      deliver(cpu, 0x40, { kind: 'external' });
      expect.unreachable();
    } catch (fault) {
      expect(fault).toBeInstanceOf(TaskFault);
      expect(fault).toMatchObject({ vector: 10, error: 0x401 });
    }
  });

  it('delivers such a fault in the new task', () => {
    cpu.writeSystem(NEW + 0x54, 0x400, 2);
    cpu.idtGate(0x40, NEW_SELECTOR, 0, 0x85);
    cpu.idtGate(10, SELECTOR.code0, 0x1234, 0x8e);
    expect(deliverWithEscalation(cpu, 0x40, { kind: 'external' })).toBe('delivered');
    expect(cpu.s.eip).toBe(0x1234);
    expect(cpu.dwords(0x9ff0, 3)).toEqual([0x401, 0x6000, SELECTOR.code0]);
  });

  it('IRET with NT raises #TS for a link to a task that is not busy', () => {
    cpu.s.eflags |= Flag.NT;
    cpu.writeSystem(TSS, NEW_SELECTOR, 2);
    expect(cleanFault(cpu, () => iret(cpu, 4, 0))).toEqual([10, NEW_SELECTOR]);
  });
});

describe('other tasks', () => {
  it('a 286 TSS holds words, and keeps its own privilege check', () => {
    const cpu = protectedContext(3);
    cpu.describe(NEW_SELECTOR, NEW, 0x2b, 0xe1);
    cpu.writeSystem(NEW + 0x0e, 0x6000, 2);
    cpu.writeSystem(NEW + 0x10, 0x202, 2);
    cpu.writeSystem(NEW + 0x12, 0xaaaa, 2);
    cpu.writeSystem(NEW + 0x1a, 0xa000, 2);
    [0x10, 0x08, 0x10, 0x10, 0].forEach((v, i) => void cpu.writeSystem(NEW + 0x22 + 2 * i, v, 2));
    callFar(cpu, NEW_SELECTOR, 0, 4, 0x4007);
    expect([cpu.s.eip, cpu.s.cpl, cpu.gpr(Reg.eax), cpu.s.selector[Seg.fs]]).toEqual([
      0x6000, 0, 0xffffaaaa, 0,
    ]);
    expect(cpu.s.eflags).toBe(0x4202);
    cpu.gpr(Reg.eax, 0x5555);
    iret(cpu, 4, 0x6003);
    expect([cpu.s.eip, cpu.s.cpl]).toEqual([0x4007, 3]);
    expect(cpu.words(NEW + 0x0e, 3)).toEqual([0x6003, 0x202, 0x5555]);
    expect(busyOf(cpu, NEW_SELECTOR)).toBe(0);
  });

  it('a TSS of too small a DPL is refused', () => {
    const cpu = protectedContext(3);
    describeTask(cpu);
    expect(cleanFault(cpu, () => callFar(cpu, NEW_SELECTOR, 0, 4, 0))).toEqual([13, NEW_SELECTOR]);
  });

  it('virtual-8086 tasks are left by task gates as well', () => {
    const cpu = virtualContext(3);
    describeTask(cpu);
    cpu.idtGate(0x40, NEW_SELECTOR, 0, 0xe5);
    deliver(cpu, 0x40, { kind: 'software', nextIp: 0x102 });
    expect([cpu.s.cpl, cpu.s.eflags]).toEqual([0, 0x4202]);
    expect(cpu.dwords(TSS + 0x20, 2)).toEqual([0x102, Flag.VM | 0x3202]);
    iret(cpu, 4, 0);
    expect([cpu.s.cpl, cpu.s.base[Seg.cs], cpu.s.eip]).toEqual([3, 0x40000, 0x102]);
  });
});

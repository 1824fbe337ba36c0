/** Who may see and change which flags (SDM volume 2, PUSHF, POPF, CLI, STI; volume 3A, 20.3 and 20.4). */
import { describe, expect, it } from 'vitest';
import { cli, popf, pushf, sti } from '../../../../../src/core/cpu/ia32/helpers/flags.js';
import { iopermission } from '../../../../../src/core/cpu/ia32/helpers/ioPermission.js';
import { Flag, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import {
  cleanFault,
  type FakeContext,
  protectedContext,
  realContext,
  TSS,
  virtualContext,
} from './fakeContext.js';

const ONES = 0xffffffff;
/** All of EFLAGS that POPF can reach: no RF, VM, VIF, VIP. */
const ALL_386 = 0x7fd7;
const ALL_486 = ALL_386 | Flag.AC | Flag.ID;

describe('POPF', () => {
  it.each<[string, () => FakeContext, number, number, number]>([
    ['real mode, 386', realContext, 3, 4, ALL_386],
    ['real mode, 486', realContext, 4, 4, ALL_486],
    ['real mode, 16 bits', realContext, 6, 2, ALL_386],
    ['CPL 0', () => protectedContext(0), 6, 4, ALL_486],
    ['CPL 3 with IOPL 0', () => protectedContext(3), 6, 4, ALL_486 & ~(Flag.IF | Flag.IOPL)],
  ])('of ones in %s', (_, make, family, size, expected) => {
    const cpu = make();
    cpu.family = family;
    popf(cpu, ONES, size);
    expect(cpu.s.eflags).toBe(expected);
  });

  it('at CPL 3 with IOPL 3 changes IF, not IOPL', () => {
    const cpu = protectedContext(3);
    cpu.s.eflags = 0x3202;
    popf(cpu, 0, 4);
    expect(cpu.s.eflags).toBe(0x3002);
  });

  it('leaves VM, VIF and VIP alone and clears RF', () => {
    const cpu = virtualContext(3);
    cpu.s.eflags |= Flag.RF | Flag.VIF | Flag.VIP;
    popf(cpu, 0, 4);
    expect(cpu.s.eflags).toBe(Flag.VM | Flag.VIF | Flag.VIP | 0x3002);
  });

  it('in virtual-8086 mode with IOPL < 3 raises #GP, or with CR4.VME sets VIF', () => {
    const cpu = virtualContext(0);
    expect(cleanFault(cpu, () => popf(cpu, 0, 2))).toEqual([13, 0]);
    cpu.s.cr4 = 1;
    expect(cleanFault(cpu, () => popf(cpu, 0, 4))).toEqual([13, 0]);
    popf(cpu, 0x3201, 2);
    expect(cpu.s.eflags).toBe(Flag.VM | Flag.VIF | Flag.IF | 3);
    expect(cleanFault(cpu, () => popf(cpu, Flag.TF, 2))).toEqual([13, 0]);
    cpu.s.eflags |= Flag.VIP;
    expect(cleanFault(cpu, () => popf(cpu, Flag.IF, 2))).toEqual([13, 0]);
  });
});

describe('PUSHF', () => {
  it('hides RF and VM', () => {
    const cpu = virtualContext(3);
    cpu.s.eflags |= Flag.RF;
    expect(pushf(cpu, 4)).toBe(0x3202);
  });

  it('in virtual-8086 mode with IOPL < 3 raises #GP, or with CR4.VME shows VIF as IF and IOPL 3', () => {
    const cpu = virtualContext(1);
    expect(cleanFault(cpu, () => pushf(cpu, 2))).toEqual([13, 0]);
    cpu.s.cr4 = 1;
    expect(cleanFault(cpu, () => pushf(cpu, 4))).toEqual([13, 0]);
    expect(pushf(cpu, 2) & 0xffff).toBe(0x3002);
    cpu.s.eflags |= Flag.VIF;
    expect(pushf(cpu, 2) & 0xffff).toBe(0x3202);
  });
});

describe('CLI and STI', () => {
  it('STI shadows the next instruction only if IF was clear', () => {
    const cpu = realContext();
    sti(cpu);
    expect([cpu.s.eflags, cpu.s.shadow]).toEqual([0x202, 1]);
    cpu.s.shadow = 0;
    sti(cpu);
    expect(cpu.s.shadow).toBe(0);
    cli(cpu);
    expect(cpu.s.eflags).toBe(2);
  });

  it('need CPL <= IOPL', () => {
    const cpu = protectedContext(3);
    cpu.s.eflags = 0x2202;
    for (const change of [cli, sti]) expect(cleanFault(cpu, () => change(cpu))).toEqual([13, 0]);
    cpu.s.eflags = 0x3202;
    cli(cpu);
    expect(cpu.s.eflags).toBe(0x3002);
  });

  it.each<[string, () => FakeContext, number]>([
    ['CR4.PVI', () => protectedContext(3), 2],
    ['CR4.VME', () => virtualContext(0), 1],
  ])('with %s change VIF, and STI refuses if VIP is pending', (_, make, cr4) => {
    const cpu = make();
    const flags = cpu.s.eflags;
    cpu.s.cr4 = cr4;
    sti(cpu);
    expect([cpu.s.eflags, cpu.s.shadow]).toEqual([flags | Flag.VIF, 0]);
    cli(cpu);
    expect(cpu.s.eflags).toBe(flags);
    cpu.s.eflags |= Flag.VIP;
    expect(cleanFault(cpu, () => sti(cpu))).toEqual([13, 0]);
  });
});

describe('the I/O permission bit map', () => {
  const withMap = (make: () => FakeContext): FakeContext => {
    const cpu = make();
    cpu.s.limit[Seg.tr] = 0x68 + 0x80;
    cpu.writeSystem(TSS + 0x66, 0x68, 2);
    // Ports 3F8h..3FFh are open but for 3FBh.
    cpu.writeSystem(TSS + 0x68 + 0x7f, 0x08, 1);
    cpu.writeSystem(TSS + 0x68 + 0x80, 0x01, 1);
    return cpu;
  };

  it.each<[string, number, number, boolean]>([
    ['open byte', 0x3f8, 1, true],
    ['open word', 0x3f9, 2, true],
    ['closed byte', 0x3fb, 1, false],
    ['dword over a closed byte', 0x3f8, 4, false],
    ['open dword', 0x3fc, 4, true],
    ['word into the next byte of the map', 0x3ff, 2, false],
    ['port whose next byte is beyond the limit', 0x401, 1, false],
  ])('%s', (_, port, size, open) => {
    for (const make of [() => protectedContext(3), () => virtualContext(3)]) {
      const cpu = withMap(make);
      expect(cleanFault(cpu, () => iopermission(cpu, port, size))).toEqual(open ? undefined : [13, 0]);
    }
  });

  it('is not asked with CPL <= IOPL, nor in real mode; a 286 TSS has none', () => {
    const cpu = protectedContext(3);
    cpu.s.access[Seg.tr] = 0x83;
    expect(cleanFault(cpu, () => iopermission(cpu, 0, 1))).toEqual([13, 0]);
    cpu.s.eflags = 0x3002;
    iopermission(cpu, 0, 1);
    iopermission(realContext(), 0, 1);
  });
});

/** CPUID, model-specific registers, time-stamp counter, SYSENTER and SYSEXIT (SDM volume 2 and 4). */
import { describe, expect, it } from 'vitest';
import { cpuid } from '../../../../../src/core/cpu/ia32/helpers/cpuid.js';
import { sysenter, sysexit } from '../../../../../src/core/cpu/ia32/helpers/fastSystemCall.js';
import { rdmsr, rdpmc, rdtsc, wrmsr } from '../../../../../src/core/cpu/ia32/helpers/msr.js';
import { Flag, Reg, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import { cleanFault, type FakeContext, protectedContext, SELECTOR, virtualContext } from './fakeContext.js';

function leaf(family: number, eax: number): number[] {
  const cpu = protectedContext(3);
  cpu.family = family;
  cpu.gpr(Reg.eax, eax);
  cpuid(cpu);
  return [Reg.eax, Reg.ebx, Reg.ecx, Reg.edx].map((n) => cpu.gpr(n));
}
const text = (...words: number[]): string => Buffer.from(new Uint32Array(words).buffer).toString('latin1');
const pair = (cpu: FakeContext): bigint => (BigInt(cpu.gpr(Reg.edx)) << 32n) | BigInt(cpu.gpr(Reg.eax));

describe('CPUID', () => {
  it('names the vendor in EBX, EDX, ECX', () => {
    const [last, ebx, ecx, edx] = leaf(6, 0);
    expect(last).toBe(2);
    expect(text(ebx!, edx!, ecx!)).toBe('GenuineIntel');
  });

  it.each([
    [4, 0x480, 0x1],
    [5, 0x52c, 0x13f],
    [6, 0x652, 0x0100a93f],
  ])('family %i has its signature and features', (family, signature, features) => {
    expect(leaf(family, 1)).toEqual([signature, 0, 0, features]);
    expect((signature >>> 8) & 0xf).toBe(family);
  });

  it('has a brand on the i686, and the last basic leaf for what is beyond', () => {
    expect(leaf(6, 0x80000000)[0]).toBe(0x80000004);
    expect(text(...leaf(6, 0x80000002)).replaceAll('\0', '')).toBe('Rewind86');
    expect(leaf(6, 0x80000005)).toEqual(leaf(6, 2));
    expect(leaf(5, 0x80000000)).toEqual(leaf(5, 1));
  });
});

describe('model-specific registers', () => {
  const select = (cpu: FakeContext, msr: number, value = 0n): void => {
    cpu.gpr(Reg.ecx, msr);
    cpu.gpr(Reg.eax, Number(value & 0xffffffffn));
    cpu.gpr(Reg.edx, Number(value >> 32n));
  };

  it('TSC counts clocks; writing sets its low half and clears the high one', () => {
    const cpu = protectedContext(0);
    cpu.clock = 2 ** 40 + 5;
    rdtsc(cpu);
    expect(pair(cpu)).toBe(2n ** 40n + 5n);
    select(cpu, 0x10, 0x1_0000_0007n);
    wrmsr(cpu);
    cpu.clock += 3;
    rdmsr(cpu);
    expect(pair(cpu)).toBe(10n);
  });

  it('CR4.TSD keeps RDTSC to CPL 0', () => {
    const cpu = protectedContext(3);
    cpu.s.cr4 = 4;
    expect(cleanFault(cpu, () => rdtsc(cpu))).toEqual([13, 0]);
    cpu.s.cpl = 0;
    rdtsc(cpu);
  });

  it('SYSENTER’s exist on the i686 only; unknown ones raise #GP', () => {
    const cpu = protectedContext(0);
    for (const [i, msr] of [0x174, 0x175, 0x176].entries()) {
      select(cpu, msr, BigInt(0x1000 + i));
      wrmsr(cpu);
    }
    expect([cpu.s.sysenterCs, cpu.s.sysenterEsp, cpu.s.sysenterEip]).toEqual([0x1000, 0x1001, 0x1002]);
    cpu.family = 5;
    expect(cleanFault(cpu, () => rdmsr(cpu))).toEqual([13, 0]);
    cpu.family = 6;
    select(cpu, 0xc0000080);
    expect(cleanFault(cpu, () => rdmsr(cpu))).toEqual([13, 0]);
    expect(cleanFault(cpu, () => wrmsr(cpu))).toEqual([13, 0]);
    expect(cleanFault(cpu, rdpmc)).toEqual([13, 0]);
  });

  it('the APIC base and platform cannot be written; the microcode revision reads 0', () => {
    const cpu = protectedContext(0);
    for (const msr of [0x17, 0x1b]) {
      select(cpu, msr, 0x800n);
      expect(cleanFault(cpu, () => wrmsr(cpu))).toEqual([13, 0]);
    }
    select(cpu, 0x8b, 5n);
    wrmsr(cpu);
    rdmsr(cpu);
    expect(pair(cpu)).toBe(0n);
  });
});

describe('SYSENTER and SYSEXIT', () => {
  it('enter and leave with flat segments that follow from one selector', () => {
    const cpu = virtualContext(0);
    const { s } = cpu;
    s.sysenterCs = 0x63;
    s.sysenterEsp = 0x7000;
    s.sysenterEip = 0xc0100000;
    sysenter(cpu);
    expect([s.selector[Seg.cs], s.access[Seg.cs], s.limit[Seg.cs]]).toEqual([0x60, 0xc09b, 0xffffffff]);
    expect([s.selector[Seg.ss], s.access[Seg.ss], s.base[Seg.ss]]).toEqual([0x68, 0xc093, 0]);
    expect([s.eip, cpu.gpr(Reg.esp), s.cpl, s.eflags]).toEqual([0xc0100000, 0x7000, 0, 2]);
    cpu.gpr(Reg.edx, 0x8048000);
    cpu.gpr(Reg.ecx, 0xbffff000);
    s.eflags |= Flag.IF;
    sysexit(cpu);
    expect([s.selector[Seg.cs], s.access[Seg.cs]]).toEqual([0x73, 0xc0fb]);
    expect([s.selector[Seg.ss], s.access[Seg.ss]]).toEqual([0x7b, 0xc0f3]);
    expect([s.eip, cpu.gpr(Reg.esp), s.cpl, s.eflags]).toEqual([0x8048000, 0xbffff000, 3, 0x202]);
    expect(cleanFault(cpu, () => sysexit(cpu))).toEqual([13, 0]);
  });

  it('need a selector', () => {
    const cpu = protectedContext(3);
    cpu.s.sysenterCs = 3;
    expect(cleanFault(cpu, () => sysenter(cpu))).toEqual([13, 0]);
    cpu.s.sysenterCs = SELECTOR.code0;
    cpu.s.cr0 = 0x10;
    expect(cleanFault(cpu, () => sysenter(cpu))).toEqual([13, 0]);
  });
});

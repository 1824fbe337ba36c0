/** Control, debug and table registers (SDM volume 3A, 2.5; volume 3B, 17.2). */
import { describe, expect, it } from 'vitest';
import {
  clts,
  lgdt,
  lidt,
  lmsw,
  readCr,
  sgdt,
  writeCr,
} from '../../../../../src/core/cpu/ia32/helpers/control.js';
import { readDr, writeDr } from '../../../../../src/core/cpu/ia32/helpers/debugRegisters.js';
import { Seg } from '../../../../../src/core/cpu/ia32/state.js';
import { cleanFault, faultOf, protectedContext, realContext } from './fakeContext.js';

describe('control registers', () => {
  it('CR0 refuses PG without PE and NW without CD', () => {
    const cpu = realContext();
    expect(cleanFault(cpu, () => writeCr(cpu, 0, 0x80000000))).toEqual([13, 0]);
    expect(cleanFault(cpu, () => writeCr(cpu, 0, 0x20000001))).toEqual([13, 0]);
  });

  it.each([
    [3, 0x8000001f],
    [4, 0xe005003f],
    [6, 0xe005003f],
  ])('CR0 of family %i holds the bits it has', (family, expected) => {
    const cpu = realContext();
    cpu.family = family;
    writeCr(cpu, 0, 0xffffffff);
    expect(readCr(cpu, 0)).toBe(expected);
  });

  it('ET is fixed from the 486 on, and flushes come with PE, PG and WP', () => {
    const cpu = realContext();
    writeCr(cpu, 0, 0);
    expect(cpu.s.cr0).toBe(0x10);
    writeCr(cpu, 0, 8);
    writeCr(cpu, 0, 0x10008);
    expect(cpu.modeChanges).toEqual([false, false, true]);
  });

  it.each([
    [5, 0x1f],
    [6, 0x29f],
  ])('CR4 of family %i has the bits of its features', (family, bits) => {
    const cpu = protectedContext(0);
    cpu.family = family;
    writeCr(cpu, 4, bits);
    expect(readCr(cpu, 4)).toBe(bits);
    for (let bit = 0; bit < 32; bit++) {
      const value = (1 << bit) >>> 0;
      if (!(value & bits)) expect(cleanFault(cpu, () => writeCr(cpu, 4, value))).toEqual([13, 0]);
    }
  });

  it.each([
    [4, 4],
    [3, 4],
    [6, 1],
    [6, 5],
  ])('family %i has no CR%i', (family, n) => {
    const cpu = protectedContext(0);
    cpu.family = family;
    expect(cleanFault(cpu, () => readCr(cpu, n))).toEqual([6, undefined]);
    expect(cleanFault(cpu, () => writeCr(cpu, n, 0))).toEqual([6, undefined]);
  });

  it('LMSW sets PE but cannot clear it; CLTS clears TS', () => {
    const cpu = realContext();
    lmsw(cpu, 0xfffb);
    expect(cpu.s.cr0).toBe(0x1b);
    lmsw(cpu, 0x0004);
    expect(cpu.s.cr0).toBe(0x15);
    lmsw(cpu, 0x0008);
    clts(cpu);
    expect(cpu.s.cr0).toBe(0x11);
  });
});

describe('table registers', () => {
  it('load 24 or 32 bits of base and store 32', () => {
    const cpu = realContext();
    cpu.writeSystem(0x500, 0x1234, 2);
    cpu.writeSystem(0x502, 0x89abcdef, 4);
    lgdt(cpu, Seg.ds, 0x500, 2);
    expect([cpu.s.gdtLimit, cpu.s.gdtBase]).toEqual([0x1234, 0xabcdef]);
    lidt(cpu, Seg.ds, 0x500, 4);
    expect([cpu.s.idtLimit, cpu.s.idtBase]).toEqual([0x1234, 0x89abcdef]);
    cpu.s.gdtBase = 0xfedcba98;
    sgdt(cpu, Seg.ds, 0x600);
    expect(cpu.words(0x600, 3)).toEqual([0x1234, 0xba98, 0xfedc]);
  });

  it('stay as they were if the second half cannot be read', () => {
    const cpu = realContext();
    expect(cleanFault(cpu, () => lgdt(cpu, Seg.ds, 0xfffe, 4))).toEqual([13, 0]);
  });
});

describe('debug registers', () => {
  it('have fixed bits, and DR4 and DR5 as other names', () => {
    const cpu = protectedContext(0);
    writeDr(cpu, 4, 0);
    expect(readDr(cpu, 6)).toBe(0xffff0ff0);
    writeDr(cpu, 6, 0xffffffff);
    expect(readDr(cpu, 4)).toBe(0xffffefff);
    writeDr(cpu, 5, 0xffffdfff);
    expect(readDr(cpu, 7)).toBe(0xffff07ff);
    writeDr(cpu, 0, 0xdeadbeef);
    expect(readDr(cpu, 0)).toBe(0xdeadbeef);
  });

  it('CR4.DE makes DR4 and DR5 undefined', () => {
    const cpu = protectedContext(0);
    cpu.s.cr4 = 8;
    expect(cleanFault(cpu, () => readDr(cpu, 4))).toEqual([6, undefined]);
    expect(cleanFault(cpu, () => writeDr(cpu, 5, 0))).toEqual([6, undefined]);
  });

  it('DR7.GD makes any access a #DB with DR6.BD', () => {
    const cpu = protectedContext(0);
    writeDr(cpu, 7, 0x2000);
    expect(faultOf(() => readDr(cpu, 0))).toEqual([1, undefined]);
    expect(cpu.s.dr[6]! & 0x2000).toBe(0x2000);
  });
});

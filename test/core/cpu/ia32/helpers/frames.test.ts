/** ENTER, PUSHA and POPA (SDM volume 2; volume 1, 6.6.1 and figure 6-5 for nested procedures). */
import { describe, expect, it } from 'vitest';
import { unpack } from '../../../../../src/core/cpu/ia32/helpers/descriptors.js';
import { enter, popa, pusha } from '../../../../../src/core/cpu/ia32/helpers/frames.js';
import { inLimits } from '../../../../../src/core/cpu/ia32/helpers/stack.js';
import { Reg, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import { cleanFault, protectedContext, realContext } from './fakeContext.js';

describe('ENTER', () => {
  it('of level 0 saves EBP and makes room', () => {
    const cpu = protectedContext(3);
    cpu.gpr(Reg.ebp, 0x12345678);
    enter(cpu, 0x20, 0, 4);
    expect(cpu.dwords(0x8ffc, 1)).toEqual([0x12345678]);
    expect([cpu.gpr(Reg.ebp), cpu.gpr(Reg.esp)]).toEqual([0x8ffc, 0x8fdc]);
  });

  it('of level 3 copies two frame pointers and adds its own', () => {
    const cpu = protectedContext(3);
    cpu.gpr(Reg.ebp, 0xa000);
    cpu.writeSystem(0x9ffc, 0x111, 4);
    cpu.writeSystem(0x9ff8, 0x222, 4);
    enter(cpu, 0x10, 3 + 32, 4);
    expect(cpu.dwords(0x8ff0, 4)).toEqual([0x8ffc, 0x222, 0x111, 0xa000]);
    expect([cpu.gpr(Reg.ebp), cpu.gpr(Reg.esp)]).toEqual([0x8ffc, 0x8fe0]);
  });

  it('with 16 bits keeps the upper halves', () => {
    const cpu = realContext();
    cpu.gpr(Reg.esp, 0xaaaa1000);
    cpu.gpr(Reg.ebp, 0xbbbb2000);
    enter(cpu, 4, 1, 2);
    expect(cpu.words(0x30ffc, 2)).toEqual([0xffe, 0x2000]);
    expect([cpu.gpr(Reg.ebp), cpu.gpr(Reg.esp)]).toEqual([0xbbbb0ffe, 0xaaaa0ff8]);
  });

  it('with 32-bit operands on a 16-bit stack takes all of ESP for EBP', () => {
    const cpu = realContext();
    cpu.gpr(Reg.esp, 0xaaaa1000);
    enter(cpu, 0, 0, 4);
    expect([cpu.gpr(Reg.ebp), cpu.gpr(Reg.esp)]).toEqual([0xaaaa0ffc, 0xaaaa0ffc]);
  });

  it('fails if the final top of stack cannot be written', () => {
    const cpu = protectedContext(3);
    cpu.readOnly.add(6);
    expect(cleanFault(cpu, () => enter(cpu, 0x2100, 0, 4))).toEqual([14, 7]);
  });
});

describe('PUSHA and POPA', () => {
  it('push in order, with ESP as it was', () => {
    const cpu = protectedContext(3);
    for (const n of [0, 1, 2, 3, 5, 6, 7]) cpu.gpr(n, 0x10001 * n);
    pusha(cpu, 4);
    const expected = [7, 6, 5, 0, 3, 2, 1, 0].map((n) => 0x10001 * n);
    expected[3] = 0x9000;
    expect(cpu.dwords(0x8fe0, 8)).toEqual(expected);
    expect(cpu.gpr(Reg.esp)).toBe(0x8fe0);
  });

  it('pop all but ESP, 16 bits keeping upper halves', () => {
    const cpu = protectedContext(3);
    for (const n of [0, 1, 2, 3, 5, 6, 7]) cpu.gpr(n, 0xffff0000);
    for (let i = 0; i < 8; i++) cpu.writeSystem(0x9000 + 2 * i, 0x100 + i, 2);
    popa(cpu, 2);
    const low = [0, 1, 2, 3, 5, 6, 7].map((n) => cpu.gpr(n));
    expect(low).toEqual([7, 6, 5, 4, 2, 1, 0].map((i) => 0xffff0100 + i));
    expect(cpu.gpr(Reg.esp)).toBe(0x9010);
  });

  it('change nothing if the stack ends in the middle', () => {
    const cpu = protectedContext(3);
    cpu.s.limit[Seg.ss] = 0x9009;
    expect(cleanFault(cpu, () => popa(cpu, 4))).toEqual([12, 0]);
  });
});

describe('stack limits', () => {
  const stack = (access: number) => unpack(0x10, 0, 0x00000fff, access << 8);

  it.each([
    [0x4093, 0xffc, true],
    [0x4093, 0xffd, false],
    [0x4097, 0xfff, false],
    [0x4097, 0x1000, true],
    [0x4097, 0xfffffffc, true],
    [0x0097, 0xfffc, true],
    [0x0097, 0xfffd, false],
  ])('attributes %x and offset %x', (access, offset, inside) => {
    expect(inLimits(stack(access), offset, 4)).toBe(inside);
  });
});

/**
 * PUSHF, POPF, CLI and STI: which bits of EFLAGS a program may see and change (SDM volume 2, the
 * instructions' tables; volume 3A, 20.3 for the virtual interrupt flag of virtual-8086 mode with CR4.VME
 * and 20.4 for protected mode with CR4.PVI).
 *
 * POPFD leaves VIF and VIP alone, as current manuals say; those of the Pentium's time say it clears them.
 */
import type { Context } from '../context.js';
import { ARITHMETIC, Flag } from '../state.js';
import { generalProtection, iopl, protectedMode, pvi, realMode, virtual8086, vme } from './mode.js';

/** Flags that any program may change with POPF or IRET, in 16 bits. */
const FREE = ARITHMETIC | Flag.TF | Flag.DF | Flag.NT;
const INTERRUPT_ENABLE_IN_PLACE = Flag.VIF / Flag.IF;

const EFLAGS_386 = FREE | Flag.IF | Flag.IOPL | Flag.RF | Flag.VM;
const EFLAGS_486 = EFLAGS_386 | Flag.AC | Flag.ID;
const EFLAGS_586 = EFLAGS_486 | Flag.VIF | Flag.VIP;

/** Bits of EFLAGS that exist in a CPU family; the others cannot be set. */
export function definedFlags(family: number): number {
  if (family >= 5) return EFLAGS_586;
  return family === 4 ? EFLAGS_486 : EFLAGS_386;
}

/** Replaces the bits of EFLAGS in `mask` that exist. */
export function changeFlags(cpu: Context, value: number, mask: number): void {
  const bits = mask & definedFlags(cpu.family);
  cpu.setFlags((cpu.getFlags() & ~bits) | (value & bits));
}

/** Bits that POPF and IRET change, by operand size, at the current privilege, in real and protected mode. */
export function poppableFlags(cpu: Context, size: number): number {
  const { cpl } = cpu.s;
  let bits: number = FREE;
  if (size === 4) bits |= Flag.AC | Flag.ID;
  if (cpl === 0) bits |= Flag.IOPL;
  if (cpl <= iopl(cpu)) bits |= Flag.IF;
  return realMode(cpu) ? bits | Flag.IF : bits;
}

/** The image PUSHF pushes; RF and VM read as 0. */
export function pushf(cpu: Context, size: number): number {
  const image = cpu.getFlags() & ~(Flag.RF | Flag.VM);
  if (!virtual8086(cpu) || iopl(cpu) === 3) return image;
  if (size === 4 || !vme(cpu)) throw generalProtection();
  return virtualImage(image);
}

/** What a virtual-8086 program with CR4.VME sees: VIF in the place of IF, IOPL 3 (SDM volume 3A, 20.3.2). */
export function virtualImage(flags: number): number {
  const interruptEnable = flags & Flag.VIF ? Flag.IF : 0;
  return (flags & ~Flag.IF) | interruptEnable | Flag.IOPL;
}

export function popf(cpu: Context, value: number, size: number): void {
  if (virtual8086(cpu) && iopl(cpu) < 3) {
    if (size === 4) throw generalProtection();
    popVirtualFlags(cpu, value);
    return;
  }
  changeFlags(cpu, value & ~Flag.RF, poppableFlags(cpu, size) | Flag.RF);
}

/** POPF and IRET with 16 bits in virtual-8086 mode with IOPL < 3: IF goes to VIF, if CR4.VME allows. */
export function popVirtualFlags(cpu: Context, value: number): void {
  const interrupt = (value & Flag.IF) !== 0;
  const blocked = (interrupt && (cpu.s.eflags & Flag.VIP) !== 0) || (value & Flag.TF) !== 0;
  if (!vme(cpu) || blocked) throw generalProtection();
  const moved = (value & Flag.IF) * INTERRUPT_ENABLE_IN_PLACE;
  changeFlags(cpu, (value & 0xffff) | moved, FREE | Flag.VIF);
}

export function cli(cpu: Context): void {
  if (mayChangeIf(cpu)) changeFlags(cpu, 0, Flag.IF);
  else if (hasVirtualIf(cpu)) changeFlags(cpu, 0, Flag.VIF);
  else throw generalProtection();
}

/** STI holds back interrupts for one instruction, but only if they were disabled. */
export function sti(cpu: Context): void {
  const flags = cpu.getFlags();
  if (mayChangeIf(cpu)) {
    if (!(flags & Flag.IF)) cpu.s.shadow = 1;
    changeFlags(cpu, Flag.IF, Flag.IF);
  } else if (hasVirtualIf(cpu) && !(flags & Flag.VIP)) changeFlags(cpu, Flag.VIF, Flag.VIF);
  else throw generalProtection();
}

const mayChangeIf = (cpu: Context): boolean => realMode(cpu) || cpu.s.cpl <= iopl(cpu);

const hasVirtualIf = (cpu: Context): boolean => (protectedMode(cpu) ? pvi(cpu) : vme(cpu));

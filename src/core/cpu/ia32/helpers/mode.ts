/**
 * Which of the three operating modes the processor is in, and the privilege level that goes with it
 * (SDM volume 3A, 2.2 and 20.2). Also the two exceptions that nearly every helper raises.
 *
 * Left out: long mode and system management mode.
 */
import type { Context } from '../context.js';
import { Cr0, Cr4, Fault, Flag, Vector } from '../state.js';

export const paging = (cpu: Context): boolean => (cpu.s.cr0 & Cr0.PG) !== 0;

/** CR0.PE = 0. */
export const realMode = (cpu: Context): boolean => (cpu.s.cr0 & Cr0.PE) === 0;

/** CR0.PE = 1 and EFLAGS.VM = 1. */
export const virtual8086 = (cpu: Context): boolean =>
  (cpu.s.cr0 & Cr0.PE) !== 0 && (cpu.s.eflags & Flag.VM) !== 0;

/** CR0.PE = 1 and EFLAGS.VM = 0: segment registers hold selectors of descriptors. */
export const protectedMode = (cpu: Context): boolean =>
  (cpu.s.cr0 & Cr0.PE) !== 0 && (cpu.s.eflags & Flag.VM) === 0;

/** I/O privilege level, 0..3. */
export const iopl = (cpu: Context): number => (cpu.s.eflags & Flag.IOPL) >>> 12;

/** Virtual-8086 mode extensions enabled (Pentium and later). */
export const vme = (cpu: Context): boolean => (cpu.s.cr4 & Cr4.VME) !== 0;

/** Protected-mode virtual interrupts in effect: CR4.PVI at CPL 3 (SDM volume 3A, 20.4). */
export const pvi = (cpu: Context): boolean => (cpu.s.cr4 & Cr4.PVI) !== 0 && cpu.s.cpl === 3;

/** Sets CPL; VM may have changed too, so what the engine derives from both is refreshed. */
export function setPrivilege(cpu: Context, cpl: number): void {
  cpu.s.cpl = cpl;
  cpu.modeChanged(false);
}

/** #GP(0). */
export const generalProtection = (): Fault => new Fault(Vector.GP, 0);

export const undefinedOpcode = (): Fault => new Fault(Vector.UD);

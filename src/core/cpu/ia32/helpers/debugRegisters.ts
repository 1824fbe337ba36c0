/**
 * MOV to and from debug registers (SDM volume 3B, 17.2). DR4 and DR5 are DR6 and DR7, unless CR4.DE makes
 * them undefined; DR7.GD makes any access a #DB.
 */
import type { Context } from '../context.js';
import { Cr4, Fault, Vector } from '../state.js';
import { undefinedOpcode } from './mode.js';

/** DR6.BD and DR7.GD. */
const GENERAL_DETECT = 1 << 13;
const DR6_ONES = 0xffff0ff0;
/** B0..B3, BD, BS, BT. */
const DR6_WRITABLE = 0xe00f;
const DR7_ONES = 0x400;
/** Enables, LE, GE, GD, and the conditions. */
const DR7_WRITABLE = 0xffff23ff;

export function readDr(cpu: Context, n: number): number {
  return cpu.s.dr[accessed(cpu, n)]!;
}

export function writeDr(cpu: Context, n: number, value: number): void {
  const { dr } = cpu.s;
  const index = accessed(cpu, n);
  if (index === 6) dr[6] = (value & DR6_WRITABLE) | DR6_ONES;
  else if (index === 7) dr[7] = (value & DR7_WRITABLE) | DR7_ONES;
  else dr[index] = value;
  // Breakpoints may be kept with the TLB's entries.
  if (index !== 6) cpu.modeChanged(true);
}

/** The register that number `n` means, if it may be touched now. */
function accessed(cpu: Context, n: number): number {
  const { s } = cpu;
  const alias = n === 4 || n === 5;
  if (alias && s.cr4 & Cr4.DE) throw undefinedOpcode();
  if (s.dr[7]! & GENERAL_DETECT) {
    s.dr[6]! |= GENERAL_DETECT;
    throw new Fault(Vector.DB);
  }
  return alias ? n + 2 : n;
}

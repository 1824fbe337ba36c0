/**
 * What call gates, interrupt gates and far returns share: the code segment at the other end, the inner
 * stack that the TSS keeps for it, and the step into it (SDM volume 3A, 5.8).
 */
import type { Context } from '../context.js';
import { Seg, Vector } from '../state.js';
import {
  Access,
  type Descriptor,
  dplOf,
  gateSelector,
  isCode,
  isPresent,
  markAccessed,
  raise,
  readNonNull,
} from './descriptors.js';
import { generalProtection } from './mode.js';
import { checkedStack, setSegment } from './segments.js';
import { isTss32 } from './tasks.js';

/** The code segment a call, interrupt or trap gate leads to. */
export function gateTarget(cpu: Context, gate: Descriptor): Descriptor {
  const selector = gateSelector(gate);
  const d = readNonNull(cpu, selector);
  if (!isCode(d) || dplOf(d) > cpu.s.cpl) raise(Vector.GP, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  return d;
}

/** #GP(0) if a jump to `offset` would leave the code segment. */
export function checkOffset(limit: number, offset: number): void {
  if (offset > limit) throw generalProtection();
}

/** Loads CS with a checked descriptor, its RPL being the current CPL, and EIP. */
export function enterCode(cpu: Context, d: Descriptor, offset: number): void {
  setSegment(cpu, Seg.cs, (d.selector & 0xfffc) | cpu.s.cpl, d);
  cpu.s.eip = offset;
}

export interface StackOrigin {
  readonly segment: Descriptor;
  readonly pointer: number;
}

/** SS and ESP for privilege `cpl` (0..2) from the current TSS; marks the stack accessed. */
export function innerStack(cpu: Context, cpl: number): StackOrigin {
  const { s } = cpu;
  const tss = s.access[Seg.tr]!;
  const wide = isTss32(tss);
  const offset = wide ? 4 + 8 * cpl : 2 + 4 * cpl;
  const lastByte = offset + (wide ? 5 : 3);
  if (!(tss & Access.present) || lastByte > s.limit[Seg.tr]!) raise(Vector.TS, s.selector[Seg.tr]!);
  const at = (s.base[Seg.tr]! + offset) >>> 0;
  const pointer = cpu.readSystem(at, wide ? 4 : 2);
  const selector = cpu.readSystem((at + (wide ? 4 : 2)) >>> 0, 2);
  const segment = checkedStack(cpu, selector, cpl, Vector.TS);
  markAccessed(cpu, segment);
  return { segment, pointer };
}

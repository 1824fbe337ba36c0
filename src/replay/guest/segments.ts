/**
 * Segments as their selectors name them: by descriptors (Intel SDM volume 3A, 3.4.5), or by paragraphs in real and
 * virtual-8086 mode. Looking one up marks nothing as accessed.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag, Seg } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { GuestMemory } from './guestMemory.js';
import { registersOf } from './registers.js';

export interface Segment {
  readonly base: number;
  /** D/B: its code, or its stack pointer, has 32 bits. */
  readonly wide: boolean;
}

const PARAGRAPH = 16;
const LOCAL = 4;
const INDEX = 0xfff8;
/** D/B in a descriptor's byte 6, and where the core keeps it. */
const BIG = 0x40;
const ACCESS_BIG = 0x4000;

/** `virtual`: the selector is one of virtual-8086 mode, whatever mode the processor is in. */
export function segmentOf(machine: Machine, selector: number, virtual = false): Segment {
  const { cpu } = machine;
  const real = !(cpu instanceof Ia32) || !(cpu.s.cr0 & Cr0.PE) || virtual;
  if (real) return { base: selector * PARAGRAPH, wide: false };
  const { s } = cpu;
  const at = (selector & LOCAL ? s.base[Seg.ldtr]! : s.gdtBase) + (selector & INDEX);
  const memory = new GuestMemory(machine);
  const byte = (n: number): number => Number(memory.read((at + n) >>> 0, 1) ?? 0);
  const base = byte(2) | (byte(3) << 8) | (byte(4) << 16) | (byte(7) << 24);
  return { base: base >>> 0, wide: (byte(6) & BIG) !== 0 };
}

/** What CS and SS hold now, which need not be what their selectors name. */
export function currentSegments({ cpu }: Machine): { readonly code: Segment; readonly stack: Segment } {
  if (cpu instanceof Ia32) {
    const { base, access } = cpu.s;
    const held = (n: number): Segment => ({ base: base[n]!, wide: (access[n]! & ACCESS_BIG) !== 0 });
    return { code: held(Seg.cs), stack: held(Seg.ss) };
  }
  const held = (name: string): Segment => {
    return { base: registersOf(cpu).segmentBase(name)?.() ?? 0, wide: false };
  };
  return { code: held('cs'), stack: held('ss') };
}

/** Is a selector now one of virtual-8086 mode? */
export function isVirtual8086({ cpu }: Machine): boolean {
  return cpu instanceof Ia32 && (cpu.s.cr0 & Cr0.PE) !== 0 && (cpu.getFlags() & Flag.VM) !== 0;
}

/**
 * Where an interrupt came: read from the frame it has left on the stack (Intel SDM volume 3A, 6.12.1 and 20.1.4;
 * iAPX 86/88 User's Manual, figure "Interrupt processing sequence"), as long as the machine stands before the
 * first instruction of the handler. Interrupts by task gates leave none.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag, type Ia32State, Seg } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { GuestMemory } from './guestMemory.js';
import { registersOf } from './registers.js';

/** A thread of control, as far as the processor knows one: it goes on here, on this stack. */
export interface Thread {
  /** Linear addresses of the next instruction and of the stack. */
  readonly pc: number;
  readonly stack: number;
}

const GATE_TYPE = 0x0f;
const GATE_TASK = 5;
/** In a gate's type: it is of 32 bits. */
const GATE_32 = 8;

/** Who was interrupted; undefined if the frame cannot be read. */
export function interrupted(machine: Machine, vector: number): Thread | undefined {
  const { cpu } = machine;
  const memory = new GuestMemory(machine);
  const stack = registersOf(cpu).stack();
  const read = (address: number, size: number) => {
    const value = memory.read(address >>> 0, size);
    return value === undefined ? undefined : Number(value);
  };
  if (!(cpu instanceof Ia32)) return frame(read, stack, 2, (cs) => cs * 16);
  const { s } = cpu;
  if (!(s.cr0 & Cr0.PE)) return frame(read, stack, 2, (cs) => cs * 16);
  const type = (read(s.idtBase + 8 * vector + 5, 1) ?? GATE_TASK) & GATE_TYPE;
  if (type === GATE_TASK) return undefined;
  return protectedFrame(s, read, stack, type & GATE_32 ? 4 : 2);
}

type Read = (address: number, size: number) => number | undefined;

/** IP, CS and flags, on the stack that was in use before. */
function frame(read: Read, stack: number, size: number, base: (cs: number) => number): Thread | undefined {
  const [ip, cs] = [read(stack, size), read(stack + size, 2)];
  if (ip === undefined || cs === undefined) return undefined;
  return { pc: (base(cs) + ip) >>> 0, stack: (stack + 3 * size) >>> 0 };
}

/** As `frame`; but from an outer privilege, or virtual-8086 mode, the old stack is in the frame. */
function protectedFrame(s: Ia32State, read: Read, stack: number, size: number): Thread | undefined {
  const cs = read(stack + size, 2);
  const flags = read(stack + 2 * size, size);
  if (cs === undefined || flags === undefined) return undefined;
  const virtual = size === 4 && (flags & Flag.VM) !== 0;
  const base = (selector: number) => (virtual ? selector * 16 : segmentBase(s, read, selector));
  const same = frame(read, stack, size, base);
  if (!same || (!virtual && (cs & 3) === s.cpl)) return same;
  const [sp, ss] = [read(stack + 3 * size, size), read(stack + 4 * size, 2)];
  if (sp === undefined || ss === undefined) return undefined;
  return { pc: same.pc, stack: (base(ss) + sp) >>> 0 };
}

/** The base in a segment descriptor (SDM volume 3A, figure 3-8). */
function segmentBase(s: Ia32State, read: Read, selector: number): number {
  const table = selector & 4 ? s.base[Seg.ldtr]! : s.gdtBase;
  const at = table + (selector & ~7);
  const [low, high] = [read(at + 2, 4) ?? 0, read(at + 7, 1) ?? 0];
  return ((low & 0xffffff) | (high << 24)) >>> 0;
}

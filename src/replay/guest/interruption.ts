/**
 * Where an interrupt came: read from the frame it has left on the stack (Intel SDM volume 3A, 6.12.1 and 20.1.4;
 * iAPX 86/88 User's Manual, figure "Interrupt processing sequence"). Interrupts by task gates leave none.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag } from '../../core/cpu/ia32/state.js';
import type { VectorSource } from '../../core/cpu.js';
import type { Machine } from '../../core/machine.js';
import { GuestMemory } from './guestMemory.js';
import { registersOf } from './registers.js';
import { type Segment, segmentOf } from './segments.js';

/** A thread of control, as far as the processor knows one: it goes on here, on this stack. */
export interface Thread {
  /** Linear addresses of the next instruction and of the stack. */
  readonly pc: number;
  readonly stack: number;
}

/** What the frame of an interrupt says. */
export interface InterruptFrame extends Thread {
  readonly code: Segment;
  readonly flags: number;
  /** Undefined where the handler uses the stack that was in use before. */
  readonly stackSegment: Segment | undefined;
}

const GATE_TYPE = 0x0f;
const GATE_TASK = 5;
/** In a gate's type: it is of 32 bits. */
const GATE_32 = 8;

/**
 * Who was interrupted, as long as the machine stands before the first instruction of the handler; undefined if the
 * frame cannot be read.
 */
export function interrupted(
  machine: Machine,
  vector: number,
  source: VectorSource = 'external',
): InterruptFrame | undefined {
  const size = gateSize(machine, vector);
  if (!size) return undefined;
  const { cpu } = machine;
  const isProtected = cpu instanceof Ia32 && (cpu.s.cr0 & Cr0.PE) !== 0;
  const error = isProtected && source === 'exception' && WITH_ERROR_CODE.includes(vector);
  return interruptFrame(machine, registersOf(cpu).stack() + (error ? size : 0), size);
}

/** #DF, #TS, #NP, #SS, #GP, #PF and #AC push an error code below the frame (SDM volume 3A, table 6-1). */
const WITH_ERROR_CODE: readonly number[] = [8, 10, 11, 12, 13, 14, 17];

/** Bytes of what an interrupt pushes; undefined of a task gate. */
function gateSize(machine: Machine, vector: number): 2 | 4 | undefined {
  const { cpu } = machine;
  if (!(cpu instanceof Ia32) || !(cpu.s.cr0 & Cr0.PE)) return 2;
  const type = new GuestMemory(machine).read((cpu.s.idtBase + 8 * vector + 5) >>> 0, 1);
  if (type === undefined || (Number(type) & GATE_TYPE) === GATE_TASK) return undefined;
  return Number(type) & GATE_32 ? 4 : 2;
}

/** Where the handler of a vector begins; undefined if that cannot be read, or is a task. */
export function handlerOf(
  machine: Machine,
  vector: number,
): { readonly selector: number; readonly offset: number } | undefined {
  const { cpu } = machine;
  const memory = new GuestMemory(machine);
  const word = (at: number): number => Number(memory.read(at >>> 0, 2) ?? 0);
  if (!(cpu instanceof Ia32) || !(cpu.s.cr0 & Cr0.PE)) {
    return { offset: word(4 * vector), selector: word(4 * vector + 2) };
  }
  const size = gateSize(machine, vector);
  if (size === undefined) return undefined;
  const gate = cpu.s.idtBase + 8 * vector;
  const high = size === 4 ? word(gate + 6) : 0;
  return { offset: ((high << 16) | word(gate)) >>> 0, selector: word(gate + 2) };
}

/** The frame at a linear address, pushed in words of `size` bytes. */
export function interruptFrame(machine: Machine, at: number, size: 2 | 4): InterruptFrame | undefined {
  const memory = new GuestMemory(machine);
  const word = (n: number, bytes: number): number | undefined => {
    const value = memory.read((at + n * size) >>> 0, bytes);
    return value === undefined ? undefined : Number(value);
  };
  const [ip, cs, flags] = [word(0, size), word(1, 2), word(2, size)];
  if (ip === undefined || cs === undefined || flags === undefined) return undefined;
  const virtual = size === 4 && (flags & Flag.VM) !== 0;
  const code = segmentOf(machine, cs, virtual);
  const same: InterruptFrame = {
    pc: (code.base + ip) >>> 0,
    stack: (at + 3 * size) >>> 0,
    code,
    flags,
    stackSegment: undefined,
  };
  if (!virtual && !comesFromOutside(machine, cs)) return same;
  const [sp, ss] = [word(3, size), word(4, 2)];
  if (sp === undefined || ss === undefined) return undefined;
  const stackSegment = segmentOf(machine, ss, virtual);
  return { ...same, stack: (stackSegment.base + sp) >>> 0, stackSegment };
}

/** From an outer privilege: then the old stack is in the frame. */
function comesFromOutside({ cpu }: Machine, cs: number): boolean {
  return cpu instanceof Ia32 && (cpu.s.cr0 & Cr0.PE) !== 0 && (cs & 3) !== cpu.s.cpl;
}

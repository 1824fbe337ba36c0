/** Instructions in a guest's memory: their bytes, and how wide operands and addresses are there unless they say otherwise. */
import type { Machine } from '../../core/machine.js';
import { type Disassembled, disassemble } from './disassemble.js';
import { GuestMemory } from './guestMemory.js';
import { currentSegments, type Segment } from './segments.js';
import type { Symbols } from './symbols.js';

/** The longest there is, in bytes. */
export const MAX_INSTRUCTION = 15;

export type Bitness = 16 | 32;

/** An instruction, and what may lie behind it. */
export interface Code {
  /** Linear. */
  readonly pc: number;
  readonly bytes: Uint8Array;
  readonly bitness: Bitness;
}

/** Of the code in a segment, that which is executed now unless given. */
export function bitnessOf(machine: Machine, segment: Segment = currentSegments(machine).code): Bitness {
  return segment.wide ? 32 : 16;
}

export function codeAt(machine: Machine, pc: number, segment?: Segment): Code {
  const bytes = new GuestMemory(machine).bytes(pc, MAX_INSTRUCTION);
  return { pc, bytes, bitness: bitnessOf(machine, segment) };
}

/** The instruction at a linear address, as the machine stands. */
export function instructionAt(
  machine: Machine,
  pc: number,
  symbols: Symbols,
  segment?: Segment,
): Disassembled | undefined {
  const { bytes, bitness } = codeAt(machine, pc, segment);
  return disassemble(bytes, pc, bitness, symbols);
}

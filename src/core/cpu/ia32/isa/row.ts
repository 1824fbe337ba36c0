/**
 * Rows: one line per encoding, in the manual's own words (Intel SDM volume 2, appendix A for operand
 * codes). The table is checked when it is loaded: two rows for one encoding are an error.
 *
 * Opcode: bytes in hex; `+` after the last byte: its low three bits are a register; `/n`: the reg field
 * of ModRM selects; a last `m` or `r`: only the memory or only the register form.
 */
import type { Builder, Operand } from './builder.js';

/** What an instruction does with its operands. */
export type Shape = (b: Builder, operands: readonly Operand[]) => void;

export interface Row {
  readonly mnemonic: string;
  readonly opcode: string;
  readonly operands: readonly string[];
  readonly shape: Shape;
  /** Clocks of the register (or only) form and of the memory form: i486 manual, 240486, chapter 10. */
  readonly clocks: readonly [number, number];
  /** First CPU family that has it. */
  readonly since: number;
  /** LOCK is allowed with a memory destination. */
  readonly lock: boolean;
}

export interface RowOptions {
  readonly since?: number;
  readonly lock?: boolean;
}

/** Writes a row. `operands` is a comma-separated list of operand codes. */
export function row(
  mnemonic: string,
  opcode: string,
  operands: string,
  shape: Shape,
  clocks: number | readonly [number, number],
  options: RowOptions = {},
): Row {
  return {
    mnemonic,
    opcode,
    operands: operands === '' ? [] : operands.split(','),
    shape,
    clocks: typeof clocks === 'number' ? [clocks, clocks] : clocks,
    since: options.since ?? 3,
    lock: options.lock ?? false,
  };
}

/** A byte as the opcode column writes it. */
export const hex = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase();

/**
 * What the tables of x87 instructions hold: the operation and how the unit enters it.
 */
import type { Context } from '../../context.js';
import { Model } from '../../state.js';
import type { Unit } from './unit.js';

/** An operation on registers; `i` is the ModRM byte's lowest three bits. */
export type RegisterForm = (f: Unit, i: number, cpu: Context) => void;
/** An operation with a memory operand; `operandSize` (2 or 4) selects the environment's format. */
export type MemoryForm = (f: Unit, cpu: Context, seg: number, offset: number, operandSize: number) => void;

export interface Row<Form> {
  readonly run: Form;
  /** Waits: reports a pending exception of an earlier instruction first. */
  readonly waits: boolean;
  /** Leaves the instruction and operand pointers alone (SDM volume 1, 8.1.8). */
  readonly control: boolean;
  /** The first CPU family that has it. */
  readonly since: number;
}

export const operation = <Form>(run: Form, since: number = Model.i386): Row<Form> => ({
  run,
  waits: true,
  control: false,
  since,
});
export const control = <Form>(run: Form, waits: boolean): Row<Form> => ({
  run,
  waits,
  control: true,
  since: Model.i386,
});

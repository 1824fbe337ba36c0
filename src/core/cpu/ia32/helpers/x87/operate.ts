/**
 * How operations meet the register stack: empty registers, masked responses, results and pops
 * (SDM volume 1, 8.5.1.1).
 */
import type { Binary } from './arithmetic.js';
import { Status } from './bits.js';
import { compare, conditionCode, Order } from './compare.js';
import { type Extended, INDEFINITE, type Operand } from './format.js';
import type { Numerics } from './round.js';
import type { Unit } from './unit.js';

export type Unary = (n: Numerics, a: Operand) => Extended;

/** ST(dest) = ST(dest) op ST(source); false if an unmasked exception kept the result away. */
export function operate(f: Unit, op: Binary, dest: number, source: number): boolean {
  if (f.isEmpty(dest) || f.isEmpty(source)) return underflow(f, dest);
  return f.finish(dest, op(f, f.operand(dest), f.operand(source)));
}

/** ST(0) = ST(0) op b. */
export function operateWith(f: Unit, op: Binary, b: Operand): void {
  if (f.isEmpty(0)) underflow(f, 0);
  else f.finish(0, op(f, f.operand(0), b));
}

/** ST(0) = op ST(0). */
export function operateOn(f: Unit, op: Unary): void {
  if (f.isEmpty(0)) underflow(f, 0);
  else f.finish(0, op(f, f.operand(0)));
}

/** An operand was empty: the masked response is the indefinite in ST(dest). */
export function underflow(f: Unit, dest: number): boolean {
  const masked = f.stackFault(false);
  if (masked) f.set(dest, INDEFINITE);
  return masked;
}

/** The order of ST(0) and `b` (undefined if empty); undefined if an unmasked exception forbids an answer. */
function order(f: Unit, b: Operand | undefined, quiet: boolean): Order | undefined {
  if (b === undefined || f.isEmpty(0)) return f.stackFault(false) ? Order.unordered : undefined;
  const result = compare(f, f.operand(0), b, quiet);
  return f.settle() ? result : undefined;
}

/** FCOM and its relatives; false after an unmasked exception. */
export function compareWith(f: Unit, b: Operand | undefined, quiet: boolean): boolean {
  const result = order(f, b, quiet);
  if (result !== undefined) f.setCondition(conditionCode(result));
  return result !== undefined;
}

/** ST(i), or undefined if it is empty. */
export const operandIfAny = (f: Unit, i: number): Operand | undefined =>
  f.isEmpty(i) ? undefined : f.operand(i);

/** FCOMI and FUCOMI: C3, C2, C0 as ZF, PF and CF; undefined after an unmasked exception. */
export function compareForFlags(f: Unit, i: number, quiet: boolean): number | undefined {
  const result = order(f, operandIfAny(f, i), quiet);
  if (result === undefined) return undefined;
  const code = conditionCode(result);
  return ((code & Status.c3) >> 8) | ((code & Status.c2) >> 8) | ((code & Status.c0) >> 8);
}

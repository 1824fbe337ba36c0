/**
 * The common shapes: how an instruction's operands and its meaning are joined. A meaning is pure: it
 * takes values, gives a value and what happens to the flags.
 */
import type { FlagsEffect, Value } from './ir.js';
import type { Shape } from './row.js';

/** Pins a value that is used more than once. */
export type Let = (v: Value) => Value;

export interface Result {
  readonly value: Value;
  readonly flags?: FlagsEffect;
  /** The flags change only if this is not zero. */
  readonly flagsIf?: Value;
}

export type Meaning = (k: Let, ...args: Value[]) => Result;

/** First operand <- meaning(first, rest...). */
export const update =
  (meaning: Meaning): Shape =>
  (b, [to, ...from]) => {
    const sources = from.map((x) => x.read());
    const result = meaning(b.let, to!.read('rw'), ...sources);
    to!.write(b.let(result.value));
    applyFlags(b, result);
  };

/** First operand <- meaning(rest...). */
export const assign =
  (meaning: Meaning): Shape =>
  (b, [to, ...from]) => {
    const result = meaning(b.let, ...from.map((x) => x.read()));
    to!.write(b.let(result.value));
    applyFlags(b, result);
  };

/** Only the flags of meaning(operands...). */
export const test =
  (meaning: Meaning): Shape =>
  (b, operands) =>
    applyFlags(b, meaning(b.let, ...operands.map((x) => x.read())));

function applyFlags(b: Parameters<Shape>[0], { flags, flagsIf }: Result): void {
  if (!flags) return;
  if (!flagsIf) b.flags(flags);
  else b.when(flagsIf, () => b.flags(flags));
}

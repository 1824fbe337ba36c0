/**
 * Comparisons and FXAM (SDM volume 2: FCOM, FCOMI, FUCOM, FTST, FXAM).
 */
import { compareMagnitudes, noteDenormal } from './arithmetic.js';
import { Exception, Status } from './bits.js';
import { FINITE, Kind, NOT_A_NUMBER, type Operand } from './format.js';
import type { Numerics } from './round.js';

export const Order = { less: -1, equal: 0, greater: 1, unordered: 2 } as const;
export type Order = (typeof Order)[keyof typeof Order];

/** Compares; `quiet` (FUCOM) accepts quiet NaNs without an exception. */
export function compare(n: Numerics, a: Operand, b: Operand, quiet: boolean): Order {
  const kinds = a.kind | b.kind;
  if ((kinds & NOT_A_NUMBER) !== 0) {
    if (!quiet || (kinds & (Kind.signaling | Kind.unsupported)) !== 0) n.flags |= Exception.invalid;
    return Order.unordered;
  }
  noteDenormal(n, kinds);
  if (a.kind === Kind.zero && b.kind === Kind.zero) return Order.equal;
  if (a.kind === Kind.zero) return b.sign ? Order.greater : Order.less;
  if (b.kind === Kind.zero || a.sign !== b.sign) return a.sign ? Order.less : Order.greater;
  // An infinity's exponent is above all others, so magnitudes compare as if it were finite.
  const difference = compareMagnitudes(a, b);
  if (difference === 0) return Order.equal;
  return difference > 0 === (a.sign === 0) ? Order.greater : Order.less;
}

/** C3, C2 and C0 for an order. */
export function conditionCode(order: Order): number {
  if (order === Order.greater) return 0;
  if (order === Order.less) return Status.c0;
  return order === Order.equal ? Status.c3 : Status.c3 | Status.c2 | Status.c0;
}

/** FXAM's C3, C2 and C0 for a register that is not empty. */
export function examine(o: Operand): number {
  if ((o.kind & FINITE) !== 0) return o.kind === Kind.normal ? Status.c2 : Status.c2 | Status.c3;
  if (o.kind === Kind.zero) return Status.c3;
  if (o.kind === Kind.unsupported) return 0;
  return o.kind === Kind.infinity ? Status.c2 | Status.c0 : Status.c0;
}

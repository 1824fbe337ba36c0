/**
 * NaNs as results: which operand's NaN an operation returns (SDM volume 1, 4.8.3.4 to 4.8.3.7, table 4-7).
 */
import { Exception } from './bits.js';
import {
  EXPONENT_MAX,
  type Extended,
  INDEFINITE,
  isNan,
  Kind,
  type Operand,
  pack,
  QUIET_BIT,
} from './format.js';
import type { Numerics } from './round.js';

/** The response to a masked invalid operation. */
export function invalid(n: Numerics): Extended {
  n.flags |= Exception.invalid;
  return INDEFINITE;
}

function quieted(o: Operand): Extended {
  return pack(o.sign, EXPONENT_MAX, (o.hi | QUIET_BIT) >>> 0, o.lo);
}

/** The result of an operation on one operand that is a NaN or unsupported. */
export function propagateOne(n: Numerics, a: Operand): Extended {
  if (a.kind === Kind.unsupported) return invalid(n);
  if (a.kind === Kind.signaling) n.flags |= Exception.invalid;
  return quieted(a);
}

/** The result of an operation on two operands of which at least one is a NaN or unsupported. */
export function propagate(n: Numerics, a: Operand, b: Operand): Extended {
  if (((a.kind | b.kind) & Kind.unsupported) !== 0) return invalid(n);
  if (((a.kind | b.kind) & Kind.signaling) !== 0) n.flags |= Exception.invalid;
  if (!isNan(a)) return quieted(b);
  if (!isNan(b)) return quieted(a);
  if (a.kind !== b.kind) return quieted(a.kind === Kind.quiet ? a : b);
  return quieted(larger(a, b));
}

/** The NaN with the larger significand; of equal ones the positive. */
function larger(a: Operand, b: Operand): Operand {
  if (a.hi !== b.hi) return a.hi > b.hi ? a : b;
  if (a.lo !== b.lo) return a.lo > b.lo ? a : b;
  return a.sign === 0 ? a : b;
}

/**
 * The value operators: the whole arithmetic that meanings of instructions are written in. Each row gives
 * an operator's arity, its meaning in TypeScript (used for evaluation and for constant folding) and its
 * WebAssembly opcodes, so that the two cannot drift apart unseen: a law test compares them.
 *
 * Values are unsigned and carry a width of 8, 16, 32 (in an i32) or 64 bits (in an i64). An operator
 * that can leave its width (`wraps`) is masked afterwards; one that looks at the sign (`signed`) has its
 * arguments sign-extended from their width first. Shift counts are taken modulo the carrier (32 or 64),
 * as WebAssembly does; meanings keep them below that.
 */
export type Width = 8 | 16 | 32 | 64;

export interface Operator {
  readonly arity: 1 | 2;
  /** i32 and i64 opcodes (WebAssembly core specification, 5.4.7). */
  readonly wasm: readonly [number, number];
  readonly narrow: (a: number, b: number) => number;
  readonly wide: (a: bigint, b: bigint) => bigint | boolean;
  /** The result is 0 or 1, of width 32. */
  readonly compares?: boolean;
  readonly wraps?: boolean;
  readonly signed?: boolean;
}

/** Division by zero never reaches an operator: meanings raise #DE before. Folding it is refused. */
export const OPERATORS = {
  add: { arity: 2, wasm: [0x6a, 0x7c], narrow: (a, b) => a + b, wide: (a, b) => a + b, wraps: true },
  sub: { arity: 2, wasm: [0x6b, 0x7d], narrow: (a, b) => a - b, wide: (a, b) => a - b, wraps: true },
  mul: {
    arity: 2,
    wasm: [0x6c, 0x7e],
    narrow: (a, b) => Math.imul(a, b),
    wide: (a, b) => a * b,
    wraps: true,
  },
  and: { arity: 2, wasm: [0x71, 0x83], narrow: (a, b) => a & b, wide: (a, b) => a & b },
  or: { arity: 2, wasm: [0x72, 0x84], narrow: (a, b) => a | b, wide: (a, b) => a | b },
  xor: { arity: 2, wasm: [0x73, 0x85], narrow: (a, b) => a ^ b, wide: (a, b) => a ^ b },
  shl: {
    arity: 2,
    wasm: [0x74, 0x86],
    narrow: (a, b) => a << b,
    wide: (a, b) => a << (b & 63n),
    wraps: true,
  },
  shr: { arity: 2, wasm: [0x76, 0x88], narrow: (a, b) => a >>> b, wide: (a, b) => a >> (b & 63n) },
  sar: {
    arity: 2,
    wasm: [0x75, 0x87],
    narrow: (a, b) => a >> b,
    wide: (a, b) => a >> (b & 63n),
    wraps: true,
    signed: true,
  },
  divu: { arity: 2, wasm: [0x6e, 0x80], narrow: (a, b) => a / b, wide: (a, b) => a / b },
  remu: { arity: 2, wasm: [0x70, 0x82], narrow: (a, b) => a % b, wide: (a, b) => a % b },
  divs: {
    arity: 2,
    wasm: [0x6d, 0x7f],
    narrow: (a, b) => a / b,
    wide: (a, b) => a / b,
    wraps: true,
    signed: true,
  },
  rems: {
    arity: 2,
    wasm: [0x6f, 0x81],
    narrow: (a, b) => a % b,
    wide: (a, b) => a % b,
    wraps: true,
    signed: true,
  },
  eq: { arity: 2, wasm: [0x46, 0x51], narrow: (a, b) => +(a === b), wide: (a, b) => a === b, compares: true },
  ne: { arity: 2, wasm: [0x47, 0x52], narrow: (a, b) => +(a !== b), wide: (a, b) => a !== b, compares: true },
  ltu: { arity: 2, wasm: [0x49, 0x54], narrow: (a, b) => +(a < b), wide: (a, b) => a < b, compares: true },
  leu: { arity: 2, wasm: [0x4d, 0x58], narrow: (a, b) => +(a <= b), wide: (a, b) => a <= b, compares: true },
  lts: {
    arity: 2,
    wasm: [0x48, 0x53],
    narrow: (a, b) => +(a < b),
    wide: (a, b) => a < b,
    compares: true,
    signed: true,
  },
  les: {
    arity: 2,
    wasm: [0x4c, 0x57],
    narrow: (a, b) => +(a <= b),
    wide: (a, b) => a <= b,
    compares: true,
    signed: true,
  },
  /** Trailing zeros; of the carrier, so 32 (or 64) for zero. */
  ctz: {
    arity: 1,
    wasm: [0x68, 0x7a],
    narrow: (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a)),
    wide: (a) => (a === 0n ? 64n : BigInt((a & -a).toString(2).length - 1)),
  },
  /** Leading zeros of the carrier, not of the width. */
  clz: {
    arity: 1,
    wasm: [0x67, 0x79],
    narrow: (a) => Math.clz32(a),
    wide: (a) => BigInt(64 - (a === 0n ? 0 : a.toString(2).length)),
  },
  popcnt: {
    arity: 1,
    wasm: [0x69, 0x7b],
    narrow: (a) => a.toString(2).replaceAll('0', '').length,
    wide: (a) => BigInt(a.toString(2).replaceAll('0', '').length),
  },
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;

/** A value of width 64 is a bigint, any other a number; both unsigned. */
export type Concrete = number | bigint;

export function maskOf(w: Width): number {
  return w === 32 ? 0xffffffff : (1 << w) - 1;
}

export function truncate(w: Width, v: number): number {
  return w === 32 ? v >>> 0 : v & maskOf(w);
}

/** The signed reading of an unsigned number of width 8, 16 or 32. */
export function signed(w: Width, v: number): number {
  return (v << (32 - w)) >> (32 - w);
}

/** Applies an operator to unsigned values of width `w`; the result is unsigned. */
export function apply(name: OperatorName, w: Width, a: Concrete, b: Concrete = 0): Concrete {
  const op: Operator = OPERATORS[name];
  if (w === 64) {
    const [x, y] = [BigInt(a), BigInt(b)];
    const r = op.signed ? op.wide(BigInt.asIntN(64, x), BigInt.asIntN(64, y)) : op.wide(x, y);
    return typeof r === 'boolean' ? +r : BigInt.asUintN(64, r);
  }
  const [x, y] = [a as number, b as number];
  const r = op.signed ? op.narrow(signed(w, x), signed(w, y)) : op.narrow(x, y);
  return op.compares ? r : truncate(w, Math.trunc(r));
}

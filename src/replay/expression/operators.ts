/**
 * The operators of expressions: those of C, with C's precedence (C11, 6.5), on 64-bit integers. A value is kept
 * as the unsigned number its bits make. Where signs matter (comparison, division, shift to the right), an
 * operand that is signed makes the operation signed.
 */

/** Undefined: memory that is not there, a division by zero, and all that depends on one. */
export type Value = bigint | undefined;

export interface Operator {
  /** Higher binds tighter. */
  readonly precedence: number;
  /** The result's signedness, of the operands'. */
  readonly signed: (left: boolean, right: boolean) => boolean;
  readonly apply: (a: bigint, b: bigint, signed: boolean) => Value;
}

const WIDTH = 64;

export const unsigned = (value: bigint): bigint => BigInt.asUintN(WIDTH, value);
const asSigned = (value: bigint): bigint => BigInt.asIntN(WIDTH, value);
export const truth = (value: boolean): bigint => (value ? 1n : 0n);

const either = (left: boolean, right: boolean): boolean => left || right;
const left = (left: boolean): boolean => left;
const never = (): boolean => false;

function arithmetic(precedence: number, apply: (a: bigint, b: bigint) => bigint): Operator {
  return { precedence, signed: either, apply: (a, b) => unsigned(apply(a, b)) };
}

function division(apply: (a: bigint, b: bigint) => bigint): Operator {
  return {
    precedence: 10,
    signed: either,
    apply: (a, b, signed) => {
      if (b === 0n) return undefined;
      return signed ? unsigned(apply(asSigned(a), asSigned(b))) : apply(a, b);
    },
  };
}

function comparison(precedence: number, holds: (a: bigint, b: bigint) => boolean): Operator {
  return {
    precedence,
    signed: never,
    apply: (a, b, signed) => truth(signed ? holds(asSigned(a), asSigned(b)) : holds(a, b)),
  };
}

/** Unlike C's, shifts by 64 and more are defined: all bits are gone. */
function shiftLeft(a: bigint, b: bigint): bigint {
  return b >= WIDTH ? 0n : unsigned(a << b);
}

function shiftRight(a: bigint, b: bigint, signed: boolean): bigint {
  const count = b >= WIDTH ? BigInt(WIDTH) : b;
  return signed ? unsigned(asSigned(a) >> count) : a >> count;
}

/** All with two operands that are both evaluated. */
export const BINARY: ReadonlyMap<string, Operator> = new Map([
  ['*', arithmetic(10, (a, b) => a * b)],
  ['/', division((a, b) => a / b)],
  ['%', division((a, b) => a % b)],
  ['+', arithmetic(9, (a, b) => a + b)],
  ['-', arithmetic(9, (a, b) => a - b)],
  ['<<', { precedence: 8, signed: left, apply: shiftLeft }],
  ['>>', { precedence: 8, signed: left, apply: shiftRight }],
  ['<', comparison(7, (a, b) => a < b)],
  ['<=', comparison(7, (a, b) => a <= b)],
  ['>', comparison(7, (a, b) => a > b)],
  ['>=', comparison(7, (a, b) => a >= b)],
  ['==', comparison(6, (a, b) => a === b)],
  ['!=', comparison(6, (a, b) => a !== b)],
  ['&', arithmetic(5, (a, b) => a & b)],
  ['^', arithmetic(4, (a, b) => a ^ b)],
  ['|', arithmetic(3, (a, b) => a | b)],
]);

/** Those whose right operand may not be needed. */
export const SHORT_CIRCUIT: ReadonlyMap<string, number> = new Map([
  ['&&', 2],
  ['||', 1],
]);

export interface UnaryOperator {
  readonly signed: (operand: boolean) => boolean;
  readonly apply: (value: bigint) => bigint;
}

export const UNARY: ReadonlyMap<string, UnaryOperator> = new Map([
  ['-', { signed: () => true, apply: (v) => unsigned(-v) }],
  ['+', { signed: left, apply: (v) => v }],
  ['~', { signed: left, apply: (v) => unsigned(~v) }],
  ['!', { signed: never, apply: (v) => truth(v === 0n) }],
]);

/** `s8(x)` to `u64(x)`: the low bits of a value, with or without a sign. */
export const CASTS: ReadonlyMap<string, UnaryOperator> = new Map(
  [8, 16, 32, 64].flatMap((bits): [string, UnaryOperator][] => [
    [`s${bits}`, { signed: () => true, apply: (v) => unsigned(BigInt.asIntN(bits, v)) }],
    [`u${bits}`, { signed: never, apply: (v) => BigInt.asUintN(bits, v) }],
  ]),
);

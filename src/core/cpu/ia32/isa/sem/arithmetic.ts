/**
 * Addition, subtraction and logic (SDM volume 2; flags: volume 1, appendix A). Carries out of each bit:
 * of a + b = r they are (a & b) | ((a | b) & ~r); borrows of a - b = r are (~a & b) | ((~a | b) & r);
 * both also hold with a carry in.
 */

import type { FlagsEffect, Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Meaning, Result } from '../shapes.js';

const carriesOfAdd = (a: Value, b: Value, r: Value): Value =>
  ir.or(ir.and(a, b), ir.and(ir.or(a, b), ir.not(r)));

const borrowsOfSub = (a: Value, b: Value, r: Value): Value =>
  ir.or(ir.and(ir.not(a), b), ir.and(ir.or(ir.not(a), b), r));

function sum(a: Value, b: Value, value: Value, keepCf = false): Result {
  return { value, flags: { result: value, carries: carriesOfAdd(a, b, value), ...(keepCf && { keepCf }) } };
}

function difference(a: Value, b: Value, value: Value, keepCf = false): Result {
  return { value, flags: { result: value, carries: borrowsOfSub(a, b, value), ...(keepCf && { keepCf }) } };
}

const carryIn = (w: Value['w']): Value => ir.low(ir.flag('cf'), w);

export const add: Meaning = (k, a, b) => sum(a!, b!, k(ir.add(a!, b!)));
export const adc: Meaning = (k, a, b) => sum(a!, b!, k(ir.add(ir.add(a!, b!), carryIn(a!.w))));
export const sub: Meaning = (k, a, b) => {
  const { value, flags } = difference(a!, b!, k(ir.sub(a!, b!)));
  return { value, flags: { ...flags, compared: [a!, b!] } };
};
export const sbb: Meaning = (k, a, b) => difference(a!, b!, k(ir.sub(ir.sub(a!, b!), carryIn(a!.w))));
export const inc: Meaning = (k, a) => sum(a!, ir.constant(a!.w, 1), k(ir.add(a!, 1)), true);
export const dec: Meaning = (k, a) => difference(a!, ir.constant(a!.w, 1), k(ir.sub(a!, 1)), true);
export const neg: Meaning = (k, a) => difference(ir.constant(a!.w, 0), a!, k(ir.neg(a!)));
export const not: Meaning = (_, a) => ({ value: ir.not(a!) });
export const move: Meaning = (_, a) => ({ value: a! });

const zero = ir.constant(32, 0);

/** CF and OF cleared; AF is undefined and cleared, as on the chips. */
export function logicFlags(result: Value): FlagsEffect {
  return { result, cf: zero, of: zero, af: zero };
}

const logic =
  (f: (a: Value, b: Value) => Value): Meaning =>
  (k, a, b) => {
    const value = k(f(a!, b!));
    return { value, flags: logicFlags(value) };
  };

export const and = logic(ir.and);
export const or = logic(ir.or);
export const xor = logic(ir.xor);

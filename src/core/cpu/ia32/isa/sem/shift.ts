/**
 * Shifts and rotates (SDM volume 2: SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD). The count is taken
 * modulo 32; a count of zero changes no flag. OF is defined for counts of 1 only: for others it is
 * computed by the same rule. AF is undefined after shifts and cleared.
 */

import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Meaning } from '../shapes.js';

const zero = ir.constant(32, 0);
const countOf = (c: Value): Value => ir.and(ir.zext(c, 32), 31);
/** 0 or 1 out of bit 0. */
const bit0 = (v: Value): Value => ir.low(ir.and(v, 1), 32);

/** Left, in 64 bits, so that the carry is bit w of the shifted value whatever the width. */
export const shl: Meaning = (k, a, c) => {
  const n = k(countOf(c!));
  const wide = k(ir.shl(ir.zext(a!, 64), ir.zext(n, 64)));
  const value = k(ir.low(wide, a!.w));
  const cf = k(bit0(ir.shr(wide, a!.w)));
  return { value, flags: { result: value, cf, of: ir.xor(ir.msb(value), cf), af: zero }, flagsIf: n };
};

/** Right: shifted one less, then one more, so that the bit that falls out last is seen. */
const right =
  (arithmetic: boolean): Meaning =>
  (k, a, c) => {
    const n = k(countOf(c!));
    const wide = k(arithmetic ? ir.sext(a!, 64) : ir.zext(a!, 64));
    const doubled = k(ir.sar(ir.shl(wide, 1), ir.zext(n, 64)));
    const value = k(ir.low(ir.sar(doubled, 1), a!.w));
    const cf = bit0(doubled);
    const of = arithmetic ? zero : ir.msb(a!);
    return { value, flags: { result: value, cf, of, af: zero }, flagsIf: n };
  };

export const shr = right(false);
export const sar = right(true);

export const rol: Meaning = (k, a, c) => {
  const n = k(countOf(c!));
  const m = k(ir.and(n, a!.w - 1));
  const wide = ir.zext(a!, 64);
  const left = ir.shl(wide, ir.zext(m, 64));
  const value = k(ir.low(ir.or(left, ir.shr(wide, ir.sub(ir.constant(64, a!.w), ir.zext(m, 64)))), a!.w));
  const cf = k(bit0(value));
  return { value, flags: { cf, of: ir.xor(ir.msb(value), cf) }, flagsIf: n };
};

export const ror: Meaning = (k, a, c) => {
  const n = k(countOf(c!));
  const m = k(ir.and(n, a!.w - 1));
  const wide = ir.zext(a!, 64);
  const left = ir.shl(wide, ir.sub(ir.constant(64, a!.w), ir.zext(m, 64)));
  const value = k(ir.low(ir.or(ir.shr(wide, ir.zext(m, 64)), left), a!.w));
  const cf = k(ir.msb(value));
  return { value, flags: { cf, of: ir.xor(cf, bit0(ir.shr(value, a!.w - 2))) }, flagsIf: n };
};

/** Rotates through carry turn w + 1 bits: CF above the operand. */
function throughCarry(k: (v: Value) => Value, a: Value, n: Value, left: boolean): Value {
  const bits = a.w + 1;
  const m = k(ir.zext(a.w === 32 ? n : ir.op('remu', n, bits), 64));
  const other = ir.sub(ir.constant(64, bits), m);
  const whole = k(ir.or(ir.zext(a, 64), ir.shl(ir.zext(ir.flag('cf'), 64), a.w)));
  const [l, r] = left ? [m, other] : [other, m];
  return k(ir.or(ir.shl(whole, l), ir.shr(whole, r)));
}

export const rcl: Meaning = (k, a, c) => {
  const n = k(countOf(c!));
  const turned = throughCarry(k, a!, n, true);
  const value = k(ir.low(turned, a!.w));
  const cf = k(bit0(ir.shr(turned, a!.w)));
  return { value, flags: { cf, of: ir.xor(ir.msb(value), cf) }, flagsIf: n };
};

export const rcr: Meaning = (k, a, c) => {
  const n = k(countOf(c!));
  const turned = throughCarry(k, a!, n, false);
  const value = k(ir.low(turned, a!.w));
  const cf = bit0(ir.shr(turned, a!.w));
  const of = ir.xor(ir.msb(value), bit0(ir.shr(value, a!.w - 2)));
  return { value, flags: { cf, of }, flagsIf: n };
};

/**
 * SHLD and SHRD. With 16-bit operands and a count above 16 the result is undefined; here the
 * operands are taken as repeating (destination, source, destination), as the P6 does.
 */
export const shld: Meaning = (k, a, b, c) => {
  const n = k(countOf(c!));
  const w = a!.w;
  const high = ir.or(ir.shl(ir.zext(a!, 64), w), ir.zext(b!, 64));
  const both = w === 16 ? ir.or(ir.shl(high, 16), ir.zext(a!, 64)) : high;
  const moved = k(ir.shl(both, ir.zext(n, 64)));
  const value = k(ir.low(ir.shr(moved, 32), w));
  const before = ir.shr(both, ir.sub(ir.constant(64, 32 + w), ir.zext(n, 64)));
  const cf = bit0(before);
  return { value, flags: { result: value, cf, of: ir.xor(ir.msb(value), ir.msb(a!)), af: zero }, flagsIf: n };
};

export const shrd: Meaning = (k, a, b, c) => {
  const n = k(countOf(c!));
  const w = a!.w;
  const pair = ir.or(ir.zext(a!, 64), ir.shl(ir.zext(b!, 64), w));
  const both = w === 16 ? ir.or(pair, ir.shl(ir.zext(a!, 64), 32)) : pair;
  const value = k(ir.low(ir.shr(both, ir.zext(n, 64)), w));
  const cf = bit0(ir.shr(both, ir.sub(ir.zext(n, 64), 1)));
  return { value, flags: { result: value, cf, of: ir.xor(ir.msb(value), ir.msb(a!)), af: zero }, flagsIf: n };
};

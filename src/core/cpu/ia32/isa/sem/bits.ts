/** Bit tests and scans, byte swaps, sign extension (SDM volume 2: BT*, BSF, BSR, BSWAP, SETcc). */

import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Meaning, Result } from '../shapes.js';

const one = (w: Value['w']): Value => ir.constant(w, 1);

/** `a` with bit `n` changed by `f(a, mask)`; CF is the old bit; the other flags are left alone. */
const bitOperation =
  (f: (a: Value, mask: Value) => Value): Meaning =>
  (k, a, n) => {
    const at = k(ir.and(ir.low(n!, a!.w), a!.w - 1));
    const cf = k(ir.zext(ir.and(ir.shr(a!, at), 1), 32));
    const result: Result = { value: f(a!, k(ir.shl(one(a!.w), at))), flags: { cf } };
    return result;
  };

export const bt = bitOperation((a) => a);
export const bts = bitOperation(ir.or);
export const btr = bitOperation((a, mask) => ir.and(a, ir.not(mask)));
export const btc = bitOperation(ir.xor);

/** BSF and BSR leave the destination alone when the source is zero, as every chip does; ZF tells. */
export const bsf: Meaning = (k, old, a) => {
  const zf = k(ir.eq(a!, 0));
  const at = ir.op('ctz', ir.zext(a!, 32));
  return { value: ir.select(zf, old!, ir.low(at, old!.w)), flags: { zf } };
};

export const bsr: Meaning = (k, old, a) => {
  const zf = k(ir.eq(a!, 0));
  const at = ir.sub(ir.constant(32, 31), ir.op('clz', ir.zext(a!, 32)));
  return { value: ir.select(zf, old!, ir.low(at, old!.w)), flags: { zf } };
};

/** Of a 16-bit register the result is undefined; zero, as on the P6. */
export const bswap: Meaning = (k, a) => {
  if (a!.w === 16) return { value: ir.constant(16, 0) };
  const swapped = k(ir.or(ir.shl(ir.and(a!, 0xff00ff), 8), ir.and(ir.shr(a!, 8), 0xff00ff)));
  return { value: ir.or(ir.shl(swapped, 16), ir.shr(swapped, 16)) };
};

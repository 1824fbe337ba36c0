/**
 * The constants FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2 and FLDZ load, to 96 bits, and rounded by the
 * rounding control without a precision exception (SDM volume 2, FLD1 and others; volume 1, 8.3.8).
 */
import { rounding } from './bits.js';
import { BIAS, type Extended, pack } from './format.js';
import { type Numerics, roundSignificand } from './round.js';
import type { Words } from './words.js';

interface Constant extends Words {
  readonly exponent: number;
}

const constant = (power: number, hi: number, lo: number, ext: number): Constant => ({
  exponent: BIAS + power,
  hi,
  lo,
  ext,
});

export const ONE = constant(0, 0x80000000, 0, 0);
export const LOG2_10 = constant(1, 0xd49a784b, 0xcd1b8afe, 0x492bf6ff);
export const LOG2_E = constant(0, 0xb8aa3b29, 0x5c17f0bb, 0xbe87fed0);
export const PI = constant(1, 0xc90fdaa2, 0x2168c234, 0xc4c6628b);
export const LOG10_2 = constant(-2, 0x9a209a84, 0xfbcff798, 0x8f8959ac);
export const LN_2 = constant(-1, 0xb17217f7, 0xd1cf79ab, 0xc9e3b398);
export const ZERO = constant(-BIAS, 0, 0, 0);

export function rounded(n: Numerics, c: Constant): Extended {
  const r = roundSignificand(rounding(n.control), 64, 0, c.hi, c.lo, c.ext);
  return pack(0, c.exponent, r.hi, r.lo);
}

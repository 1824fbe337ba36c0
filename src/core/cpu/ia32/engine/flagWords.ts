/**
 * How compiled code keeps the arithmetic flags: not as six bits but as two words from which each can be
 * had cheaply, see `flagResult` and `flagCarry` in the state. This file is the lowering of a flags
 * effect to new values of the two words, and its inverse.
 */

import type { FlagName, FlagsEffect, Value } from '../isa/ir.js';
import * as ir from '../isa/ir.js';
import { Flag } from '../state.js';

const CF_BIT = 31;
const PARTIAL_OF_BIT = 30;
const AF_BIT = 3;
const PARITY_BIT = 8;
const CARRY_BITS = 0xc0000000;
/** Any value with ZF, SF clear and an even low byte. */
const NOT_ZERO = 0x100;

export interface FlagWords {
  /** Undefined: unchanged. */
  readonly result: Value | undefined;
  readonly carry: Value;
}

/** The carry word for given flags (0 or 1 each), its parity and sign corrections clear. */
function carryWord(cf: Value, of: Value, af: Value): Value {
  const top = ir.or(ir.shl(cf, CF_BIT), ir.shl(ir.xor(cf, of), PARTIAL_OF_BIT));
  return ir.or(top, ir.shl(af, AF_BIT));
}

/** The carry word from the carries out of each bit of a result. */
function fromCarries(carries: Value): Value {
  const wide = ir.zext(carries, 32);
  if (carries.w === 32) return ir.and(wide, CARRY_BITS | (1 << AF_BIT));
  const top = ir.and(ir.shl(wide, 32 - carries.w), CARRY_BITS);
  return ir.or(top, ir.and(wide, 1 << AF_BIT));
}

function newCarry(f: FlagsEffect): Value {
  if (!f.carries) return carryWord(f.cf ?? ir.flag('cf'), f.of ?? ir.flag('of'), f.af ?? ir.flag('af'));
  const word = fromCarries(f.carries);
  if (!f.keepCf) return word;
  const of = ir.shr(ir.xor(word, ir.shl(word, 1)), 31);
  return carryWord(ir.flag('cf'), of, ir.and(ir.shr(word, AF_BIT), 1));
}

/** New values of the two words; they may read the old ones. */
export function lowerFlags(f: FlagsEffect): FlagWords {
  if (f.result) return { result: ir.sext(f.result, 32), carry: newCarry(f) };
  if (!f.zf && !f.sf && !f.pf) {
    const corrections = ir.and(ir.cell('flagCarry'), ~(CARRY_BITS | (1 << AF_BIT)));
    return { result: undefined, carry: ir.or(corrections, newCarry(f)) };
  }
  const oddParity = ir.xor(f.pf ?? ir.flag('pf'), 1);
  const corrections = ir.or(ir.shl(oddParity, PARITY_BIT), f.sf ?? ir.flag('sf'));
  const result = ir.select(f.zf ?? ir.flag('zf'), ir.constant(32, 0), NOT_ZERO);
  return { result, carry: ir.or(newCarry(f), corrections) };
}

/** One flag out of the words. */
export function flagValue(
  name: FlagName,
  result: Value = ir.cell('flagResult'),
  carry: Value = ir.cell('flagCarry'),
): Value {
  switch (name) {
    case 'cf':
      return ir.shr(carry, CF_BIT);
    case 'of':
      return ir.shr(ir.xor(carry, ir.shl(carry, 1)), 31);
    case 'af':
      return ir.and(ir.shr(carry, AF_BIT), 1);
    case 'zf':
      return ir.eq(result, 0);
    case 'sf':
      return ir.xor(ir.shr(result, 31), ir.and(carry, 1));
    case 'pf': {
      const odd = ir.op('popcnt', ir.and(ir.xor(result, ir.shr(carry, PARITY_BIT)), 0xff));
      return ir.xor(ir.and(odd, 1), 1);
    }
  }
}

/** The six flags, in their EFLAGS places, out of the two words. */
export function composeFlags(result: number, carry: number): number {
  let odd = (result ^ (carry >>> PARITY_BIT)) & 0xff;
  odd ^= odd >> 4;
  odd ^= odd >> 2;
  odd ^= odd >> 1;
  return (
    (carry >>> CF_BIT) |
    (odd & 1 ? 0 : Flag.PF) |
    ((carry >>> AF_BIT) & 1 ? Flag.AF : 0) |
    (result === 0 ? Flag.ZF : 0) |
    ((result >>> 31) ^ (carry & 1) ? Flag.SF : 0) |
    ((carry ^ (carry << 1)) < 0 ? Flag.OF : 0)
  );
}

/** The canonical words for given EFLAGS: what `settle` leaves behind, whatever engine ran. */
export function wordsOf(eflags: number): { readonly result: number; readonly carry: number } {
  const cf = eflags & Flag.CF;
  const of = eflags & Flag.OF ? 1 : 0;
  const carry =
    (cf << CF_BIT) |
    ((cf ^ of) << PARTIAL_OF_BIT) |
    (eflags & Flag.AF ? 1 << AF_BIT : 0) |
    (eflags & Flag.PF ? 0 : 1 << PARITY_BIT) |
    (eflags & Flag.SF ? 1 : 0);
  return { result: eflags & Flag.ZF ? 0 : NOT_ZERO, carry: carry >>> 0 };
}

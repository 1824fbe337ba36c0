/** The sixteen conditions of Jcc, SETcc and CMOVcc (SDM volume 1, appendix B). */

import type { Value } from '../ir.js';
import * as ir from '../ir.js';

export const CONDITION_NAMES = 'O NO B AE E NE BE A S NS P NP L GE LE G'.split(' ');

const less = (): Value => ir.xor(ir.flag('sf'), ir.flag('of'));

const BASE: readonly (() => Value)[] = [
  () => ir.flag('of'),
  () => ir.flag('cf'),
  () => ir.flag('zf'),
  () => ir.or(ir.flag('cf'), ir.flag('zf')),
  () => ir.flag('sf'),
  () => ir.flag('pf'),
  less,
  () => ir.or(less(), ir.flag('zf')),
];

/** Condition `n` (0..15) as 0 or 1; odd ones negate. */
export function condition(n: number): Value {
  const value = BASE[n >> 1]!();
  return n & 1 ? ir.isZero(value) : value;
}

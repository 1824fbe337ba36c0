/** The general registers, where execution is, flags and selectors. */
import { Flag, type Ia32State, Reg, Seg, slot } from '../../core/cpu/ia32/state.js';
import { bitNames, hex } from './plain.js';
import type { Row } from './registers.js';

const IOPL_SHIFT = 12;
const { IOPL: _, ...NAMED } = Flag;

export function mainPage(s: Ia32State): Row[] {
  const general = Object.entries(Reg).map(([name, n]): Row => ({ name, value: hex(s.gpr[slot(n)]!) }));
  const selectors = Object.entries(Seg)
    .filter(([name]) => name !== 'ldtr' && name !== 'tr')
    .map(([name, n]): Row => ({ name, value: hex(s.selector[n]!, 4), note: `base ${hex(s.base[n]!)}` }));
  const iopl = (s.eflags >>> IOPL_SHIFT) & 3;
  return [
    ...general,
    { name: 'eip', value: hex(s.eip) },
    { name: 'eflags', value: hex(s.eflags), note: `IOPL ${iopl} ${bitNames(s.eflags, NAMED)}`.trim() },
    ...selectors,
  ];
}

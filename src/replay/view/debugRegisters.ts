/** Debug registers: the guest's own breakpoints (SDM volume 3B, 17.2). */
import type { Ia32State } from '../../core/cpu/ia32/state.js';
import { bitNames, hex } from './plain.js';
import type { Row } from './registers.js';

const Dr6 = { B0: 1, B1: 2, B2: 4, B3: 8, BD: 1 << 13, BS: 1 << 14, BT: 1 << 15 } as const;
const Dr7 = { LE: 1 << 8, GE: 1 << 9, GD: 1 << 13 } as const;
/** R/Wn and LENn. */
const KINDS = ['execution', 'writes', 'ports', 'reads and writes'];
const LENGTHS = [1, 2, 8, 4];

export function debugPage(s: Ia32State): Row[] {
  const dr = (n: number) => ({ name: `dr${n}`, value: hex(s.dr[n]!) });
  const status = s.dr[6]!;
  const control = s.dr[7]!;
  return [
    ...[0, 1, 2, 3].map((n): Row => ({ ...dr(n), note: breakpointText(control, n) })),
    { ...dr(6), note: bitNames(status, Dr6) },
    { ...dr(7), note: bitNames(control, Dr7) },
  ];
}

function breakpointText(control: number, n: number): string {
  const enabled = [(control >>> (2 * n)) & 1 && 'local', (control >>> (2 * n + 1)) & 1 && 'global'];
  const scopes = enabled.filter(Boolean).join(' and ');
  if (scopes === '') return 'off';
  const kind = (control >>> (16 + 4 * n)) & 3;
  const length = LENGTHS[(control >>> (18 + 4 * n)) & 3]!;
  return `${scopes}: ${KINDS[kind]}${kind === 0 ? '' : `, ${length} ${length === 1 ? 'byte' : 'bytes'}`}`;
}

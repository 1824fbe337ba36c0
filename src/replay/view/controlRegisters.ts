/** Control registers, descriptor tables and what else steers the processor (SDM volume 3A, 2.4 and 2.5). */
import { Cr0, Cr4, type Ia32State, Seg } from '../../core/cpu/ia32/state.js';
import { bitNames, hex } from './plain.js';
import type { Row } from './registers.js';
import { segmentRow } from './segmentRegisters.js';

const Cr3 = { PWT: 1 << 3, PCD: 1 << 4 } as const;
const DIRECTORY = 0xfffff000;
/** What holds interrupts back until one more instruction is executed. */
const SHADOWS: Readonly<Record<number, string>> = { 1: 'after STI', 2: 'after a load of SS' };

export function controlPage(s: Ia32State): Row[] {
  const table = (base: number, limit: number) => `base ${hex(base)} limit ${hex(limit, 4)}`;
  const directory = `directory at ${hex((s.cr3 & DIRECTORY) >>> 0)} ${bitNames(s.cr3, Cr3)}`.trim();
  return [
    { name: 'cr0', value: hex(s.cr0), note: bitNames(s.cr0, Cr0) },
    { name: 'cr2', value: hex(s.cr2), note: 'address of the last page fault' },
    { name: 'cr3', value: hex(s.cr3), note: directory },
    { name: 'cr4', value: hex(s.cr4), note: bitNames(s.cr4, Cr4) },
    { name: 'cpl', value: String(s.cpl) },
    { name: 'gdtr', value: table(s.gdtBase, s.gdtLimit) },
    { name: 'idtr', value: table(s.idtBase, s.idtLimit) },
    segmentRow(s, 'ldtr', Seg.ldtr),
    segmentRow(s, 'tr', Seg.tr),
    { name: 'a20', value: s.a20 ? 'open' : 'closed' },
    ...interruptRows(s),
    { name: 'sysenter', value: `${hex(s.sysenterCs, 4)}:${hex(s.sysenterEip)} esp ${hex(s.sysenterEsp)}` },
    { name: 'tsc', value: String(BigInt.asUintN(64, BigInt(s.clock) + s.tscOffset)) },
  ];
}

function interruptRows(s: Ia32State): Row[] {
  const shadow = SHADOWS[s.shadow];
  return [
    { name: 'intr', value: s.intr ? 'high' : 'low', ...(shadow && { note: `held back ${shadow}` }) },
    {
      name: 'nmi',
      value: s.nmiPending ? 'pending' : 'none',
      ...(s.nmiBlocked && { note: 'masked to IRET' }),
    },
  ];
}

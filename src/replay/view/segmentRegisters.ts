/** Segment registers with what the processor holds of their descriptors (SDM volume 3A, 3.4.3, 3.4.5 and 3.5). */
import { type Ia32State, Seg } from '../../core/cpu/ia32/state.js';
import { hex } from './plain.js';
import type { Row } from './registers.js';

const Access = {
  accessed: 1,
  /** Of code: readable; of data: writable. */
  permits: 2,
  /** Of code: conforming; of data: it grows down. */
  conforming: 4,
  code: 8,
  memory: 0x10,
  present: 0x80,
  big: 0x4000,
  fine: 0x8000,
} as const;

/** Types of system segments that LDTR and TR can hold. */
const SYSTEM: Readonly<Record<number, string>> = {
  1: '16-bit TSS',
  2: 'LDT',
  3: '16-bit TSS, busy',
  9: '32-bit TSS',
  11: '32-bit TSS, busy',
};

export function segmentPage(s: Ia32State): Row[] {
  return Object.entries(Seg).map(([name, n]) => segmentRow(s, name, n));
}

export function segmentRow(s: Ia32State, name: string, n: number): Row {
  const [selector, base, limit] = [hex(s.selector[n]!, 4), hex(s.base[n]!), hex(s.limit[n]!)];
  return { name, value: `${selector} base ${base} limit ${limit}`, note: accessText(s.access[n]!) };
}

function accessText(access: number): string {
  if (!(access & Access.present)) return 'unusable';
  const level = `DPL ${(access >>> 5) & 3}`;
  if (!(access & Access.memory)) return `${SYSTEM[access & 15] ?? `system type ${access & 15}`}, ${level}`;
  const kind = access & Access.code ? codeText(access) : dataText(access);
  const pages = access & Access.fine ? ', limit in pages' : '';
  return `${kind}, ${level}${access & Access.accessed ? ', accessed' : ''}${pages}`;
}

function codeText(access: number): string {
  const readable = access & Access.permits ? 'read and execute' : 'execute only';
  return `${width(access)}-bit code, ${readable}${access & Access.conforming ? ', conforming' : ''}`;
}

function dataText(access: number): string {
  const writable = access & Access.permits ? 'read and write' : 'read only';
  return `${width(access)}-bit data, ${writable}${access & Access.conforming ? ', grows down' : ''}`;
}

const width = (access: number): 16 | 32 => (access & Access.big ? 32 : 16);

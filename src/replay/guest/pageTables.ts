/**
 * Where the entry is that maps a linear address (Intel SDM volume 3A, 4.3: paging of 32 bits): in the page
 * directory for pages of 4 MiB and where no table is present, else in a page table. Reading marks nothing.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Cr4 } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { GuestMemory } from './guestMemory.js';

export interface PageEntry {
  /** Physical. */
  readonly address: number;
  readonly level: 'directory' | 'table';
}

const PRESENT = 1;
const LARGE = 0x80;
const FRAME = 0xfffff000;

/** Undefined while paging is off. */
export function entryThatMaps(machine: Machine, linear: number): PageEntry | undefined {
  const { cpu } = machine;
  if (!(cpu instanceof Ia32) || !(cpu.s.cr0 & Cr0.PG)) return undefined;
  const { cr3, cr4 } = cpu.s;
  const address = ((cr3 & FRAME) + ((linear >>> 22) << 2)) >>> 0;
  const entry = Number(new GuestMemory(machine).read(address, 4, true) ?? 0n);
  const isLast = !(entry & PRESENT) || ((entry & LARGE) !== 0 && (cr4 & Cr4.PSE) !== 0);
  if (isLast) return { address, level: 'directory' };
  return { address: ((entry & FRAME) + (((linear >>> 12) & 0x3ff) << 2)) >>> 0, level: 'table' };
}

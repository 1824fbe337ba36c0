/**
 * The I/O permission bit map of a 386 TSS (SDM volume 1, 19.5.2): consulted in virtual-8086 mode, and in
 * protected mode when CPL > IOPL.
 */
import type { Context } from '../context.js';
import { Seg } from '../state.js';
import { Access, SystemType } from './descriptors.js';
import { generalProtection, iopl, realMode, virtual8086 } from './mode.js';

/** Offset of the map's own offset in a 386 TSS. */
const IO_MAP_BASE = 0x66;

/** The TSS offset of the I/O map, or undefined if TR holds no 386 TSS that has one. */
export function ioMapBase(cpu: Context): number | undefined {
  const { s } = cpu;
  const access = s.access[Seg.tr]!;
  const type = access & 0xf;
  const is386 = type === SystemType.tss32 || type === SystemType.tss32Busy;
  if (!(access & Access.present) || !is386 || s.limit[Seg.tr]! < IO_MAP_BASE + 1) return undefined;
  return cpu.readSystem((s.base[Seg.tr]! + IO_MAP_BASE) >>> 0, 2);
}

/** #GP(0) unless the program may access `size` ports from `port` on. */
export function iopermission(cpu: Context, port: number, size: number): void {
  if (realMode(cpu) || (!virtual8086(cpu) && cpu.s.cpl <= iopl(cpu))) return;
  const map = ioMapBase(cpu);
  if (map === undefined) throw generalProtection();
  // The processor always reads two bytes, so the byte after must lie within the limit as well.
  const at = map + ((port & 0xffff) >>> 3);
  if (at + 1 > cpu.s.limit[Seg.tr]!) throw generalProtection();
  const bits = cpu.readSystem((cpu.s.base[Seg.tr]! + at) >>> 0, 2) >>> (port & 7);
  if (bits & ((1 << size) - 1)) throw generalProtection();
}

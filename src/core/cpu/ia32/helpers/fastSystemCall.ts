/**
 * SYSENTER and SYSEXIT (SDM volume 2): flat segments without a look at any descriptor table. The
 * selectors follow from IA32_SYSENTER_CS; the four segments are taken to lie one after the other.
 */
import type { Context } from '../context.js';
import { Flag, Reg, Seg, slot } from '../state.js';
import { changeFlags } from './flags.js';
import { generalProtection, realMode, setPrivilege } from './mode.js';

/** G, D/B, present, S; code readable and accessed, or data writable and accessed. */
const FLAT_CODE = 0xc09b;
const FLAT_DATA = 0xc093;

export function sysenter(cpu: Context): void {
  const { s } = cpu;
  const selector = s.sysenterCs & 0xfffc;
  if (realMode(cpu) || selector === 0) throw generalProtection();
  changeFlags(cpu, 0, Flag.VM | Flag.IF | Flag.RF);
  setPrivilege(cpu, 0);
  setFlat(cpu, Seg.cs, selector, FLAT_CODE);
  setFlat(cpu, Seg.ss, selector + 8, FLAT_DATA);
  s.gpr[slot(Reg.esp)] = s.sysenterEsp;
  s.eip = s.sysenterEip;
}

export function sysexit(cpu: Context): void {
  const { s } = cpu;
  const selector = s.sysenterCs & 0xfffc;
  if (realMode(cpu) || s.cpl !== 0 || selector === 0) throw generalProtection();
  setPrivilege(cpu, 3);
  setFlat(cpu, Seg.cs, selector + 16, FLAT_CODE);
  setFlat(cpu, Seg.ss, selector + 24, FLAT_DATA);
  s.gpr[slot(Reg.esp)] = s.gpr[slot(Reg.ecx)]!;
  s.eip = s.gpr[slot(Reg.edx)]!;
}

/** A 4 GiB segment from 0 with DPL and RPL of the current privilege. */
function setFlat(cpu: Context, seg: number, selector: number, access: number): void {
  const { s } = cpu;
  s.selector[seg] = (selector & 0xfffc) | s.cpl;
  s.base[seg] = 0;
  s.limit[seg] = 0xffffffff;
  s.access[seg] = access | (s.cpl << 5);
  cpu.segmentChanged(seg);
}

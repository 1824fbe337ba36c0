/**
 * Segment register loads (SDM volume 2, MOV, LDS and POP; volume 3A, 3.4.3 and 5.6), LLDT and LTR, and
 * the instructions that ask about a selector: LAR, LSL, VERR, VERW (volume 3A, 5.10).
 *
 * In real mode a load changes selector and base only; limit and attributes stay as protected mode left
 * them ("unreal mode"). Two exceptions: a register that held a null selector becomes an ordinary 64 KiB
 * data segment, and a load of CS makes it writable, and 16-bit with 64 KiB on the 386 and 486
 * (unverified on silicon which steppings do that).
 *
 * Left out: the checks of CPL and of the mode that LLDT, LTR, LAR, LSL, VERR and VERW begin with; the
 * instruction table makes them.
 */
import type { Context } from '../context.js';
import { Flag, Seg, Vector } from '../state.js';
import {
  Access,
  type Descriptor,
  dplOf,
  findDescriptor,
  inLdt,
  isConforming,
  isNull,
  isPresent,
  isReadable,
  isSegment,
  isWritable,
  markAccessed,
  raise,
  readDescriptor,
  readNonNull,
  rplOf,
  SystemType,
  systemType,
  writeType,
} from './descriptors.js';
import { protectedMode, realMode } from './mode.js';

/** Present, S, data, writable, accessed: what real mode gives a segment register. */
const REAL_DATA = 0x93;
/** The same with DPL 3: every segment register of virtual-8086 mode. */
const V86_DATA = 0xf3;
const I586 = 5;

/** Puts a selector and its descriptor into a segment register, all checks passed. */
export function setSegment(cpu: Context, seg: number, selector: number, d: Descriptor): void {
  const { s } = cpu;
  s.selector[seg] = selector;
  s.base[seg] = d.base;
  s.limit[seg] = d.limit;
  s.access[seg] = d.access | Access.accessed;
  cpu.segmentChanged(seg);
}

/** Puts a null selector into a data segment register (or LDTR): every use of it will fault. */
export function setNull(cpu: Context, seg: number, selector: number): void {
  const { s } = cpu;
  s.selector[seg] = selector;
  s.base[seg] = 0;
  s.limit[seg] = 0;
  s.access[seg] = 0;
  cpu.segmentChanged(seg);
}

/** The load of real mode. */
function setReal(cpu: Context, seg: number, selector: number): void {
  const { s } = cpu;
  s.selector[seg] = selector;
  s.base[seg] = selector << 4;
  if (!(s.access[seg]! & Access.present)) {
    s.limit[seg] = 0xffff;
    s.access[seg] = REAL_DATA;
  }
  if (seg === Seg.cs) {
    s.access[seg] = (s.access[seg]! & 0xff00) | REAL_DATA;
    if (cpu.family < I586) {
      s.limit[seg] = 0xffff;
      s.access[seg] = REAL_DATA;
    }
  }
  cpu.segmentChanged(seg);
}

/** The load of virtual-8086 mode (SDM volume 3A, 20.2.1). */
export function setVirtual8086(cpu: Context, seg: number, selector: number): void {
  const { s } = cpu;
  s.selector[seg] = selector;
  s.base[seg] = selector << 4;
  s.limit[seg] = 0xffff;
  s.access[seg] = V86_DATA;
  cpu.segmentChanged(seg);
}

/** A load in either mode where a selector is a paragraph number. */
export function setParagraph(cpu: Context, seg: number, selector: number): void {
  if (realMode(cpu)) setReal(cpu, seg, selector);
  else setVirtual8086(cpu, seg, selector);
}

/** MOV, POP or Lxx into ES, SS, DS, FS or GS, in any mode. */
export function loadSegment(cpu: Context, seg: number, selector: number): void {
  selector &= 0xffff;
  if (!protectedMode(cpu)) {
    setParagraph(cpu, seg, selector);
    return;
  }
  if (seg === Seg.ss) {
    loadStackSegment(cpu, selector);
    return;
  }
  if (isNull(selector)) {
    setNull(cpu, seg, selector);
    return;
  }
  const d = checkedData(cpu, selector, cpu.s.cpl, Vector.GP);
  markAccessed(cpu, d);
  setSegment(cpu, seg, selector, d);
}

function loadStackSegment(cpu: Context, selector: number): void {
  const d = checkedStack(cpu, selector, cpu.s.cpl, Vector.GP);
  markAccessed(cpu, d);
  setSegment(cpu, Seg.ss, selector, d);
}

/** The descriptor of a selector fit for DS, ES, FS or GS at privilege `cpl`, or `vector` or #NP. */
export function checkedData(cpu: Context, selector: number, cpl: number, vector: number): Descriptor {
  const d = readDescriptor(cpu, selector, vector);
  if (!isReadable(d) || !reachable(d, selector, cpl)) raise(vector, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  return d;
}

/** The descriptor of a selector fit for SS at privilege `cpl`, or `vector` or #SS. */
export function checkedStack(cpu: Context, selector: number, cpl: number, vector: number): Descriptor {
  const d = readNonNull(cpu, selector, vector);
  if (rplOf(selector) !== cpl || !isWritable(d) || dplOf(d) !== cpl) raise(vector, selector);
  if (!isPresent(d)) raise(Vector.SS, selector);
  return d;
}

/** Data and nonconforming code need DPL >= max(CPL, RPL); conforming code is open to all. */
function reachable(d: Descriptor, selector: number, cpl: number): boolean {
  return isConforming(d) || dplOf(d) >= Math.max(cpl, rplOf(selector));
}

/** On a return to an outer level, data segments that level may not use become null (SDM volume 3A, 5.8.6). */
export function dropInnerData(cpu: Context): void {
  const { s } = cpu;
  for (const seg of [Seg.es, Seg.ds, Seg.fs, Seg.gs]) {
    const access = s.access[seg]!;
    const conforming = (access & Access.code) !== 0 && (access & Access.conforming) !== 0;
    if ((access & Access.present) !== 0 && !conforming && ((access >>> 5) & 3) < s.cpl) setNull(cpu, seg, 0);
  }
}

export function lldt(cpu: Context, selector: number): void {
  selector &= 0xffff;
  if (isNull(selector)) {
    setNull(cpu, Seg.ldtr, selector);
    return;
  }
  const d = inLdt(selector) ? raise(Vector.GP, selector) : readDescriptor(cpu, selector);
  if (isSegment(d) || systemType(d) !== SystemType.ldt) raise(Vector.GP, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  setSystem(cpu, Seg.ldtr, selector, d, d.access);
}

/** Loads the task register and marks the task busy, without switching to it. */
export function ltr(cpu: Context, selector: number): void {
  selector &= 0xffff;
  const d = inLdt(selector) ? raise(Vector.GP, selector) : readNonNull(cpu, selector);
  const available = systemType(d) === SystemType.tss16 || systemType(d) === SystemType.tss32;
  if (isSegment(d) || !available) raise(Vector.GP, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  const busy = d.access | 2;
  writeType(cpu, d, busy);
  setSystem(cpu, Seg.tr, selector, d, busy);
}

/** Puts an LDT or TSS into LDTR or TR. */
export function setSystem(cpu: Context, seg: number, selector: number, d: Descriptor, access: number): void {
  const { s } = cpu;
  s.selector[seg] = selector;
  s.base[seg] = d.base;
  s.limit[seg] = d.limit;
  s.access[seg] = access;
  cpu.segmentChanged(seg);
}

/** System descriptors that LAR and LSL accept (SDM volume 2, LAR table 3-53 and LSL table 3-56). */
const LSL_TYPES: readonly number[] = [
  SystemType.tss16,
  SystemType.ldt,
  SystemType.tss16Busy,
  SystemType.tss32,
  SystemType.tss32Busy,
];
const LAR_TYPES: readonly number[] = [
  ...LSL_TYPES,
  SystemType.callGate16,
  SystemType.taskGate,
  SystemType.callGate32,
];

/** Access rights in bits 8..23 (limit bits, which lie between them, read as 0); the old value if ZF = 0. */
export function lar(cpu: Context, selector: number, old: number, size: number): number {
  const d = visible(cpu, selector, LAR_TYPES);
  setZero(cpu, d !== undefined);
  if (!d) return old;
  return size === 2 ? (d.access << 8) & 0xff00 : (d.access << 8) >>> 0;
}

/** The limit in bytes; the old value if ZF = 0. */
export function lsl(cpu: Context, selector: number, old: number, size: number): number {
  const d = visible(cpu, selector, LSL_TYPES);
  setZero(cpu, d !== undefined);
  if (!d) return old;
  return size === 2 ? d.limit & 0xffff : d.limit;
}

export function verr(cpu: Context, selector: number): void {
  const d = visible(cpu, selector, []);
  setZero(cpu, d !== undefined && isReadable(d));
}

export function verw(cpu: Context, selector: number): void {
  const d = visible(cpu, selector, []);
  setZero(cpu, d !== undefined && isWritable(d));
}

/** The descriptor if the program may see it: a segment, or one of `types`, at a sufficient privilege. */
function visible(cpu: Context, selector: number, types: readonly number[]): Descriptor | undefined {
  selector &= 0xffff;
  const d = isNull(selector) ? undefined : findDescriptor(cpu, selector);
  if (!d || !(isSegment(d) || types.includes(systemType(d)))) return undefined;
  return reachable(d, selector, cpu.s.cpl) ? d : undefined;
}

function setZero(cpu: Context, zero: boolean): void {
  cpu.setFlags((cpu.getFlags() & ~Flag.ZF) | (zero ? Flag.ZF : 0));
}

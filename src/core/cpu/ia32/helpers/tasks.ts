/**
 * Hardware task switches (SDM volume 3A, chapter 7), from and to 286 and 386 task state segments.
 *
 * A switch has a point of no return (7.3, step 12): what fails before it fails in the old task, which
 * then has not changed; what fails after it is raised in the new task as a `TaskFault`.
 *
 * Registers a 286 TSS does not hold: upper halves of general registers become FFFFh, FS and GS null
 * (unverified on silicon).
 */
import type { Context, Size } from '../context.js';
import { Cr0, Fault, Flag, Seg, slot, Vector } from '../state.js';
import {
  Access,
  type Descriptor,
  dplOf,
  inLdt,
  isCode,
  isConforming,
  isNull,
  isPresent,
  isSegment,
  markAccessed,
  raise,
  readDescriptor,
  readNonNull,
  rplOf,
  SystemType,
  systemType,
  typeAddress,
} from './descriptors.js';
import { definedFlags } from './flags.js';
import { generalProtection, paging } from './mode.js';
import { checkedData, checkedStack, setNull, setSegment, setSystem, setVirtual8086 } from './segments.js';
import { CurrentStack, truncate } from './stack.js';

export type TaskReason = 'jmp' | 'call' | 'int' | 'iret';

/** A fault of the new task: registers are the new task's, and the caller must not roll them back. */
export class TaskFault extends Fault {}

/** Offsets in a TSS (SDM volume 3A, figures 7-2 and 7-10). */
interface TssForm {
  /** Bytes of a slot; selectors take two of them. */
  readonly size: Size;
  readonly minimumLimit: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX, then the others in the order of their numbers. */
  readonly registers: number;
  /** ES, then the others in the order of their numbers. */
  readonly segments: number;
  readonly segmentCount: number;
  readonly ldt: number;
  /** First and last byte that a switch away from the task writes. */
  readonly saved: readonly [number, number];
}

const TSS16: TssForm = {
  size: 2,
  minimumLimit: 0x2b,
  eip: 0x0e,
  eflags: 0x10,
  registers: 0x12,
  segments: 0x22,
  segmentCount: 4,
  ldt: 0x2a,
  saved: [0x0e, 0x29],
};
const TSS32: TssForm = {
  size: 4,
  minimumLimit: 0x67,
  eip: 0x20,
  eflags: 0x24,
  registers: 0x28,
  segments: 0x48,
  segmentCount: 6,
  ldt: 0x60,
  saved: [0x20, 0x5d],
};
const CR3_IN_TSS = 0x1c;
const DEBUG_TRAP_IN_TSS = 0x64;
const BUSY = 2;
/** DR6.BT. */
const TASK_TRAP = 1 << 15;
/** DR7: L0..L3 and LE. */
const LOCAL_BREAKPOINTS = 0x155;

/** Bit 3 of a TSS descriptor's type says it is a 386 TSS. */
export const isTss32 = (access: number): boolean => (access & 8) !== 0;
const formOf = (access: number): TssForm => (isTss32(access) ? TSS32 : TSS16);

/** Types 1, 3, 9 and B: a TSS, busy or not. */
export function isTss(d: Descriptor): boolean {
  return !isSegment(d) && ((d.access & 7) === SystemType.tss16 || (d.access & 7) === SystemType.tss16Busy);
}

/** What the new task is to be given. */
interface NewTask {
  readonly descriptor: Descriptor;
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  readonly selectors: readonly number[];
  readonly ldt: number;
  readonly cr3: number | undefined;
  readonly debugTrap: boolean;
}

/**
 * Switches to the task of the TSS `selector`. `nextIp` is where the old task resumes, with RF set in its
 * EFLAGS if `resume`; `error` is pushed on the new task's stack. DPL checks are the caller's.
 */
export function switchTask(
  cpu: Context,
  selector: number,
  reason: TaskReason,
  nextIp: number,
  error?: number,
  resume = false,
): void {
  const d = checkedTss(cpu, selector, reason);
  const task = readTask(cpu, d, reason);
  probe(cpu, d, reason);
  saveOldTask(cpu, reason, nextIp, resume);
  link(cpu, d, reason);
  try {
    enterTask(cpu, task);
    if (error !== undefined) pushError(cpu, formOf(d.access).size, error);
  } catch (fault) {
    throw fault instanceof Fault ? new TaskFault(fault.vector, fault.error, fault.address) : fault;
  }
}

/** IRET with NT set: back to the task whose selector is the TSS's first word. */
export function returnFromTask(cpu: Context, nextIp: number): void {
  switchTask(cpu, cpu.readSystem(cpu.s.base[Seg.tr]!, 2), 'iret', nextIp);
}

/** Checks of SDM volume 3A, table 7-1: the TSS descriptor. A return raises #TS where the others raise #GP. */
function checkedTss(cpu: Context, selector: number, reason: TaskReason): Descriptor {
  const vector = reason === 'iret' ? Vector.TS : Vector.GP;
  if (inLdt(selector)) raise(vector, selector);
  const d = readNonNull(cpu, selector, vector);
  const busy = (d.access & BUSY) !== 0;
  if (!isTss(d) || busy !== (reason === 'iret')) raise(vector, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  if (d.limit < formOf(d.access).minimumLimit) raise(Vector.TS, selector);
  return d;
}

function readTask(cpu: Context, d: Descriptor, reason: TaskReason): NewTask {
  const form = formOf(d.access);
  const field = (offset: number, size: Size): number => cpu.readSystem((d.base + offset) >>> 0, size);
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const flags = field(form.eflags, form.size) & definedFlags(cpu.family);
  const upper = form.size === 2 ? 0xffff0000 : 0;
  return {
    descriptor: d,
    eip: field(form.eip, form.size),
    eflags: reason === 'call' || reason === 'int' ? flags | Flag.NT : flags,
    registers: numbers(8).map((i) => (field(form.registers + i * form.size, form.size) | upper) >>> 0),
    selectors: numbers(form.segmentCount).map((i) => field(form.segments + i * form.size, 2)),
    ldt: field(form.ldt, 2),
    cr3: form === TSS32 && paging(cpu) ? field(CR3_IN_TSS, 4) : undefined,
    debugTrap: form === TSS32 && (field(DEBUG_TRAP_IN_TSS, 2) & 1) !== 0,
  };
}

/** Everything the switch will write must be writable before the first write. */
function probe(cpu: Context, d: Descriptor, reason: TaskReason): void {
  const { s } = cpu;
  const form = formOf(s.access[Seg.tr]!);
  if (!(s.access[Seg.tr]! & Access.present) || s.limit[Seg.tr]! < form.minimumLimit) {
    raise(Vector.TS, s.selector[Seg.tr]!);
  }
  const [first, last] = form.saved;
  cpu.probeSystemWrite((s.base[Seg.tr]! + first) >>> 0, last - first + 1);
  if (reason === 'call' || reason === 'int') cpu.probeSystemWrite(d.base, 2);
  else cpu.probeSystemWrite(oldTypeAddress(cpu), 1);
  cpu.probeSystemWrite(typeAddress(d.address), 1);
}

/** Where the old TSS descriptor has its type: the GDT as it is now, as the processor does. */
const oldTypeAddress = (cpu: Context): number =>
  typeAddress(cpu.s.gdtBase + (cpu.s.selector[Seg.tr]! & 0xfff8));

function saveOldTask(cpu: Context, reason: TaskReason, nextIp: number, resume: boolean): void {
  const { s } = cpu;
  const form = formOf(s.access[Seg.tr]!);
  const store = (offset: number, value: number, size: Size): void =>
    cpu.writeSystem((s.base[Seg.tr]! + offset) >>> 0, truncate(value, size), size);
  const flags = reason === 'iret' ? cpu.getFlags() & ~Flag.NT : cpu.getFlags();
  store(form.eip, nextIp, form.size);
  store(form.eflags, resume ? flags | Flag.RF : flags, form.size);
  for (let i = 0; i < 8; i++) store(form.registers + i * form.size, s.gpr[slot(i)]!, form.size);
  for (let i = 0; i < form.segmentCount; i++) store(form.segments + i * form.size, s.selector[i]!, 2);
}

/** Busy bits and back link (SDM volume 3A, table 7-2), and the task register: the point of no return. */
function link(cpu: Context, d: Descriptor, reason: TaskReason): void {
  const { s } = cpu;
  if (reason === 'call' || reason === 'int') cpu.writeSystem(d.base, s.selector[Seg.tr]!, 2);
  else {
    const address = oldTypeAddress(cpu);
    cpu.writeSystem(address, cpu.readSystem(address, 1) & ~BUSY, 1);
  }
  const busy = d.access | BUSY;
  cpu.writeSystem(typeAddress(d.address), busy & 0xff, 1);
  setSystem(cpu, Seg.tr, d.selector, d, busy);
  s.cr0 |= Cr0.TS;
  s.dr[7]! &= ~LOCAL_BREAKPOINTS;
}

/** Loads the new task's registers, then checks its segments one by one. */
function enterTask(cpu: Context, task: NewTask): void {
  const { s } = cpu;
  if (task.cr3 !== undefined) s.cr3 = task.cr3;
  s.eip = task.eip;
  cpu.setFlags(task.eflags | 2);
  task.registers.forEach((value, i) => {
    s.gpr[slot(i)] = value;
  });
  const virtual = (task.eflags & Flag.VM) !== 0;
  for (let seg = 0; seg < 6; seg++) setNull(cpu, seg, task.selectors[seg] ?? 0);
  setNull(cpu, Seg.ldtr, task.ldt);
  s.cpl = virtual ? 3 : rplOf(task.selectors[Seg.cs]!);
  cpu.modeChanged(true);
  if (task.debugTrap) s.debugPending |= TASK_TRAP;
  loadTaskLdt(cpu, task.ldt);
  if (virtual) task.selectors.forEach((selector, seg) => void setVirtual8086(cpu, seg, selector));
  else loadTaskSegments(cpu, task.selectors);
  if (s.eip > s.limit[Seg.cs]!) throw generalProtection();
}

function loadTaskLdt(cpu: Context, selector: number): void {
  if (isNull(selector)) return;
  const d = inLdt(selector) ? raise(Vector.TS, selector) : readDescriptor(cpu, selector, Vector.TS);
  const usable = !isSegment(d) && systemType(d) === SystemType.ldt && isPresent(d);
  if (!usable) raise(Vector.TS, selector);
  setSystem(cpu, Seg.ldtr, selector, d, d.access);
}

/** Checks of SDM volume 3A, table 7-1: CS, SS, then the data segments, at the new task's privilege. */
function loadTaskSegments(cpu: Context, selectors: readonly number[]): void {
  loadTaskCode(cpu, selectors[Seg.cs]!);
  const { cpl } = cpu.s;
  loadTaskSegment(cpu, Seg.ss, checkedStack(cpu, selectors[Seg.ss]!, cpl, Vector.TS));
  for (const seg of [Seg.ds, Seg.es, Seg.fs, Seg.gs]) {
    const selector = selectors[seg] ?? 0;
    if (!isNull(selector)) loadTaskSegment(cpu, seg, checkedData(cpu, selector, cpl, Vector.TS));
  }
}

function loadTaskCode(cpu: Context, selector: number): void {
  const d = readNonNull(cpu, selector, Vector.TS);
  const dpl = dplOf(d);
  const privileged = isConforming(d) ? dpl <= rplOf(selector) : dpl === rplOf(selector);
  if (!isCode(d) || !privileged) raise(Vector.TS, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  loadTaskSegment(cpu, Seg.cs, d);
}

function loadTaskSegment(cpu: Context, seg: number, d: Descriptor): void {
  markAccessed(cpu, d);
  setSegment(cpu, seg, d.selector, d);
}

function pushError(cpu: Context, size: Size, error: number): void {
  const stack = new CurrentStack(cpu);
  stack.push(error, size);
  stack.commit();
}

/**
 * Delivery of interrupts and exceptions: the real-mode vector table, protected-mode interrupt, trap and
 * task gates, INT n of virtual-8086 mode, and what happens when a delivery fails itself (SDM volume 3A,
 * chapter 6, 17.3.1.1 for RF, 20.2 and 20.3 for virtual-8086 mode; volume 2, INT n).
 *
 * Left to the caller: blocking NMI, waking from HLT, and DR6.
 */
import type { VectorSource } from '../../../cpu.js';
import type { Context, Size } from '../context.js';
import { Fault, Flag, Reg, Seg, slot, Vector } from '../state.js';
import {
  type Descriptor,
  dplOf,
  gateOffset,
  gateSelector,
  isConforming,
  isGate32,
  isPresent,
  isSegment,
  markAccessed,
  raise,
  SystemType,
  systemType,
  unpack,
} from './descriptors.js';
import { virtualImage } from './flags.js';
import { checkOffset, enterCode, gateTarget, innerStack } from './gates.js';
import { ioMapBase } from './ioPermission.js';
import { generalProtection, iopl, realMode, setPrivilege, virtual8086, vme } from './mode.js';
import { setNull, setParagraph, setSegment } from './segments.js';
import { CurrentStack, type Frame, InnerStack } from './stack.js';
import { switchTask, TaskFault } from './tasks.js';

export type EventKind = 'external' | 'software' | 'int3' | 'into' | 'exception';

export interface Event {
  readonly kind: EventKind;
  /** Error code, for exceptions that push one. */
  readonly error?: number | undefined;
  /** Return address; without it EIP, as for faults and external interrupts. */
  readonly nextIp?: number;
  /** #PF: the linear address, for CR2. */
  readonly address?: number;
  /** The instruction at the return address is a repeated one that has begun: RF is set in the image. */
  readonly resume?: boolean;
}

/** Bit of an error code: the index is into the IDT. */
const IDT_ERROR = 2;
/** Bit of an error code: an event external to the program caused the fault. */
const EXT_ERROR = 1;
/** DR7.GD, which entry into a #DB handler clears. */
const GENERAL_DETECT = 1 << 13;
const MACHINE_CHECK = 18;

const GATES: readonly number[] = [
  SystemType.taskGate,
  SystemType.interruptGate16,
  SystemType.trapGate16,
  SystemType.interruptGate32,
  SystemType.trapGate32,
];
/** Traps, aborts, and #DB, which decides about RF itself: their images keep RF as it is (17.3.1.1). */
const NOT_FAULTS: readonly number[] = [Vector.DB, Vector.BP, Vector.OF, Vector.DF, MACHINE_CHECK];
const CONTRIBUTORY: readonly number[] = [Vector.DE, Vector.TS, Vector.NP, Vector.SS, Vector.GP];
const WITH_SELECTOR_ERROR: readonly number[] = [Vector.TS, Vector.NP, Vector.SS, Vector.GP];

/** INT n as an instruction. */
export function int(cpu: Context, vector: number, nextIp: number): void {
  deliver(cpu, vector, { kind: 'software', nextIp });
}
/** INT3, the one-byte form. */
export function int3(cpu: Context, nextIp: number): void {
  deliver(cpu, Vector.BP, { kind: 'int3', nextIp });
}
/** INTO with OF set. */
export function into(cpu: Context, nextIp: number): void {
  deliver(cpu, Vector.OF, { kind: 'into', nextIp });
}
/** INT1 (F1h, ICEBP): a #DB that no gate's DPL holds back. */
export function int1(cpu: Context, nextIp: number): void {
  deliver(cpu, Vector.DB, { kind: 'exception', nextIp });
}

/** Enters the handler of `vector`, or throws the Fault that prevents it. */
export function deliver(cpu: Context, vector: number, event: Event): void {
  try {
    if (realMode(cpu)) throughRealTable(cpu, vector, event);
    else if (event.kind === 'software' && virtual8086(cpu)) softwareInVirtual8086(cpu, vector, event);
    else throughIdt(cpu, vector, event);
  } catch (fault) {
    throw fault instanceof Fault && !instruction(event) ? asExternal(fault) : fault;
  }
  if (vector === Vector.DB && event.kind === 'exception') cpu.s.dr[7]! &= ~GENERAL_DETECT;
  cpu.entered(vector, sourceOf(event));
}

function sourceOf({ kind }: Event): VectorSource {
  return kind === 'external' || kind === 'exception' ? kind : 'software';
}

/** An instruction that the program itself asked for the handler with. */
const instruction = (event: Event): boolean => event.kind !== 'external' && event.kind !== 'exception';

/** The fault with the EXT bit, if its error code has one (SDM volume 3A, 6.13). */
function asExternal(fault: Fault): Fault {
  if (!WITH_SELECTOR_ERROR.includes(fault.vector)) return fault;
  const error = (fault.error ?? 0) | EXT_ERROR;
  return fault instanceof TaskFault ? new TaskFault(fault.vector, error) : new Fault(fault.vector, error);
}

const idtError = (vector: number): number => vector * 8 + IDT_ERROR;

const returnAddress = (cpu: Context, event: Event): number => event.nextIp ?? cpu.s.eip;

/** EFLAGS as the handler will find it on the stack, RF by SDM volume 3A, 17.3.1.1. */
function flagsImage(cpu: Context, vector: number, event: Event): number {
  const flags = cpu.getFlags();
  if (event.nextIp !== undefined) return flags & ~Flag.RF;
  return resumes(vector, event) ? flags | Flag.RF : flags;
}

function resumes(vector: number, event: Event): boolean {
  const fault = event.kind === 'exception' && event.nextIp === undefined && !NOT_FAULTS.includes(vector);
  return fault || event.resume === true;
}

/** Real mode: far pointers of four bytes, 16-bit frames, no error codes (SDM volume 3A, 20.1.4). */
function throughRealTable(cpu: Context, vector: number, event: Event): void {
  const { s } = cpu;
  if (vector * 4 + 3 > s.idtLimit) throw new Fault(Vector.GP, idtError(vector));
  const entry = cpu.readSystem((s.idtBase + vector * 4) >>> 0, 4);
  enterParagraphHandler(cpu, entry, returnAddress(cpu, event), cpu.getFlags());
  cpu.setFlags(cpu.getFlags() & ~(Flag.IF | Flag.TF | Flag.RF | Flag.AC));
}

/** Pushes FLAGS, CS and IP, and goes to the far pointer `entry`. */
function enterParagraphHandler(cpu: Context, entry: number, nextIp: number, image: number): void {
  const stack = new CurrentStack(cpu);
  stack.push(image, 2);
  stack.push(cpu.s.selector[Seg.cs]!, 2);
  stack.push(nextIp, 2);
  checkOffset(cpu.s.limit[Seg.cs]!, entry & 0xffff);
  stack.commit();
  setParagraph(cpu, Seg.cs, entry >>> 16);
  cpu.s.eip = entry & 0xffff;
}

/** INT n in virtual-8086 mode: the methods of SDM volume 3A, table 20-2. */
function softwareInVirtual8086(cpu: Context, vector: number, event: Event): void {
  if (vme(cpu) && !redirectedToMonitor(cpu, vector)) {
    throughVirtualTable(cpu, vector, event);
    return;
  }
  if (iopl(cpu) < 3) throw generalProtection();
  throughIdt(cpu, vector, event);
}

/** The vector's bit in the software interrupt redirection map, the 32 bytes below the I/O map. */
function redirectedToMonitor(cpu: Context, vector: number): boolean {
  const map = ioMapBase(cpu);
  if (map === undefined) throw generalProtection();
  const at = map - 32 + (vector >>> 3);
  if (at < 0 || at > cpu.s.limit[Seg.tr]!) throw generalProtection();
  return ((cpu.readSystem((cpu.s.base[Seg.tr]! + at) >>> 0, 1) >>> (vector & 7)) & 1) !== 0;
}

/** Methods 5 and 6: the program's own table at linear address 0; with IOPL < 3, VIF stands for IF. */
function throughVirtualTable(cpu: Context, vector: number, event: Event): void {
  const flags = cpu.getFlags() & ~Flag.RF;
  const direct = iopl(cpu) === 3;
  const entry = cpu.readLinear(vector * 4, 4, true);
  enterParagraphHandler(cpu, entry, returnAddress(cpu, event), direct ? flags : virtualImage(flags));
  cpu.setFlags(flags & ~(Flag.TF | (direct ? Flag.IF : Flag.VIF)));
}

function throughIdt(cpu: Context, vector: number, event: Event): void {
  const gate = readGate(cpu, vector, instruction(event));
  if (systemType(gate) !== SystemType.taskGate) {
    throughGate(cpu, gate, vector, event);
    return;
  }
  const resume = resumes(vector, event);
  switchTask(cpu, gateSelector(gate), 'int', returnAddress(cpu, event), event.error, resume);
}

/** Instructions need a gate whose DPL admits them; interrupts and exceptions pass any. */
function readGate(cpu: Context, vector: number, byInstruction: boolean): Descriptor {
  const { s } = cpu;
  if (vector * 8 + 7 > s.idtLimit) throw new Fault(Vector.GP, idtError(vector));
  const address = (s.idtBase + vector * 8) >>> 0;
  const gate = unpack(0, address, cpu.readSystem(address, 4), cpu.readSystem((address + 4) >>> 0, 4));
  const allowed = !byInstruction || dplOf(gate) >= s.cpl;
  if (isSegment(gate) || !GATES.includes(systemType(gate)) || !allowed) {
    throw new Fault(Vector.GP, idtError(vector));
  }
  if (!isPresent(gate)) throw new Fault(Vector.NP, idtError(vector));
  return gate;
}

/** Interrupt and trap gates, at the same or a more privileged level (SDM volume 3A, 6.12.1). */
function throughGate(cpu: Context, gate: Descriptor, vector: number, event: Event): void {
  const { s } = cpu;
  const d = gateTarget(cpu, gate);
  const fromVirtual = virtual8086(cpu);
  const inner = !isConforming(d) && dplOf(d) < s.cpl;
  if (fromVirtual && !(inner && dplOf(d) === 0)) raise(Vector.GP, d.selector);
  const origin = inner ? innerStack(cpu, dplOf(d)) : undefined;
  const frame = origin ? new InnerStack(cpu, origin.segment, origin.pointer) : new CurrentStack(cpu);
  checkOffset(d.limit, gateOffset(gate));
  pushFrame(cpu, frame, gate, inner, flagsImage(cpu, vector, event), event);
  markAccessed(cpu, d);
  cpu.setFlags(cpu.getFlags() & ~clearedFlags(gate));
  setPrivilege(cpu, inner ? dplOf(d) : s.cpl);
  if (origin) setSegment(cpu, Seg.ss, origin.segment.selector, origin.segment);
  if (fromVirtual) for (const seg of [Seg.es, Seg.ds, Seg.fs, Seg.gs]) setNull(cpu, seg, 0);
  frame.commit();
  enterCode(cpu, d, gateOffset(gate));
}

function pushFrame(
  cpu: Context,
  frame: Frame,
  gate: Descriptor,
  inner: boolean,
  flags: number,
  event: Event,
): void {
  const { selector, gpr } = cpu.s;
  const size: Size = isGate32(gate) ? 4 : 2;
  const push = (value: number): void => frame.push(value, size);
  if (virtual8086(cpu)) for (const seg of [Seg.gs, Seg.fs, Seg.ds, Seg.es]) push(selector[seg]!);
  if (inner) {
    push(selector[Seg.ss]!);
    push(gpr[slot(Reg.esp)]!);
  }
  push(flags);
  push(selector[Seg.cs]!);
  push(returnAddress(cpu, event));
  if (event.error !== undefined) push(event.error);
}

function clearedFlags(gate: Descriptor): number {
  const type = systemType(gate);
  const interruptGate = type === SystemType.interruptGate16 || type === SystemType.interruptGate32;
  return Flag.TF | Flag.NT | Flag.RF | Flag.VM | (interruptGate ? Flag.IF : 0);
}

export type Delivery = 'delivered' | 'shutdown';

/**
 * #AC is benign, so handlers with misaligned stacks at CPL 3 could follow each other for ever. A real
 * processor hangs there; this one shuts down. No other chain is as long.
 */
const MAX_ATTEMPTS = 8;

/**
 * Delivers an event, and if that faults, the fault, or #DF in its place; a fault of #DF shuts down.
 * Never throws a Fault. An attempt that fails has changed nothing, or all if it switched tasks.
 */
export function deliverWithEscalation(cpu: Context, vector: number, event: Event): Delivery {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const fault = attempt(cpu, vector, event);
    if (!fault) return 'delivered';
    const next = escalate(vector, event.kind, fault.vector);
    if (next === 'shutdown') return 'shutdown';
    const error = next === Vector.DF ? 0 : fault.error;
    if (fault.vector === Vector.PF) cpu.s.cr2 = fault.address;
    event = { kind: 'exception', error, address: fault.address };
    vector = next;
  }
  return 'shutdown';
}

/** One try: undefined if it succeeded, else the fault. */
function attempt(cpu: Context, vector: number, event: Event): Fault | undefined {
  if (vector === Vector.PF && event.address !== undefined) cpu.s.cr2 = event.address;
  try {
    deliver(cpu, vector, event);
    return undefined;
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

/** What to deliver when `second` arises while `first` is delivered (SDM volume 3A, table 6-5 and #DF). */
export function escalate(first: number, kind: EventKind, second: number): number | 'shutdown' {
  if (kind !== 'exception') return second;
  const contributory = CONTRIBUTORY.includes(second);
  const severe = contributory || second === Vector.PF;
  if (first === Vector.DF) return severe ? 'shutdown' : second;
  if (first === Vector.PF) return severe ? Vector.DF : second;
  return CONTRIBUTORY.includes(first) && contributory ? Vector.DF : second;
}

/**
 * JMP far, CALL far, RET far and IRET in every mode (SDM volume 2, the instructions' operation sections;
 * volume 3A, 5.8 for gates and privilege, 20.2.2 and 20.2.3 for virtual-8086 mode).
 *
 * `nextIp` is the address of the following instruction: what CALL pushes, and where a task left through
 * a task gate, a TSS or IRET resumes. `size` is the operand size, 2 or 4. All set CS and EIP.
 */
import type { Context, Size } from '../context.js';
import { Flag, Reg, Seg, slot, Vector } from '../state.js';
import {
  type Descriptor,
  dplOf,
  gateCount,
  gateOffset,
  gateSelector,
  isCode,
  isConforming,
  isGate32,
  isPresent,
  isSegment,
  markAccessed,
  raise,
  readNonNull,
  rplOf,
  SystemType,
  systemType,
} from './descriptors.js';
import { changeFlags, definedFlags, poppableFlags, popVirtualFlags } from './flags.js';
import { checkOffset, enterCode, gateTarget, innerStack } from './gates.js';
import { generalProtection, iopl, protectedMode, setPrivilege, virtual8086 } from './mode.js';
import { checkedStack, dropInnerData, setParagraph, setSegment, setVirtual8086 } from './segments.js';
import { CurrentStack, InnerStack, operandSize, setStackPointer, truncate } from './stack.js';
import { isTss, returnFromTask, switchTask } from './tasks.js';

const ESP = slot(Reg.esp);

export function jmpFar(cpu: Context, selector: number, offset: number, size: number, nextIp: number): void {
  selector &= 0xffff;
  offset = truncate(offset, size);
  if (!protectedMode(cpu)) {
    enterParagraph(cpu, selector, offset);
    return;
  }
  const d = readNonNull(cpu, selector);
  if (!isSegment(d)) {
    throughSystem(cpu, d, 'jmp', nextIp);
    return;
  }
  checkDirectCode(cpu, d);
  checkOffset(d.limit, offset);
  markAccessed(cpu, d);
  enterCode(cpu, d, offset);
}

export function callFar(cpu: Context, selector: number, offset: number, size: number, nextIp: number): void {
  selector &= 0xffff;
  offset = truncate(offset, size);
  if (!protectedMode(cpu)) {
    const stack = pushReturn(cpu, nextIp, operandSize(size));
    enterParagraph(cpu, selector, offset);
    stack.commit();
    return;
  }
  const d = readNonNull(cpu, selector);
  if (!isSegment(d)) {
    throughSystem(cpu, d, 'call', nextIp);
    return;
  }
  checkDirectCode(cpu, d);
  callSameLevel(cpu, d, offset, operandSize(size), nextIp);
}

/** CS:EIP where a selector is a paragraph number. */
function enterParagraph(cpu: Context, selector: number, offset: number): void {
  checkOffset(cpu.s.limit[Seg.cs]!, offset);
  setParagraph(cpu, Seg.cs, selector);
  cpu.s.eip = offset;
}

function pushReturn(cpu: Context, nextIp: number, size: Size): CurrentStack {
  const stack = new CurrentStack(cpu);
  stack.push(cpu.s.selector[Seg.cs]!, size);
  stack.push(nextIp, size);
  return stack;
}

/** A code segment as direct target of JMP or CALL (SDM volume 3A, 5.8.1). */
function checkDirectCode(cpu: Context, d: Descriptor): void {
  const { cpl } = cpu.s;
  const allowed = isConforming(d) ? dplOf(d) <= cpl : dplOf(d) === cpl && rplOf(d.selector) <= cpl;
  if (!isCode(d) || !allowed) raise(Vector.GP, d.selector);
  if (!isPresent(d)) raise(Vector.NP, d.selector);
}

function callSameLevel(cpu: Context, d: Descriptor, offset: number, size: Size, nextIp: number): void {
  checkOffset(d.limit, offset);
  const stack = pushReturn(cpu, nextIp, size);
  markAccessed(cpu, d);
  stack.commit();
  enterCode(cpu, d, offset);
}

/** JMP or CALL whose selector names a gate or a TSS. */
function throughSystem(cpu: Context, d: Descriptor, reason: 'jmp' | 'call', nextIp: number): void {
  const type = systemType(d);
  const callGate = type === SystemType.callGate16 || type === SystemType.callGate32;
  if (!callGate && type !== SystemType.taskGate && !isTss(d)) raise(Vector.GP, d.selector);
  if (dplOf(d) < Math.max(cpu.s.cpl, rplOf(d.selector))) raise(Vector.GP, d.selector);
  if (isTss(d)) {
    switchTask(cpu, d.selector, reason, nextIp);
    return;
  }
  if (!isPresent(d)) raise(Vector.NP, d.selector);
  if (!callGate) switchTask(cpu, gateSelector(d), reason, nextIp);
  else if (reason === 'jmp') jmpGate(cpu, d);
  else callGateTarget(cpu, d, nextIp);
}

function jmpGate(cpu: Context, gate: Descriptor): void {
  const d = gateTarget(cpu, gate);
  if (!isConforming(d) && dplOf(d) !== cpu.s.cpl) raise(Vector.GP, d.selector);
  checkOffset(d.limit, gateOffset(gate));
  markAccessed(cpu, d);
  enterCode(cpu, d, gateOffset(gate));
}

function callGateTarget(cpu: Context, gate: Descriptor, nextIp: number): void {
  const d = gateTarget(cpu, gate);
  if (!isConforming(d) && dplOf(d) < cpu.s.cpl) {
    callInner(cpu, gate, d, nextIp);
    return;
  }
  callSameLevel(cpu, d, gateOffset(gate), isGate32(gate) ? 4 : 2, nextIp);
}

/** A call to a more privileged level: new stack from the TSS, parameters copied (SDM volume 3A, 5.8.5). */
function callInner(cpu: Context, gate: Descriptor, d: Descriptor, nextIp: number): void {
  const { s } = cpu;
  const size: Size = isGate32(gate) ? 4 : 2;
  const { segment, pointer } = innerStack(cpu, dplOf(d));
  checkOffset(d.limit, gateOffset(gate));
  const outer = new CurrentStack(cpu);
  const inner = new InnerStack(cpu, segment, pointer);
  inner.push(s.selector[Seg.ss]!, size);
  inner.push(s.gpr[ESP]!, size);
  for (let i = gateCount(gate) - 1; i >= 0; i--) inner.push(outer.peek(i * size, size), size);
  inner.push(s.selector[Seg.cs]!, size);
  inner.push(nextIp, size);
  markAccessed(cpu, d);
  setPrivilege(cpu, dplOf(d));
  setSegment(cpu, Seg.ss, segment.selector, segment);
  inner.commit();
  enterCode(cpu, d, gateOffset(gate));
}

/** RET far; `popBytes` is the immediate: parameters to drop, from both stacks on a return outwards. */
export function retFar(cpu: Context, size: number, popBytes: number): void {
  const stack = new CurrentStack(cpu);
  const offset = stack.pop(operandSize(size));
  const selector = stack.pop(operandSize(size)) & 0xffff;
  stack.skip(popBytes);
  if (protectedMode(cpu)) {
    returnTo(cpu, stack, selector, offset, operandSize(size), popBytes);
    return;
  }
  enterParagraph(cpu, selector, offset);
  stack.commit();
}

/** IRET ends the blocking of NMI even if it faults (SDM volume 3A, 6.7.1). */
export function iret(cpu: Context, size: number, nextIp: number): void {
  cpu.s.nmiBlocked = 0;
  if (!protectedMode(cpu)) {
    iretParagraph(cpu, operandSize(size));
    return;
  }
  if (cpu.s.eflags & Flag.NT) {
    returnFromTask(cpu, nextIp);
    return;
  }
  const stack = new CurrentStack(cpu);
  const offset = stack.pop(operandSize(size));
  const selector = stack.pop(operandSize(size)) & 0xffff;
  const flags = stack.pop(operandSize(size));
  if (size === 4 && flags & Flag.VM && cpu.s.cpl === 0)
    iretToVirtual8086(cpu, stack, selector, offset, flags);
  else returnTo(cpu, stack, selector, offset, operandSize(size), 0, flags);
}

/** IRET in real mode, and in virtual-8086 mode as far as IOPL or CR4.VME allow it. */
function iretParagraph(cpu: Context, size: Size): void {
  const virtualFlags = virtual8086(cpu) && iopl(cpu) < 3;
  if (virtualFlags && size === 4) throw generalProtection();
  const stack = new CurrentStack(cpu);
  const offset = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const flags = stack.pop(size);
  checkOffset(cpu.s.limit[Seg.cs]!, offset);
  if (virtualFlags) popVirtualFlags(cpu, flags);
  else changeFlags(cpu, flags, iretFlags(cpu, size) & ~(Flag.VIF | Flag.VIP));
  enterParagraph(cpu, selector, offset);
  stack.commit();
}

/** Bits IRET changes: POPF's, and with 32 bits RF, and for the most privileged VIF and VIP. */
function iretFlags(cpu: Context, size: Size): number {
  const bits = poppableFlags(cpu, size);
  if (size === 2) return bits;
  return cpu.s.cpl === 0 ? bits | Flag.RF | Flag.VIF | Flag.VIP : bits | Flag.RF;
}

/** The protected-mode return of RET and IRET, CS:EIP (and EFLAGS, if IRET) being popped already. */
function returnTo(
  cpu: Context,
  stack: CurrentStack,
  selector: number,
  offset: number,
  size: Size,
  popBytes: number,
  flags?: number,
): void {
  const d = returnTarget(cpu, selector);
  if (rplOf(selector) > cpu.s.cpl) {
    returnOutwards(cpu, stack, d, offset, size, popBytes, flags);
    return;
  }
  checkOffset(d.limit, offset);
  markAccessed(cpu, d);
  if (flags !== undefined) changeFlags(cpu, flags, iretFlags(cpu, size));
  stack.commit();
  enterCode(cpu, d, offset);
}

function returnTarget(cpu: Context, selector: number): Descriptor {
  const d = readNonNull(cpu, selector);
  const rpl = rplOf(selector);
  const allowed = isConforming(d) ? dplOf(d) <= rpl : dplOf(d) === rpl;
  if (rpl < cpu.s.cpl || !isCode(d) || !allowed) raise(Vector.GP, selector);
  if (!isPresent(d)) raise(Vector.NP, selector);
  return d;
}

function returnOutwards(
  cpu: Context,
  stack: CurrentStack,
  d: Descriptor,
  offset: number,
  size: Size,
  popBytes: number,
  flags?: number,
): void {
  const cpl = rplOf(d.selector);
  const pointer = stack.pop(size);
  const segment = checkedStack(cpu, stack.pop(size) & 0xffff, cpl, Vector.GP);
  checkOffset(d.limit, offset);
  markAccessed(cpu, d);
  markAccessed(cpu, segment);
  if (flags !== undefined) changeFlags(cpu, flags, iretFlags(cpu, size));
  setPrivilege(cpu, cpl);
  setSegment(cpu, Seg.ss, segment.selector, segment);
  setStackPointer(cpu, pointer + popBytes);
  enterCode(cpu, d, offset);
  dropInnerData(cpu);
}

function iretToVirtual8086(
  cpu: Context,
  stack: CurrentStack,
  selector: number,
  offset: number,
  flags: number,
): void {
  const pointer = stack.pop(4);
  const segments = [Seg.ss, Seg.es, Seg.ds, Seg.fs, Seg.gs].map(
    (seg) => [seg, stack.pop(4) & 0xffff] as const,
  );
  if (offset > 0xffff) throw generalProtection();
  changeFlags(cpu, flags, definedFlags(cpu.family));
  setPrivilege(cpu, 3);
  for (const [seg, value] of segments) setVirtual8086(cpu, seg, value);
  setVirtual8086(cpu, Seg.cs, selector);
  cpu.s.gpr[ESP] = pointer;
  cpu.s.eip = offset;
}

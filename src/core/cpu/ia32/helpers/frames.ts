/**
 * Instructions that move many values over the stack: ENTER, PUSHA and POPA (SDM volume 2). `size` is the
 * operand size, 2 or 4; the stack's own width is that of SS.
 */
import type { Context } from '../context.js';
import { Reg, Seg, slot } from '../state.js';
import { CurrentStack, operandSize, stackMask } from './stack.js';

/** Writes a register, or with 16 bits its lower half. */
function setRegister(cpu: Context, n: number, value: number, size: number): void {
  const { gpr } = cpu.s;
  gpr[slot(n)] = size === 2 ? (gpr[slot(n)]! & 0xffff0000) | (value & 0xffff) : value;
}

/**
 * ENTER: a frame of `bytes` with the frame pointers of `level` (0..31) enclosing procedures. As the manual
 * says of #PF and #SS, it fails if the final top of stack cannot be written.
 */
export function enter(cpu: Context, bytes: number, level: number, size: number): void {
  const { gpr } = cpu.s;
  const width = operandSize(size);
  const stack = new CurrentStack(cpu);
  stack.push(gpr[slot(Reg.ebp)]!, width);
  const frame = stack.pointer;
  if ((level & 31) > 0) copyDisplay(cpu, stack, frame, level & 31, size);
  stack.skip(-bytes);
  stack.touch();
  stack.commit();
  setRegister(cpu, Reg.ebp, frame, size);
}

/** The enclosing frame pointers, then the new frame's own. */
function copyDisplay(cpu: Context, stack: CurrentStack, frame: number, level: number, size: number): void {
  const width = operandSize(size);
  const mask = stackMask(cpu.s.access[Seg.ss]!);
  const outer = cpu.s.gpr[slot(Reg.ebp)]!;
  for (let i = 1; i < level; i++) {
    stack.push(cpu.read(Seg.ss, ((outer - i * width) & mask) >>> 0, width), width);
  }
  stack.push(frame, width);
}

/** EAX, ECX, EDX, EBX, ESP as it was, EBP, ESI, EDI. */
export function pusha(cpu: Context, size: number): void {
  const width = operandSize(size);
  const stack = new CurrentStack(cpu);
  for (let n = 0; n < 8; n++) stack.push(cpu.s.gpr[slot(n)]!, width);
  stack.commit();
}

/** The reverse of PUSHA; the stack's ESP is skipped. */
export function popa(cpu: Context, size: number): void {
  const width = operandSize(size);
  const stack = new CurrentStack(cpu);
  const values = Array.from({ length: 8 }, () => stack.pop(width));
  values.forEach((value, i) => {
    const n = 7 - i;
    if (n !== Reg.esp) setRegister(cpu, n, value, width);
  });
  stack.commit();
}

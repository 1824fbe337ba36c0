/**
 * Pushing and popping by helpers: a cursor that moves over a stack and leaves ESP alone until `commit`,
 * so that a fault in the middle of a frame changes no register. What a broken-off frame has written lies
 * beyond the top of the stack, where programs keep nothing.
 *
 * The stack's address size is the B bit of SS (SDM volume 3A, 6.14.2 and volume 1, 6.2.3); with 16 bits
 * offsets wrap and the upper half of ESP is kept.
 */
import type { Context, Size } from '../context.js';
import { Fault, Reg, Seg, slot, Vector } from '../state.js';
import { Access, type Descriptor } from './descriptors.js';

const ESP = slot(Reg.esp);

/** Bits of ESP that address the stack of a segment with these attributes. */
export const stackMask = (access: number): number => (access & Access.big ? 0xffffffff : 0xffff);

/** Replaces the bits of ESP that the current SS uses. */
export function setStackPointer(cpu: Context, value: number): void {
  const mask = stackMask(cpu.s.access[Seg.ss]!);
  cpu.s.gpr[ESP] = (cpu.s.gpr[ESP]! & ~mask) | (value & mask);
}

/** An operand size that came as a plain number. */
export const operandSize = (size: number): Size => (size === 4 ? 4 : 2);

/** The part of a value or an instruction pointer that an operand of `size` holds. */
export const truncate = (value: number, size: number): number => (size === 2 ? value & 0xffff : value >>> 0);

/** What a frame is pushed on. */
export interface Frame {
  push(value: number, size: Size): void;
  /** Sets ESP (SS must be in place) to where the frame ends. */
  commit(): void;
}

/** The current stack, through SS with all its checks. */
export class CurrentStack implements Frame {
  readonly #cpu: Context;
  readonly #mask: number;
  #pointer: number;

  constructor(cpu: Context) {
    this.#cpu = cpu;
    this.#mask = stackMask(cpu.s.access[Seg.ss]!);
    this.#pointer = (cpu.s.gpr[ESP]! & this.#mask) >>> 0;
  }

  push(value: number, size: Size): void {
    this.skip(-size);
    this.#cpu.write(Seg.ss, this.#pointer, truncate(value, size), size);
  }

  pop(size: Size): number {
    const value = this.peek(0, size);
    this.skip(size);
    return value;
  }

  /** The value `distance` bytes above the cursor. */
  peek(distance: number, size: Size): number {
    return this.#cpu.read(Seg.ss, ((this.#pointer + distance) & this.#mask) >>> 0, size);
  }

  /** Where the cursor stands: ESP as `commit` would leave it. */
  get pointer(): number {
    const esp = this.#cpu.s.gpr[ESP]!;
    return ((esp & ~this.#mask) | this.#pointer) >>> 0;
  }

  /** Faults as a write of a byte at the cursor would. */
  touch(): void {
    this.#cpu.probeWrite(Seg.ss, this.#pointer, 1);
  }

  skip(bytes: number): void {
    this.#pointer = ((this.#pointer + bytes) & this.#mask) >>> 0;
  }

  commit(): void {
    setStackPointer(this.#cpu, this.#pointer);
  }
}

/** A more privileged stack that is not in SS yet: #SS names its selector, and CPL is below 3. */
export class InnerStack implements Frame {
  readonly #cpu: Context;
  readonly #segment: Descriptor;
  readonly #mask: number;
  #pointer: number;

  constructor(cpu: Context, segment: Descriptor, pointer: number) {
    this.#cpu = cpu;
    this.#segment = segment;
    this.#mask = stackMask(segment.access);
    this.#pointer = (pointer & this.#mask) >>> 0;
  }

  push(value: number, size: Size): void {
    this.#pointer = ((this.#pointer - size) & this.#mask) >>> 0;
    const { base, selector } = this.#segment;
    if (!inLimits(this.#segment, this.#pointer, size)) throw new Fault(Vector.SS, selector & 0xfffc);
    this.#cpu.writeLinear((base + this.#pointer) >>> 0, truncate(value, size), size, false);
  }

  commit(): void {
    setStackPointer(this.#cpu, this.#pointer);
  }
}

/** Whether `size` bytes at `offset` lie in a data segment (SDM volume 3A, 5.3: expand-down inverts). */
export function inLimits(d: Descriptor, offset: number, size: number): boolean {
  const last = offset + size - 1;
  if (!(d.access & Access.expandDown)) return last <= d.limit;
  return offset > d.limit && last <= stackMask(d.access);
}

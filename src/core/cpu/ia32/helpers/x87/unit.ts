/**
 * The unit's registers, stack and status word (SDM volume 1, 8.1), seen through views of the core's state
 * that are cheap to use. All that lasts is in the state; `flags` and `up` live for one instruction.
 */
import { Cr0, IA32, type Ia32State } from '../../state.js';
import {
  BEFORE_OPERATION,
  BEFORE_STORE,
  CONTROL_INIT,
  EXCEPTIONS,
  Exception,
  Status,
  TOP_SHIFT,
} from './bits.js';
import { type Extended, INDEFINITE, type Operand, unpack } from './format.js';
import type { Numerics } from './round.js';

export class Unit implements Numerics {
  readonly state: Ia32State;
  /** Two words a register, low first. */
  private readonly significands: Uint32Array;
  private readonly exponents: Uint16Array;
  /** fpControl, fpStatus, fpTags and fpOpcode. */
  private readonly words: Uint16Array;
  /** fpIp, fpCs, fpDp and fpDs. */
  private readonly pointers: Uint32Array;
  private readonly cr0View: Uint32Array;
  private readonly fpError: Uint32Array;
  /** Exceptions of the current instruction, not yet in the status word. */
  flags = 0;
  /** C1 of the current instruction. */
  up = false;

  constructor(state: Ia32State) {
    this.state = state;
    const { buffer, byteOffset } = state.bytes;
    this.significands = new Uint32Array(buffer, byteOffset + IA32.at.fpSignificand, 16);
    this.exponents = state.fpExponent;
    this.words = new Uint16Array(buffer, byteOffset + IA32.at.fpControl, 4);
    this.pointers = new Uint32Array(buffer, byteOffset + IA32.at.fpIp, 4);
    this.cr0View = new Uint32Array(buffer, byteOffset + IA32.at.cr0, 1);
    this.fpError = new Uint32Array(buffer, byteOffset + IA32.at.fpError, 1);
  }

  get cr0(): number {
    return this.cr0View[0]!;
  }

  get control(): number {
    return this.words[0]!;
  }
  set control(value: number) {
    this.words[0] = value;
  }
  get status(): number {
    return this.words[1]!;
  }
  set status(value: number) {
    this.words[1] = value;
  }
  /** Bit n is set if R n is not empty. */
  get tags(): number {
    return this.words[2]!;
  }
  set tags(value: number) {
    this.words[2] = value;
  }

  get top(): number {
    return (this.words[1]! >> TOP_SHIFT) & 7;
  }
  set top(value: number) {
    this.words[1] = (this.words[1]! & ~Status.top) | ((value & 7) << TOP_SHIFT);
  }

  /** The physical register of ST(i). */
  physical(i: number): number {
    return (this.top + i) & 7;
  }

  isEmpty(i: number): boolean {
    return ((this.words[2]! >> this.physical(i)) & 1) === 0;
  }

  operand(i: number): Operand {
    const r = this.physical(i);
    return unpack(this.exponents[r]!, this.significands[2 * r + 1]!, this.significands[2 * r]!);
  }

  /** ST(i) as it is, be it empty or not. */
  raw(i: number): Extended {
    const r = this.physical(i);
    return { se: this.exponents[r]!, hi: this.significands[2 * r + 1]!, lo: this.significands[2 * r]! };
  }

  /** Writes ST(i) and its tag. */
  set(i: number, x: Extended): void {
    const r = this.physical(i);
    this.words[2] = this.words[2]! | (1 << r);
    this.exponents[r] = x.se;
    this.significands[2 * r + 1] = x.hi;
    this.significands[2 * r] = x.lo;
  }

  free(i: number): void {
    this.words[2] = this.words[2]! & ~(1 << this.physical(i));
  }

  pop(): void {
    this.free(0);
    this.top = this.top + 1;
  }

  push(x: Extended): void {
    this.top = this.top - 1;
    this.set(0, x);
  }

  /** Starts an instruction: no exceptions yet. */
  begin(): void {
    this.flags = 0;
    this.up = false;
  }

  /** Some of `exceptions` happened and are not masked. */
  private unmasked(exceptions: number): boolean {
    return (this.flags & exceptions & ~this.words[0]!) !== 0;
  }

  /** Whether an exception forbids the store to memory, which then says nothing of a rounding. */
  blocksStore(): boolean {
    const blocked = this.unmasked(BEFORE_STORE);
    if (blocked) {
      this.flags &= ~Exception.precision;
      this.up = false;
    }
    return blocked;
  }

  /** Commits exceptions and C1 to the status word; false if the result must not be written. */
  settle(): boolean {
    const suppressed = this.unmasked(BEFORE_OPERATION);
    if (suppressed) this.suppress();
    this.words[1] = (this.words[1]! & ~Status.c1) | this.flags | (this.up ? Status.c1 : 0);
    if (this.flags !== 0) this.summarize();
    return !suppressed;
  }

  /** The operation does not take place: it reports nothing that only its result would have shown. */
  private suppress(): void {
    this.flags &= BEFORE_OPERATION | Exception.stackFault;
    if ((this.flags & Exception.stackFault) === 0) this.up = false;
  }

  /** `settle` for a value to put in ST(i). */
  finish(i: number, x: Extended): boolean {
    const written = this.settle();
    if (written) this.set(i, x);
    return written;
  }

  /** Meets an empty register, or a full stack; not yet in the status word. */
  meetStackFault(overflow: boolean): void {
    this.flags = Exception.invalid | Exception.stackFault;
    this.up = overflow;
  }

  /** Reports a register that was empty (C1 = 0) or, with `overflow`, was not (C1 = 1); false if unmasked. */
  stackFault(overflow: boolean): boolean {
    this.meetStackFault(overflow);
    return this.settle();
  }

  /** Pushes what an instruction loads, unless the stack is full. */
  load(x: Extended): void {
    if (this.isEmpty(7)) {
      if (this.settle()) this.push(x);
    } else if (this.stackFault(true)) this.push(INDEFINITE);
  }

  /** Replaces C3, C2 and C0. */
  setCondition(code: number): void {
    this.words[1] = (this.words[1]! & ~(Status.c0 | Status.c2 | Status.c3)) | code;
  }

  /** Notes the address and opcode of an instruction that is not a control instruction. */
  noteInstruction(ip: number, cs: number, opcode: number): void {
    this.words[3] = opcode & 0x7ff;
    this.pointers[0] = ip;
    this.pointers[1] = cs;
  }

  /** Notes the address of a memory operand. */
  noteOperand(offset: number, selector: number): void {
    this.pointers[2] = offset;
    this.pointers[3] = selector;
  }

  /** Brings ES and B, and FERR#, in line with the exceptions and their masks. */
  summarize(): void {
    const pending = (this.words[1]! & ~this.words[0]! & EXCEPTIONS) !== 0;
    const both = Status.summary | Status.busy;
    this.words[1] = pending ? this.words[1]! | both : this.words[1]! & ~both;
    this.raiseError(pending && (this.cr0 & Cr0.NE) === 0);
  }

  /** Sets the level of FERR#. */
  raiseError(level: boolean): void {
    this.fpError[0] = level ? 1 : 0;
  }

  /** FNINIT (SDM volume 2); the registers keep their contents. */
  initialize(): void {
    this.control = CONTROL_INIT;
    this.status = 0;
    this.tags = 0;
    this.noteInstruction(0, 0, 0);
    this.noteOperand(0, 0);
    this.raiseError(false);
  }
}

/** Views by state, and the one used last: nothing in them that the state does not have. */
const units = new WeakMap<Ia32State, Unit>();
let latest: Unit | undefined;

export function unitOf(state: Ia32State): Unit {
  if (latest?.state === state) return latest;
  latest = units.get(state) ?? new Unit(state);
  units.set(state, latest);
  return latest;
}

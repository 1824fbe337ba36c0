/**
 * What the plain TypeScript parts of the core (`helpers/`: segment loads, far transfers, interrupts,
 * task switches, x87, ...) see of the CPU that runs them, whichever engine calls.
 *
 * Contract of a helper: it throws a `Fault` before it has changed anything that the caller does not roll
 * back. On a Fault the caller restores the eight general registers and EFLAGS to their values before the
 * instruction; segment registers, memory and control registers are the helper's own care.
 */
import type { VectorSource } from '../../cpu.js';
import type { Ia32State } from './state.js';

export type Size = 1 | 2 | 4;

export interface Context {
  readonly s: Ia32State;
  /** CPU family as in `Model`: 3, 4, 5 or 6. */
  readonly family: number;
  /** Exact clock at the start of the current instruction. */
  readonly clock: number;

  /** Data access through segment `seg` with all checks, at the current privilege. Returns unsigned. */
  read(seg: number, offset: number, size: Size): number;
  write(seg: number, offset: number, value: number, size: Size): void;
  /** Throws what a `write` would throw, and changes nothing but accessed and dirty bits. */
  probeWrite(seg: number, offset: number, size: Size): void;
  /** Access at a linear address as a supervisor (descriptor tables, TSS), whatever CPL is. */
  readSystem(linear: number, size: Size): number;
  writeSystem(linear: number, value: number, size: Size): void;
  /** Throws #PF if a supervisor write of `length` bytes at `linear` would; sets A and D as it would. */
  probeSystemWrite(linear: number, length: number): void;
  /** As `read` and `write` at a linear address with privilege `user` (true: CPL 3), no segment checks: stacks of another privilege level. */
  readLinear(linear: number, size: Size, user: boolean): number;
  writeLinear(linear: number, value: number, size: Size, user: boolean): void;

  /** All of EFLAGS, arithmetic bits included, bit 1 set. */
  getFlags(): number;
  setFlags(value: number): void;

  /** Call after changing selector/base/limit/access of a segment register: refreshes what is derived. */
  segmentChanged(seg: number): void;
  /** Call after changing CR0, CR3, CR4, CPL or A20. Flushes the TLB if `flush`. */
  modeChanged(flush: boolean): void;
  /** Tells that the handler of a vector has been entered. */
  entered(vector: number, source: VectorSource): void;
  invalidatePage(linear: number): void;

  portIn(port: number, size: Size): number;
  portOut(port: number, value: number, size: Size): void;
}

/** A helper as rows name it: plain numbers in (32-bit unsigned), at most one number out. */
export type Helper = (cpu: Context, ...args: number[]) => unknown;

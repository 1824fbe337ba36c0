/**
 * Segment descriptors and gates in the GDT and LDT (SDM volume 3A, 3.4.2 to 3.5.1, and 5.8.3 for
 * gates), unpacked the way the state's descriptor arrays hold them.
 *
 * Left out: 16-byte descriptors of long mode.
 */
import type { Context } from '../context.js';
import { Fault, Seg, Vector } from '../state.js';

/** Bits of `access`, as in `Ia32State.access` (descriptor bits 40..55). */
export const Access = {
  accessed: 1 << 0,
  /** Data: writable. Code: readable. */
  writable: 1 << 1,
  readable: 1 << 1,
  /** Data: grows down. */
  expandDown: 1 << 2,
  /** Code: conforming. */
  conforming: 1 << 2,
  code: 1 << 3,
  /** S: code or data, not a system segment or gate. */
  segment: 1 << 4,
  present: 1 << 7,
  /** D/B: 32-bit code or stack. */
  big: 1 << 14,
  granular: 1 << 15,
} as const;

/** Types of system descriptors, bits 0..3 of `access` with S clear (SDM volume 3A, table 3-2). */
export const SystemType = {
  tss16: 1,
  ldt: 2,
  tss16Busy: 3,
  callGate16: 4,
  taskGate: 5,
  interruptGate16: 6,
  trapGate16: 7,
  tss32: 9,
  tss32Busy: 11,
  callGate32: 12,
  interruptGate32: 14,
  trapGate32: 15,
} as const;

export interface Descriptor {
  /** As the program gave it, RPL included. */
  readonly selector: number;
  /** Linear address of the descriptor's eight bytes. */
  readonly address: number;
  /** Its two doublewords: for gates, whose fields lie elsewhere. */
  readonly low: number;
  readonly high: number;
  readonly base: number;
  /** In bytes, granularity applied. */
  readonly limit: number;
  readonly access: number;
}

/** A selector without its RPL: null, or the index and table that error codes name. */
const indexOf = (selector: number): number => selector & 0xfffc;
export const rplOf = (selector: number): number => selector & 3;
export const isNull = (selector: number): boolean => indexOf(selector) === 0;
export const inLdt = (selector: number): boolean => (selector & 4) !== 0;

export const isPresent = (d: Descriptor): boolean => (d.access & Access.present) !== 0;
export const isSegment = (d: Descriptor): boolean => (d.access & Access.segment) !== 0;
export const dplOf = (d: Descriptor): number => (d.access >>> 5) & 3;
/** Only meaningful where `isSegment` is false. */
export const systemType = (d: Descriptor): number => d.access & 0xf;

export const isCode = (d: Descriptor): boolean => isSegment(d) && (d.access & Access.code) !== 0;
export const isConforming = (d: Descriptor): boolean => isCode(d) && (d.access & Access.conforming) !== 0;
const isData = (d: Descriptor): boolean => isSegment(d) && (d.access & Access.code) === 0;
export const isWritable = (d: Descriptor): boolean => isData(d) && (d.access & Access.writable) !== 0;
export const isReadable = (d: Descriptor): boolean =>
  isData(d) || (isCode(d) && (d.access & Access.readable) !== 0);

/** Reads the two doublewords of a descriptor or gate as a `Descriptor`. */
export function unpack(selector: number, address: number, low: number, high: number): Descriptor {
  const base = ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;
  const pages = (high >>> 8) & Access.granular;
  const raw = (low & 0xffff) | (high & 0xf0000);
  const limit = pages ? ((raw << 12) | 0xfff) >>> 0 : raw;
  return { selector, address, low, high, base, limit, access: (high >>> 8) & 0xf0ff };
}

/** A gate's destination (SDM volume 3A, figures 5-8 and 6-2). */
export const gateSelector = (d: Descriptor): number => d.low >>> 16;
export function gateOffset(d: Descriptor): number {
  const offset = d.low & 0xffff;
  return isGate32(d) ? (offset | (d.high & 0xffff0000)) >>> 0 : offset;
}
/** Bit 3 of a call, interrupt or trap gate's type says it is a 386 gate. */
export const isGate32 = (d: Descriptor): boolean => (d.access & 8) !== 0;
/** Parameters a call gate copies: words or doublewords. */
export const gateCount = (d: Descriptor): number => d.high & 0x1f;

/** The descriptor `selector` names, or undefined if it lies outside its table. The selector is not null. */
export function findDescriptor(cpu: Context, selector: number): Descriptor | undefined {
  const { s } = cpu;
  const offset = selector & 0xfff8;
  const local = inLdt(selector);
  if (local && !(s.access[Seg.ldtr]! & Access.present)) return undefined;
  if (offset + 7 > (local ? s.limit[Seg.ldtr]! : s.gdtLimit)) return undefined;
  const address = ((local ? s.base[Seg.ldtr]! : s.gdtBase) + offset) >>> 0;
  return unpack(selector, address, cpu.readSystem(address, 4), cpu.readSystem((address + 4) >>> 0, 4));
}

/** As `findDescriptor`; outside its table it raises `vector` with the selector as error code. */
export function readDescriptor(cpu: Context, selector: number, vector: number = Vector.GP): Descriptor {
  return findDescriptor(cpu, selector) ?? raise(vector, selector);
}

/** As `readDescriptor`, and a null selector raises `vector` with error code 0. */
export function readNonNull(cpu: Context, selector: number, vector: number = Vector.GP): Descriptor {
  return isNull(selector) ? raise(vector, 0) : readDescriptor(cpu, selector, vector);
}

/** Raises `vector` with a selector as error code (SDM volume 3A, 6.13); EXT is added on delivery. */
export function raise(vector: number, selector: number): never {
  throw new Fault(vector, indexOf(selector));
}

/** Sets the accessed bit in memory, with a write only if it is clear (SDM volume 3A, 3.4.5.1). */
export function markAccessed(cpu: Context, d: Descriptor): void {
  if (!(d.access & Access.accessed)) writeType(cpu, d, d.access | Access.accessed);
}

/** Address of the byte that holds type, S, DPL and P. */
export const typeAddress = (descriptorAddress: number): number => (descriptorAddress + 5) >>> 0;

/** Writes the byte of type, S, DPL and P. */
export function writeType(cpu: Context, d: Descriptor, access: number): void {
  cpu.writeSystem(typeAddress(d.address), access & 0xff, 1);
}

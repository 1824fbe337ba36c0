/**
 * A core reduced to what the x87 unit sees of one: a state and 4 KiB of memory without paging.
 */
import type { Context, Size } from '../../../../../src/core/cpu/ia32/context.js';
import type { Extended } from '../../../../../src/core/cpu/ia32/helpers/x87/format.js';
import { fpuMemory, fpuRegister } from '../../../../../src/core/cpu/ia32/helpers/x87/index.js';
import { type Unit, unitOf } from '../../../../../src/core/cpu/ia32/helpers/x87/unit.js';
import { Cr0, Fault, IA32, Seg, Vector } from '../../../../../src/core/cpu/ia32/state.js';

export const MEMORY_BYTES = 4096;

/** What the unit uses of a context. */
type Used = Pick<Context, 's' | 'family' | 'clock' | 'read' | 'write' | 'getFlags' | 'setFlags'>;

export class Bench implements Used {
  readonly s = IA32.create();
  readonly family: number;
  readonly clock = 0;
  readonly memory = new DataView(new ArrayBuffer(MEMORY_BYTES));
  /** Writes at and above this offset fault. */
  writeLimit = MEMORY_BYTES;
  readLimit = MEMORY_BYTES;
  flags = 2;

  constructor(family = 6) {
    this.family = family;
    this.s.cr0 = Cr0.NE | Cr0.PE;
    this.unit.initialize();
  }

  get unit(): Unit {
    return unitOf(this.s);
  }

  read(_seg: number, offset: number, size: Size): number {
    if (offset + size > this.readLimit) throw new Fault(Vector.PF, 0, offset);
    if (size === 1) return this.memory.getUint8(offset);
    return size === 2 ? this.memory.getUint16(offset, true) : this.memory.getUint32(offset, true);
  }
  write(_seg: number, offset: number, value: number, size: Size): void {
    if (offset + size > this.writeLimit) throw new Fault(Vector.PF, 2, offset);
    if (size === 1) this.memory.setUint8(offset, value);
    else if (size === 2) this.memory.setUint16(offset, value, true);
    else this.memory.setUint32(offset, value, true);
  }
  getFlags(): number {
    return this.flags;
  }
  setFlags(value: number): void {
    this.flags = value;
  }

  /** As the unit takes it, which uses nothing but what is here. */
  get context(): Context {
    return this as unknown as Context;
  }

  /** Executes a register form, given as its two bytes: 0xd9c0. */
  run(code: number): void {
    fpuRegister(this.context, code >> 8, code & 0xff, 0x1234);
  }

  /** Executes a memory form at `offset`. */
  runMemory(opcode: number, reg: number, offset = 0, operandSize = 4): void {
    fpuMemory(this.context, opcode, reg, Seg.ds, offset, operandSize, 0x1234);
  }

  /** Fills the stack so that ST(0) is the first value. */
  load(...values: Extended[]): void {
    for (const x of [...values].reverse()) this.unit.push(x);
  }

  /** ST(i) as the tests write registers. */
  st(i: number): string {
    return show(this.unit.raw(i));
  }

  control(word: number): void {
    this.unit.control = word;
  }
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** Sign with exponent, and significand, in hexadecimal: 1 is `3fff 8000000000000000`. */
export const show = (x: Extended): string => `${hex(x.se, 4)} ${hex(x.hi, 8)}${hex(x.lo, 8)}`;

/** The reverse of `show`. */
export function parse(text: string): Extended {
  const [se, significand] = text.split(' ') as [string, string];
  return {
    se: Number.parseInt(se, 16),
    hi: Number.parseInt(significand.slice(0, 8), 16),
    lo: Number.parseInt(significand.slice(8), 16),
  };
}

/** A JavaScript number as a register holds it, by the double's fields. */
export function fromNumber(value: number): Extended {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sign = Number(bits >> 63n) << 15;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  if (exponent === 0 && fraction === 0n) return { se: sign, hi: 0, lo: 0 };
  if (exponent === 0) throw new Error('no denormals');
  const significand = (1n << 63n) | (fraction << 11n);
  const biased = exponent === 0x7ff ? 0x7fff : exponent - 1023 + 16383;
  return { se: sign | biased, hi: Number(significand >> 32n), lo: Number(significand & 0xffffffffn) };
}

/**
 * Random x87 instructions on random register images, for the host's own unit and for ours.
 */
import { spawnSync } from 'node:child_process';
import { Fault } from '../../../../../src/core/cpu/ia32/state.js';
import { Bench } from './bench.js';

/** Layout of a record, as in test/support/x87-host.cc. */
const RECORD = 4 + 4 + 160 + 128;
const FLAGS = 4;
const IMAGE = 8;
const MEMORY = 168;
const REGISTERS = IMAGE + 32;

/** A small generator of random numbers (xorshift32), so that a failure repeats. */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed | 1;
  }
  word(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

const HALVES = [0, 1, 0x80000000, 0xffffffff, 0x7fffffff, 0xfffffffe, 0x80000001, 0xc0000000] as const;
/** Low words around the places where 53 bits are rounded, and high words where 24 are. */
const LOWS = [0x400, 0x3ff, 0x401, 0x7ff, 0x800, 0xc00, 0xfffff800, 0xfffffc00, 0xfffffbff] as const;
const HIGHS = [0x80000080, 0x8000007f, 0x800000ff, 0xffffff80, 0xffffff00, 0xffffff7f, 0xb504f333] as const;
const EXPONENTS = [0, 1, 2, 40, 64, 0x3fff, 0x3ffe, 0x7ffd, 0x7ffe, 0x7fff] as const;
/** Around 1, and around the ends of the ranges of singles, doubles and integers. */
const CENTRES = [
  0x3fff,
  0x3fff + 15,
  0x3fff + 31,
  0x3fff + 60,
  0x3fff + 127,
  0x3fff - 127,
  0x3fff + 1023,
  0x3fff - 1023,
  0x3fff - 150,
];

function exponent(r: Random): number {
  const choice = r.below(8);
  if (choice < 1) return r.pick(EXPONENTS);
  if (choice < 2) return r.below(0x8000);
  if (choice < 5) return 0x3fff + r.below(130) - 65;
  return r.pick(CENTRES) + r.below(9) - 4;
}

function extended(r: Random): { se: number; hi: number; lo: number } {
  const e = exponent(r);
  const lo = r.pick([() => r.word(), () => r.pick(HALVES), () => r.pick(LOWS), () => 0])();
  const hi = r.pick([() => r.word(), () => r.word(), () => r.pick(HALVES), () => r.pick(HIGHS)])();
  const integer = r.below(16) !== 0 ? (e === 0 ? hi & 0x7fffffff : hi | 0x80000000) : hi;
  return { se: e | (r.below(2) << 15), hi: integer >>> 0, lo };
}

/** An instruction of one form: two bytes of a register form, or opcode and reg field of a memory form. */
export interface Form {
  readonly opcode: number;
  readonly modrm: number;
  readonly memory: boolean;
}

export const registerForm = (code: number): Form => ({
  opcode: code >> 8,
  modrm: code & 0xff,
  memory: false,
});
/** A memory form addresses [rsi]: mod 0, r/m 6. */
export const memoryForm = (opcode: number, reg: number): Form => ({
  opcode,
  modrm: (reg << 3) | 6,
  memory: true,
});

/** A random record with `masks` as the control word's exception masks. */
export function makeRecord(r: Random, form: Form, masks: number): Uint8Array {
  const bytes = new Uint8Array(RECORD);
  const view = new DataView(bytes.buffer);
  bytes.set([2, form.opcode, form.modrm]);
  view.setUint32(FLAGS, 2 | (r.word() & 0x8d5), true);
  view.setUint16(IMAGE, 0x40 | masks | (r.pick([0, 2, 3, 3]) << 8) | (r.below(4) << 10), true);
  const flagged = r.word() & masks & (r.below(2) ? 0 : 0x3f);
  view.setUint16(IMAGE + 2, (r.word() & 0x7f00) | flagged, true);
  bytes[IMAGE + 4] = tags(r, (bytes[IMAGE + 3]! >> 3) & 7);
  view.setUint32(IMAGE + 24, 0x1f80, true);
  let last = extended(r);
  for (let i = 0; i < 8; i++) {
    const x = extended(r);
    // Neighbours are often related: equal, close, or of close exponents.
    const relation = r.below(6);
    const se = relation < 2 ? (last.se ^ (r.below(2) << 15)) + (relation === 1 ? r.below(5) - 2 : 0) : x.se;
    const near = relation === 0 && r.below(2) === 0;
    const y = {
      se: se & 0xffff,
      hi: near ? last.hi : x.hi,
      lo: near ? (last.lo + r.below(3) - 1) >>> 0 : x.lo,
    };
    view.setUint32(REGISTERS + 16 * i, y.lo, true);
    view.setUint32(REGISTERS + 16 * i + 4, y.hi, true);
    view.setUint16(REGISTERS + 16 * i + 8, y.se, true);
    last = y;
  }
  memory(r, view, form);
  return bytes;
}

/** Mostly a few full registers from the top on, with room above. */
function tags(r: Random, top: number): number {
  const full = r.below(12);
  if (full === 0) return r.word() & 0xff;
  if (full === 1) return 0xff;
  const run = 0b1111;
  return ((run << top) | (run >> (8 - top))) & 0xff;
}

function memory(r: Random, view: DataView, form: Form): void {
  const x = extended(r);
  view.setUint32(MEMORY, x.lo, true);
  view.setUint32(MEMORY + 4, x.hi, true);
  view.setUint16(MEMORY + 8, x.se, true);
  const size = form.opcode === 0xd8 || form.opcode === 0xd9 ? 4 : form.opcode >= 0xdc ? 8 : 0;
  const field = r.pick([0, 1, 2, 0x3f8, 0x3fe, 0x3ff, 0x400, 0x7fe, 0x7ff, r.word()]);
  const isReal =
    form.opcode !== 0xdf && form.opcode !== 0xde && !(form.opcode === 0xdb && form.modrm >> 3 >= 5);
  if (!isReal) return;
  if (size === 4) {
    const fraction = r.pick([0, 1, 0x400000, 0x7fffff, 0x3fffff, r.word()]) & 0x7fffff;
    view.setUint32(MEMORY, ((r.below(2) << 31) | ((field & 0xff) << 23) | fraction) >>> 0, true);
  }
  if (size === 8) {
    const fraction = r.pick([0, 1, 0x80000, 0xfffff, 0x7ffff, r.word()]) & 0xfffff;
    view.setUint32(MEMORY, r.pick([0, 1, 0xffffffff, r.word()]), true);
    view.setUint32(MEMORY + 4, ((r.below(2) << 31) | ((field & 0x7ff) << 20) | fraction) >>> 0, true);
  }
}

/** Executes records on the host. */
export function runOnHost(program: string, records: readonly Uint8Array[]): Uint8Array[] {
  const input = Buffer.concat(records);
  const result = spawnSync(program, { input, maxBuffer: input.length + 1024 });
  if (result.status !== 0 || result.stdout.length !== input.length) {
    throw new Error(`the host's unit failed: ${result.signal ?? result.status} ${result.stderr}`);
  }
  return records.map((_, i) => new Uint8Array(result.stdout.subarray(i * RECORD, (i + 1) * RECORD)));
}

/** Executes a record on ours. */
export function runHere(record: Uint8Array): Uint8Array {
  const out = record.slice();
  const view = new DataView(out.buffer);
  const bench = new Bench();
  const { unit } = bench;
  unit.control = view.getUint16(IMAGE, true);
  unit.status = view.getUint16(IMAGE + 2, true);
  for (let i = 0; i < 8; i++) {
    const at = REGISTERS + 16 * i;
    unit.set(i, {
      se: view.getUint16(at + 8, true),
      hi: view.getUint32(at + 4, true),
      lo: view.getUint32(at, true),
    });
  }
  unit.tags = out[IMAGE + 4]!;
  bench.flags = view.getUint32(FLAGS, true);
  new Uint8Array(bench.memory.buffer).set(out.subarray(MEMORY));
  try {
    if (out[2]! >= 0xc0) bench.run((out[1]! << 8) | out[2]!);
    else bench.runMemory(out[1]!, (out[2]! >> 3) & 7);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    throw new Error(`fault ${e.vector}`);
  }
  view.setUint16(IMAGE, unit.control, true);
  view.setUint16(IMAGE + 2, unit.status, true);
  out[IMAGE + 4] = unit.tags;
  for (let i = 0; i < 8; i++) {
    const at = REGISTERS + 16 * i;
    const x = unit.raw(i);
    view.setUint16(at + 8, x.se, true);
    view.setUint32(at + 4, x.hi, true);
    view.setUint32(at, x.lo, true);
  }
  view.setUint32(FLAGS, bench.flags, true);
  out.set(new Uint8Array(bench.memory.buffer, 0, 128), MEMORY);
  return out;
}

/** What is compared of a record, as text; `statusMask` has the status bits that count. */
export function describeRecord(record: Uint8Array, statusMask = 0xffff): string {
  const view = new DataView(record.buffer, record.byteOffset);
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const registers = Array.from({ length: 8 }, (_, i) => {
    const at = REGISTERS + 16 * i;
    const significand = hex(view.getUint32(at + 4, true), 8) + hex(view.getUint32(at, true), 8);
    return `st${i} ${hex(view.getUint16(at + 8, true), 4)} ${significand}`;
  });
  const memory = Array.from({ length: 12 }, (_, i) => hex(record[MEMORY + i]!, 2)).join(' ');
  return [
    `code ${hex(record[1]!, 2)} ${hex(record[2]!, 2)}`,
    `cw ${hex(view.getUint16(IMAGE, true), 4)} sw ${hex(view.getUint16(IMAGE + 2, true) & statusMask, 4)}`,
    `tags ${hex(record[IMAGE + 4]!, 2)} flags ${hex(view.getUint32(FLAGS, true) & 0x45, 4)}`,
    ...registers,
    `memory ${memory}`,
  ].join('\n');
}

/** The exponent in ST(0), without the sign. */
export function topExponent(record: Uint8Array): number {
  return new DataView(record.buffer, record.byteOffset).getUint16(REGISTERS + 8, true) & 0x7fff;
}

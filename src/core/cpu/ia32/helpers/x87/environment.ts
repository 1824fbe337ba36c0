/**
 * The environment in memory: FSTENV, FLDENV, FSAVE, FRSTOR (SDM volume 1, 8.1.10, figures 8-9 to 8-12).
 * Everything is read before anything changes; a store
 * that faults has changed memory only, and is done again when the instruction restarts.
 */
import type { Context } from '../../context.js';
import { Cr0, Flag } from '../../state.js';
import { controlWord } from './bits.js';
import { type Extended, Kind, unpack } from './format.js';
import { type Unit, unitOf } from './unit.js';

/** Bytes of a register in memory. */
const REGISTER_BYTES = 10;

/** Real-mode and virtual-8086 formats hold linear addresses instead of selectors. */
function usesLinear(cpu: Context): boolean {
  return (cpu.s.cr0 & Cr0.PE) === 0 || (cpu.s.eflags & Flag.VM) !== 0;
}

/** Bytes of the environment. */
const environmentBytes = (operandSize: number): number => (operandSize === 4 ? 28 : 14);

/** The full tag word: 0 valid, 1 zero, 2 special, 3 empty; derived from the registers' contents. */
export function tagWord(f: Unit): number {
  let word = 0;
  for (let i = 0; i < 8; i++) {
    const r = f.physical(i);
    word |= (f.isEmpty(i) ? 3 : tagOf(f.raw(i))) << (2 * r);
  }
  return word;
}

function tagOf(x: Extended): number {
  const { kind } = unpack(x.se, x.hi, x.lo);
  if (kind === Kind.normal) return 0;
  return kind === Kind.zero ? 1 : 2;
}

/** The abridged tags of a full tag word: only "empty" counts. */
function abridged(word: number): number {
  let tags = 0;
  for (let r = 0; r < 8; r++) if (((word >> (2 * r)) & 3) !== 3) tags |= 1 << r;
  return tags;
}

/** The seven fields of the environment as the format in force stores them. */
function environmentFields(cpu: Context, f: Unit, operandSize: number): number[] {
  const { fpIp, fpCs, fpDp, fpDs, fpOpcode } = cpu.s;
  const head = [f.control, f.status, tagWord(f)];
  if (!usesLinear(cpu)) {
    const selector = operandSize === 4 ? (fpCs | (fpOpcode << 16)) >>> 0 : fpCs;
    return [...head, fpIp, selector, fpDp, fpDs];
  }
  const code = (fpIp + fpCs * 16) >>> 0;
  const data = (fpDp + fpDs * 16) >>> 0;
  // Bits 16 and up of an address lie at bit 12; the opcode's 11 bits fill the word below.
  const high = (address: number) => (operandSize === 4 ? (address >>> 16) << 12 : (address >>> 4) & 0xf000);
  return [...head, code & 0xffff, (high(code) | fpOpcode) >>> 0, data & 0xffff, high(data) >>> 0];
}

/** Stores the environment; in the 32-bit formats, the unused upper halves read as ones. */
function writeEnvironment(cpu: Context, f: Unit, seg: number, offset: number, operandSize: number): void {
  const fields = environmentFields(cpu, f, operandSize);
  const wide = usesLinear(cpu) ? [4, 6] : [3, 4, 5];
  fields.forEach((value, i) => {
    if (operandSize === 2) cpu.write(seg, (offset + 2 * i) >>> 0, value & 0xffff, 2);
    else cpu.write(seg, (offset + 4 * i) >>> 0, wide.includes(i) ? value : (value | 0xffff0000) >>> 0, 4);
  });
}

/** FNSTENV: stores the environment, then masks all exceptions. */
export function storeEnvironment(cpu: Context, seg: number, offset: number, operandSize: number): void {
  const f = unitOf(cpu.s);
  writeEnvironment(cpu, f, seg, offset, operandSize);
  f.control |= 0x3f;
  f.summarize();
}

interface Environment {
  readonly control: number;
  readonly status: number;
  readonly tags: number;
  readonly ip: number;
  readonly cs: number;
  readonly dp: number;
  readonly ds: number;
  /** Undefined where the format has none: it stays. */
  readonly opcode: number | undefined;
}

function readEnvironment(cpu: Context, seg: number, offset: number, operandSize: number): Environment {
  const size = operandSize === 4 ? 4 : 2;
  const at = (i: number) => cpu.read(seg, (offset + size * i) >>> 0, size);
  const fields = [0, 1, 2, 3, 4, 5, 6].map(at) as [number, number, number, number, number, number, number];
  const [control, status, tags, f3, f4, f5, f6] = fields;
  const head = { control, status, tags: abridged(tags) };
  if (!usesLinear(cpu)) {
    const opcode = size === 4 ? (f4 >>> 16) & 0x7ff : undefined;
    return { ...head, ip: f3, cs: f4 & 0xffff, dp: f5, ds: f6 & 0xffff, opcode };
  }
  const address = (low: number, high: number) =>
    ((low & 0xffff) | (size === 4 ? ((high >>> 12) & 0xffff) << 16 : (high & 0xf000) << 4)) >>> 0;
  return { ...head, ip: address(f3, f4), cs: 0, dp: address(f5, f6), ds: 0, opcode: f4 & 0x7ff };
}

function applyEnvironment(cpu: Context, f: Unit, e: Environment): void {
  const { s } = cpu;
  f.control = controlWord(e.control);
  f.status = e.status;
  f.tags = e.tags;
  s.fpIp = e.ip;
  s.fpCs = e.cs;
  s.fpDp = e.dp;
  s.fpDs = e.ds;
  if (e.opcode !== undefined) s.fpOpcode = e.opcode;
  f.summarize();
}

/** FLDENV. */
export function loadEnvironment(cpu: Context, seg: number, offset: number, operandSize: number): void {
  applyEnvironment(cpu, unitOf(cpu.s), readEnvironment(cpu, seg, offset, operandSize));
}

/** Writes a register's ten bytes. */
export function writeExtended(cpu: Context, seg: number, offset: number, x: Extended): void {
  cpu.write(seg, offset, x.lo, 4);
  cpu.write(seg, (offset + 4) >>> 0, x.hi, 4);
  cpu.write(seg, (offset + 8) >>> 0, x.se, 2);
}

export function readExtended(cpu: Context, seg: number, offset: number): Extended {
  const lo = cpu.read(seg, offset, 4);
  const hi = cpu.read(seg, (offset + 4) >>> 0, 4);
  return { lo, hi, se: cpu.read(seg, (offset + 8) >>> 0, 2) };
}

/** Reads ST(0) to ST(7), `stride` bytes apart. */
export function readStack(cpu: Context, seg: number, offset: number, stride: number): Extended[] {
  return Array.from({ length: 8 }, (_, i) => readExtended(cpu, seg, (offset + i * stride) >>> 0));
}

/** Fills the registers from ST(0) on, their tags being given. */
export function applyStack(f: Unit, stack: readonly Extended[]): void {
  const { tags } = f;
  stack.forEach((x, i) => {
    f.set(i, x);
  });
  f.tags = tags;
}

/** FNSAVE: environment and registers, then FNINIT. */
export function save(cpu: Context, seg: number, offset: number, operandSize: number): void {
  const f = unitOf(cpu.s);
  writeEnvironment(cpu, f, seg, offset, operandSize);
  const registers = offset + environmentBytes(operandSize);
  for (let i = 0; i < 8; i++) writeExtended(cpu, seg, (registers + i * REGISTER_BYTES) >>> 0, f.raw(i));
  f.initialize();
}

/** FRSTOR. */
export function restore(cpu: Context, seg: number, offset: number, operandSize: number): void {
  const f = unitOf(cpu.s);
  const environment = readEnvironment(cpu, seg, offset, operandSize);
  const stack = readStack(cpu, seg, offset + environmentBytes(operandSize), REGISTER_BYTES);
  applyEnvironment(cpu, f, environment);
  applyStack(f, stack);
}

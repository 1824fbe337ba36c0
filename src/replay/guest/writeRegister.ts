/**
 * Writing a CPU's registers, by the names of query/registers.ts, where that is sound: as far as an instruction of
 * the guest could have done it, with the same checks. Intel SDM volume 3A, chapter 2 and 3.4; volume 1, 3.4.3.
 *
 * Refused: what would leave the rest of the state inconsistent (CPL, EFLAGS.VM, CR0.PE, CS in protected mode,
 * LDTR, TR), and the 8086's CS and IP, behind which the prefetch queue lies.
 */
import { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { FLAGS_STORED } from '../../core/cpu/i8086/state.js';
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { writeCr } from '../../core/cpu/ia32/helpers/control.js';
import { writeDr } from '../../core/cpu/ia32/helpers/debugRegisters.js';
import { changeFlags } from '../../core/cpu/ia32/helpers/flags.js';
import { protectedMode } from '../../core/cpu/ia32/helpers/mode.js';
import { loadSegment, setParagraph } from '../../core/cpu/ia32/helpers/segments.js';
import { Cr0, Fault, Flag, Seg, slot } from '../../core/cpu/ia32/state.js';
import type { Cpu } from '../../core/cpu.js';
import { ChangeError } from './changeError.js';
import { FLAG_BITS, HIGH_BYTES, IA32_FLAG_BITS, LOW_BYTES, SEGMENTS, WORDS } from './registers.js';

interface Writable {
  readonly bits: number;
  readonly write: (value: number) => void;
}

type Entry = readonly [name: string, register: Writable];

/** DR7.GD: any access to a debug register is a #DB. */
const GENERAL_DETECT = 1 << 13;
const ALL_FLAGS = 0xffffffff & ~Flag.VM;

/** How many bits a register has that can be written; undefined if it cannot. */
export function writableBits(cpu: Cpu, name: string): number | undefined {
  return registersIn(cpu).get(name)?.bits;
}

/** Throws a `ChangeError` if the register cannot be written, or not with this value. */
export function writeRegister(cpu: Cpu, name: string, value: bigint): void {
  const register = registersIn(cpu).get(name);
  if (!register) throw new ChangeError(`${name} cannot be written`);
  cpu.settle();
  try {
    register.write(Number(BigInt.asUintN(register.bits, value)));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new ChangeError(
      `${name} cannot be ${value.toString(16)}h here: vector ${error.vector} would be raised`,
    );
  }
  // In this order: a core may keep a copy of its state, and bring that back when it settles.
  cpu.dropCaches();
  cpu.settle();
}

function registersIn(cpu: Cpu): ReadonlyMap<string, Writable> {
  if (cpu instanceof Ia32) return new Map(ia32(cpu));
  return new Map(cpu instanceof I8086Cpu ? i8086(cpu) : []);
}

/** The 16-bit registers and their halves. */
function halves(read: (n: number) => number, write: (n: number, value: number) => void): Entry[] {
  const part = (n: number, bits: number, shift: number): Writable => {
    const mask = ((1 << bits) - 1) << shift;
    return { bits, write: (value) => write(n, (read(n) & ~mask) | (value << shift)) };
  };
  return [
    ...WORDS.map((name, n): Entry => [name, part(n, 16, 0)]),
    ...LOW_BYTES.map((name, n): Entry => [name, part(n, 8, 0)]),
    ...HIGH_BYTES.map((name, n): Entry => [name, part(n, 8, 8)]),
  ];
}

function flagBits(
  table: Readonly<Record<string, number>>,
  write: (value: number, mask: number) => void,
): Entry[] {
  return Object.entries(table).map(([name, bit]) => {
    return [name, { bits: 1, write: (value) => write(value << bit, 1 << bit) }];
  });
}

function ia32(cpu: Ia32): Entry[] {
  const { s } = cpu;
  const gpr = (n: number, value: number): void => {
    s.gpr[slot(n)] = value;
  };
  const flags = (value: number, mask: number): void => changeFlags(cpu, value, mask);
  const { vm, ...ordinary } = IA32_FLAG_BITS;
  const word = (write: (value: number) => void): Writable => ({ bits: 32, write });
  return [
    ...WORDS.map((name, n): Entry => [`e${name}`, word((value) => gpr(n, value))]),
    ...halves((n) => s.gpr[slot(n)]!, gpr),
    ['eip', word((value) => void (s.eip = value))],
    ['ip', { bits: 16, write: (value) => void (s.eip = (s.eip & ~0xffff) | value) }],
    ['eflags', word((value) => writeEflags(cpu, value))],
    ['flags', { bits: 16, write: (value) => flags(value, 0xffff) }],
    ['iopl', { bits: 2, write: (value) => flags(value << 12, Flag.IOPL) }],
    ...flagBits({ ...FLAG_BITS, ...ordinary }, flags),
    ...Object.entries(Seg)
      .filter(([, n]) => n <= Seg.gs)
      .map(([name, n]): Entry => [name, { bits: 16, write: (value) => writeSegment(cpu, n, value) }]),
    ...[0, 2, 3, 4].map((n): Entry => [`cr${n}`, word((value) => writeControl(cpu, n, value))]),
    ...[0, 1, 2, 3, 6, 7].map((n): Entry => [`dr${n}`, word((value) => writeDebug(cpu, n, value))]),
    ['gdtr', word((value) => void (s.gdtBase = value))],
    ['idtr', word((value) => void (s.idtBase = value))],
  ];
}

function writeEflags(cpu: Ia32, value: number): void {
  if ((value ^ cpu.getFlags()) & Flag.VM) throw new ChangeError('the flag vm cannot be changed');
  changeFlags(cpu, value, ALL_FLAGS);
}

/** As MOV would; CS, where a selector is a paragraph. */
function writeSegment(cpu: Ia32, seg: number, selector: number): void {
  if (seg !== Seg.cs) loadSegment(cpu, seg, selector);
  else if (!protectedMode(cpu)) setParagraph(cpu, seg, selector);
  else throw new ChangeError('cs cannot be written in protected mode');
}

function writeControl(cpu: Ia32, n: number, value: number): void {
  if (n === 0 && (value ^ cpu.s.cr0) & Cr0.PE) throw new ChangeError('bit 0 of cr0 (PE) cannot be changed');
  writeCr(cpu, n, value);
}

function writeDebug(cpu: Ia32, n: number, value: number): void {
  if (cpu.s.dr[7]! & GENERAL_DETECT)
    throw new ChangeError('the guest guards its debug registers (GD of dr7)');
  writeDr(cpu, n, value);
}

function i8086({ state }: I8086Cpu): Entry[] {
  const flags = (value: number, mask: number): void => {
    state.flags = ((state.flags & ~mask) | (value & mask)) & FLAGS_STORED;
  };
  const segments = SEGMENTS.filter((name) => name !== 'cs');
  return [
    ...halves(
      (n) => state.gpr[n]!,
      (n, value) => void (state.gpr[n] = value),
    ),
    ...segments.map((name): Entry => {
      const n = SEGMENTS.indexOf(name);
      return [name, { bits: 16, write: (value) => void (state.sreg[n] = value) }];
    }),
    ['flags', { bits: 16, write: (value) => flags(value, 0xffff) }],
    ...flagBits(FLAG_BITS, flags),
  ];
}

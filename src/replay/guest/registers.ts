/**
 * A CPU's registers by the names that the manuals give them: Intel SDM volume 1, chapter 3 and volume 3A,
 * chapter 2; iAPX 86/88 User's Manual for the 8086. Reading them changes nothing.
 */

import type { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Seg, slot } from '../../core/cpu/ia32/state.js';
import type { Cpu } from '../../core/cpu.js';

type Read = () => number;

export interface Registers {
  readonly all: ReadonlyMap<string, Read>;
  /** Those whose changes a report shows. */
  readonly main: readonly string[];
  /** Linear address of the next instruction. */
  readonly pc: Read;
  /** The stack pointer as a linear address. */
  readonly stack: Read;
  /** Of `es` to `gs`: what is added to an offset. */
  readonly segmentBase: (name: string) => Read | undefined;
  /** An offset that the address arithmetic of this CPU leaves as it is. */
  readonly offsetMask: number;
  /** Linear addresses from here on are others as well. */
  readonly lineEnd: number;
}

export const WORDS = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
export const LOW_BYTES = ['al', 'cl', 'dl', 'bl'] as const;
export const HIGH_BYTES = ['ah', 'ch', 'dh', 'bh'] as const;
export const SEGMENTS = ['es', 'cs', 'ss', 'ds'] as const;

/** Bits of the flags register, those of all CPUs first. */
export const FLAG_BITS = { cf: 0, pf: 2, af: 4, zf: 6, sf: 7, tf: 8, if: 9, df: 10, of: 11 } as const;
export const IA32_FLAG_BITS = { nt: 14, rf: 16, vm: 17, ac: 18, vif: 19, vip: 20, id: 21 } as const;

export function registersOf(cpu: Cpu): Registers {
  return cpu instanceof Ia32 ? ia32(cpu) : i8086(cpu as I8086Cpu);
}

/** The 16-bit registers and their halves. */
function halves(word: (n: number) => number): [string, Read][] {
  return [
    ...WORDS.map((name, n): [string, Read] => [name, () => word(n) & 0xffff]),
    ...LOW_BYTES.map((name, n): [string, Read] => [name, () => word(n) & 0xff]),
    ...HIGH_BYTES.map((name, n): [string, Read] => [name, () => (word(n) >>> 8) & 0xff]),
  ];
}

function bits(table: Readonly<Record<string, number>>, flags: Read): [string, Read][] {
  return Object.entries(table).map(([name, bit]) => [name, () => (flags() >>> bit) & 1]);
}

function ia32(cpu: Ia32): Registers {
  const { s } = cpu;
  const flags = () => cpu.getFlags() >>> 0;
  const general = WORDS.map((name, n): [string, Read] => [`e${name}`, () => s.gpr[slot(n)]!]);
  const segments = Object.entries(Seg).map(([name, n]): [string, Read] => [name, () => s.selector[n]!]);
  const control = (['cr0', 'cr2', 'cr3', 'cr4', 'cpl'] as const).map((name): [string, Read] => [
    name,
    () => s[name],
  ]);
  const debug = Array.from({ length: 8 }, (_, n): [string, Read] => [`dr${n}`, () => s.dr[n]!]);
  const pc = () => (s.base[Seg.cs]! + s.eip) >>> 0;
  const rest: [string, Read][] = [
    ['eip', () => s.eip],
    ['eflags', flags],
    ['pc', pc],
    ['ip', () => s.eip & 0xffff],
    ['flags', () => flags() & 0xffff],
    ['iopl', () => (flags() >>> 12) & 3],
    ['gdtr', () => s.gdtBase],
    ['idtr', () => s.idtBase],
  ];
  const named = [...bits(FLAG_BITS, flags), ...bits(IA32_FLAG_BITS, flags)];
  const all = [...general, ...rest, ...segments, ...control, ...debug];
  return {
    all: new Map([...all, ...halves((n) => s.gpr[slot(n)]!), ...named]),
    main: [...general, ...rest.slice(0, 2), ...segments, ...control].map(([name]) => name),
    pc,
    stack: () => (s.base[Seg.ss]! + s.gpr[slot(4)]!) >>> 0,
    segmentBase: (name) => {
      const n = Object.hasOwn(Seg, name) ? Seg[name as keyof typeof Seg] : undefined;
      return n === undefined ? undefined : () => s.base[n]!;
    },
    offsetMask: 0xffffffff,
    lineEnd: 2 ** 32,
  };
}

function i8086(cpu: I8086Cpu): Registers {
  const { state } = cpu;
  const flags = () => {
    // The chip's own copy of the flags is not the state's while it runs; bringing that up to date is harmless.
    cpu.settle();
    return state.flags;
  };
  const words = halves((n) => state.gpr[n]!);
  const segments = SEGMENTS.map((name, n): [string, Read] => [name, () => state.sreg[n]!]);
  const ip = () => cpu.programCounter.ip;
  const pc = () => (state.sreg[1]! * 16 + ip()) & 0xfffff;
  const rest: [string, Read][] = [
    ['ip', ip],
    ['flags', flags],
    ['pc', pc],
  ];
  return {
    all: new Map([...words, ...rest, ...segments, ...bits(FLAG_BITS, flags)]),
    main: [...WORDS, 'ip', 'flags', ...SEGMENTS],
    pc,
    stack: () => (state.sreg[2]! * 16 + state.gpr[4]!) & 0xfffff,
    segmentBase: (name) => {
      const n = (SEGMENTS as readonly string[]).indexOf(name);
      return n < 0 ? undefined : () => state.sreg[n]! * 16;
    },
    offsetMask: 0xffff,
    lineEnd: 2 ** 20,
  };
}

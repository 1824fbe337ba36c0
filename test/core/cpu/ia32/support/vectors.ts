/**
 * Runs hardware vectors of real-mode chips on an ia32 core: loads a test's registers and memory, runs
 * until the HLT that ends every test, and tells how the result differs from the chip's.
 *
 * Only architectural results are compared: registers, flags, memory.
 */
import type { EngineName } from '../../../../../src/core/cpu/ia32/cpu.js';
import { Reg, Seg, slot } from '../../../../../src/core/cpu/ia32/state.js';
import type { Register, VectorTest } from '../../../../../src/core/vectors/moo.js';
import { bench } from './bench.js';

export { describeVector, forms, missing } from '../../support/vectorFiles.js';

/** CF PF AF ZF SF TF IF DF OF: the flags that a real-mode program can hold on every chip. */
export const FLAGS = 0xfd5;
const REAL_IDT_LIMIT = 0x3ff;
const RAM = 2 << 20;
/** No instruction of the vectors takes longer: at most 65535 iterations, but few have that many. */
const MAX_CLOCKS = 5_000_000;

const GENERAL: readonly (readonly [Register, number])[] = [
  ['ax', Reg.eax],
  ['cx', Reg.ecx],
  ['dx', Reg.edx],
  ['bx', Reg.ebx],
  ['sp', Reg.esp],
  ['bp', Reg.ebp],
  ['si', Reg.esi],
  ['di', Reg.edi],
];
const SEGMENTS: readonly (readonly [Register, number])[] = [
  ['es', Seg.es],
  ['cs', Seg.cs],
  ['ss', Seg.ss],
  ['ds', Seg.ds],
];

/** What is excused in one test; by default nothing. */
export interface Allowance {
  /** Flags that need not agree. */
  readonly flags?: number;
  /** Registers that need not agree. */
  readonly registers?: readonly Register[];
  /** The later chips use this vector where the tested one used another; both then lead to one handler. */
  readonly vector?: { readonly ours: number; readonly theirs: number };
  /** The later chips do something else altogether: deliver this vector, or nothing. */
  readonly instead?: { readonly delivers: number | undefined };
}

export type RunVector = (test: VectorTest, definedFlags: number, allow: Allowance) => string[];

/** A core that runs one test after the other; gives what differs. */
export function vectorRunner(engine: EngineName): RunVector {
  const { cpu, memory, wires } = bench(engine, 'i386', RAM);
  const { s } = cpu;
  const blank = s.bytes.slice();

  function load({ initial }: VectorTest, allow: Allowance): void {
    s.bytes.set(blank);
    for (const [at, value] of initial.ram) memory.write(at, value, 1);
    if (allow.vector) {
      const { ours, theirs } = allow.vector;
      memory.write(ours * 4, memory.read(theirs * 4, 4), 4);
    }
    const r = initial.regs as Record<Register, number>;
    for (const [name, n] of GENERAL) s.gpr[slot(n)] = r[name];
    for (const [name, seg] of SEGMENTS) {
      s.selector[seg] = r[name];
      s.base[seg] = r[name] << 4;
      cpu.segmentChanged(seg);
    }
    s.idtLimit = REAL_IDT_LIMIT;
    s.eip = r.ip;
    cpu.setFlags(r.flags & FLAGS);
    wires.delivered.length = 0;
  }

  function registerDifferences({ initial, final }: VectorTest, allow: Allowance): string[] {
    const want = { ...initial.regs, ...final.regs } as Record<Register, number>;
    const got = (name: Register): number => {
      const general = GENERAL.find(([n]) => n === name);
      if (general) return s.gpr[slot(general[1])]! & 0xffff;
      const segment = SEGMENTS.find(([n]) => n === name);
      // EIP runs on to 10000h behind a HLT at FFFFh, where the IP of earlier chips wraps.
      return segment ? s.selector[segment[1]]! : s.eip & 0xffff;
    };
    return [...GENERAL, ...SEGMENTS, ['ip'] as const]
      .map(([name]) => name)
      .filter((name) => got(name) !== want[name] && !allow.registers?.includes(name))
      .map((name) => `${name} is ${hex(got(name))}, not ${hex(want[name])}`);
  }

  function flagDifferences({ initial, final }: VectorTest, defined: number): string[] {
    const mask = FLAGS & defined;
    const want = final.regs.flags ?? initial.regs.flags!;
    const got = cpu.getFlags();
    return (got & mask) === (want & mask) ? [] : [`flags are ${hex(got & mask)}, not ${hex(want & mask)}`];
  }

  /** The flags that an exception pushed are compared as flags, everything else as bytes. */
  function memoryDifferences({ initial, final, exception }: VectorTest, defined: number): string[] {
    const image = initial.regs.ss! * 16 + ((initial.regs.sp! - 2) & 0xffff);
    const care = (at: number): number => {
      if (exception && at === image) return defined & 0xff;
      return exception && at === image + 1 ? defined >>> 8 : 0xff;
    };
    return final.ram
      .filter(([at, want]) => ((memory.ram[at]! ^ want) & care(at)) !== 0)
      .map(([at, want]) => `[${hex(at)}] is ${hex(memory.ram[at]!)}, not ${hex(want)}`);
  }

  /** The next test must find zeros where this one wrote, as on the chip's bench. */
  function clean({ initial, final }: VectorTest): void {
    for (const [at] of [...initial.ram, ...final.ram]) memory.write(at, 0, 1);
    for (let n = 0; n < 32; n++) memory.write(n * 4, 0, 4);
  }

  return (test, definedFlags, allow) => {
    load(test, allow);
    if (allow.instead) {
      cpu.run(s.clock + 1);
      const first = wires.delivered[0];
      clean(test);
      const { delivers } = allow.instead;
      return first === delivers ? [] : [`delivers ${first}, not ${delivers}`];
    }
    const stop = cpu.run(s.clock + MAX_CLOCKS);
    const defined = definedFlags & ~(allow.flags ?? 0);
    const differences = [
      ...(stop === 'halted' ? [] : [`ends with ${stop}`]),
      ...registerDifferences(test, allow),
      ...flagDifferences(test, defined),
      ...memoryDifferences(test, defined),
    ];
    clean(test);
    return differences;
  };
}

const hex = (n: number): string => `${n.toString(16).toUpperCase()}h`;

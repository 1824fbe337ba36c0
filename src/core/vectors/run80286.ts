/**
 * Runs single-step vectors of the 80286 in real mode on an ia32 core: loads a test's registers and memory, runs
 * until the HLT that ends every test, and tells how the result differs from the chip's.
 *
 * Only architectural results are compared: registers, flags, memory. The core's clock is a model of its own, and
 * it has no bus.
 */
import { type EngineName, Ia32 } from '../cpu/ia32/cpu.js';
import { Space } from '../cpu/ia32/space.js';
import { Reg, Seg, slot } from '../cpu/ia32/state.js';
import { PAGE_SIZE, PhysicalMemory } from '../memory.js';
import { hex, type VectorDifference } from './difference.js';
import type { Register, VectorTest } from './moo.js';

/** CF PF AF ZF SF TF IF DF OF: the flags that a real-mode program can hold on every chip. */
const FLAGS = 0xfd5;
const REAL_IDT_LIMIT = 0x3ff;
const RAM = 2 << 20;
const PAGE_WORDS = PAGE_SIZE / 4;
/** A test without clocks may repeat its instruction 65535 times. */
const MAX_CLOCKS = 5_000_000;
/** No instruction takes the core so many times the chip's clocks, nor all that comes with an exception longer. */
const CLOCKS_A_CLOCK = 50;
const EXCEPTION_CLOCKS = 1000;

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

/** Gives what differs. `flags`: which flags must agree. */
export type RunVector80286 = (test: VectorTest, flags: number, allow: Allowance) => VectorDifference[];

/** The bench: memory, ports that read all ones, no interrupts. Hands out the vectors that are delivered. */
function bench(engine: EngineName) {
  const space = new Space(RAM);
  const memory = new PhysicalMemory(space.ram);
  const delivered: number[] = [];
  const pins = {
    io: { read: (_: number, size: number) => (size === 2 ? 0xffff : 0xff), write: () => {} },
    acknowledge: () => 0,
    nextEvent: () => Number.POSITIVE_INFINITY,
    attention: () => false,
    delivered: (vector: number) => delivered.push(vector),
  };
  return { cpu: new Ia32(space, memory, pins, { model: 'i386', engine }), memory, delivered };
}

function clocksFor({ cycles }: VectorTest): number {
  return cycles.length === 0 ? MAX_CLOCKS : cycles.length * CLOCKS_A_CLOCK + EXCEPTION_CLOCKS;
}

/** A core that runs one test after the other. */
export function vectorRunner80286(engine: EngineName): RunVector80286 {
  const runner = new Runner(bench(engine));
  return (test, flags, allow) => runner.run(test, flags, allow);
}

class Runner {
  readonly #cpu: Ia32;
  readonly #memory: PhysicalMemory;
  readonly #delivered: number[];
  readonly #blank: Uint8Array;
  readonly #words: Uint32Array;

  constructor({ cpu, memory, delivered }: ReturnType<typeof bench>) {
    this.#cpu = cpu;
    this.#memory = memory;
    this.#delivered = delivered;
    this.#blank = cpu.state.bytes.slice();
    this.#words = new Uint32Array(memory.ram.buffer, memory.ram.byteOffset, RAM / 4);
  }

  run(test: VectorTest, flags: number, allow: Allowance): VectorDifference[] {
    this.#load(test, allow);
    if (allow.instead) {
      const differences = this.#deliveryDifferences(allow.instead.delivers);
      this.#wipe();
      return differences;
    }
    const stop = this.#cpu.run(this.#cpu.clock + clocksFor(test));
    const defined = flags & ~(allow.flags ?? 0);
    const differences = [
      ...(stop === 'halted' ? [] : [difference('end', 'halted', stop)]),
      ...this.#registerDifferences(test, allow),
      ...this.#flagDifferences(test, defined),
      ...this.#memoryDifferences(test, defined),
    ];
    if (differences.length > 0) this.#wipe();
    else this.#clean(test);
    return differences;
  }

  #load({ initial }: VectorTest, allow: Allowance): void {
    const cpu = this.#cpu;
    const { s } = cpu;
    const memory = this.#memory;
    s.bytes.set(this.#blank);
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
    this.#delivered.length = 0;
  }

  #register(name: Register): number {
    const { s } = this.#cpu;
    const general = GENERAL.find(([n]) => n === name);
    if (general) return s.gpr[slot(general[1])]! & 0xffff;
    const segment = SEGMENTS.find(([n]) => n === name);
    // EIP runs on to 10000h behind a HLT at FFFFh, where the IP of earlier chips wraps.
    return segment ? s.selector[segment[1]]! : s.eip & 0xffff;
  }

  #registerDifferences({ initial, final }: VectorTest, allow: Allowance): VectorDifference[] {
    const want = { ...initial.regs, ...final.regs } as Record<Register, number>;
    return [...GENERAL, ...SEGMENTS, ['ip'] as const]
      .map(([name]) => name)
      .filter((name) => this.#register(name) !== want[name] && !allow.registers?.includes(name))
      .map((name) => difference(name, hex(want[name], 4), hex(this.#register(name), 4)));
  }

  #flagDifferences({ initial, final }: VectorTest, defined: number): VectorDifference[] {
    const mask = FLAGS & defined;
    const want = (final.regs.flags ?? initial.regs.flags!) & mask;
    const got = this.#cpu.getFlags() & mask;
    return got === want ? [] : [difference('flags', hex(want, 4), hex(got, 4))];
  }

  /** The flags that an exception pushed are compared as flags, everything else as bytes. */
  #memoryDifferences({ initial, final, exception }: VectorTest, defined: number): VectorDifference[] {
    const { ram } = this.#memory;
    const image = initial.regs.ss! * 16 + ((initial.regs.sp! - 2) & 0xffff);
    const care = (at: number): number => {
      if (exception && at === image) return defined & 0xff;
      return exception && at === image + 1 ? defined >>> 8 : 0xff;
    };
    return final.ram
      .filter(([at, want]) => ((ram[at]! ^ want) & care(at)) !== 0)
      .map(([at, want]) => {
        return { kind: 'memory', where: `[${hex(at, 6)}]`, expected: hex(want, 2), actual: hex(ram[at]!, 2) };
      });
  }

  /** What the later chips do instead. */
  #deliveryDifferences(allowed: number | undefined): VectorDifference[] {
    this.#cpu.run(this.#cpu.clock + 1);
    const [first] = this.#delivered;
    return first === allowed ? [] : [difference('exception', vectorText(allowed), vectorText(first))];
  }

  /** The next test must find zeros where this one wrote, as on the chip's bench. */
  #clean({ initial, final }: VectorTest): void {
    for (const [at] of [...initial.ram, ...final.ram]) this.#memory.write(at, 0, 1);
    for (let n = 0; n < 32; n++) this.#memory.write(n * 4, 0, 4);
  }

  /** A core that went astray may have written anywhere. */
  #wipe(): void {
    this.#memory.dirty.forEach((written, page) => {
      if (!written) return;
      for (let i = page * PAGE_WORDS; i < (page + 1) * PAGE_WORDS; i++) {
        if (this.#words[i] !== 0) this.#memory.write(i * 4, 0, 4);
      }
    });
  }
}

function difference(kind: string, expected: string, actual: string): VectorDifference {
  return { kind, where: kind, expected, actual };
}

function vectorText(vector: number | undefined): string {
  return vector === undefined ? 'none' : String(vector);
}

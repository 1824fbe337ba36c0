/**
 * Cores that must behave alike: the same memory, state and devices in each, and a comparison of all that
 * a guest or a device could notice. Devices answer by address and write down when they were asked.
 */
import type { EngineName } from '../../../../../src/core/cpu/ia32/cpu.js';
import { IA32 } from '../../../../../src/core/cpu/ia32/state.js';
import type { Stop } from '../../../../../src/core/cpu.js';
import { type Bench, bench } from './bench.js';
import { Chance } from './chance.js';
import { CODE, DEVICE, establish, pokeTables, type Situation } from './states.js';

const RAM = 1 << 20;
const PAGE = 4096;
const MODEL = 'i686';
/** Ports whose devices do more than answer, from FIRST_ACT on, in this order. */
export const Act = { interrupt: 0, noInterrupt: 1, nmi: 2, patch: 3, a20: 4 } as const;
export const FIRST_ACT = 0xe0;
/** Where `Act.patch` writes INC or DEC of a register: one of 64 bytes. */
export const PATCHED = CODE + 0x800;
/** The clock that every case starts at. */
export const START = 1000;

export interface Twin extends Bench {
  readonly name: string;
  /** What devices saw: kind, address, value, size, clock. */
  readonly journal: string[];
  /** The state after reset. */
  readonly blank: Uint8Array;
}

/** A number stands for the compiler, and how often a block is entered until it is compiled. */
export type Engine = Exclude<EngineName, 'compiler'> | number;

function twin(engine: Engine, name: string): Twin {
  const b = typeof engine === 'number' ? bench('compiler', MODEL, RAM, engine) : bench(engine, MODEL, RAM);
  const journal: string[] = [];
  const note = (kind: string, at: number, value: number, size: number) =>
    journal.push(`${kind} ${at.toString(16)} ${(value >>> 0).toString(16)} ${size} at ${b.cpu.clock}`);
  const answer = (at: number, size: number) => ((at * 0x01030507) >>> (32 - 8 * size)) >>> 0;
  const read = (kind: string) => (at: number, size: number) => {
    note(kind, at, 0, size);
    return answer(at, size);
  };
  b.wires.reads = read('in');
  b.wires.writes = (port, value, size) => {
    note('out', port, value, size);
    act(b, port - FIRST_ACT, value);
  };
  const write = (at: number, value: number, size: number) => note('store', at, value, size);
  b.memory.mapMmio(DEVICE, PAGE, { read: read('load'), write });
  return { ...b, name, journal, blank: b.cpu.s.bytes.slice() };
}

function act({ cpu, memory }: Bench, what: number, value: number): void {
  if (what === Act.interrupt || what === Act.noInterrupt) cpu.interrupt(what === Act.interrupt);
  else if (what === Act.nmi) cpu.nmi();
  else if (what === Act.a20) cpu.setA20((value & 1) !== 0);
  else if (what === Act.patch) {
    memory.writeBytes(PATCHED + 2 + (value & 0x3f), Uint8Array.of(0x40 | ((value >>> 4) & 0xb)));
  }
}

/** Memory contents that every case starts from. */
function template(): Uint8Array {
  const chance = new Chance(1);
  return new Uint8Array(Uint32Array.from({ length: RAM / 4 }, () => chance.bits()).buffer);
}

/** Bytes to put somewhere. */
export type Contents = readonly [at: number, bytes: readonly number[]];

export class Twins {
  readonly all: readonly Twin[];
  readonly #template = template();

  constructor(names: Record<string, Engine>) {
    this.all = Object.entries(names).map(([name, engine]) => twin(engine, name));
    for (const { memory } of this.all) memory.load(0, this.#template);
  }

  /**
   * The same memory and state in every twin: a function of `seed`, situation and contents. Execution begins
   * at an offset in the page of code.
   */
  prepare(seed: number, situation: Situation, contents: readonly Contents[], offset: number): void {
    for (const t of this.all) {
      this.#restore(t);
      t.cpu.setA20(true);
      pokeTables(new Chance(seed), (at, bytes) => t.memory.writeBytes(at, Uint8Array.from(bytes)));
      for (const [at, bytes] of contents) t.memory.writeBytes(at, Uint8Array.from(bytes));
      t.cpu.s.bytes.set(t.blank);
      t.cpu.s.clock = START;
      establish(t, new Chance(seed + 1), situation, offset);
      t.journal.length = t.wires.delivered.length = 0;
    }
  }

  #restore({ memory }: Twin): void {
    memory.dirty.forEach((dirty, page) => {
      if (dirty) memory.writeBytes(page * PAGE, this.#template.subarray(page * PAGE, (page + 1) * PAGE));
    });
    // Every cache that knows of dirty pages is dropped before the core runs again.
    memory.dirty.fill(0);
  }

  /** What differs between the first twin and the others; empty if nothing does. */
  differences(): string[] {
    const [first, ...others] = this.all as [Twin, ...Twin[]];
    return others.flatMap((other) => {
      const found = [...stateDifferences(first, other), ...memoryDifferences(first, other)];
      const [a, b] = [first, other].map((t) => [...t.journal, `delivered ${t.wires.delivered}`].join('\n'));
      if (a !== b) found.push(`${first.name} had\n${a}\n${other.name}\n${b}`);
      return found;
    });
  }
}

function stateDifferences(a: Twin, b: Twin): string[] {
  a.cpu.settle();
  b.cpu.settle();
  if (Buffer.compare(a.cpu.s.bytes, b.cpu.s.bytes) === 0) return [];
  return Object.keys(IA32.at).flatMap((name) => {
    const [x, y] = [a, b].map((t) => show((t.cpu.s as unknown as Record<string, unknown>)[name]));
    return x === y ? [] : [`${name}: ${a.name} ${x}, ${b.name} ${y}`];
  });
}

const show = (v: unknown): string =>
  typeof v === 'object'
    ? [...(v as Iterable<number | bigint>)].map((n) => n.toString(16)).join(' ')
    : (v as number).toString(16);

/** Only pages that either has written can differ. */
function memoryDifferences(a: Twin, b: Twin): string[] {
  const found: string[] = [];
  for (let page = 0; page < RAM / PAGE; page++) {
    if (!a.memory.dirty[page] && !b.memory.dirty[page]) continue;
    const [left, right] = [a, b].map((t) => t.memory.ram.subarray(page * PAGE, (page + 1) * PAGE));
    if (Buffer.compare(left!, right!) === 0) continue;
    for (let at = page * PAGE; at < (page + 1) * PAGE; at++) {
      const [x, y] = [a.memory.ram[at]!, b.memory.ram[at]!];
      if (x !== y)
        found.push(`[${at.toString(16)}]: ${a.name} ${x.toString(16)}, ${b.name} ${y.toString(16)}`);
    }
  }
  return found;
}

/** Runs every twin to the next boundary; gives why each stopped. */
export function stepAll({ all }: Twins): Stop[] {
  return all.map(({ cpu }) => cpu.run(cpu.clock + 1));
}

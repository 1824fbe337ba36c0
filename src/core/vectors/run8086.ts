/**
 * Runs a single-step vector on the 8086 or 8088 core, and finds the first difference: the pins clock by clock,
 * then registers, flags, queue and memory. The bench that captured the suites is rebuilt: the queue holds the
 * instruction (or nothing: then the first byte has just been fetched and read, and the next fetch is at T2), memory
 * what the test says, ports read FFh, and a test ends where the next first byte is read.
 */
import { type BusClock, I8086_MODEL, I8088_MODEL, type Model } from '../cpu/i8086/biu.js';
import { Chip } from '../cpu/i8086/chip.js';
import { step } from '../cpu/i8086/sequencer.js';
import {
  BusStatus,
  FLAGS_ONES,
  FLAGS_STORED,
  I8086,
  instructionPointer,
  QueueOp,
  T,
} from '../cpu/i8086/state.js';
import { PhysicalMemory } from '../memory.js';
import { hex, type VectorDifference } from './difference.js';
import { REGISTERS, type Register, type VectorCycle, type VectorTest } from './moo.js';
import { cycleDifference } from './pins.js';

export interface VectorOutcome {
  readonly difference: VectorDifference | undefined;
  /** What the core did, clock by clock, in the vector's own terms. */
  readonly cycles: readonly VectorCycle[];
}

/** A core for any number of tests of one chip. `flags`: which flags must agree (a suite's mask); default all. */
export type VectorRunner = (test: VectorTest, flags?: number) => VectorOutcome;

/** The suites' numbering of S2..S0, by the chip's. */
const STATUS = [0, 1, 2, 5, 6, 3, 4, 7];
const NO_SEGMENT = 4;
/** S4 and S3 of ES CS SS DS, and of an access through none. */
const SEGMENT_STATUS = [0, 2, 1, 3, 2];

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds'] as const;
const MIB = 1 << 20;
/** What the bench answers where a test says nothing. */
const NOP = 0x90;
/** Longer than any test, repeated strings included. */
const MAX_CLOCKS = 100_000;

const CHIPS: Readonly<Record<string, Model>> = { '8086': I8086_MODEL, '8088': I8088_MODEL };

/** The runner for a chip as its suite names it; undefined if this core is not that chip. */
export function vectorRunner8086(cpu: string): VectorRunner | undefined {
  const model = CHIPS[cpu];
  if (!model) return undefined;
  const memory = new PhysicalMemory(new Uint8Array(MIB).fill(NOP));
  const io = { read: (_: number, size: number) => (size === 2 ? 0xffff : 0xff), write: () => {} };
  const pins = {
    io,
    acknowledge: () => 0xff,
    nextEvent: () => 0,
    attention: () => false,
    delivered: () => {},
  };
  const chip = new Chip(model, I8086.create(), memory, pins);
  return (test, flags = 0xffff) => {
    const cycles: VectorCycle[] = [];
    const forgotten = new Set<number>();
    load(chip, test);
    chip.onClock = (now) => {
      cycles.push(cycleOf(now, model.width));
      if (now.queueOp === QueueOp.empty) forgetInstruction(chip, test, forgotten);
    };
    chip.showClock();
    const start = chip.tick;
    do step(chip);
    while ((chip.prefixed || chip.phase !== 0) && chip.tick - start < MAX_CLOCKS);
    cycles.pop();
    for (const [at, value] of test.initial.ram) if (forgotten.has(at)) chip.memory.write(at, value, 1);
    const difference = compare(chip, test, cycles, flags);
    // A core that went astray may have written anywhere.
    if (difference) memory.ram.fill(NOP);
    for (const [at] of [...test.initial.ram, ...test.final.ram]) chip.memory.write(at, NOP, 1);
    return { difference, cycles };
  };
}

function load(chip: Chip, { initial }: VectorTest): void {
  const r = initial.regs as Record<Register, number>;
  GENERAL.forEach((name, i) => {
    chip.gpr[i] = r[name];
  });
  SEGMENTS.forEach((name, i) => {
    chip.sreg[i] = r[name];
  });
  chip.flags = r.flags & FLAGS_STORED;
  for (const [at, value] of initial.ram) chip.memory.write(at, value, 1);
  const first = (r.cs * 16 + r.ip) & (MIB - 1);
  if (initial.queue.length > 0) chip.restart(r.ip, initial.queue);
  else chip.restartFetching(r.ip, chip.memory.ram[first]!);
}

/**
 * The bench hands out the instruction's bytes once. After a jump it answers every fetch with NOP, also where the
 * instruction lies.
 */
function forgetInstruction(chip: Chip, { initial, bytes }: VectorTest, forgotten: Set<number>): void {
  const { cs, ip } = initial.regs;
  bytes.forEach((_, i) => {
    const at = (cs! * 16 + ((ip! + i) & 0xffff)) & (MIB - 1);
    chip.memory.write(at, NOP, 1);
    forgotten.add(at);
  });
}

/** What the 8288 commands in this clock of a cycle: bit 2 read, bit 1 advanced write, bit 0 write. */
function command(c: BusClock, read: boolean, write: boolean): number {
  if (c.t !== T.t2 && c.t !== T.t3 && c.t !== T.wait) return 0;
  if (read) return 4;
  if (!write) return 0;
  return c.t === T.t2 ? 2 : 3;
}

/** The 8088 has no BHE#; its suite says 0. */
function cycleOf(c: BusClock, width: number): VectorCycle {
  const active = c.t >= T.t2;
  const { code, memoryRead, memoryWrite, ioRead, ioWrite } = BusStatus;
  return {
    ale: c.ale,
    address: c.address,
    segment: active ? SEGMENT_STATUS[c.segment]! : NO_SEGMENT,
    memory: command(c, c.cycle === code || c.cycle === memoryRead, c.cycle === memoryWrite),
    io: command(c, c.cycle === ioRead, c.cycle === ioWrite),
    bhe: width === 2 && c.bhe ? 1 : 0,
    data: c.data,
    status: STATUS[c.status]!,
    t: c.t,
    queueOp: c.queueOp,
    queueByte: c.queueByte,
  };
}

// ---- comparing ----

function compare(chip: Chip, test: VectorTest, cycles: VectorCycle[], flags: number) {
  return (
    cycleDifference(test.cycles, cycles, chip.width) ??
    registerDifference(chip, test, flags) ??
    queueDifference(chip, test) ??
    memoryDifference(chip, test)
  );
}

function registerDifference(chip: Chip, { initial, final }: VectorTest, mask: number) {
  const want = { ...initial.regs, ...final.regs } as Record<Register, number>;
  for (const name of REGISTERS) {
    const care = name === 'flags' ? mask : 0xffff;
    const got = registerOf(chip, name) & care;
    if (got !== (want[name] & care))
      return { kind: name, where: name, expected: hex(want[name] & care, 4), actual: hex(got, 4) };
  }
  return undefined;
}

function registerOf(chip: Chip, name: Register): number {
  const general = GENERAL.indexOf(name as (typeof GENERAL)[number]);
  if (general >= 0) return chip.gpr[general]!;
  const segment = SEGMENTS.indexOf(name as (typeof SEGMENTS)[number]);
  if (segment >= 0) return chip.sreg[segment]!;
  return name === 'ip' ? instructionPointer(chip) : chip.flags | FLAGS_ONES;
}

function queueDifference(chip: Chip, { final }: VectorTest) {
  const want = final.queue.map((b) => hex(b, 2)).join(' ');
  const got = chip
    .queued()
    .map((b) => hex(b, 2))
    .join(' ');
  return want === got ? undefined : { kind: 'queue', where: 'queue', expected: want, actual: got };
}

function memoryDifference(chip: Chip, { initial, final }: VectorTest) {
  for (const [at, value] of new Map([...initial.ram, ...final.ram])) {
    const got = chip.memory.ram[at]!;
    if (got !== value) {
      return { kind: 'memory', where: `[${hex(at, 5)}]`, expected: hex(value, 2), actual: hex(got, 2) };
    }
  }
  return undefined;
}

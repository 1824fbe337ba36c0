/**
 * Whatever a guest does, the host comes to no harm and the run stays a function of its inputs: random
 * programs in every mode on the whole pc board run without an exception of the host's, in bounded time
 * and memory, twice alike, alike after save and load on the way, and alike on all engines.
 *
 * A short run by default; `npm run test:hostile` is the long one, of 10^8 instructions or as many
 * as `REWIND86_HOSTILE_INSTRUCTIONS` says. A failure names mode and seed; `REWIND86_HOSTILE=mode:seed` runs
 * that one alone.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineName, Ia32 } from '../../src/core/cpu/ia32/cpu.js';
import type { Machine, MachineSnapshot } from '../../src/core/machine.js';
import { chordToKeys } from '../../src/devices/keys.js';
import { ready } from '../../src/replay/ready.js';
import { pcMachine, Random, seededProvider, stateOf } from '../support/pc.js';
import { collect, costOf, LONG } from './host.js';
import { MODES, type Mode, prepare } from './programs.js';

const ONLY = process.env['REWIND86_HOSTILE']?.split(':');
/** Of the long run. */
const TOTAL = Number(process.env['REWIND86_HOSTILE_INSTRUCTIONS'] ?? 1e8);
const FIRST_SEED = LONG ? Date.now() % 1_000_000_000 : 1;

/** Instructions to reach in each mode, and programs to play at least; clocks that one program gets. */
const INSTRUCTIONS = LONG ? TOTAL / MODES.length : 1;
const PROGRAMS = 16;
const CLOCKS = LONG ? 4_000_000 : 400_000;
const SHORT_CLOCKS = 20_000;
/** A slice of so many clocks takes milliseconds; seconds if the compiler has nothing to do but compile. */
const SLICE = 50_000;
const SLICE_MS = 10_000;
/** Blocks are compiled when they are entered so often: soon, but not all, which takes too long. */
const HEAT = 8;
/** Programs after which the host has what it needs. */
const WARM_UP = 6;
/** What the host's heap may differ by, being measured a little after a collection. */
const HEAP_SLACK = 24 << 20;

/** A machine and its state right behind POST. */
interface Rig {
  readonly machine: Machine;
  readonly start: MachineSnapshot;
  /** Instructions retired by then. */
  readonly retired: number;
}

function rig(engine: EngineName): Rig {
  const machine = pcMachine({ engine, heat: HEAT });
  machine.run(440_000);
  return { machine, start: machine.save(), retired: machine.cpu.retired };
}

/** Something comes in from outside. */
function disturb(machine: Machine, random: Random): void {
  const bytes = Uint8Array.from({ length: 1 + random.below(20) }, () => random.u32());
  const inputs: readonly (readonly [string, Uint8Array])[] = [
    ['keyboard', chordToKeys('shift-a')],
    ['serial:com1', bytes],
    ['serial:com2', bytes],
    ['mouse', bytes.subarray(0, 4)],
  ];
  const [channel, data] = random.pick(inputs);
  if (machine.door.channels.inputs.includes(channel)) machine.deliver(channel, data);
}

interface Case {
  readonly mode: Mode;
  readonly seed: number;
  readonly clocks: number;
}

/** Plays a case from its beginning. `between` sees the machine at each pause. */
function play(
  rig: Rig,
  { mode, seed, clocks }: Case,
  between: (machine: Machine) => void = () => {},
): string {
  const { machine, start } = rig;
  machine.load(start);
  machine.door.provider = seededProvider(seed);
  prepare(machine, mode, seed);
  const random = new Random(seed ^ 0x5eed);
  const end = start.clock + clocks;
  while (machine.cpu.clock < end && !machine.outcome) {
    const cost = costOf(() => machine.run(Math.min(end, machine.cpu.clock + SLICE)));
    expect(cost, 'a slice took too long').toBeLessThan(SLICE_MS);
    if (machine.outcome) break;
    between(machine);
    if (random.below(3) === 0) disturb(machine, random);
  }
  return `${stateOf(machine)}, ${JSON.stringify(machine.outcome)}`;
}

/** The case's name before whatever went wrong. */
function naming<T>(what: string, { mode, seed, clocks }: Case, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new Error(`REWIND86_HOSTILE=${mode}:${seed}:${clocks}, ${what}: ${error}`, { cause: error });
  }
}

let interpreter: Rig;
let compiler: Rig;
let evaluator: Rig;

beforeAll(async () => {
  await ready();
  interpreter = rig('interpreter');
  compiler = rig('compiler');
  evaluator = rig('evaluator');
}, 60_000);

/** One program, every way. Returns how many instructions it had. */
function check(c: Case): number {
  const state = naming('interpreter', c, () => play(interpreter, c));
  const { retired } = interpreter.machine.cpu;
  const again = naming('saved and loaded', c, () => {
    return play(interpreter, c, (machine) => machine.load(machine.save()));
  });
  expect(again, `REWIND86_HOSTILE=${c.mode}:${c.seed}:${c.clocks}, saved and loaded on the way`).toBe(state);
  const others = c.clocks <= SHORT_CLOCKS ? { compiler, evaluator } : { compiler };
  for (const [engine, other] of Object.entries(others)) {
    const there = naming(engine, c, () => play(other, c));
    expect(there, `REWIND86_HOSTILE=${c.mode}:${c.seed}:${c.clocks}, ${engine}`).toBe(state);
  }
  return retired - interpreter.retired;
}

function caseOf(mode: Mode, seed: number): Case {
  return { mode, seed, clocks: seed % 3 === 0 ? CLOCKS : SHORT_CLOCKS };
}

describe.runIf(!ONLY)('hostile guests', () => {
  it.each(MODES)('%s', (mode) => {
    let instructions = 0;
    let heap = 0;
    for (let n = 0; n < PROGRAMS || instructions < INSTRUCTIONS; n++) {
      if (n === WARM_UP) heap = collect().heap;
      instructions += check(caseOf(mode, FIRST_SEED + n));
    }
    expect(collect().heap - heap, 'the host keeps memory for the guest').toBeLessThan(HEAP_SLACK);
  });

  it('were compiled as well', () => {
    expect((compiler.machine.cpu as Ia32).regions).toBeGreaterThan(MODES.length * PROGRAMS);
  });
});

it.runIf(ONLY)('the case asked for', () => {
  const [mode, seed, clocks] = ONLY!;
  const c = caseOf(mode as Mode, Number(seed));
  check(clocks === undefined ? c : { ...c, clocks: Number(clocks) });
});

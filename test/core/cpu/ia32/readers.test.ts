/**
 * The readers of the rows against each other: whatever state the machine is in and whatever bytes come,
 * the evaluator and the WebAssembly interpreter reach the same state, memory and clock, and devices
 * notice the same. Blocks against single steps likewise, pauses anywhere, and dropped caches.
 *
 * REWIND86_CASES raises the number of cases, REWIND86_SEED starts elsewhere; a failure names its seed.
 */
import { describe, expect, it } from 'vitest';
import { instructionSet } from '../../../../src/core/cpu/ia32/isa/table.js';
import { Chance } from './support/chance.js';
import { encode } from './support/encode.js';
import { gates, handlers, ordinary, program } from './support/programs.js';
import { Routines } from './support/routines.js';
import { CODE, type Situation, situation } from './support/states.js';
import { type Contents, START, stepAll, type Twin, Twins } from './support/twins.js';

const CASES = Number(process.env.REWIND86_CASES ?? 1);
const SEED = Number(process.env.REWIND86_SEED ?? 1);
const I686 = 6;
const SHOWN = 3;
/** Boundaries after the instruction that are looked at too: traps, handlers, interrupts. */
const STEPS = 3;

const set = instructionSet(I686);
const variants = set.expanded.filter((e) => e.row.opcode !== '');
const hexBytes = (bytes: readonly number[]): string =>
  bytes.map((b) => b.toString(16).padStart(2, '0')).join(' ');

describe('one instruction at a time', () => {
  it('evaluator and interpreter agree on every variant of every row', () => {
    const twins = new Twins({ evaluator: 'evaluator', interpreter: 'interpreter' });
    const failures: string[] = [];
    for (let round = 0; round < 4 * CASES; round++) {
      for (const [i, expanded] of variants.entries()) {
        const seed = SEED * 1_000_003 + round * variants.length + i;
        const chance = new Chance(seed);
        const where = situation(chance);
        const code = encode(set, expanded, where.size, chance);
        const offset = chance.oneIn(8) ? 0x1000 - 1 - chance.below(10) : 0;
        twins.prepare(seed, where, [[CODE + offset, code]], offset);
        const failure = compare(twins);
        if (failure)
          failures.push(
            `seed ${seed}: ${expanded.row.mnemonic} [${hexBytes(code)}] ${JSON.stringify(where)}: ${failure}`,
          );
      }
    }
    expect(failures.slice(0, SHOWN), `${failures.length} failures`).toEqual([]);
  });
});

/** Steps the twins along; the first difference, if any. */
function compare(twins: Twins): string | undefined {
  for (let step = 0; step < STEPS; step++) {
    const stops = stepAll(twins);
    const differences = twins.differences();
    if (stops[0] !== stops[1]) differences.push(`stops ${stops}`);
    if (differences.length > 0) return `step ${step}: ${differences.join('; ')}`;
    if (stops[0] !== 'clock') return undefined;
  }
  return undefined;
}

/** Clocks that a program runs, and the longest it runs between two events. */
const SPAN = 3000;
const MAX_GAP = 400;

/** Runs to the first boundary at or after `until`, in its own way. */
type Runner = (twin: Twin, until: number, chance: Chance) => void;

const straight: Runner = ({ cpu }, until) => void cpu.run(until);

const stepped: Runner = ({ cpu }, until) => {
  while (cpu.clock < until && cpu.run(cpu.clock + 1) === 'clock');
};

const paused: Runner = ({ cpu }, until, chance) => {
  while (cpu.clock < until) {
    const stop = cpu.run(Math.min(until, cpu.clock + 1 + chance.below(100)));
    if (chance.oneIn(3)) cpu.dropCaches();
    if (chance.oneIn(3)) cpu.settle();
    if (stop !== 'clock') return;
  }
};

const observed: Runner = ({ cpu }, until) => {
  cpu.observer = { boundary: () => false };
  cpu.run(until);
  cpu.observer = undefined;
};

const RUNNERS: Record<string, Runner> = {
  straight,
  stepped,
  paused,
  observed,
  evaluated: straight,
  compiled: straight,
  warmed: straight,
  'warmed long': straight,
  'paused compiled': paused,
};

describe('many instructions', () => {
  it('blocks, single steps, pauses, dropped caches, observers and the evaluator end alike', () => {
    const twins = new Twins({
      straight: 'interpreter',
      stepped: 'interpreter',
      paused: 'interpreter',
      observed: 'interpreter',
      evaluated: 'evaluator',
    });
    expect(lives(twins, 120 * CASES, situation, plain)).toEqual([]);
  });

  it('compiled regions and the interpreter end alike', () => {
    const twins = new Twins({ straight: 'interpreter', compiled: 1, warmed: 3, 'paused compiled': 2 });
    expect(lives(twins, 120 * CASES, compilable, plain)).toEqual([]);
    for (const { name, cpu } of twins.all) {
      if (name !== 'straight') expect(cpu.regions, `${name}: regions compiled`).toBeGreaterThan(100);
    }
  });

  it('loops, calls, and code that changes under them end alike', () => {
    const twins = new Twins({
      evaluated: 'evaluator',
      straight: 'interpreter',
      compiled: 1,
      'paused compiled': 2,
      warmed: 3,
      'warmed long': 10,
    });
    expect(lives(twins, 50 * CASES, compilable, structured)).toEqual([]);
  });
});

function compilable(chance: Chance): Situation {
  const cpl = chance.pick([0, 0, 3] as const);
  return { mode: 'protected', size: 32, cpl, paging: chance.oneIn(2), flat: !chance.oneIn(4) };
}

/** What a program consists of, besides handlers; its code begins at an offset in its page. */
type Writer = (where: Situation, offset: number, chance: Chance) => Contents[];

const from = variants.filter(ordinary);
const plain: Writer = ({ size }, offset, chance) => [[CODE + offset, program(set, from, size, chance)]];
const structured: Writer = ({ flat }, offset, chance) => [
  ...(flat ? gates() : []),
  ...new Routines(set, from, chance).contents(CODE + offset),
];

/** Random programs in every twin; what failed, a few of it. */
function lives(
  twins: Twins,
  programs: number,
  situate: (chance: Chance) => Situation,
  write: Writer,
): string[] {
  const failures: string[] = [];
  for (let n = 0; n < programs; n++) {
    const seed = SEED * 1_000_033 + n;
    const chance = new Chance(seed);
    const where = situate(chance);
    const offset = chance.pick([0, 0x80, 0xf80, 0xff0]);
    const contents = write(where, offset, chance);
    twins.prepare(seed, where, [...handlers(where.mode), ...contents], offset);
    const failure = live(twins, chance);
    const code = contents
      .filter(([at]) => at >= CODE)
      .map(([at, bytes]) => `${at.toString(16)}: ${hexBytes(bytes)}`);
    if (failure) failures.push(`seed ${seed}: [${code}] ${JSON.stringify(where)}: ${failure}`);
  }
  return failures.slice(0, SHOWN);
}

/** The same life for every twin: stretches of running, INTR changing between them. */
function live(twins: Twins, chance: Chance): string | undefined {
  for (let clock = 0; clock < SPAN; ) {
    clock += 1 + chance.below(MAX_GAP);
    const level = chance.oneIn(3);
    for (const twin of twins.all) {
      RUNNERS[twin.name]!(twin, START + clock, new Chance(clock));
      twin.cpu.interrupt(level);
    }
    const differences = twins.differences();
    if (differences.length > 0) return `after ${clock} clocks: ${differences.join('; ')}`;
  }
  return undefined;
}

/**
 * Bisecting the demo's recording: what it finds against an exhaustive walk through stretches of the run, the lost
 * update with its circumstances, and that neither searching nor giving up changes anything.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { Expression } from '../../../src/replay/expression/expression.js';
import { bundledSymbols } from '../../../src/replay/guest/bundledSymbols.js';
import type { Symbols } from '../../../src/replay/guest/symbols.js';
import { type BisectAnswer, type BisectQuestion, bisect } from '../../../src/replay/query/bisect.js';
import type { SearchProgress } from '../../../src/replay/query/search.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { StoredIndex } from '../../../src/replay/timeline/storedIndex.js';
import { survey } from '../../../src/replay/timeline/survey.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const PROGRAM = 'test 1';
const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const source = () => memorySource(new Uint8Array(readFileSync(FILE)));

/** Where the lost update is, a hundred milliseconds before the guest notices. */
const LOST_UPDATE = 'counter < worker_a.additions + worker_b.additions';

let timeline: Timeline;
let symbols: Symbols;

beforeAll(async () => {
  await ready();
  timeline = new Timeline(Trace.open(source()), boards);
  symbols = bundledSymbols(timeline.trace);
});

function ask(question: Omit<BisectQuestion, 'symbols'>, on = timeline): BisectAnswer {
  const search = bisect(on, { symbols, ...question });
  for (let step = search.next(); ; step = search.next()) if (step.done) return step.value;
}

/** The neighbouring places of the change, or what else it says. */
function placeOf(answer: BisectAnswer): unknown {
  return answer.kind === 'change' ? [answer.before, answer.after] : answer.kind;
}

/** All boundaries of a stretch, and at each of them which of some expressions hold: by walking, once. */
interface Walk {
  readonly clocks: readonly number[];
  readonly holds: ReadonlyMap<string, readonly boolean[]>;
}

function walk(from: number, to: number, questions: readonly string[]): Walk {
  const session = Session.open(source(), boards);
  const expressions = questions.map((when) => new Expression(when, session.machine, { symbols }));
  const clocks: number[] = [];
  const holds = new Map(questions.map((when): [string, boolean[]] => [when, []]));
  for (session.runTo(from); ; session.runTo(session.clock + 1)) {
    clocks.push(session.clock);
    for (const e of expressions) holds.get(e.source)!.push(e.holds());
    if (session.clock >= to) return { clocks, holds };
  }
}

function expected({ clocks, holds: all }: Walk, when: string, which: 'first' | 'last'): unknown {
  const holds = all.get(when)!;
  const changes = holds.flatMap((now, i) => (i > 0 && now && !holds[i - 1] ? [i] : []));
  if (which === 'first' && holds[0]) return 'always';
  if (which === 'last' && !holds.at(-1)) return 'never';
  const at = changes.at(which === 'first' ? 0 : -1);
  if (at === undefined) return which === 'first' ? 'never' : 'always';
  return [clocks[at - 1], clocks[at]];
}

/** Over the tick at which the update is lost: tasks change, numbers are drawn, a device is told. */
const START = 182_269_800;
const atom = fc.oneof(
  fc.constantFrom('zf', 'cf', 'sf', 'if', 'pic1.isr', 'eax & 1', 'ebx == &worker_a', 'esp < 0x112000'),
  fc.constantFrom('pc == &worker.store', 'pc < &worker', 'byte[pc] == 0xcf', '[esp] < 0x1000', 'ecx < edx'),
  fc.tuple(fc.constantFrom('eax', 'ecx', 'retired', 'clock', 'stir'), fc.nat(0xffff)).map(([name, n]) => {
    return `(${name} & 0xffff) < ${n}`;
  }),
  fc.constantFrom(
    'counter < 19535',
    'counter & 1',
    'worker_a.random & 4',
    'current == &worker_b',
    'ticks & 1',
  ),
);
const predicate = fc.oneof(
  atom,
  fc.tuple(atom, fc.constantFrom('&&', '||', '!='), atom).map(([a, op, b]) => `(${a}) ${op} (${b})`),
  atom.map((a) => `!(${a})`),
);

describe('random predicates, against walking', () => {
  const questions = [...new Set(fc.sample(predicate, { numRuns: 80, seed: 11 }))];

  it('a short stretch is searched exactly, whatever the predicate', () => {
    const walked = walk(START, START + 1000, questions);
    const [good, bad] = [walked.clocks[0]!, walked.clocks.at(-1)!];
    for (const when of questions.slice(0, 30)) {
      expect(placeOf(ask({ when, good, bad })), when).toEqual(expected(walked, when, 'last'));
      expect(placeOf(ask({ when, good, bad, first: true })), when).toEqual(expected(walked, when, 'first'));
    }
  });

  it('the first time at all is found in a longer one', () => {
    const walked = walk(START - 25_000, START + 15_000, questions);
    const [good, bad] = [walked.clocks[0]!, walked.clocks.at(-1)!];
    for (const when of questions) {
      expect(placeOf(ask({ when, good, bad, first: true })), when).toEqual(expected(walked, when, 'first'));
    }
  });

  it('what becomes true once is found anywhere', () => {
    for (const n of [1, 90, 1871]) {
      const when = `ticks >= ${n}`;
      const [before, after] = placeOf(ask({ when })) as [number, number];
      expect(expected(walk(before, after, [when]), when, 'last')).toEqual([before, after]);
      // Memory alone decides: the first time is found by its writes, and is the same.
      expect(placeOf(ask({ when, first: true }))).toEqual([before, after]);
    }
  }, 120_000);
});

describe('with an index', () => {
  let file: Uint8Array;
  const indexed = (): Timeline => {
    const trace = Trace.open(source());
    return new Timeline(trace, boards, { index: StoredIndex.open(memorySource(file), trace, PROGRAM) });
  };
  /** Clocks that are passed while something is done. */
  const passed = (on: Timeline, work: () => void): number => {
    let sum = 0;
    const unlisten = on.listen({ passed: (from, to) => void (sum += to - from) });
    work();
    unlisten();
    return sum;
  };

  beforeAll(() => {
    const parts: Uint8Array[] = [];
    const pass = survey(Trace.open(source()), boards, (part) => parts.push(part.slice()), {
      program: PROGRAM,
    });
    for (const _ of pass);
    file = new Uint8Array(Buffer.concat(parts));
  });

  it('the answer is the same, whatever the predicate', () => {
    const on = indexed();
    const atoms = fc.sample(predicate, { numRuns: 3, seed: 3 });
    for (const when of [...atoms, 'ticks >= 90', 'ticks == 0 || ticks > 1000', LOST_UPDATE, '1', '0']) {
      expect(placeOf(ask({ when }, on)), when).toEqual(placeOf(ask({ when })));
    }
  });

  it('a small part of the run is passed', () => {
    for (const when of ['ticks >= 90', LOST_UPDATE, 'serial has "PANIC: lost"']) {
      const on = indexed();
      expect(
        passed(on, () => ask({ when }, on)),
        when,
      ).toBeLessThan(on.end / 10);
    }
  });

  it('without one, not much more than all of it is', () => {
    for (const when of ['ticks >= 90', LOST_UPDATE]) {
      const on = new Timeline(Trace.open(source()), boards);
      const sum = passed(on, () => ask({ when }, on));
      expect(sum, when).toBeGreaterThanOrEqual(on.end);
      // Halfway back to a checkpoint, then a quarter, and so on; this run is six of them long.
      expect(sum, when).toBeLessThan(on.end + 4 * 2 ** 25);
    }
  });

  it('that is true at both ends is found where it was not in between', () => {
    const [before, after] = placeOf(ask({ when: 'ticks == 0 || ticks > 1000' })) as [number, number];
    expect(placeOf(ask({ when: 'ticks > 1000' }))).toEqual([before, after]);
  });
});

describe('the lost update', () => {
  it('is found, with the instruction and the interrupt that came between', () => {
    const found = ask({ when: LOST_UPDATE });
    if (found.kind !== 'change') throw new Error(found.kind);
    expect(found.instruction).toMatchObject({ at: 'worker.store', about: 'counter' });
    expect(found.instruction!.text).toMatch(/^mov \[/);
    const [counter, a, b] = found.operands;
    expect(counter!.before).toBe(a!.before! + b!.before!);
    expect(counter!.after).toBeLessThan(counter!.before!);
    // The timer's vector; the worker had read the counter and not yet stored it; two ticks later it went on.
    expect(found.interruption).toMatchObject({ vector: 32, instruction: { at: 'worker.store' } });
    const { clock, resumed } = found.interruption!;
    expect(found.before - resumed).toBeLessThan(10);
    const ticks = found.events.filter((e) => e.kind === 'irq' && e.clock > clock && e.clock < resumed);
    expect(ticks).toHaveLength(2);
    expect(found.trail.at(-1)!.clock).toBe(found.before);
    expect(new TextDecoder().decode(found.input!.data)).toBe('hello');
    expect(timeline.clock).toBe(found.after);
  });

  it('is told alike from nearer bounds, and by the first search', () => {
    const whole = ask({ when: LOST_UPDATE });
    const bounded = ask({ when: LOST_UPDATE, good: 100_000_000, bad: 190_000_000 });
    expect(bounded).toEqual(whole);
    expect(ask({ when: LOST_UPDATE, first: true })).toEqual(whole);
  });
});

describe('text', () => {
  it('that the guest has sent or shows is found where it is complete', () => {
    const sent: { byte: number; clock: number }[] = [];
    const session = Session.open(source(), boards);
    session.onNote = (note, clock) => {
      if (note.kind === 'serial' && note.what === 'tx') sent.push({ byte: note.a, clock });
    };
    session.runTo(Number.POSITIVE_INFINITY);
    const text = String.fromCharCode(...sent.map(({ byte }) => byte));
    const found = ask({ when: 'serial has "PANIC: lost"' });
    expect(placeOf(found)).toEqual([expect.any(Number), sent[text.indexOf('PANIC: lost') + 10]!.clock]);
    const shown = placeOf(ask({ when: 'screen has "PANIC"' })) as number[];
    expect(shown[1]).toBeGreaterThan(shown[0]!);
    expect(shown[1]).toBeGreaterThan((placeOf(found) as number[])[1]!);
  }, 120_000);
});

describe('a search', () => {
  it('that finds nothing says which nothing', () => {
    expect(ask({ when: 'ticks > 1000000' }).kind).toBe('never');
    expect(ask({ when: '[0x40000000] == 0' }).kind).toBe('never');
    expect(ask({ when: '1' }).kind).toBe('always');
    expect(ask({ when: 'ticks > 1000000', first: true, bad: 2_000_000 }).kind).toBe('never');
    expect(ask({ when: 'ticks == 0', first: true }).kind).toBe('always');
  });

  it('tells how far it is, can be given up, and leaves the run as it was', () => {
    const fresh = new Timeline(Trace.open(source()), boards);
    const seen: SearchProgress[] = [];
    for (const progress of bisect(fresh, { when: LOST_UPDATE, symbols })) {
      seen.push(progress);
      if (progress.what === 'halving' && seen.length > 5) break;
    }
    const running = seen.filter(({ what }) => what === 'running through').map(({ clock }) => clock);
    expect(running).toEqual(running.toSorted((a, b) => a - b));
    expect(running.length).toBeGreaterThan(4);
    fresh.seek(150_000_000);
    const session = Session.open(source(), boards);
    session.runTo(150_000_000);
    expect(fresh.stateHash()).toBe(session.stateHash());
    expect(fresh.divergence).toBeUndefined();
  });
});

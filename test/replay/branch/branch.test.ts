/**
 * Laws of branches, on the toy machine: a branch without a change that keeps its parent's inputs is its parent; a
 * branch replays like every trace; a branch of a branch is one.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Branch, branch } from '../../../src/replay/branch/branch.js';
import { familiesOf, type Kin, type Member } from '../../../src/replay/branch/family.js';
import { edited, type InputEdit, inputsOf, KeepingInputs } from '../../../src/replay/branch/inputs.js';
import { type RunEvent, watchEvents } from '../../../src/replay/events.js';
import { ready } from '../../../src/replay/ready.js';
import type { Recorder } from '../../../src/replay/recorder.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { hash64 } from '../../../src/replay/trace/hash.js';
import { memorySource } from '../../../src/replay/trace/reader.js';
import { concat, openTrace, recordToy, toyProvider } from '../support/recordToy.js';
import { toyBoards } from '../support/toy.js';

beforeAll(() => ready());

const INPUTS = [
  { at: 20_000, keys: 'ab' },
  { at: 70_000, keys: 'c' },
  { at: 140_000, keys: 'def' },
];
const RUN = { until: 200_000, inputs: INPUTS, flushEvery: 30_000 };

/** Nobody to ask: what the parent did not hold is an error. */
const nobody = {
  pull: (channel: string, request: number): Uint8Array => {
    throw new Error(`nobody knows ${channel} ${request}`);
  },
};

interface Child extends Branch {
  /** The trace so far. */
  bytes(): Uint8Array;
}

function branchAt(
  parent: Uint8Array,
  clock: number,
  provider: { pull(c: string, r: number, l: number): Uint8Array } = nobody,
): Child {
  const timeline = new Timeline(openTrace(parent), toyBoards);
  timeline.seek(clock);
  const pieces: Uint8Array[] = [];
  const made = branch(timeline, {
    sink: (bytes) => pieces.push(bytes),
    program: 'toy 2',
    label: undefined,
    provider,
  });
  return { ...made, bytes: () => concat(pieces) };
}

/** Goes on as the parent did, up to its end. */
function unchanged(parent: Uint8Array, clock: number): { bytes: Uint8Array; hash: bigint } {
  const child = branchAt(parent, clock);
  const { covered, end } = openTrace(parent);
  const runner = new KeepingInputs(child.recorder, inputsOf(openTrace(parent)).slice(child.inputsBefore));
  runner.run(covered);
  if (end?.outcome) runner.run(covered + 1);
  const { stateHash } = child.recorder.finish('limit');
  return { bytes: child.bytes(), hash: stateHash };
}

function eventsOf(bytes: Uint8Array): RunEvent[] {
  const session = Session.open(memorySource(bytes), toyBoards);
  const events: RunEvent[] = [];
  watchEvents(session, {}, (event) => events.push(event));
  expect(session.runTo(Number.POSITIVE_INFINITY)).toBe(true);
  expect(session.finished).toBe(true);
  return events;
}

function replayed(bytes: Uint8Array): Replayer {
  const replay = new Replayer(openTrace(bytes), toyBoards);
  replay.runTo(Number.POSITIVE_INFINITY);
  expect(replay.divergence).toBeUndefined();
  return replay;
}

describe('a branch without a change', () => {
  it('equals its parent, wherever it begins', () => {
    const parent = recordToy(RUN);
    const events = eventsOf(parent.bytes);
    const clocks = [0, 1, 29_999, 30_000, 30_001, 70_000, 140_000, 199_999, 200_000];
    for (const clock of [...clocks, ...fc.sample(fc.nat(200_000), { numRuns: 12, seed: 3 })]) {
      const child = unchanged(parent.bytes, clock);
      expect(child.hash).toBe(parent.hash);
      expect(eventsOf(child.bytes)).toEqual(events);
    }
  });

  it('equals it in whatever segments and frames it was written', () => {
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.integer({ min: 1_000, max: 200_000 }),
        fc.integer({ min: 500, max: 50_000 }),
        (clock, flushEvery, slice) => {
          const parent = recordToy({ ...RUN, flushEvery, slice, checkEvery: 2 ** 12 });
          const child = unchanged(parent.bytes, clock);
          expect(child.hash).toBe(parent.hash);
          expect(replayed(child.bytes).checks).toBe(replayed(parent.bytes).checks);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('equals one that ended by itself, and ends so', () => {
    for (const keys of ['q', 'x', 't', 'h']) {
      const parent = recordToy({ ...RUN, inputs: [...INPUTS, { at: 150_000, keys }] });
      const { outcome } = openTrace(parent.bytes).end!;
      expect(outcome).toBeDefined();
      const child = unchanged(parent.bytes, 60_000);
      expect(child.hash).toBe(parent.hash);
      expect(openTrace(child.bytes).end!.outcome).toEqual(outcome);
    }
  });

  it('equals one that was killed, up to there', () => {
    const parent = recordToy({ ...RUN, finish: false });
    expect(openTrace(parent.bytes).complete).toBe(false);
    expect(replayed(unchanged(parent.bytes, 123_456).bytes).stateHash()).toBe(
      replayed(parent.bytes).stateHash(),
    );
  });

  it('can go on behind the end of its parent', () => {
    const long = recordToy(RUN);
    const short = recordToy({ ...RUN, until: 100_000 });
    const child = branchAt(short.bytes, 100_000, toyProvider());
    expect(child.inputsBefore).toBe(2);
    const rest = inputsOf(openTrace(long.bytes)).slice(child.inputsBefore);
    new KeepingInputs(child.recorder, rest).run(200_000);
    child.recorder.finish('limit');
    // Entropy is drawn anew, all else is as it was.
    const inputs = inputsOf(openTrace(child.bytes()));
    expect(inputs).toEqual(inputsOf(openTrace(long.bytes)));
    expect(replayed(child.bytes()).clock).toBe(200_000);
  });
});

describe('a branch of a branch', () => {
  const growing = (parent: Uint8Array, clock: number, keys: string): Uint8Array => {
    const child = branchAt(parent, clock, toyProvider());
    child.recorder.input('keyboard', new TextEncoder().encode(keys));
    child.recorder.run(clock + 60_000);
    child.recorder.finish('limit');
    return child.bytes();
  };

  it('holds the past of both, and replays without them', () => {
    const first = growing(recordToy(RUN).bytes, 50_000, 'A');
    for (const clock of [40_000, 50_000, 80_000, openTrace(first).covered]) {
      const second = growing(first, clock, 'B');
      const keys = inputsOf(openTrace(second)).map(({ data }) => new TextDecoder().decode(data));
      expect(keys).toEqual(clock < 50_000 ? ['ab', 'B'] : ['ab', 'A', 'B']);
      replayed(second);
    }
  });

  it('without a change equals the branch', () => {
    const first = growing(recordToy(RUN).bytes, 50_000, 'A');
    const hash = replayed(first).stateHash();
    for (const clock of [20_000, 49_999, 50_000, 90_000]) expect(unchanged(first, clock).hash).toBe(hash);
  });

  it('names its parent by what the parent held there, grown or cut off since', () => {
    const root = recordToy(RUN).bytes;
    const first = growing(root, 50_000, 'A');
    const other = growing(root, 50_000, 'Z');
    const second = growing(first, 80_000, 'B');
    const third = growing(other, 50_000, 'C');
    const { frame } = openTrace(second).manifest.origin!;
    const cut = openTrace(first).frames[frame + 1]!.at;
    const members = (...bytes: Uint8Array[]): Member[] =>
      bytes.map((one, i) => ({ name: `${i}`, trace: openTrace(one) }));
    const drawn = (kin: Kin): string => `${kin.member.name}(${kin.children.map(drawn).join(' ')})`;
    const draw = (...bytes: Uint8Array[]) =>
      familiesOf(members(...bytes))
        .map(drawn)
        .join(' ');
    expect(draw(third, second, other, first, root)).toBe('4(2(0()) 3(1()))');
    expect(draw(second, first.subarray(0, cut), root)).toBe('2(1(0()))');
    expect(draw(second, root)).toBe('0() 1()');
    expect(draw(second, other)).toBe('0() 1()');
  });
});

describe('inputs', () => {
  it('can be left out, given other data, and at other clocks', () => {
    const text = (keys: string) => new TextEncoder().encode(keys);
    const inputs = ['a', 'b', 'c', 'd'].map((keys, i) => {
      return { clock: 10 * (i + 1), channel: 'keyboard', data: text(keys) };
    });
    const edits = new Map<number, InputEdit>([
      [1, { clock: 35 }],
      [2, undefined],
      [4, { data: text('D'), clock: 40 }],
    ]);
    const told = edited(inputs, edits).map(({ clock, data }) => `${clock}${new TextDecoder().decode(data)}`);
    expect(told).toEqual(['30c', '35a', '40D']);
    expect(edited(inputs, new Map())).toEqual(inputs);
  });

  it('left out make another run, which replays', () => {
    const parent = recordToy(RUN).bytes;
    const child = branchAt(parent, 69_000, toyProvider());
    const kept = edited(inputsOf(openTrace(parent)), new Map([[2, undefined]])).slice(child.inputsBefore);
    new KeepingInputs(child.recorder, kept).run(200_000);
    const { stateHash } = child.recorder.finish('limit');
    expect(stateHash).not.toBe(recordToy(RUN).hash);
    expect(inputsOf(openTrace(child.bytes())).map(({ clock }) => clock)).toEqual([20_000, 140_000]);
    expect(replayed(child.bytes()).stateHash()).toBe(stateHash);
  });
});

describe('where nobody has an answer', () => {
  it('a branch ends with what came before, and that replays', () => {
    const parent = recordToy({ ...RUN, until: 50_000 });
    const child = branchAt(parent.bytes, 50_000);
    let asked = 0;
    const goOn = () => {
      for (; asked < 10_000_000; asked += 10_000) child.recorder.run(50_000 + asked);
    };
    expect(goOn).toThrow(/nobody knows (disk:0|entropy) \d+/);
    const trace = openTrace(child.bytes());
    expect(trace.complete).toBe(false);
    expect(trace.covered).toBe(child.recorder.written);
    expect(trace.covered).toBeGreaterThanOrEqual(50_000 + asked - 10_000);
    expect(replayed(child.bytes()).clock).toBe(trace.covered);
  });

  it('sectors are answered by the parent, whenever it read them', () => {
    // Entropy apart, 64 sectors are all there is; a parent of 2 million clocks has read them.
    const parent = recordToy({ until: 2_000_000, flushEvery: 500_000 });
    const entropy: typeof nobody = {
      pull: (channel, request) => (channel === 'entropy' ? new Uint8Array(4) : nobody.pull(channel, request)),
    };
    const child = branchAt(parent.bytes, 10_000, entropy);
    child.recorder.input('keyboard', Uint8Array.of(1));
    child.recorder.run(1_500_000);
    child.recorder.finish('limit');
    replayed(child.bytes());
  });
});

it('a timeline whose machine was given away says so', () => {
  const timeline = new Timeline(openTrace(recordToy(RUN).bytes), toyBoards);
  timeline.seek(1000);
  const { recorder } = branch(timeline, {
    sink: () => {},
    program: 'toy 2',
    label: undefined,
    provider: nobody,
  });
  const stateOf = ({ machine: { cpu, memory } }: Recorder) => ({ clock: cpu.clock, ram: hash64(memory.ram) });
  expect(() => timeline.seek(5000)).toThrow('the machine was given away');
  const before = stateOf(recorder);
  expect(() => timeline.seek(10)).toThrow('the machine was given away');
  expect(stateOf(recorder)).toEqual(before);
});

it('nothing can follow an end', () => {
  const parent = recordToy({ ...RUN, inputs: [{ at: 150_000, keys: 'q' }] });
  expect(() => branchAt(parent.bytes, 200_000)).toThrow(/the run has ended at clock \d+/);
});

/**
 * Laws of branches, on the toy machine: a branch without a change that keeps its parent's inputs is its parent; a
 * branch replays like every trace; a branch of a branch is one.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Branch, branch } from '../../../src/replay/branch/branch.js';
import { inputsOf, KeepingInputs } from '../../../src/replay/branch/inputs.js';
import { type RunEvent, watchEvents } from '../../../src/replay/events.js';
import { ready } from '../../../src/replay/ready.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
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

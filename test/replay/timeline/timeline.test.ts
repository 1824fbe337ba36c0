/**
 * Laws of moving in time, on the demo's recording: wherever one comes from, a position is the same; a step
 * back undoes a step; looking changes nothing; a tight budget for checkpoints changes only the time taken.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const source = () => memorySource(new Uint8Array(readFileSync(FILE)));
const open = (checkpointMemory?: number) =>
  new Timeline(Trace.open(source()), boards, { ...(checkpointMemory && { checkpointMemory }) });

/** What straight replay finds at a clock: the boundary there and the state. */
function straight(clock: number): { clock: number; hash: bigint } {
  const session = Session.open(source(), boards);
  session.runTo(clock);
  return { clock: session.clock, hash: session.stateHash() };
}

const here = (t: Timeline) => ({ clock: t.clock, hash: t.stateHash() });

let end = 0;

beforeAll(async () => {
  await ready();
  end = Trace.open(source()).covered;
});

const places = (n: number) => fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: n, seed: 7 });

describe.each([
  ['plenty', undefined],
  ['hardly any', 1],
])('with %s memory for checkpoints', (_, memory) => {
  it('a position is the same wherever one comes from', () => {
    const timeline = open(memory);
    for (const place of [...places(6), 0, 1, 0.5]) {
      const clock = Math.floor(place * end);
      timeline.seek(clock);
      expect(here(timeline)).toEqual(straight(clock));
    }
    expect(timeline.divergence).toBeUndefined();
  });

  it('a step back undoes a step, and steps back undo each other’s steps', () => {
    const timeline = open(memory);
    for (const place of places(6)) {
      timeline.seek(Math.floor(place * end));
      timeline.step();
      const trail = [here(timeline)];
      for (let i = 0; i < 20 && timeline.step(); i++) trail.push(here(timeline));
      for (const before of trail.toReversed().slice(1)) {
        expect(timeline.stepBack()).toBe(true);
        expect(here(timeline)).toEqual(before);
      }
    }
  });
});

describe('at the ends of the trace', () => {
  it('moves stop, and stay possible', () => {
    const timeline = open();
    timeline.seek(Number.POSITIVE_INFINITY);
    expect(timeline.machine.outcome).toEqual({ kind: 'exit', code: 1 });
    const last = here(timeline);
    expect(timeline.step()).toBe(false);
    expect(timeline.stepBack()).toBe(true);
    expect(timeline.clock).toBeLessThan(last.clock);
    expect(timeline.machine.outcome).toBeUndefined();
    timeline.seek(0);
    expect(timeline.stepBack()).toBe(false);
    expect(timeline.clock).toBe(0);
    timeline.seek(Number.POSITIVE_INFINITY);
    expect(here(timeline)).toEqual(last);
  });
});

it('keeps checkpoints within the budget, the first and some others', () => {
  const timeline = open(2 << 20);
  timeline.seek(end);
  for (const place of places(10)) timeline.seek(Math.floor(place * end)) && timeline.stepBack();
  expect(timeline.checkpointMemory).toBeLessThanOrEqual(2 << 20);
  expect(timeline.checkpoints[0]).toBe(0);
  expect(timeline.checkpoints.length).toBeGreaterThan(2);
});

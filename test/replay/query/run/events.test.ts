/**
 * Events heard by passing only those stretches of a run that an index does not rule out, against all that straight replay
 * hears.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { buildPc } from '../../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../../src/devices/description.js';
import { type EventKind, type RunEvent, watchEvents } from '../../../../src/replay/events.js';
import { hearEvents } from '../../../../src/replay/query/run/events.js';
import { ready } from '../../../../src/replay/ready.js';
import { Session } from '../../../../src/replay/session.js';
import { StoredIndex } from '../../../../src/replay/timeline/storedIndex.js';
import { survey } from '../../../../src/replay/timeline/survey.js';
import { Timeline } from '../../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../../src/replay/trace/reader.js';
import type { Description } from '../../../../src/replay/trace/records.js';

const FILE = new URL('../../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const source = memorySource(new Uint8Array(readFileSync(FILE)));

let all: RunEvent[];
let timeline: Timeline;

beforeAll(async () => {
  await ready();
  const trace = Trace.open(source);
  const parts: Uint8Array[] = [];
  for (const _ of survey(trace, boards, (part) => parts.push(part.slice()), { program: 'test 1' }));
  const index = StoredIndex.open(memorySource(new Uint8Array(Buffer.concat(parts))), trace, 'test 1');
  timeline = new Timeline(trace, boards, { index });
  all = [];
  const session = Session.open(source, boards);
  watchEvents(session, {}, (event) => all.push(event));
  session.runTo(session.end);
});

interface Bounds {
  readonly from?: number;
  readonly to?: number;
}

/** What is heard, and how many clocks were passed for it. */
function hear(kinds: readonly EventKind[] | undefined, bounds: Bounds = {}) {
  const heard: RunEvent[] = [];
  let passed = 0;
  const unlisten = timeline.listen({ passed: (from, to) => void (passed += to - from) });
  const filter = { ...(kinds && { kinds: new Set(kinds) }), ...bounds };
  for (const _ of hearEvents(timeline, filter, (event) => heard.push(event)));
  unlisten();
  return { heard, passed };
}

const isIn = (kinds: readonly EventKind[] | undefined, { from = 0, to = Number.POSITIVE_INFINITY }: Bounds) =>
  all.filter(({ kind, clock }) => (!kinds || kinds.includes(kind)) && clock >= from && clock <= to);

it('all that there are of some kinds, from a part of the run', () => {
  for (const kinds of [['input'], ['key', 'power'], ['screen'], ['disk']] as const) {
    const { heard, passed } = hear(kinds);
    expect(heard, kinds.join()).toEqual(isIn(kinds, {}));
    expect(passed, kinds.join()).toBeLessThan(timeline.end / 4);
  }
  expect(hear(undefined).heard).toEqual(all);
});

it('between two clocks, those at the clocks included', () => {
  const picked = fc.sample(fc.nat(all.length - 1), { numRuns: 12, seed: 2 }).map((i) => all[i]!.clock);
  for (const [i, clock] of picked.entries()) {
    const kinds = ([undefined, ['irq'], ['serial', 'input']] as const)[i % 3];
    const bounds = { from: clock, to: clock + 500_000 };
    expect(hear(kinds, bounds).heard).toEqual(isIn(kinds, bounds));
    const upTo = { from: Math.max(0, clock - 500_000), to: clock };
    expect(hear(kinds, upTo).heard).toEqual(isIn(kinds, upTo));
  }
});

it('at one clock: what an instruction that begins there tells, too', () => {
  const seen = new Map<string, number>();
  for (const { kind, clock } of all) {
    const times = seen.get(kind) ?? 0;
    seen.set(kind, times + 1);
    if (times >= 4) continue;
    const bounds = { from: clock, to: clock };
    expect(hear([kind], bounds).heard).toEqual(isIn([kind], bounds));
  }
});

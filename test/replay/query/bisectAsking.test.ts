/** Bisecting by asking: what it finds against the boundaries of the run, and how often it asks. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { Symbols } from '../../../src/replay/guest/symbols.js';
import { bisectAsking, type Question } from '../../../src/replay/query/bisectAsking.js';
import { ready } from '../../../src/replay/ready.js';
import type { StoredIndex } from '../../../src/replay/timeline/storedIndex.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const symbols = new Symbols();
const [GOOD, BAD] = [10_000_000, 10_040_000];

let timeline: Timeline;
/** All boundaries from GOOD to BAD. */
const clocks: number[] = [];

beforeAll(async () => {
  await ready();
  timeline = new Timeline(Trace.open(memorySource(new Uint8Array(readFileSync(FILE)))), boards);
  for (timeline.seek(GOOD); timeline.clock < BAD; timeline.seek(timeline.clock + 1))
    clocks.push(timeline.clock);
  clocks.push(timeline.clock);
});

/** What is found by answers that follow from the clock, and the questions. */
function ask(holds: (clock: number) => boolean) {
  const search = bisectAsking(timeline, { symbols, good: GOOD, bad: BAD });
  const questions: Question[] = [];
  for (let step = search.next(); ; step = search.next()) {
    if (step.done) return { answer: step.value, questions };
    if (step.value.what !== 'asking') continue;
    questions.push(step.value);
    step.value.answer(holds(step.value.clock));
  }
}

describe('bisecting by asking', () => {
  it('finds the boundary at which the answer changes, with few questions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: clocks.length - 1 }), (i) => {
        const { answer, questions } = ask((clock) => clock >= clocks[i]!);
        expect(answer).toMatchObject({ kind: 'change', before: clocks[i - 1], after: clocks[i] });
        expect(timeline.clock).toBe(clocks[i]);
        for (const { clock, state } of questions) {
          expect(clocks).toContain(clock);
          expect(state.clock).toBe(clock);
        }
        expect(questions.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(BAD - GOOD)));
      }),
      { numRuns: 12, seed: 5 },
    );
  });

  it('asks at both ends first', () => {
    const never = ask(() => false);
    expect(never.answer).toEqual({ kind: 'never', clock: clocks.at(-1) });
    expect(never.questions.map(({ clock }) => clock)).toEqual([clocks.at(-1)]);
    const always = ask(() => true);
    expect(always.answer).toEqual({ kind: 'always', clock: clocks[0] });
    expect(always.questions.map(({ clock }) => clock)).toEqual([clocks.at(-1), clocks[0]]);
  });

  it('tells what was sent until then', () => {
    const { questions } = ask((clock) => clock >= clocks[5]!);
    for (const { state } of questions)
      expect(state.serial).toBe('racer: two workers, one counter, no lock\r\n');
  });

  it('asks nothing of a run that differs from its recording', () => {
    const altered = {
      pc: (...given: Parameters<typeof boards.pc>) => {
        const machine = boards.pc(...given);
        machine.memory.write(0x33333, 1, 1);
        return machine;
      },
    };
    // What was sent is known: the run is not passed for that.
    const sent = { bytes: new Uint8Array(), at: [] };
    const index = { sent, end: timeline.end, checkpoints: () => [] } as unknown as StoredIndex;
    const search = bisectAsking(new Timeline(timeline.trace, altered, { index }), { symbols });
    for (;;) {
      const { done, value } = search.next();
      if (done) return expect(value).toEqual({ kind: 'diverged' });
      expect(value.what).not.toBe('asking');
    }
  });
});

/** Trace events, read back as the format's description has them: balanced, in order, and JSON wherever it ends. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TraceEventWriter } from '../../../src/replay/export/traceEvents.js';
import { readTraceEvents } from '../support/traceEventReader.js';

const MHZ = { num: 1_000_000, den: 1 };

type Step = readonly ['begin' | 'end' | 'instant' | 'counter' | 'slice', number, number];

it('are balanced and in order, whatever is written', () => {
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom('begin', 'end', 'instant', 'counter', 'slice'),
    fc.nat(2),
    fc.integer({ min: -3, max: 9 }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let text = '';
      const writer = new TraceEventWriter((more) => (text += more), MHZ, { about: '"\n' });
      let clock = 0;
      for (const [what, n, after] of steps) {
        clock = Math.max(0, clock + after);
        const track = writer.track(`group ${n % 2}`, `track ${n}`);
        if (what === 'begin') writer.begin(track, clock, 'b', { n });
        if (what === 'end') writer.end(track, clock);
        if (what === 'instant') writer.instant(track, clock, 'i', {});
        if (what === 'slice') writer.slice(track, clock - 1, clock, 's', {});
        if (what === 'counter') writer.counter('group 0', clock, 'c', n);
      }
      writer.close(clock);
      const { tracks, slices } = readTraceEvents(text);
      const begun = steps.filter(([what]) => what === 'begin' || what === 'slice').length;
      expect(slices.length).toBe(begun);
      for (const name of tracks) expect(name).toMatch(/^group [01]\/track [012]$/);
    }),
  );
});

it('have microseconds for time, and counters where they change', () => {
  let text = '';
  const writer = new TraceEventWriter((more) => (text += more), { num: 4_000_000, den: 3 }, {});
  const track = writer.track('p', 't');
  writer.slice(track, 4, 8, 'one', { x: 1 });
  for (const [clock, value] of [
    [0, 5],
    [4, 5],
    [8, 6],
  ] as const)
    writer.counter('p', clock, 'n', value);
  writer.close(8);
  const { slices, counters } = readTraceEvents(text);
  expect(slices).toEqual([{ track: 'p/t', name: 'one', from: 3, to: 6, args: { x: 1 }, end: {} }]);
  expect(counters).toEqual([
    { name: 'n', ts: 0, value: 5 },
    { name: 'n', ts: 6, value: 6 },
  ]);
});

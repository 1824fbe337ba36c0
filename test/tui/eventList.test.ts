/** The list of events as it becomes known, against lists that are filtered whole. */
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS } from '../../src/replay/events.js';
import { filtered, found, indexOf, learn, shownCount } from '../../src/tui/eventList.js';
import type { EventColumns } from '../../src/tui/session.js';
import type { State } from '../../src/tui/state.js';

const KIND = (i: number): number => (i * 7) % EVENT_KINDS.length;
const nothing = { columns: undefined, upTo: 0, filter: [], passing: undefined, cursor: undefined };
const BEGIN = { events: { ...nothing, sought: '', texts: new Map() } } as unknown as State;

/** The first so many of a run's events. */
function columnsOf(count: number): EventColumns {
  const clocks = Float64Array.from({ length: count }, (_, i) => 100 * i);
  const kind = Uint8Array.from({ length: count }, (_, i) => KIND(i));
  const pace = { clocks: new Float64Array(), retired: new Float64Array(), count: 0 };
  return { clocks, kind, kinds: EVENT_KINDS, count, pace };
}

const knowing = (state: State, count: number): State => learn(state, columnsOf(count), 100 * count).state;
const shown = ({ events }: State): number[] =>
  Array.from({ length: shownCount(events) }, (_, i) => indexOf(events, i));
const expected = (count: number, ...kinds: string[]): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => kinds.includes(EVENT_KINDS[KIND(i)]!));

describe('a filter', () => {
  it.each([0, 1, 40])('that is set when %i events are known holds for those that come', (before) => {
    const start = before === 0 ? BEGIN : knowing(BEGIN, before);
    let state = filtered(start, 'serial, power').state;
    expect(shown(state)).toEqual(expected(before, 'serial', 'power'));
    for (const count of [50, 51, 200]) {
      state = knowing(state, count);
      expect(shown(state)).toEqual(expected(count, 'serial', 'power'));
    }
    expect(shown(filtered(state, '').state)).toHaveLength(200);
  });

  it('of no kind is refused before anything is known, too', () => {
    expect(filtered(BEGIN, 'noise').state.message).toMatchObject({ failed: true });
  });

  it('has the cursor go to what was found among those that pass', () => {
    const state = filtered(knowing(BEGIN, 200), 'disk').state;
    for (const [cursor, index] of expected(200, 'disk').entries()) {
      expect(found(state, index).events.cursor).toBe(cursor);
    }
  });
});

/** What the timeline says of a run whose every event and instruction is known. */
import { describe, expect, it } from 'vitest';
import { initialState, type State } from '../../src/tui/state.js';
import { plainText } from '../../src/tui/text.js';
import { timelineLines } from '../../src/tui/timelineBar.js';

const FACTS = {
  path: 'x.rewind',
  running: false,
  trace: 'x',
  end: 1000,
  frequency: 1000,
  board: 'pc',
  demo: false,
  live: false,
};
const COLUMNS = 41;

/** The guest executes an instruction a clock up to clock 500, then sleeps; one event, at clock 750. */
function asleepFromHalf(): State {
  const state = initialState(FACTS, { columns: COLUMNS, rows: 40 });
  const pace = { clocks: Float64Array.of(500, 1000), retired: Float64Array.of(500, 500), count: 2 };
  const columns = { clocks: Float64Array.of(750), kind: Uint8Array.of(0), kinds: ['irq'], count: 1, pace };
  return { ...state, events: { ...state.events, columns, upTo: 1000 } };
}

const rows = (state: State, count: number) => timelineLines(state, count, COLUMNS).map(plainText);

describe('the timeline', () => {
  it('shows where instructions are executed, and where events are', () => {
    const [events, instructions] = rows(asleepFromHalf(), 4);
    expect(events).toBe(`${' '.repeat(30)}█${' '.repeat(10)}`);
    // The first column begins with the run: it has half of what the others have.
    expect(instructions).toMatch(/^▄█{19}▄ {20}$/);
  });

  it('shows it in the line of marks where there is no room for a row', () => {
    const [, marks] = rows(asleepFromHalf(), 3);
    expect(marks).toMatch(/^─━{19}─{21}$/);
  });

  it('shows a part of the run as it shows the whole', () => {
    const state = asleepFromHalf();
    const [, instructions] = rows({ ...state, zoom: { from: 400, to: 600 } }, 4);
    expect(instructions).toMatch(/^█{20}▄ {20}$/);
  });

  it('knows nothing of what has not been read', () => {
    const state = asleepFromHalf();
    const [, , marks] = rows({ ...state, events: { ...state.events, upTo: 500 } }, 4);
    expect(marks).toMatch(/^─{21}┄{20}$/);
  });
});

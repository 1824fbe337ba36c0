/** While the machine runs: what is shown, and where keys go. Golden files for a person to review. */
import { describe, expect, it } from 'vitest';
import type { View } from '../../src/replay/view/view.js';
import { runningLines, typed } from '../../src/tui/running.js';
import { type Effect, initialState, type State } from '../../src/tui/state.js';
import { plainText } from '../../src/tui/text.js';
import { update } from '../../src/tui/update.js';
import { wantedOf } from '../../src/tui/wanted.js';

const FACTS = {
  path: 'run-001.rewind',
  trace: 'run-001.rewind',
  end: 1_250_000_000,
  frequency: 100_000_000,
  board: 'pc',
  demo: false,
  live: true,
  running: true,
};

const position: View['position'] = {
  clock: 1_250_000_000,
  retired: 400_000_000,
  end: 1_250_000_000,
  seconds: 12.5,
  pc: 0,
  logical: '0000:0000',
  mode: 'real',
  halted: false,
  checkpoints: [],
};

function running(): State {
  const state = initialState(FACTS, { columns: 80, rows: 24, display: 'serial' });
  const view: View = { position, serial: ['login: root', 'Password:'], breakpoints: [], marks: [] };
  return update(state, { kind: 'view', view }).state;
}

const shown = (state: State): string =>
  `${runningLines(state)
    .map((line) => plainText(line).trimEnd())
    .join('\n')}\n`;

/** The state after each piece, and all effects. */
function after(state: State, ...pieces: readonly string[]): { state: State; effects: readonly Effect[] } {
  let now = state;
  const effects = pieces.flatMap((piece) => {
    const change = typed(now, piece);
    now = change.state;
    return change.effects;
  });
  return { state: now, effects };
}

const type = (text: string, on = 'serial') => ({ kind: 'guest', action: { do: 'type', text, on } });

describe('what is shown', () => {
  it('is the serial line and a status line', async () => {
    expect(wantedOf(running())).toEqual({ serial: { rows: 23 } });
    await expect(shown(running())).toMatchFileSnapshot('../golden/tui/live-80x24.txt');
  });

  it('is help behind Ctrl-A h, until the next key', async () => {
    const { state, effects } = after(running(), '\x01h');
    expect(effects).toEqual([]);
    await expect(shown(state)).toMatchFileSnapshot('../golden/tui/live-help-80x24.txt');
    expect(shown(after(state, 'a').state)).toBe(shown(running()));
  });

  it('is the screen behind Ctrl-A s', () => {
    expect(wantedOf(after(running(), '\x01s').state)).toEqual({ screen: { rows: 23, columns: 80 } });
  });
});

describe('keys', () => {
  it('go to the guest as the terminal sent them, but for the mouse', () => {
    expect(after(running(), 'ls\r', '\x1b[A', '\x1b[<0;10;5M').effects).toEqual([
      type('ls\r'),
      type('\x1b[A'),
    ]);
  });

  it('behind Ctrl-A are commands, however they arrive', () => {
    const pause = { kind: 'guest', action: { do: 'pause' } };
    expect(after(running(), 'ab\x01 ').effects).toEqual([type('ab'), pause]);
    expect(after(running(), '\x01', ' ').effects).toEqual([pause]);
    expect(after(running(), '\x01\x01', '\x01a').effects).toEqual([type('\x01'), type('\x01')]);
    expect(after(running(), '\x01sx').effects).toEqual([type('x', 'screen')]);
    expect(after(running(), '\x01p\x01r\x01x').effects.map((one) => 'action' in one && one.action)).toEqual([
      { do: 'press', button: 'off' },
      { do: 'press', button: 'reset' },
      { do: 'end' },
    ]);
  });
});

describe('facts', () => {
  it('that the run has grown leave the whole of it in the timeline; of another trace, all is new', () => {
    const paused = update(running(), { kind: 'facts', facts: { ...FACTS, end: 2e9, running: false } }).state;
    expect(paused.zoom).toEqual({ from: 0, to: 2e9 });
    const near = { ...paused, zoom: { from: 10, to: 20 }, hits: [15] };
    const grown = update(near, { kind: 'facts', facts: { ...FACTS, end: 3e9 } }).state;
    expect([grown.zoom, grown.hits]).toEqual([{ from: 10, to: 20 }, [15]]);
    const other = update(near, { kind: 'facts', facts: { ...FACTS, path: 'b', end: 5e8 } }).state;
    expect([other.zoom, other.hits]).toEqual([{ from: 0, to: 5e8 }, []]);
  });
});

/** What a key would lose is asked for first; what is no key does nothing. No debugger is needed for that. */
import { describe, expect, it } from 'vitest';
import type { View } from '../../src/replay/view/view.js';
import { promptLine } from '../../src/tui/bars.js';
import { helpLines } from '../../src/tui/help.js';
import { InputParser } from '../../src/tui/input.js';
import { logRows } from '../../src/tui/logText.js';
import { panelLines } from '../../src/tui/panels/index.js';
import { type Effect, initialState, type State } from '../../src/tui/state.js';
import { plainText } from '../../src/tui/text.js';
import { update } from '../../src/tui/update.js';

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
const POSITION = { clock: 10, retired: 1, mode: '', halted: false, checkpoints: [] };
const view = (marks: View['marks'] = []) =>
  ({ position: POSITION, marks, breakpoints: [] }) as unknown as View;

/** A terminal of which every byte is told, and the effects that followed. */
class Terminal {
  state: State = { ...initialState(FACTS, { columns: 80, rows: 24 }), view: view() };
  readonly effects: Effect[] = [];

  act(...actions: readonly Parameters<typeof update>[1][]): this {
    for (const action of actions) {
      const change = update(this.state, action);
      this.state = change.state;
      this.effects.push(...change.effects);
    }
    return this;
  }

  type(bytes: string): this {
    const parser = new InputParser();
    const events = [...parser.push(bytes), ...parser.flush()];
    return this.act(...events.map((event) => ({ kind: 'terminal', event }) as const));
  }

  answer(text: string, failed = false): this {
    return this.act({ kind: 'done', result: { text, failed, cancelled: false } });
  }

  get line(): string {
    return plainText(promptLine(this.state, 80)).trimEnd();
  }
}

const marked = (): Terminal => {
  const terminal = new Terminal();
  terminal.state = { ...terminal.state, view: view([{ name: 'here', clock: 10 }]) };
  return terminal;
};

describe('Ctrl-C', () => {
  it('leaves when it is pressed twice in a row, and says so before', () => {
    const terminal = new Terminal().type('\x03');
    expect(terminal.effects).toEqual([]);
    expect(terminal.line).toBe('q leaves; so does another Ctrl-C');
    terminal.type('j').type('\x03');
    expect(terminal.effects).toEqual([]);
    terminal.type('\x03');
    expect(terminal.effects).toEqual([{ kind: 'quit' }]);
  });

  it('gives up what is being done, which counts for neither', () => {
    const terminal = new Terminal().type('G').type('\x03');
    expect(terminal.effects.map(({ kind }) => kind)).toEqual(['command', 'cancel']);
    terminal.answer('').type('\x03');
    expect(terminal.effects.map(({ kind }) => kind)).not.toContain('quit');
  });
});

describe('marks that would be lost', () => {
  it.each([
    ['q', 'Leave?', 'quit'],
    [':quit\r', 'Leave?', 'quit'],
    [':open other.rewind\r', 'Open it?', 'command'],
  ])('are asked for by %j', (keys, question, effect) => {
    const terminal = marked().type(keys);
    expect(terminal.line).toContain(question);
    expect(terminal.effects).toEqual([]);
    terminal.type('n').type(keys).type('y');
    expect(terminal.effects.map(({ kind }) => kind)).toEqual([effect]);
  });

  it('are no question when there are none', () => {
    expect(new Terminal().type(':open b\r').effects).toEqual([{ kind: 'command', line: 'open b' }]);
  });
});

describe('what is no key', () => {
  it('says so, in place of what was said before', () => {
    const terminal = new Terminal().type('\x03').type('y');
    expect(terminal.line).toBe('no such key: ? helps');
  });

  it('is what is pasted, outside of prompts', () => {
    const terminal = new Terminal().type('\x1b[200~qsG\r\x1b[201~');
    expect(terminal.effects).toEqual([]);
    expect(terminal.line).toContain('pasted');
  });

  it('is an end of line that is pasted into a prompt', () => {
    const terminal = new Terminal().type(':seek \x1b[200~12\r\n34\n\x1b[201~');
    expect(terminal.effects).toEqual([]);
    expect(terminal.line).toBe(':seek 12 34');
    expect(terminal.type('\r').effects).toEqual([{ kind: 'command', line: 'seek 12 34' }]);
  });
});

describe('Tab', () => {
  it('offers kinds of events in the filter, and positions in g', () => {
    expect(new Terminal().type('eser\t').line).toMatch(/: serial$/);
    const terminal = marked().type('gh\t');
    expect(terminal.line).toBe('go to here');
    expect(terminal.effects).toEqual([]);
  });

  it('ends in a sign what there is no room for', () => {
    const names = Array.from({ length: 40 }, (_, i) => `name${i}`);
    const terminal = new Terminal().type(':print n\t').act({ kind: 'names', names });
    expect(terminal.line).toMatch(/name0 name1 .* …$/);
    expect(terminal.line.length).toBeLessThanOrEqual(80);
  });
});

describe('what is longer than a line', () => {
  const long = 'a word '.repeat(30).trim();

  it('is in the log, where nothing of it is cut', () => {
    const terminal = new Terminal().type('G').answer(long, true);
    expect(terminal.line).toMatch(/… {2}o: all of it$/);
    const rows = panelLines(terminal.state, 'log', 10, 80).map((row) => plainText(row).trim());
    expect(rows.join(' ')).toContain(long);
    expect(logRows(terminal.state.log.lines, 80).every(({ text }) => text.length <= 78)).toBe(true);
  });

  it('opens at its beginning', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    const terminal = new Terminal().type(':help\r').answer(lines.join('\n'));
    const rows = panelLines(terminal.state, 'log', 17, 80).map((row) => plainText(row).trim());
    expect(terminal.state.focus).toBe('log');
    expect(rows.slice(0, 3)).toEqual([': help', 'line 0', 'line 1']);
  });

  it('leaves the panel as it is when a place was arrived at', () => {
    const terminal = new Terminal()
      .type(':continue\r')
      .answer('1: x\nport 1h read\nclock 5  instruction 5  100  nop');
    expect(terminal.state.focus).toBe('code');
    expect(terminal.line).toBe('1: x; port 1h read');
  });
});

describe('the help', () => {
  const rows = (terminal: Terminal) => helpLines('code', terminal.state.help!, 18, 80).map(plainText);

  it('ends where its last line is shown, and goes back at once', () => {
    const terminal = new Terminal().type('?').type(' '.repeat(50));
    const last = rows(terminal);
    expect(rows(terminal.type('j'))).toEqual(last);
    expect(rows(terminal.type('k'))).not.toEqual(last);
  });

  it('is scrolled by the wheel, and says which part of it is shown', () => {
    const terminal = new Terminal().type('?').type('\x1b[<65;5;9M');
    expect(rows(terminal)[0]).toMatch(/lines 4 to 20 of \d+/);
  });

  it('explains every sign of the timeline', () => {
    const whole = helpLines('code', 0, 200, 80).map(plainText).join('\n');
    for (const sign of '▲◆◇┼━─┄█') expect(whole).toContain(sign);
  });
});

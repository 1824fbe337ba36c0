/** A screen drawn with control sequences, against a terminal that shows them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScreenText } from '../../../src/devices/vga/text.js';
import { AnsiScreen } from '../../../src/replay/export/ansiScreen.js';
import { AnsiTerminal } from '../support/ansiTerminal.js';

const COLUMNS = 7;
const ROWS = 3;
const CELLS = COLUMNS * ROWS;

function screenOf(text: string, attributes: readonly number[], more: Partial<ScreenText> = {}): ScreenText {
  const lines = Array.from({ length: ROWS }, (_, row) => text.slice(row * COLUMNS, (row + 1) * COLUMNS));
  const shown = { columns: COLUMNS, rows: ROWS, lines, attributes: Uint8Array.from(attributes) };
  return { ...shown, cursor: undefined, blank: false, ...more };
}

const character = fc.constantFrom(...' abc█é☺');
const cursor = fc.option(
  fc.record({
    row: fc.nat(ROWS - 1),
    column: fc.nat(COLUMNS - 1),
    visible: fc.boolean(),
    start: fc.constant(0),
    end: fc.constant(1),
  }),
  { nil: undefined },
);
const screen = fc
  .tuple(
    fc.array(character, { minLength: CELLS, maxLength: CELLS }),
    fc.array(fc.constantFrom(0x07, 0x1f, 0x4e, 0x70, 0x87), { minLength: CELLS, maxLength: CELLS }),
    cursor,
    fc.boolean(),
  )
  .map(([text, attributes, at, blank]) => screenOf(text.join(''), attributes, { cursor: at, blank }));

/** CGA's colours in ECMA-48's numbers: black, blue, green, cyan, red, magenta, brown, white. */
const ECMA = [30, 34, 32, 36, 31, 35, 33, 37];

function expectShown(terminal: AnsiTerminal, { lines, attributes, cursor: at, blank }: ScreenText): void {
  expect(terminal.lines).toEqual(blank ? lines.map(() => ' '.repeat(COLUMNS)) : lines);
  const colours = terminal.cells.flat().map(({ foreground, background }) => [foreground, background]);
  const expected = Array.from(attributes, (byte) => (blank ? 0 : byte)).map((byte) => {
    return [ECMA[byte & 7]! + (byte & 8 ? 60 : 0), ECMA[(byte >> 4) & 7]! + 10];
  });
  expect(colours).toEqual(expected);
  expect(terminal.cursorVisible).toBe(at?.visible ?? false);
  if (at?.visible) expect([terminal.row, terminal.column]).toEqual([at.row, at.column]);
}

describe('a screen on a terminal', () => {
  it('is shown as it is, whatever was shown before', () => {
    fc.assert(
      fc.property(fc.array(screen, { minLength: 1, maxLength: 5 }), (screens) => {
        const drawing = new AnsiScreen({ colour: true });
        const terminal = new AnsiTerminal(COLUMNS, ROWS);
        for (const one of screens) {
          terminal.write(drawing.draw(one));
          expectShown(terminal, one);
          expect(drawing.draw(one)).toBe('');
        }
      }),
    );
  });

  it('is drawn only where it has changed', () => {
    const drawing = new AnsiScreen({ colour: true });
    const terminal = new AnsiTerminal(COLUMNS, ROWS);
    const grey = Array.from({ length: CELLS }, () => 7);
    terminal.write(drawing.draw(screenOf('abcdefghijklmnopqrstu', grey)));
    expect(terminal.written).toBe(CELLS);
    terminal.write(drawing.draw(screenOf('abcdefghiXkYmnopqrstu', grey)));
    expect(terminal.written).toBe(CELLS + 3);
    terminal.write(drawing.draw(screenOf('abcdefghiXkYmnopqrstu', grey.with(20, 0x17))));
    expect(terminal.written).toBe(CELLS + 4);
  });

  it('has no colours where none are wanted, and says when there is no text', () => {
    const drawing = new AnsiScreen({ colour: false });
    const terminal = new AnsiTerminal(40, ROWS);
    const text = 'x'.repeat(CELLS);
    terminal.write(
      drawing.draw(
        screenOf(
          text,
          Array.from({ length: CELLS }, () => 0x1f),
        ),
      ),
    );
    expect(terminal.cells.flat().every(({ foreground }) => foreground === undefined)).toBe(true);
    terminal.write(drawing.draw(undefined));
    expect(terminal.lines[0]!.trim()).toBe('(a graphics mode: no text to show)');
    expect(drawing.draw(undefined)).toBe('');
    drawing.forget();
    expect(drawing.draw(undefined)).not.toBe('');
  });
});

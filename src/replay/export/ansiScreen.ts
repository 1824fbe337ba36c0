/**
 * A text screen as a terminal shows it: control sequences (ECMA-48, with xterm's bright colours) that bring what the
 * terminal shows to what the monitor does, cells that have not changed left alone. Colours are the 16 of the
 * attribute bytes. Left out: blinking, underlining, the shape of the cursor.
 */
import type { ScreenCursor, ScreenText } from '../../devices/vga/text.js';

/** An adapter's order of colours is blue, green, red from the low bit; ECMA-48's is red, green, blue. */
const COLOURS = [0, 4, 2, 6, 1, 5, 3, 7];
const CLEAR = '\x1b[0m\x1b[2J';
const HIDE_CURSOR = '\x1b[?25l';
const NO_TEXT = '\x1b[1;1H(a graphics mode: no text to show)';
/** An attribute byte that no cell has. */
const NONE = -1;

/** What the terminal shows. */
type Shown = Pick<ScreenText, 'columns' | 'rows' | 'lines' | 'attributes'> | 'nothing' | 'no text';

export class AnsiScreen {
  readonly #colour: boolean;
  #shown: Shown = 'nothing';
  #cursor = '';

  constructor(options: { readonly colour: boolean }) {
    this.#colour = options.colour;
  }

  /** What to send; empty if nothing has changed. Undefined stands for a graphics mode. */
  draw(screen: ScreenText | undefined): string {
    const cells = this.#cells(screen);
    const cursor = cursorAt(screen?.cursor);
    if (cells === '' && cursor === this.#cursor) return '';
    this.#cursor = cursor;
    return cells + cursor;
  }

  /** The terminal shows something else now: the next drawing is a whole one. */
  forget(): void {
    this.#shown = 'nothing';
    this.#cursor = '';
  }

  #cells(screen: ScreenText | undefined): string {
    const before = this.#shown;
    if (!screen) {
      this.#shown = 'no text';
      return before === 'no text' ? '' : CLEAR + NO_TEXT;
    }
    const now = screen.blank ? darkened(screen) : screen;
    this.#shown = now;
    const kept = isSameSize(before, now) ? before : undefined;
    const rows = now.lines.map((_, row) => this.#row(now, kept, row)).join('');
    return kept ? rows : CLEAR + rows;
  }

  /** From the first to the last cell that has changed. */
  #row(now: ScreenText, before: Exclude<Shown, string> | undefined, row: number): string {
    const line = now.lines[row]!;
    const from = row * now.columns;
    const changed = (column: number): boolean =>
      !before ||
      line[column] !== before.lines[row]![column] ||
      now.attributes[from + column] !== before.attributes[from + column];
    let [first, last] = [0, now.columns - 1];
    while (first <= last && !changed(first)) first++;
    while (last > first && !changed(last)) last--;
    if (first > last) return '';
    let out = `\x1b[${row + 1};${first + 1}H`;
    let current = NONE;
    for (let column = first; column <= last; column++) {
      const attribute = this.#colour ? now.attributes[from + column]! : NONE;
      if (attribute !== current) out += rendition(attribute);
      current = attribute;
      out += line[column];
    }
    return `${out}\x1b[0m`;
  }
}

function isSameSize(a: Shown, b: ScreenText): a is Exclude<Shown, string> {
  return typeof a !== 'string' && a.columns === b.columns && a.rows === b.rows;
}

/** The monitor shows nothing, whatever is in memory. */
function darkened(screen: ScreenText): ScreenText {
  const lines = screen.lines.map(() => ' '.repeat(screen.columns));
  return { ...screen, lines, attributes: new Uint8Array(screen.attributes.length) };
}

/** Bit 3 brightens the character; bits 4 to 6 are the background. */
function rendition(attribute: number): string {
  const foreground = (attribute & 8 ? 90 : 30) + COLOURS[attribute & 7]!;
  return `\x1b[${foreground};${40 + COLOURS[(attribute >> 4) & 7]!}m`;
}

function cursorAt(cursor: ScreenCursor | undefined): string {
  if (!cursor?.visible) return HIDE_CURSOR;
  return `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
}

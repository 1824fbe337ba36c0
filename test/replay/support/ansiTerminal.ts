/** A terminal that knows the few control sequences of ECMA-48 that a screen is drawn with, and no others. */

export interface Cell {
  readonly character: string;
  /** As SGR numbers them; undefined: the terminal's own. */
  readonly foreground: number | undefined;
  readonly background: number | undefined;
}

const BLANK: Cell = { character: ' ', foreground: undefined, background: undefined };
const ESCAPE = '\x1b';
const SEQUENCE = /^\[(\??)([\d;]*)([A-Za-z])/;

export class AnsiTerminal {
  cells: Cell[][];
  row = 0;
  column = 0;
  cursorVisible = true;
  /** Cells that were written so far. */
  written = 0;
  #pen = BLANK;

  constructor(columns: number, rows: number) {
    this.cells = grid(columns, rows);
  }

  resize(columns: number, rows: number): void {
    this.cells = grid(columns, rows);
  }

  get lines(): string[] {
    return this.cells.map((row) => row.map(({ character }) => character).join(''));
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      const sequence = text[at] === ESCAPE ? SEQUENCE.exec(text.slice(at + 1)) : null;
      if (sequence) this.#control(sequence[1]!, sequence[2]!, sequence[3]!);
      else this.#put(text[at]!);
      at += 1 + (sequence?.[0].length ?? 0);
    }
  }

  #put(character: string): void {
    if (character < ' ') throw new Error(`control character ${character.charCodeAt(0)}`);
    const row = this.cells[this.row];
    if (!row || this.column >= row.length) throw new Error(`outside: ${this.row}, ${this.column}`);
    row[this.column++] = { ...this.#pen, character };
    this.written++;
  }

  #control(mark: string, parameters: string, final: string): void {
    const numbers = parameters === '' ? [] : parameters.split(';').map(Number);
    if (final === 'H') [this.row, this.column] = [(numbers[0] ?? 1) - 1, (numbers[1] ?? 1) - 1];
    else if (final === 'J' && numbers[0] === 2) this.resize(this.cells[0]!.length, this.cells.length);
    else if (final === 'm') for (const n of numbers) this.#rendition(n);
    else if (mark === '?' && numbers[0] === 25) this.cursorVisible = final === 'h';
    else throw new Error(`unknown sequence ${mark}${parameters}${final}`);
  }

  #rendition(n: number): void {
    if (n === 0) this.#pen = BLANK;
    else if ((n >= 30 && n < 38) || (n >= 90 && n < 98)) this.#pen = { ...this.#pen, foreground: n };
    else if (n >= 40 && n < 48) this.#pen = { ...this.#pen, background: n };
    else throw new Error(`unknown rendition ${n}`);
  }
}

function grid(columns: number, rows: number): Cell[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => BLANK));
}

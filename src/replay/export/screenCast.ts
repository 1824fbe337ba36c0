/** The text screen as a terminal recording: what has changed since it was looked at last. */
import type { ScreenText } from '../../devices/vga/text.js';
import { AnsiScreen } from './ansiScreen.js';
import type { AsciicastWriter } from './asciicast.js';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Text modes have at least so many columns; an adapter with fewer is being set up, and shows nothing yet. */
const LEAST_COLUMNS = 40;

export class ScreenCast {
  readonly #writer: AsciicastWriter;
  readonly #screen = new AnsiScreen({ colour: true });
  #size: ScreenSize;

  /** `size`: what the header says. */
  constructor(writer: AsciicastWriter, size: ScreenSize) {
    this.#writer = writer;
    this.#size = size;
  }

  /** The monitor as it is at `clock`; undefined in graphics modes. */
  look(clock: number, screen: ScreenText | undefined): void {
    if (screen && !isSetUp(screen)) return;
    const { columns, rows } = screen ?? this.#size;
    if (columns !== this.#size.columns || rows !== this.#size.rows) {
      this.#size = { columns, rows };
      this.#writer.resize(clock, columns, rows);
    }
    this.#writer.output(clock, this.#screen.draw(screen));
  }
}

export function isSetUp({ columns }: ScreenSize): boolean {
  return columns >= LEAST_COLUMNS;
}

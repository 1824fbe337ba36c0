/**
 * A VGA text screen on a terminal: rows that changed are drawn anew, at most 30 times a second, on the
 * alternate screen, in the 16 colours of the attribute bytes.
 */
import type { Machine } from '../../core/machine.js';
import type { ScreenText } from '../../devices/vga/text.js';
import { screenOf } from '../../replay/screen.js';
import { type Host, useColour } from './host.js';

const FRAME_MS = 1000 / 30;
const ENTER = '\x1b[?1049h\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?1049l';
/** VGA's order of colours is blue, green, red from the low bit; ANSI's is red, green, blue. */
const ANSI = [0, 4, 2, 6, 1, 5, 3, 7];

export class ScreenView {
  readonly #host: Host;
  readonly #colour: boolean;
  #shown: string[] = [];
  #cursor = '';
  #last = 0;
  #open = false;

  constructor(host: Host) {
    this.#host = host;
    this.#colour = useColour(host);
  }

  /** Draws what changed, if the last time is long enough ago. */
  draw(machine: Machine, now: number): void {
    if (now - this.#last < FRAME_MS) return;
    this.#last = now;
    const screen = screenOf(machine);
    const rows = screen ? rowsOf(screen, this.#colour) : ['(a graphics mode: no text to show)'];
    let out = this.#open ? '' : ENTER;
    this.#open = true;
    for (let row = 0; row < Math.max(rows.length, this.#shown.length); row++) {
      if (rows[row] !== this.#shown[row]) out += `\x1b[${row + 1};1H${rows[row] ?? ''}\x1b[0m\x1b[K`;
    }
    const cursor = cursorOf(screen);
    if (out === '' && cursor === this.#cursor) return;
    this.#shown = rows;
    this.#cursor = cursor;
    this.#host.stdout.write(out + cursor);
  }

  /** Gives the terminal's own screen back. */
  close(): void {
    if (this.#open) this.#host.stdout.write(LEAVE);
    this.#open = false;
    this.#shown = [];
  }
}

function rowsOf(screen: ScreenText, colour: boolean): string[] {
  if (!colour) return screen.lines;
  return screen.lines.map((line, row) => {
    let out = '';
    let current = -1;
    for (let column = 0; column < screen.columns; column++) {
      const attribute = screen.attributes[row * screen.columns + column]!;
      if (attribute !== current) out += sgr(attribute);
      current = attribute;
      out += line[column];
    }
    return out;
  });
}

/** Select graphic rendition for an attribute byte: bit 3 brightens, bits 4 to 6 are the background. */
function sgr(attribute: number): string {
  const foreground = (attribute & 8 ? 90 : 30) + ANSI[attribute & 7]!;
  return `\x1b[${foreground};${40 + ANSI[(attribute >> 4) & 7]!}m`;
}

function cursorOf(screen: ScreenText | undefined): string {
  const cursor = screen?.cursor;
  if (!cursor?.visible) return '\x1b[?25l';
  return `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
}

/**
 * The terminal while the interface has it: its alternate screen, raw keys, mouse; all is given back by `leave`. Ink
 * draws whole frames to it, and only the lines that have changed are sent: Ink itself clears and rewrites everything
 * when a frame is as high as the terminal (6.8, ink.ts), which over a slow line is seen.
 */
import { widthOf } from '../../tui/text.js';
import type { Input, Output } from '../host/host.js';

export interface TerminalOutput extends Output {
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const DEFAULT: Size = { columns: 80, rows: 24 };

/** What is pasted comes in brackets (2004): it is no keys. */
const ALTERNATE = '\x1b[?1049h\x1b[?25l\x1b[2J\x1b[?2004h';
/** Presses and the wheel (xterm, ctlseqs), told in decimal. */
const MOUSE = '\x1b[?1000h\x1b[?1006h';
const LEAVE = '\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1049l';
/** Shown at once by terminals that know it (synchronized output); others pass it over. */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

export interface ScreenOptions {
  /** For screen readers: text as it comes, on the terminal's own screen. */
  readonly plain: boolean;
  readonly mouse: boolean;
  /** Hears everything that is sent. */
  readonly onSent?: (text: string) => void;
}

export class TerminalScreen {
  onResize: (size: Size) => void = () => {};
  readonly #out: TerminalOutput;
  readonly #in: Input;
  readonly #options: ScreenOptions;
  #shown: readonly string[] = [];
  #taken = false;
  readonly #resized = () => {
    this.forget();
    this.onResize(this.size);
  };

  constructor(out: TerminalOutput, input: Input, options: ScreenOptions) {
    this.#out = out;
    this.#in = input;
    this.#options = options;
  }

  get size(): Size {
    return { columns: this.#out.columns || DEFAULT.columns, rows: this.#out.rows || DEFAULT.rows };
  }

  enter(onBytes: (bytes: Uint8Array) => void): void {
    this.#taken = true;
    this.#in.setRawMode?.(true);
    this.#in.on('data', onBytes);
    this.#in.resume();
    this.#out.on?.('resize', this.#resized);
    if (!this.#options.plain) this.#send(ALTERNATE + (this.#options.mouse ? MOUSE : ''));
  }

  /** Gives the terminal back as it was; once is enough. */
  leave(onBytes?: (bytes: Uint8Array) => void): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.#out.off?.('resize', this.#resized);
    if (!this.#options.plain) this.#send(LEAVE);
    this.#in.setRawMode?.(false);
    if (onBytes) this.#in.off('data', onBytes);
    this.#in.pause();
    this.#in.unref?.();
  }

  /** Nothing of what is shown is relied on: the next frame is sent as a whole. */
  forget(): void {
    this.#shown = [];
  }

  draw(frame: string): void {
    if (!this.#taken) return;
    const lines = frame.split('\n').slice(0, this.size.rows);
    const whole = this.#shown.length === 0;
    const changes = lines.flatMap((line, i) =>
      whole || line !== this.#shown[i] ? [this.#line(line, i)] : [],
    );
    this.#shown = lines;
    if (changes.length > 0) this.#send(BEGIN + (whole ? '\x1b[2J' : '') + changes.join('') + END);
  }

  /** Behind a line that fills the row nothing is erased: that would take its last character. */
  #line(line: string, row: number): string {
    const rest = widthOf(line) < this.size.columns ? '\x1b[K' : '';
    return `\x1b[${row + 1};1H${line}${rest}`;
  }

  #send(text: string): void {
    this.#out.write(text);
    this.#options.onSent?.(text);
  }
}

/**
 * Writes terminal recordings as asciinema plays them (asciicast file format, version 2): a header line, then an
 * event a line. Times are guest seconds behind the first clock of the recording. Written are output ("o") and
 * resizing ("r"); input and markers are left out.
 */
import type { Frequency } from '../../core/time.js';

export interface AsciicastHeader {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** Seconds since 1970, by the guest's own clock; undefined if it has none. */
  readonly timestamp: number | undefined;
}

export interface AsciicastTimes {
  readonly frequency: Frequency;
  /** The clock that is time 0. */
  readonly from: number;
}

export class AsciicastWriter {
  readonly #sink: (text: string) => void;
  readonly #times: AsciicastTimes;

  constructor(sink: (text: string) => void, times: AsciicastTimes, header: AsciicastHeader) {
    const { width, height, title, timestamp } = header;
    this.#sink = sink;
    this.#times = times;
    const env = { TERM: 'xterm-256color' };
    sink(`${JSON.stringify({ version: 2, width, height, timestamp, title, env })}\n`);
  }

  output(clock: number, text: string): void {
    if (text !== '') this.#event(clock, 'o', text);
  }

  resize(clock: number, width: number, height: number): void {
    this.#event(clock, 'r', `${width}x${height}`);
  }

  #event(clock: number, code: string, data: string): void {
    const { frequency, from } = this.#times;
    const seconds = ((clock - from) * frequency.den) / frequency.num;
    this.#sink(`[${seconds.toFixed(6)}, "${code}", ${JSON.stringify(data)}]\n`);
  }
}

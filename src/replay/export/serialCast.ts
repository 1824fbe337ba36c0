/** The serial console as a terminal recording: what came within a frame of a monitor is one event. */
import type { Note } from '../../core/device.js';
import { isConsoleByte } from '../controls.js';
import type { AsciicastWriter } from './asciicast.js';
import { SerialText } from './serialText.js';

export class SerialCast {
  readonly #writer: AsciicastWriter;
  readonly #frame: number;
  readonly #text = new SerialText();
  #began = Number.NEGATIVE_INFINITY;
  #bytes: number[] = [];

  /** `frame`: clocks. */
  constructor(writer: AsciicastWriter, frame: number) {
    this.#writer = writer;
    this.#frame = frame;
  }

  note(note: Note, clock: number): void {
    if (!isConsoleByte(note)) return;
    if (clock - this.#began >= this.#frame) {
      this.#flush();
      this.#began = clock;
    }
    this.#bytes.push(note.a & 0xff);
  }

  #flush(): void {
    this.#writer.output(this.#began, this.#text.take(this.#bytes));
    this.#bytes = [];
  }

  end(): void {
    this.#flush();
    this.#writer.output(this.#began, this.#text.end());
  }
}

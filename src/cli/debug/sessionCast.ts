/** `--cast`: what the terminal was sent during a session, as a recording (asciicast, version 2), in host time. */
import { AsciicastWriter } from '../../replay/export/asciicast.js';
import { WriteFile } from '../host/files.js';
import type { Size } from './terminalScreen.js';

/** Times are milliseconds since the beginning. */
const MILLISECONDS = { num: 1000, den: 1 };

export class SessionCast {
  readonly #file: WriteFile;
  readonly #writer: AsciicastWriter;
  readonly #begin = performance.now();

  /** Throws a `CliError` if it cannot be written. */
  constructor(path: string, { columns, rows }: Size, title: string) {
    this.#file = new WriteFile(path);
    const encoder = new TextEncoder();
    const header = { width: columns, height: rows, title, timestamp: Math.floor(Date.now() / 1000) };
    const times = { frequency: MILLISECONDS, from: 0 };
    this.#writer = new AsciicastWriter((text) => this.#file.write(encoder.encode(text)), times, header);
  }

  output(text: string): void {
    this.#writer.output(performance.now() - this.#begin, text);
  }

  resize({ columns, rows }: Size): void {
    this.#writer.resize(performance.now() - this.#begin, columns, rows);
  }

  close(): void {
    this.#file.close();
  }
}

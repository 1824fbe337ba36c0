/** The guest's output on stdout, byte for byte, and whether it has left the last line open. */
import type { Host } from './host.js';

const NEWLINE = 0x0a;

export class GuestOutput {
  readonly #host: Host;
  #waiting: number[] = [];
  #open = false;

  constructor(host: Host) {
    this.#host = host;
  }

  add(byte: number): void {
    this.#waiting.push(byte & 0xff);
  }

  /** Writes what has come since the last time. */
  show(): void {
    if (this.#waiting.length === 0) return;
    this.#open = this.#waiting.at(-1) !== NEWLINE;
    this.#host.stdout.write(Uint8Array.from(this.#waiting));
    this.#waiting = [];
  }

  /** Forgets it instead. */
  drop(): void {
    this.#waiting = [];
  }

  /** Ends a line left open, so that what comes after it on a terminal begins on one of its own. */
  endLine(): void {
    if (this.#open) this.#host.stdout.write('\n');
    this.#open = false;
  }
}

/** Tells the client how far a long move is, if it wants to hear of it: not before it has lasted a while. */
import type { Direction } from '../debug/debugger.js';

export type Send = (event: string, body: object) => void;

export interface Way {
  readonly title: string;
  readonly from: number;
  /** The last clock of the recording. */
  readonly end: number;
  /** Undefined if it can go anywhere. */
  readonly direction: Direction | undefined;
}

/** Slices of some tens of milliseconds: before the first word, and between words. */
const PATIENCE = 8;
const INTERVAL = 4;

export class Progress {
  readonly id: string;
  readonly #way: Way;
  readonly #send: Send;
  #slices = 0;
  /** Stretches before here are searched forward: what counts is how far back it has been. */
  #farthest = 0;

  constructor(id: string, way: Way, send: Send) {
    this.id = id;
    this.#way = way;
    this.#send = send;
  }

  /** After each slice of the move. */
  tick(clock: number): void {
    this.#farthest = Math.max(this.#farthest, Math.abs(clock - this.#way.from));
    const told = ++this.#slices - PATIENCE;
    if (told < 0 || told % INTERVAL !== 0) return;
    const { title, end } = this.#way;
    const now = { progressId: this.id, message: `clock ${clock} of ${end}`, ...this.#percentage() };
    if (told > 0) this.#send('progressUpdate', now);
    else this.#send('progressStart', { ...now, title, cancellable: true });
  }

  /** Of the way to the end of the recording, or to its beginning. */
  #percentage(): object {
    const { from, end, direction } = this.#way;
    const whole = direction === 'forward' ? end - from : from;
    if (direction === undefined || whole <= 0) return {};
    return { percentage: Math.min(100, Math.round((100 * this.#farthest) / whole)) };
  }

  end(): void {
    if (this.#slices >= PATIENCE) this.#send('progressEnd', { progressId: this.id });
  }
}

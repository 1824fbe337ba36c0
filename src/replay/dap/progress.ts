/** Tells the client how far a long move is, if it wants to hear of it: not before it has lasted a while. */
import type { Direction } from '../debug/debugger.js';

export type Send = (event: string, body: object) => void;

/** Slices of some tens of milliseconds: before the first word, and between words. */
const PATIENCE = 8;
const INTERVAL = 4;

export class Progress {
  readonly id: string;
  readonly #title: string;
  readonly #percent: (clock: number) => number | undefined;
  readonly #send: Send;
  #slices = 0;
  /** Stretches before here are searched forward: what counts is how far back it has been. */
  #most: number | undefined;

  constructor(id: string, title: string, percent: (clock: number) => number | undefined, send: Send) {
    this.id = id;
    this.#title = title;
    this.#percent = percent;
    this.#send = send;
  }

  get #shown(): boolean {
    return this.#slices >= PATIENCE;
  }

  /** After each slice of the move. */
  tick(clock: number): void {
    this.#slices++;
    const percent = this.#percent(clock);
    if (percent !== undefined) this.#most = Math.max(this.#most ?? 0, percent);
    if (!this.#shown || (this.#slices - PATIENCE) % INTERVAL !== 0) return;
    const percentage = this.#percent(clock);
    const now = {
      progressId: this.id,
      message: `clock ${clock}`,
      ...(percentage !== undefined && { percentage }),
    };
    if (this.#slices > PATIENCE) this.#send('progressUpdate', now);
    else this.#send('progressStart', { ...now, title: this.#title, cancellable: true });
  }

  end(): void {
    if (this.#shown) this.#send('progressEnd', { progressId: this.id });
  }
}

/** Of the way from a clock to the end of the recording, or to its beginning; a move in no direction has none. */
export function percentOfWay(
  from: number,
  end: number,
  direction: Direction | undefined,
): (clock: number) => number | undefined {
  const way = direction === 'forward' ? end - from : from;
  if (direction === undefined || way <= 0) return () => undefined;
  return (clock) => Math.min(100, Math.max(0, Math.round((100 * Math.abs(clock - from)) / way)));
}

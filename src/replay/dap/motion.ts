/** What takes its time: one errand after another, slice by slice, that can be given up in between. */
import type { Debugger, Direction } from '../debug/debugger.js';
import { Progress, type Send } from './progress.js';

export interface Errand<T> {
  readonly title: string;
  /** Of a move with a way to go. */
  readonly direction?: Direction;
  start(): Generator<number, T, void>;
  /** It can begin anew from wherever it stands. */
  readonly renewable?: boolean;
  done(result: T): void;
  failed(error: unknown): void;
  givenUp(): void;
}

interface UnderWay<T> {
  readonly errand: Errand<T>;
  readonly from: number;
  readonly progress: Progress;
  slices: Generator<number, T, void>;
}

export class Motion {
  readonly #debug: Debugger;
  readonly #send: Send;
  /** After each slice. */
  readonly #onSlice: () => void;
  #current: UnderWay<unknown> | undefined;
  #count = 0;

  constructor(debug: Debugger, send: Send, onSlice: () => void) {
    this.#debug = debug;
    this.#send = send;
    this.#onSlice = onSlice;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** How the client knows what is under way, if it has been told of it. */
  get progressId(): string | undefined {
    return this.#current?.progress.id;
  }

  begin<T>(errand: Errand<T>): void {
    const { clock: from, end } = this.#debug;
    const { title, direction } = errand;
    const progress = new Progress(`move ${++this.#count}`, { title, from, end, direction }, this.#send);
    this.#current = { errand: errand as Errand<unknown>, from, progress, slices: errand.start() };
  }

  /** A slice. */
  advance(): void {
    const current = this.#current;
    if (!current) return;
    try {
      const { done, value } = current.slices.next();
      this.#onSlice();
      if (!done) return current.progress.tick(value);
      this.#leave(current);
      current.errand.done(value);
    } catch (error) {
      this.#leave(current);
      current.errand.failed(error);
    }
  }

  giveUp(): void {
    const current = this.#current;
    if (!current) return;
    current.slices.return(undefined);
    this.#onSlice();
    this.#leave(current);
    current.errand.givenUp();
  }

  /** Leaves it where it is and tells nobody. */
  abandon(): void {
    this.#current?.slices.return(undefined);
    this.#current = undefined;
  }

  /** Breakpoints are others than before: what can take them in does. */
  renew(): void {
    const current = this.#current;
    if (!current?.errand.renewable) return;
    current.slices.return(undefined);
    // What lies just before here is looked at again: a run does not stop where it begins.
    if (current.errand.direction === 'forward' && this.#debug.clock > current.from) this.#debug.step('back');
    current.slices = current.errand.start();
  }

  #leave({ progress }: UnderWay<unknown>): void {
    this.#current = undefined;
    progress.end();
  }
}

/** Sees to it that less than a second of a run is lost if the host dies while it runs in slices. */
import type { LiveRun } from '../../replay/live/liveRun.js';

/** With a slice this is less than a second. */
const FLUSH_MS = 900;

export class Flushing {
  readonly #run: LiveRun;
  #flushed = performance.now();

  constructor(run: LiveRun) {
    this.#run = run;
  }

  /** Between two slices. */
  look(now: number): void {
    if (now - this.#flushed <= FLUSH_MS) return;
    this.#run.flush();
    this.#flushed = now;
  }
}

/** Slices of a run that goes on by itself; gives the clocks that they give. */
export function* flushed(run: LiveRun, slices: Iterable<number>): Generator<number, void, void> {
  const flushing = new Flushing(run);
  for (const clock of slices) {
    flushing.look(performance.now());
    yield clock;
  }
}

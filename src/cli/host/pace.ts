/** Keeps a live guest from running ahead of the clock on the wall, which an idle guest would. */

/** A guest further behind than this does not try to catch up. */
const FORGIVEN_MS = 100;

export class Pace {
  readonly #hertz: number;
  #clock: number;
  #time: number;

  constructor(hertz: number, clock: number, now: number) {
    this.#hertz = hertz;
    this.#clock = clock;
    this.#time = now;
  }

  /** Milliseconds by which the guest's clock is ahead of the wall's. */
  ahead(clock: number, now: number): number {
    const guest = ((clock - this.#clock) / this.#hertz) * 1000;
    const ahead = guest - (now - this.#time);
    if (ahead < -FORGIVEN_MS) {
      this.#clock = clock;
      this.#time = now;
    }
    return ahead;
  }
}

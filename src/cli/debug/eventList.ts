/** The list of events as it grows: pieces that the thread tells are put together. */
import type { Pace } from '../../replay/view/events.js';
import type { EventColumns } from '../../tui/session.js';

export interface EventPiece {
  readonly clocks: Float64Array;
  readonly kind: Uint8Array;
  /** The whole of it: it is short. */
  readonly pace: Pace;
}

const FIRST_CAPACITY = 4096;

export class EventList {
  #clocks = new Float64Array(FIRST_CAPACITY);
  #kind = new Uint8Array(FIRST_CAPACITY);
  #count = 0;

  /** All that are known with these. */
  add({ clocks, kind, pace }: EventPiece, kinds: readonly string[]): EventColumns {
    const count = this.#count + clocks.length;
    if (count > this.#clocks.length) this.#grow(2 * count);
    this.#clocks.set(clocks, this.#count);
    this.#kind.set(kind, this.#count);
    this.#count = count;
    return { clocks: this.#clocks, kind: this.#kind, kinds, count, pace };
  }

  /** Those who hold the old columns keep them. */
  #grow(capacity: number): void {
    const [clocks, kind] = [new Float64Array(capacity), new Uint8Array(capacity)];
    clocks.set(this.#clocks);
    kind.set(this.#kind);
    [this.#clocks, this.#kind] = [clocks, kind];
  }
}

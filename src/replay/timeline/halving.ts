/**
 * The way from a stretch of a run to the place in it where something becomes true: look in the middle, and go on with
 * one half. Places that are gone back to again and again get checkpoints, so that each look costs about half of
 * what the one before did.
 */

/** What is moved: a timeline, or several together. */
export interface Movable {
  readonly clock: number;
  /** Makes where it stands a checkpoint. */
  keep(): void;
}

/** Boundaries: it does not hold at `low`, and holds at `high`. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Farther than this from the last one, a checkpoint saves time. */
const KEEP = 2 ** 16;

/**
 * Until there are no more than `window` clocks between `low` and the last clock that can belong to a boundary before
 * `high`. `go` goes to the first boundary at or after a clock; `holds` looks there, or asks somebody who takes a
 * while. Leaves the position anywhere.
 */
export function* halve<P>(
  line: Movable,
  { low, high }: Bounds,
  window: number,
  go: (clock: number) => Generator<P, unknown, void>,
  holds: () => boolean | Generator<P, boolean, void>,
): Generator<P, Bounds, void> {
  // There is no boundary from `limit` on and before `high`.
  let limit = high;
  for (let kept = -KEEP; limit - low > window; ) {
    const middle = Math.floor((low + limit) / 2);
    yield* go(middle);
    const { clock } = line;
    if (clock >= high) {
      limit = middle;
      continue;
    }
    const here = holds();
    if (typeof here === 'boolean' ? here : yield* here) [high, limit] = [clock, middle];
    else {
      low = clock;
      if (clock - kept < KEEP) continue;
      line.keep();
      kept = clock;
    }
  }
  return { low, high };
}

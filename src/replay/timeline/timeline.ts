/**
 * A trace as a line on which one can stand anywhere, move both ways (position.ts), and search for the next or the last
 * place where something happens.
 */
import type { Range } from '../../core/memory.js';
import { Replayer } from '../replayer.js';
import type { Trace } from '../trace/reader.js';
import { Lookout } from './lookout.js';
import {
  drive,
  FIRST_WINDOW,
  NEAR,
  Position,
  type Travel,
  type TravelOptions,
  WINDOW_GROWTH,
} from './position.js';
import { type Hit, onlyWrites, type Stops } from './stops.js';

export type { Listener, TimelineOptions, Travel, TravelOptions } from './position.js';

export class Timeline extends Position {
  #hits: readonly Hit[] = [];

  /**
   * Its machine and checkpoints along another trace, which is the same up to a clock. This one cannot move any more;
   * the other stands nowhere until it is told to `arrive` or `recover`.
   */
  onto(trace: Trace, clock: number): Timeline {
    this.held.follow(new Replayer(trace, this.held.replayer.hasher, true), clock);
    return new Timeline(trace, this.held);
  }

  /** What the last search stopped for, in order of time. */
  get hits(): readonly Hit[] {
    return this.#hits;
  }

  /** Forward to the first place behind here where it stops; else to the end, and false. */
  continue(stops: Stops, options: TravelOptions = {}): boolean {
    return drive(this.continuing(stops), options);
  }

  *continuing(stops: Stops): Travel {
    const from = this.clock;
    this.#hits = [];
    let found = false;
    const lookout = new Lookout(this.machine, stops, (hits) => {
      if (!found && this.clock <= from) return false;
      this.#hits = hits;
      return (found = true);
    });
    yield* this.watching(lookout, this.forward(this.end));
    return found;
  }

  /** Forward to a clock; `stop` is told of all that is met on the way, and ends it by saying true. */
  *listening(clock: number, stops: Stops, stop: (hits: readonly Hit[]) => boolean): Travel {
    return yield* this.watching(new Lookout(this.machine, stops, stop), this.forward(clock));
  }

  /**
   * Back to the last place before here that is one to stop at (see `Stops`); else to the beginning, and false.
   * What lies nearest is searched first: growing windows, then from checkpoint to checkpoint.
   */
  reverseContinue(stops: Stops, options: TravelOptions = {}): boolean {
    return drive(this.reversing(stops), options);
  }

  *reversing(stops: Stops): Travel {
    const from = this.clock;
    this.#hits = [];
    this.bringNear(from);
    let searched = from;
    let done = false;
    try {
      for (const stretch of this.#stretchesBack(from, onlyWrites(stops))) {
        const last = yield* this.#lastStop(stops, stretch.start, stretch.end, from);
        if (last !== undefined) {
          done = true;
          return this.#arriveAt(last);
        }
        yield (searched = stretch.start);
      }
      searched = 0;
    } finally {
      // Given up, it stands at the end of what was not searched.
      if (!done) this.seek(searched);
    }
    return false;
  }

  /** Growing windows, then from checkpoint to checkpoint, without those in which nothing of `writes` changed. */
  *#stretchesBack(from: number, writes: readonly Range[] | undefined) {
    let end = from;
    for (let window = FIRST_WINDOW; window < NEAR && end > 0; window *= WINDOW_GROWTH) {
      const start = Math.max(0, from - window);
      yield { start, end };
      end = start;
    }
    while (end > 0) {
      if (writes) end = this.held.unwritten(end, writes);
      if (end === 0) return;
      const start = this.held.before(end - 1).clock;
      yield { start, end };
      end = start;
    }
  }

  /** In one go: half the way there, it would stand before what it has found. */
  #arriveAt({ clock, hits, before }: Stopped): boolean {
    const there = this.seek(clock);
    if (before) this.stepBack();
    this.#hits = hits;
    return there;
  }

  /** The last stop from `start` on that lies before `from`; the stretch ends with what begins before `end`. */
  *#lastStop(stops: Stops, start: number, end: number, from: number): Generator<number, Stopped | undefined> {
    yield* this.seeking(start);
    let last: Stopped | undefined;
    const lookout = new Lookout(this.machine, stops, (hits) => {
      last = stopped(hits, this.clock, from, stops.everywhere === true) ?? last;
      return this.clock >= end;
    });
    yield* this.watching(lookout, this.run(end));
    return last;
  }
}

/** Where a search met something, and what; `before`: one stops ahead of what led there. */
interface Stopped {
  readonly clock: number;
  readonly hits: readonly Hit[];
  readonly before: boolean;
}

/**
 * What was met at a boundary, on the way back from another. At that one itself only what has led there counts; if
 * the instruction there is one to stop before, what has led there comes next time.
 */
function stopped(
  hits: readonly Hit[],
  clock: number,
  from: number,
  everywhere: boolean,
): Stopped | undefined {
  const events = hits.filter(({ kind }) => kind !== 'address');
  const here = everywhere || hits.length === 0 || events.length < hits.length;
  if (here && clock < from)
    return { clock, hits: hits.filter(({ kind }) => kind === 'address'), before: false };
  return events.length > 0 && clock <= from ? { clock, hits: events, before: true } : undefined;
}

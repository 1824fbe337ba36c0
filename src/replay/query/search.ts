/**
 * The search for the place where an expression becomes true. Written as generators, which pause now and then, so
 * that whoever drives one can show progress, let the host's events in, or drop it.
 *
 * A place is a boundary between instructions, as everywhere. `settled` halves the run: what it finds is where
 * the expression becomes true to stay if it does so once; if it changes often, it is a place where it
 * becomes true and after which it was true wherever the search looked. `first` looks everywhere.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0 } from '../../core/cpu/ia32/state.js';
import type { Expression } from '../expression/expression.js';
import type { Timeline } from '../timeline/timeline.js';
import type { History } from './history.js';

export interface SearchProgress {
  readonly what: 'running through' | 'halving' | 'searching' | 'looking around';
  readonly clock: number;
  readonly end: number;
}

/** Neighbouring places: the expression does not hold in the one and holds in the other. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

export type Found =
  | ({ readonly kind: 'change' } & Change)
  /** It never holds, or not at the end; or it holds from the beginning on. */
  | { readonly kind: 'never' | 'always'; readonly clock: number }
  | { readonly kind: 'diverged' };

/** Whatever `next` is given is not looked at. */
export type Search<T> = Generator<SearchProgress, T, unknown>;

/** In how many places the run is looked at first, and how near one another at most, in clocks. */
const SAMPLES = 1024;
const NEAREST_SAMPLES = 2 ** 20;
/** So many clocks are passed boundary by boundary. */
const WINDOW = 1024;
/** Farther than this from where one goes back to again and again, a checkpoint saves time. */
const KEEP = 2 ** 16;
/** Clocks between two signs of life of a search instruction by instruction. */
const SLICE = 2 ** 20;

/** The replay differed from the recording. */
class Diverged extends Error {
  override name = 'Diverged';
}

export class Searcher {
  readonly #timeline: Timeline;
  readonly #history: History;
  readonly #expression: Expression;
  readonly #good: number;
  readonly #bad: number;

  /** From `good` to `bad`, clocks of the run. */
  constructor(timeline: Timeline, history: History, expression: Expression, good: number, bad: number) {
    this.#timeline = timeline;
    this.#history = history;
    this.#expression = expression;
    this.#good = good;
    this.#bad = Math.min(bad, timeline.end);
  }

  *settled(): Search<Found> {
    return yield* this.#guarded(this.#settled());
  }

  *first(): Search<Found> {
    return yield* this.#guarded(this.#first());
  }

  *#guarded(search: Search<Found>): Search<Found> {
    try {
      return yield* search;
    } catch (error) {
      if (error instanceof Diverged) return { kind: 'diverged' };
      throw error;
    }
  }

  /** Goes to the first boundary at or after a clock. Does it hold there? */
  #holdsAt(clock: number): boolean {
    this.#moved(this.#timeline.seek(clock));
    return this.#expression.holds();
  }

  #moved(well: boolean): void {
    if (!well || this.#timeline.divergence) throw new Diverged();
  }

  // ---- to stay ----

  *#settled(): Search<Found> {
    this.#start();
    const start = this.#timeline.clock;
    if (this.#bad - start <= WINDOW) return this.#nearby(start);
    const last = yield* this.#samples();
    if (last.false === undefined) return { kind: 'always', clock: this.#timeline.clock };
    if (last.true === undefined) return { kind: 'never', clock: this.#timeline.clock };
    return yield* this.#between(last.false, last.true, 'last');
  }

  /** A stretch that can be passed boundary by boundary. */
  #nearby(start: number): Found {
    if (!this.#holdsAt(this.#bad)) return { kind: 'never', clock: this.#timeline.clock };
    const { clock } = this.#timeline;
    const change = this.#scan(start, clock, 'last');
    return change ? { kind: 'change', ...change } : { kind: 'always', clock };
  }

  /** Goes to where it begins; where it is asked what was sent until then, by hearing all of it. */
  #start(): void {
    const timeline = this.#timeline;
    if (this.#expression.asksForSent) {
      this.#moved(this.#history.begin());
      this.#moved(timeline.play(this.#good));
    } else this.#moved(timeline.seek(this.#good));
  }

  /** Runs through it once, and leaves checkpoints. The last sample without it, and the one behind that. */
  *#samples(): Search<{ readonly false: number | undefined; readonly true: number | undefined }> {
    const stride = Math.max(NEAREST_SAMPLES, Math.ceil((this.#bad - this.#good) / SAMPLES));
    let without: number | undefined;
    let withIt: number | undefined;
    for (let clock = this.#good; ; clock += stride) {
      this.#moved(this.#timeline.play(Math.min(clock, this.#bad)));
      const holds = this.#expression.holds();
      if (!holds) [without, withIt] = [this.#timeline.clock, undefined];
      else withIt ??= this.#timeline.clock;
      if (clock >= this.#bad) return { false: without, true: withIt };
      yield { what: 'running through', clock: this.#timeline.clock, end: this.#bad };
    }
  }

  // ---- at all ----

  *#first(): Search<Found> {
    this.#start();
    if (this.#expression.holds()) return { kind: 'always', clock: this.#timeline.clock };
    for (;;) {
      const start = this.#timeline.clock;
      if (start >= this.#bad) return { kind: 'never', clock: start };
      const byWrites = this.#byWrites(start);
      const near = byWrites === 'cannot say' ? this.#byInstructions(start) : byWrites;
      if (near) return yield* this.#between(near.before, near.after, 'first');
      yield { what: 'searching', clock: this.#timeline.clock, end: this.#bad };
    }
  }

  /**
   * If it is about memory at fixed places alone, only writes can make it true, and nothing else need be looked
   * at. Where places depend on page tables, that cannot be said.
   */
  #byWrites(start: number): Change | undefined | 'cannot say' {
    const timeline = this.#timeline;
    const { ranges } = this.#expression;
    if (!ranges || this.#translated()) return 'cannot say';
    timeline.keep();
    const condition = () => this.#expression.holds();
    const stopped = timeline.continue({ writes: ranges, condition }, { onProgress: () => false });
    this.#moved(timeline.divergence === undefined);
    if (this.#translated()) {
      this.#holdsAt(start);
      return 'cannot say';
    }
    if (!stopped && !condition()) return undefined;
    return timeline.clock > this.#bad ? undefined : { before: start, after: timeline.clock };
  }

  /** Linear addresses are not physical ones: paging is on, or the A20 gate closed. */
  #translated(): boolean {
    const { cpu } = this.#timeline.machine;
    return cpu instanceof Ia32 && ((cpu.s.cr0 & Cr0.PG) !== 0 || cpu.s.a20 === 0);
  }

  /** Asks before every instruction of a slice. */
  #byInstructions(start: number): Change | undefined {
    const timeline = this.#timeline;
    let before = start;
    const stop = () => {
      if (this.#expression.holds()) return true;
      before = timeline.clock;
      return false;
    };
    const stopped = timeline.scan(Math.min(start + SLICE, this.#bad), stop);
    this.#moved(timeline.divergence === undefined);
    return stopped || this.#expression.holds() ? { before, after: timeline.clock } : undefined;
  }

  // ---- down to an instruction ----

  /** It does not hold at `before`, and holds at `after`. */
  *#between(before: number, after: number, which: 'first' | 'last'): Search<Found> {
    let [low, high] = [before, after];
    for (let kept = -KEEP; high - low > WINDOW; ) {
      yield { what: 'halving', clock: low, end: high };
      const holds = this.#holdsAt(Math.floor((low + high) / 2));
      const { clock } = this.#timeline;
      if (clock >= high) break;
      if (holds) high = clock;
      else low = clock;
      if (!holds && clock - kept >= KEEP) {
        this.#timeline.keep();
        kept = clock;
      }
    }
    return { kind: 'change', ...(this.#scan(low, high, which) ?? { before: low, after: high }) };
  }

  /** Boundary by boundary. */
  #scan(low: number, high: number, which: 'first' | 'last'): Change | undefined {
    let found: Change | undefined;
    let held = this.#holdsAt(low);
    while (this.#timeline.clock < high) {
      const before = this.#timeline.clock;
      const holds = this.#holdsAt(before + 1);
      if (holds && !held) {
        found = { before, after: this.#timeline.clock };
        if (which === 'first') break;
      }
      held = holds;
    }
    return found;
  }
}

/**
 * The search for the place where an expression becomes true. Written as generators, which pause now and then, so
 * that whoever drives one can show progress, let the host's events in, or drop it.
 *
 * A place is a boundary between instructions, as everywhere. `settled` looks at both ends and halves what lies
 * between, in some thirty places: with checkpoints that an index holds, without passing the run; without an index the
 * way to the end leaves them, and the answer is the same. What it finds is where the expression becomes true to stay
 * if it does so once. If it changes often, it is a place where it becomes true and after which it was true wherever
 * the search looked; the last stretch is gone through boundary by boundary. `first` looks everywhere.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0 } from '../../core/cpu/ia32/state.js';
import type { Expression } from '../expression/expression.js';
import { halve } from '../timeline/halving.js';
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

export type Search<T> = Generator<SearchProgress, T, void>;

/** Where it holds at both ends, the run is looked at where so many parts of it meet. */
const PARTS = 64;
/** So many clocks are passed boundary by boundary. */
const WINDOW = 1024;
/** Clocks between two signs of life of a search instruction by instruction. */
const SLICE = 2 ** 20;

/** The replay differed from the recording. */
export class Diverged extends Error {
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

  /** The same, with signs of life: it may be far. */
  *#lookAt(clock: number, what: SearchProgress['what']): Search<boolean> {
    yield* this.#go(clock, what);
    return this.#expression.holds();
  }

  *#go(clock: number, what: SearchProgress['what']): Search<void> {
    for (const at of this.#timeline.seeking(clock)) yield { what, clock: at, end: this.#bad };
    this.#moved(true);
  }

  /** Where it is asked what was sent, that must be known. */
  *#learn(): Search<void> {
    if (!this.#expression.asksForSent) return;
    for (const clock of this.#history.learn(this.#bad))
      yield { what: 'running through', clock, end: this.#bad };
    this.#moved(true);
  }

  // ---- to stay ----

  *#settled(): Search<Found> {
    const timeline = this.#timeline;
    yield* this.#learn();
    if (!(yield* this.#lookAt(this.#bad, 'running through'))) return { kind: 'never', clock: timeline.clock };
    const high = timeline.clock;
    const holds = yield* this.#lookAt(this.#good, 'running through');
    const start = timeline.clock;
    if (high - start <= WINDOW) return this.#nearby(start, high);
    const low = holds ? yield* this.#without(start, high) : start;
    return low === undefined ? { kind: 'always', clock: start } : yield* this.#between(low, high, 'last');
  }

  /** It holds at both ends: the last of some places between where it does not. */
  *#without(start: number, end: number): Search<number | undefined> {
    for (let i = PARTS - 1; i > 0; i--) {
      const clock = start + Math.floor(((end - start) * i) / PARTS);
      if (!(yield* this.#lookAt(clock, 'searching'))) return this.#timeline.clock;
    }
    return undefined;
  }

  /** A stretch that can be passed boundary by boundary. */
  #nearby(low: number, high: number): Found {
    const change = this.#scan(low, high, 'last');
    return change ? { kind: 'change', ...change } : { kind: 'always', clock: low };
  }

  // ---- at all ----

  *#first(): Search<Found> {
    yield* this.#learn();
    if (yield* this.#lookAt(this.#good, 'running through'))
      return { kind: 'always', clock: this.#timeline.clock };
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
    const bounds = { low: before, high: after };
    const go = (clock: number) => this.#go(clock, 'halving');
    const { low, high } = yield* halve(this.#timeline, bounds, WINDOW, go, () => this.#expression.holds());
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

/**
 * When did something become true that only somebody else can tell? As bisect.ts, but whoever drives the search is
 * asked at some thirty places whether it holds there. The run is halved clock by clock: it is taken for granted
 * that what is looked for becomes true once, and stays.
 */

import { type StateDump, stateDump } from '../guest/stateDump.js';
import type { Symbols } from '../guest/symbols.js';
import type { Timeline } from '../timeline/timeline.js';
import type { BisectAnswer } from './bisect.js';
import { lookAround } from './circumstances.js';
import { History } from './history.js';
import type { Change, SearchProgress } from './search.js';

/** To be answered before the search is driven on. */
export interface Question {
  readonly what: 'asking';
  readonly clock: number;
  readonly end: number;
  readonly state: StateDump;
  /** Does it hold here? */
  answer(holds: boolean): void;
}

export type Inquiry<T> = Generator<SearchProgress | Question, T, void>;

export interface BisectBounds {
  readonly symbols: Symbols;
  /** Where it does not hold yet; clock 0 unless given. */
  readonly good?: number;
  /** Where it holds; the end unless given. */
  readonly bad?: number;
}

/** Farther than this from the last one, a checkpoint saves time. */
const KEEP = 2 ** 16;

/** Moves the timeline about and leaves it where it has become true. */
export function* bisectAsking(timeline: Timeline, bounds: BisectBounds): Inquiry<BisectAnswer> {
  const { symbols, good = 0, bad = timeline.end } = bounds;
  const history = new History(timeline);
  const inquirer = new Inquirer(timeline, history, Math.min(bad, timeline.end));
  yield* inquirer.learn();
  if (timeline.divergence) return { kind: 'diverged' };
  if (!(yield* inquirer.ask(bad))) return { kind: 'never', clock: timeline.clock };
  const high = timeline.clock;
  if (yield* inquirer.ask(good)) return { kind: 'always', clock: timeline.clock };
  const change = yield* inquirer.between(timeline.clock, high);
  yield { what: 'looking around', clock: change.after, end: high };
  return { kind: 'change', ...lookAround({ timeline, history, expression: undefined, symbols }, change) };
}

class Inquirer {
  readonly #timeline: Timeline;
  readonly #history: History;
  readonly #end: number;

  constructor(timeline: Timeline, history: History, end: number) {
    this.#timeline = timeline;
    this.#history = history;
    this.#end = end;
  }

  /** Passes the run once: what it has sent is known then, and there are checkpoints. */
  *learn(): Inquiry<void> {
    const end = this.#end;
    for (const clock of this.#history.learn(end)) yield { what: 'running through', clock, end };
  }

  /** Does it hold at the first boundary at or after a clock? */
  *ask(clock: number): Inquiry<boolean> {
    const timeline = this.#timeline;
    timeline.seek(clock);
    const state = stateDump(timeline.machine, this.#history.sentUpTo(timeline.clock));
    let holds = false;
    const answer = (given: boolean) => {
      holds = given;
    };
    yield { what: 'asking', clock: timeline.clock, end: this.#end, state, answer };
    return holds;
  }

  /** It does not hold at the boundary `low`, and holds at `high`. */
  *between(low: number, high: number): Inquiry<Change> {
    const timeline = this.#timeline;
    // There is no boundary from `limit` on and before `high`.
    let limit = high;
    for (let kept = -KEEP; limit - low > 1; ) {
      const middle = Math.floor((low + limit) / 2);
      timeline.seek(middle);
      const { clock } = timeline;
      if (clock >= high) limit = middle;
      else if (yield* this.ask(clock)) [high, limit] = [clock, middle];
      else {
        low = clock;
        if (clock - kept < KEEP) continue;
        timeline.keep();
        kept = clock;
      }
    }
    return { before: low, after: high };
  }
}

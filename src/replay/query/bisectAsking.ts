/**
 * When did something become true that only somebody else can tell? As bisect.ts, but whoever drives the search is
 * asked at some thirty places whether it holds there. The run is halved clock by clock: it is taken for granted
 * that what is looked for becomes true once, and stays.
 */

import { type StateDump, stateDump } from '../guest/stateDump.js';
import type { Symbols } from '../guest/symbols.js';
import { halve } from '../timeline/halving.js';
import type { Timeline } from '../timeline/timeline.js';
import type { BisectAnswer } from './bisect.js';
import { lookAround } from './circumstances.js';
import { History } from './history.js';
import { type Change, Diverged, type SearchProgress } from './search.js';

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

/** Moves the timeline about and leaves it where it has become true. */
export function* bisectAsking(timeline: Timeline, bounds: BisectBounds): Inquiry<BisectAnswer> {
  const { symbols, good = 0, bad = timeline.end } = bounds;
  const history = new History(timeline);
  try {
    const inquirer = new Inquirer(timeline, history, Math.min(bad, timeline.end));
    yield* inquirer.learn();
    if (!(yield* inquirer.ask(bad))) return { kind: 'never', clock: timeline.clock };
    const high = timeline.clock;
    if (yield* inquirer.ask(good)) return { kind: 'always', clock: timeline.clock };
    const change = yield* inquirer.between(timeline.clock, high);
    yield { what: 'looking around', clock: change.after, end: high };
    return { kind: 'change', ...lookAround({ timeline, expression: undefined, symbols }, change) };
  } catch (error) {
    if (error instanceof Diverged) return { kind: 'diverged' };
    throw error;
  } finally {
    history.close();
  }
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

  /** What it has sent is known then. Without an index the run is passed for that, which leaves checkpoints. */
  *learn(): Inquiry<void> {
    yield* this.#moving(this.#history.learn(this.#end), 'running through');
  }

  *#moving(travel: Generator<number, unknown, void>, what: SearchProgress['what']): Inquiry<void> {
    for (const clock of travel) yield { what, clock, end: this.#end };
    if (this.#timeline.divergence) throw new Diverged();
  }

  /** Does it hold at the first boundary at or after a clock? */
  *ask(clock: number): Inquiry<boolean> {
    yield* this.#moving(this.#timeline.seeking(clock), 'running through');
    return yield* this.#askHere();
  }

  *#askHere(): Inquiry<boolean> {
    const { clock, machine } = this.#timeline;
    const state = stateDump(machine, this.#history.sentUpTo(clock));
    let holds = false;
    const answer = (given: boolean) => {
      holds = given;
    };
    yield { what: 'asking', clock, end: this.#end, state, answer };
    return holds;
  }

  /** It does not hold at the boundary `low`, and holds at `high`: down to neighbours. */
  *between(low: number, high: number): Inquiry<Change> {
    const timeline = this.#timeline;
    const go = (clock: number) => this.#moving(timeline.seeking(clock), 'halving');
    const found = yield* halve(timeline, { low, high }, 1, go, () => this.#askHere());
    return { before: found.low, after: found.high };
  }
}

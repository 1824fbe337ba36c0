/**
 * The search for the first place at which two runs differ: the first boundary behind which the state of one, or the
 * notes that it has made so far, are not those of the other. States may become equal again; this finds the first
 * difference all the same, in one of two ways.
 *
 * Two machines of one description that are equal where the search begins stay equal until something comes through
 * their doors differently, and only there need one look: every such place is looked at in the order of time, and the
 * search is exact. Where descriptions differ, or something differs from the beginning and is left out, nothing of
 * the kind can be said: then the run is looked at in samples (the checks that both traces hold, then some
 * thousand places), and the stretch before the first that differs is halved. Events cannot be missed so, for all of them are
 * in every sample; a state that differs only between two samples can.
 */
import type { Search } from '../query/search.js';
import { halve } from '../timeline/halving.js';
import { type Both, both, type Parting } from './both.js';
import { commonChecks } from './checks.js';
import { processorsPart } from './course.js';
import { Doors } from './door.js';
import type { Pair } from './pair.js';

export type Place =
  /** Not equal where the search began. */
  | { readonly kind: 'already'; readonly clock: number }
  | Apart
  /** Up to here nothing differs, and one of them ends. */
  | { readonly kind: 'equal'; readonly clock: number; readonly exact: boolean };

export interface Apart extends Parting {
  readonly kind: 'apart';
  /** False: looked for in samples, and an earlier difference that passed may have been missed. */
  readonly exact: boolean;
}

interface Scope {
  /** Where the search begins. */
  readonly good: number;
  /** Both are built from the same description. */
  readonly sameMachine: boolean;
  /** No samples: every instruction is looked at, if need be. */
  readonly first: boolean;
}

/** A test of the places where the two stand. */
type Test = () => boolean;

/** So many clocks are passed boundary by boundary. */
const WINDOW = 1024;
/** How far before a difference of what came through the doors the last boundary is looked for, in clocks. */
const BEFORE = 256;
/** Clocks in which every instruction is looked at before it is done in samples; and how many in one go. */
const CLOSE = 2 ** 21;
const STRETCH = 2 ** 18;
/** In how many places a run is looked at then, and how near one another at most, in clocks. */
const SAMPLES = 4096;
const NEAREST_SAMPLES = 2 ** 14;

export class DiffSearch {
  readonly doors: Doors;
  /** Parts that cannot be compared, or differed where the search began, and are left out. */
  leftOut: readonly string[] = [];
  readonly #pair: Pair;
  readonly #good: number;
  readonly #sameMachine: boolean;
  readonly #close: number;

  constructor(pair: Pair, { good, sameMachine, first }: Scope) {
    this.#pair = pair;
    this.#good = good;
    this.#close = first ? Number.POSITIVE_INFINITY : CLOSE;
    this.#sameMachine = sameMachine;
    this.doors = new Doors(both(pair, ({ trace }) => trace));
  }

  *first(): Search<Place> {
    const pair = this.#pair;
    if (this.#sameMachine && this.#good === 0 && this.#equalByChecks()) {
      return { kind: 'equal', clock: pair.end, exact: true };
    }
    pair.seek(0);
    yield* pair.advance(this.#good, 'running through');
    const { clock } = pair;
    const different = pair.differing();
    if (different.includes('cpu')) return { kind: 'already', clock };
    pair.leaveOut(different);
    this.leftOut = [...pair.incomparable, ...different];
    if (this.#sameMachine && this.leftOut.length === 0) return yield* this.#byDoors(clock);
    return yield* this.#bySamples(clock);
  }

  // ---- from one difference at the doors to the next ----

  /** Nothing came differently as far as both go, and all checks that both have say the same, at the end, too. */
  #equalByChecks(): boolean {
    const { end } = this.#pair;
    const differently = this.doors.next(0);
    if (differently !== undefined && differently <= end) return false;
    let last = 0;
    for (const check of this.#checks()) {
      if (this.#pair.partsOf(check.prints).length > 0) return false;
      last = check.clock;
    }
    return last === end;
  }

  #checks() {
    const sizes = both(this.#pair, (timeline) => timeline.fingerprint().length);
    const { a, b } = this.doors.inputs;
    const inputs = new Set([...a, ...b].map(({ clock }) => clock));
    return commonChecks(
      both(this.#pair, ({ trace }) => trace),
      sizes,
      inputs,
    );
  }

  *#byDoors(start: number): Search<Place> {
    const pair = this.#pair;
    for (let equal = start; ; equal = pair.clock) {
      const at = this.doors.next(equal);
      if (at === undefined || at > pair.end) return yield* this.#ending(equal, true);
      const low = Math.max(equal, at - BEFORE);
      yield* pair.advance(low, 'running through');
      if (pair.differs()) return yield* this.#between(equal, low, pair.differs);
      pair.keep();
      const parting = this.#parting(low, at);
      if (parting) return { kind: 'apart', exact: true, ...parting };
      if (at >= pair.end) return yield* this.#ending(equal, true);
    }
  }

  /** An input has its effect at its own boundary, what a device reads at the end of the instruction at the latest. */
  #parting(low: number, at: number): Parting | undefined {
    for (const clock of [at, at + 1]) {
      if (clock > this.#pair.end) return undefined;
      this.#pair.seek(clock);
      if (this.#pair.differs()) return this.#pair.walk(low, clock, this.#pair.differs);
    }
    return undefined;
  }

  // ---- in samples ----

  *#bySamples(start: number): Search<Place> {
    const pair = this.#pair;
    const near = yield* this.#closely(start);
    if (near) return near;
    const { low, high } = this.#bracket(pair.clock);
    yield* pair.advance(low, 'running through');
    const found =
      (yield* this.#sampled(pair.clock, high, pair.differs)) ??
      (yield* this.#sampled(pair.clock, pair.end, pair.differs));
    return found ?? (yield* this.#ending(pair.clock, false));
  }

  /** For a while processors are compared before every instruction, and the rest now and then. */
  *#closely(start: number): Search<Apart | undefined> {
    const { differs } = this.#pair;
    for (const { low, high, parting } of this.#stretches(start)) {
      if (parting) {
        this.#pair.seek(parting.before);
        if (!differs()) return { kind: 'apart', exact: true, ...parting };
      }
      if (differs()) return yield* this.#between(low, Math.min(high, this.#pair.clock), differs);
      yield { what: 'searching', clock: high, end: this.#pair.end };
    }
    return undefined;
  }

  /** The stretches of the run that are gone through instruction by instruction, and where processors part in them. */
  *#stretches(start: number) {
    const pair = this.#pair;
    const limit = Math.min(start + this.#close, pair.end);
    for (let low = start; low < limit; low = Math.max(pair.clock, low + 1)) {
      const high = Math.min(low + STRETCH, limit);
      yield { low, high, parting: processorsPart(pair, low, high) };
    }
  }

  /** From `start`, where processors are equal: where they part. */
  *processors(start: number): Search<Apart | undefined> {
    const pair = this.#pair;
    pair.seek(start);
    for (const { high, parting } of this.#stretches(start)) {
      if (parting) return { kind: 'apart', exact: true, ...parting };
      yield { what: 'looking around', clock: high, end: pair.end };
    }
    return yield* this.#sampled(pair.clock, pair.end, pair.processorsDiffer);
  }

  /** What recorded checks say: equal at `low`, and not at `high` if there is such a check. */
  #bracket(start: number): { readonly low: number; readonly high: number } {
    let low = start;
    for (const { clock, prints } of this.#checks()) {
      if (clock <= start || clock > this.#pair.end) continue;
      if (this.#pair.partsOf(prints).length > 0) return { low, high: clock };
      low = clock;
    }
    return { low, high: this.#pair.end };
  }

  /** From where they stand, which passes the test, on to `end`: the first sample that does not. */
  *#sampled(start: number, end: number, differs: Test): Search<Apart | undefined> {
    const stride = Math.max(NEAREST_SAMPLES, Math.ceil((end - start) / SAMPLES));
    for (let low = start; low < end; low = Math.max(this.#pair.clock, low + 1)) {
      const next = Math.min(low + stride, end);
      yield* this.#pair.advance(next, 'searching');
      if (differs()) return yield* this.#between(low, next, differs);
    }
    return undefined;
  }

  /** Passes at `low`, does not at `high`. */
  *#between(from: number, to: number, differs: Test): Search<Apart> {
    const pair = this.#pair;
    const go = function* (clock: number): Search<void> {
      yield { what: 'halving', clock: from, end: to };
      pair.seek(clock);
    };
    const { low, high } = yield* halve(pair, { low: from, high: to }, WINDOW, go, differs);
    const parting = this.#pair.walk(low, high, differs);
    if (!parting) throw new Error(`clocks ${low} to ${high}: a difference that was there is not there again`);
    return { kind: 'apart', exact: false, ...parting };
  }

  // ---- at the end ----

  /** To the end of the one that ends first. It may have ended there for good, and the other not. */
  *#ending(equal: number, exact: boolean): Search<Place> {
    const pair = this.#pair;
    const { end } = pair;
    yield* pair.advance(end, 'running through');
    if (pair.differs()) return yield* this.#between(equal, end, pair.differs);
    const ended: Both<boolean> = both(pair, ({ machine }) => machine.outcome !== undefined);
    const goesOn = (pair.a.end > end && ended.b) || (pair.b.end > end && ended.a);
    if (!goesOn || ended.a === ended.b) return { kind: 'equal', clock: end, exact };
    pair.seek(end + 1);
    return { kind: 'apart', exact, before: end, after: pair.places };
  }
}

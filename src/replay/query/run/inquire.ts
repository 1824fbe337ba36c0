/**
 * Asks a question of a stretch of a run, by passing it. What happens at its end belongs to the next stretch, so that
 * the answers of all stretches are those of the whole.
 */
import type { Hit } from '../../timeline/stops.js';
import type { Timeline } from '../../timeline/timeline.js';
import { calledAt } from './callEntry.js';
import { type Draft, type Listener, listenerFor } from './listeners.js';
import type { Finding, Question } from './question.js';
import type { Span } from './stretches.js';
import { Witness } from './witness.js';

export interface Inquiry extends Span {
  readonly question: Question;
  /** Only the last finding. */
  readonly last: boolean;
  /** Findings after which it comes back with those, about; of `last`, it does not. */
  readonly limit: number;
  /** It goes on where it came back before. */
  readonly resumed: boolean;
}

export interface Part {
  readonly findings: readonly Finding[];
  /** It came back before the end: from here on it has to be resumed. */
  readonly next: number | undefined;
}

/** Leaves the timeline anywhere. Undefined if the replay differed from the recording. */
export function* inquire(timeline: Timeline, inquiry: Inquiry): Generator<number, Part | undefined, void> {
  yield* timeline.seeking(inquiry.from);
  const passage = new Passage(timeline, inquiry);
  yield* passage.pass();
  if (timeline.divergence) return undefined;
  return yield* passage.part();
}

/** Something found, and the boundary behind it. */
interface Placed extends Draft {
  readonly behind: number;
}

class Passage {
  readonly #timeline: Timeline;
  readonly #inquiry: Inquiry;
  readonly #listener: Listener;
  readonly #start: number;
  #found: Placed[] = [];
  #next: number | undefined;

  constructor(timeline: Timeline, inquiry: Inquiry) {
    this.#timeline = timeline;
    this.#inquiry = inquiry;
    this.#listener = listenerFor(inquiry.question, timeline.machine);
    this.#start = timeline.clock;
  }

  *pass(): Generator<number, void, void> {
    const { to } = this.#inquiry;
    const timeline = this.#timeline;
    const listener = this.#listener;
    if (!this.#inquiry.resumed) yield* this.#leadIn();
    yield* timeline.listening(to, listener.stops, (hits) => {
      // Where it came back it has looked at the instruction that comes next already.
      if (this.#inquiry.resumed && timeline.clock === this.#start) listener.passBy?.();
      else listener.boundary?.(hits);
      this.#collect();
      return this.#isFull;
    });
    this.#collect();
    if (this.#isFull && timeline.clock < to) this.#next = timeline.clock;
    if (timeline.divergence) return;
    yield* this.#finish();
    if (this.#inquiry.question.kind === 'calls') yield* this.#sift();
  }

  /** Has the listener hear what led here, if what is here depends on it; that itself is of the stretch before. */
  *#leadIn(): Generator<number, void, void> {
    const listener = this.#listener;
    if (!listener.looksBack || !this.#timeline.stepBack()) return;
    yield* this.#timeline.listening(this.#start, listener.stops, (hits) => {
      listener.boundary?.(hits);
      return false;
    });
    listener.take();
  }

  /** Keeps only what is a call. */
  *#sift(): Generator<number, void, void> {
    const calls = this.#found.flatMap(({ finding }) => (finding.kind === 'call' ? [finding] : []));
    const called = yield* calledAt(this.#timeline, calls);
    this.#found = this.#found.filter(({ finding }) => called.has(finding.clock));
  }

  get #isFull(): boolean {
    const { limit, last } = this.#inquiry;
    return !last && this.#found.length + (this.#listener.ended ?? 0) >= limit;
  }

  /**
   * Hears what began up to here to its end, however far that is. What never ends is heard to the end of the run, once:
   * what is in service, or waits to be, is so for one stretch only.
   */
  *#finish(): Generator<number, void, void> {
    const listener = this.#listener;
    const timeline = this.#timeline;
    listener.close?.();
    const isOver = (hits: readonly Hit[]) => {
      listener.boundary?.(hits);
      return !listener.unfinished;
    };
    if (listener.unfinished) yield* timeline.listening(timeline.end, listener.stops, isOver);
    this.#collect(true);
  }

  #collect(all = !this.#listener.close): void {
    if (!all) return;
    const behind = this.#timeline.clock;
    this.#found.push(...this.#listener.take().map((draft) => ({ ...draft, behind })));
    if (this.#inquiry.last) this.#found = this.#found.slice(-1);
  }

  *part(): Generator<number, Part, void> {
    const findings: Finding[] = [];
    for (const placed of this.#found) {
      const finding = placed.instructionWanted ? yield* this.#located(placed) : placed.finding;
      // An interrupt is known when it has been served: it has no place of its own.
      findings.push(finding.kind === 'interrupt' ? finding : { ...finding, behind: placed.behind });
    }
    return { findings, next: this.#next };
  }

  /** Goes to the instruction that did it. */
  *#located({ finding, behind }: Placed): Generator<number, Finding, void> {
    const timeline = this.#timeline;
    const { machine } = timeline;
    const witness = new Witness(machine);
    yield* timeline.seeking(behind);
    yield behind;
    const after = { retired: timeline.retired, pc: witness.registers.pc() };
    timeline.stepBack();
    const located = { ...finding, clock: timeline.clock, code: witness.here() };
    // Nothing was executed, and it goes on elsewhere: it was interrupted here.
    const entered = timeline.retired === after.retired && located.code.pc !== after.pc;
    return entered && 'by' in located ? { ...located, by: 'interrupt' } : located;
  }
}

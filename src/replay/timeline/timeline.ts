/**
 * A trace as a line on which one can stand anywhere and move both ways. A position is a clock. Moving back
 * is going to a checkpoint before and running forward again; how dense checkpoints are decides how long
 * that takes. The machine is moved, never changed.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Range } from '../../core/memory.js';
import type { Boards } from '../boards.js';
import type { Divergence } from '../divergence.js';
import { type Handover, Replayer } from '../replayer.js';
import type { Trace } from '../trace/reader.js';
import { Checkpoints } from './checkpoints.js';
import { Lookout } from './lookout.js';
import { type Hit, onlyWrites, type Stops } from './stops.js';
import type { StoredIndex } from './storedIndex.js';

export interface TimelineOptions {
  /** Bytes of host memory for checkpoints; 512 MiB unless given. */
  readonly checkpointMemory?: number;
  /** Of this trace: what a survey has left behind. */
  readonly index?: StoredIndex;
}

export interface TravelOptions {
  /** Called some times a second with where the machine is; false stops there. */
  readonly onProgress?: (clock: number) => boolean;
}

/**
 * A move in slices of some tens of milliseconds, each of which gives the clock where the search is. To be driven to
 * its end, or given up with `return`; until then the timeline is to be looked at only.
 */
export type Travel = Generator<number, boolean, void>;

const DEFAULT_MEMORY = 512 << 20;
/** Clocks between checkpoints on the way forward: some 50 ms of running. */
const SPACING = 2 ** 25;
/** How far before the goal of a move back the nearest checkpoint may lie, in clocks: a few ms of running. */
const NEAR = 2 ** 20;
/** The window in which the boundary before a position is first looked for; it grows by this factor. */
const FIRST_WINDOW = 512;
const WINDOW_GROWTH = 16;
/** Clocks to the first sign of life of a search, and how often it may have looked by then without being late. */
const FIRST_SLICE = 2 ** 20;
const MOST_ASKED = 2 ** 16;

export class Timeline {
  readonly trace: Trace;
  readonly index: StoredIndex | undefined;
  /** Hears every note of the machine, again whenever a part of the run is passed again. */
  onNote: (note: Note, clock: number) => void = () => {};
  /** Hears of every input, after it was admitted; again likewise. */
  onInput: (channel: string, data: Uint8Array, clock: number) => void = () => {};
  /** Hears after everything between two clocks was passed. */
  onPassed: (from: number, to: number) => void = () => {};
  readonly #replayer: Replayer;
  readonly #checkpoints: Checkpoints;
  #lookout: Lookout | undefined;
  #hits: readonly Hit[] = [];

  /** Throws a `TraceError` if the trace is of another machine, and an `IndexError` if the index is. */
  constructor(trace: Trace, boards: Boards, options: TimelineOptions = {}) {
    this.trace = trace;
    this.index = options.index;
    this.#replayer = new Replayer(trace, boards, true);
    this.#checkpoints = new Checkpoints(this.#replayer, options.checkpointMemory ?? DEFAULT_MEMORY);
    this.#replayer.onNote = (note, clock) => {
      this.#lookout?.note(note);
      this.onNote(note, clock);
    };
    this.#replayer.onInput = (channel, data, clock) => {
      this.#lookout?.input(channel);
      this.onInput(channel, data, clock);
    };
    this.#checkpoints.take();
    if (options.index) this.#checkpoints.adopt(options.index);
  }

  get clock(): number {
    return this.#replayer.clock;
  }

  /** Instructions retired up to here. */
  get retired(): number {
    return this.machine.cpu.retired;
  }

  /** The last clock of the trace. */
  get end(): number {
    return this.trace.covered;
  }

  /** To be looked at, not touched. */
  get machine(): Machine {
    return this.#replayer.machine;
  }

  get divergence(): Divergence | undefined {
    return this.#replayer.divergence;
  }

  /** Clocks of the checkpoints, ascending. */
  get checkpoints(): readonly number[] {
    return this.#checkpoints.all.map((c) => c.clock);
  }

  /** Bytes of host memory that checkpoints take, about. */
  get checkpointMemory(): number {
    return this.#checkpoints.bytes;
  }

  stateHash(): bigint {
    return this.#replayer.stateHash();
  }

  /** The state here, and all notes up to here, as a fingerprint (stateHash.ts). */
  fingerprint(): Uint8Array {
    return this.#replayer.fingerprint();
  }

  /** As `StateHasher.parts`. */
  parts(fingerprint: Uint8Array): Map<string, Uint8Array> {
    return this.#replayer.parts(fingerprint);
  }

  /** Gives its machine away where it stands: it is somebody else's to change, and the timeline cannot move any more. */
  release(): Handover {
    return this.#replayer.release();
  }

  /** Runs to a clock, or to where an observer stops it. False if there was a difference. */
  #advance(clock: number): boolean {
    const from = this.clock;
    const equal = this.#replayer.runTo(clock);
    this.onPassed(from, this.clock);
    return equal;
  }

  /** Makes where it stands a checkpoint: moves from here on will cost little. */
  keep(): void {
    this.#checkpoints.take();
  }

  /** What the last search stopped for, in order of time. */
  get hits(): readonly Hit[] {
    return this.#hits;
  }

  /**
   * Goes to the first boundary at or after `clock`; to the end if it lies beyond. False if it was stopped or
   * the replay differed from the recording: then it stands where that was.
   */
  seek(clock: number, options: TravelOptions = {}): boolean {
    return drive(this.seeking(clock), options);
  }

  *seeking(clock: number): Travel {
    if (clock === this.clock && !this.divergence) return true;
    const nearest = this.#checkpoints.before(clock);
    if (clock < this.clock || nearest.clock > this.clock || this.divergence) {
      this.#checkpoints.restore(nearest);
    }
    return yield* this.#forward(clock);
  }

  /** As `seek`, to the first boundary where so many instructions have been retired since power-on. */
  *seekingRetired(count: number): Travel {
    const nearest = this.#checkpoints.retiredBefore(count);
    if (this.retired >= count || nearest.clock > this.clock) yield* this.seeking(nearest.clock);
    let low = this.clock;
    for (let stride = 0; this.retired < count && this.clock < this.end; ) {
      low = this.clock;
      const { retired } = this;
      // An instruction takes a clock at least; a guest that waits for an interrupt, any number of them.
      stride = Math.max(stride, count - retired);
      if (!(yield* this.#forward(low + stride))) return false;
      stride = this.retired === retired ? 2 * stride : 0;
    }
    yield* this.#firstRetired(count, low, this.clock);
    return this.retired >= count;
  }

  /** Between a clock where fewer have been retired, and one where so many have. */
  *#firstRetired(count: number, low: number, high: number): Travel {
    if (this.retired < count || high === 0) return false;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      yield* this.seeking(middle);
      if (this.retired < count) low = Math.max(middle, this.clock);
      else high = middle;
    }
    return yield* this.seeking(high);
  }

  /** As `seek`, forward, but through all that lies between: every event on the way is heard. */
  play(clock: number, options: TravelOptions = {}): boolean {
    return drive(this.playing(clock), options);
  }

  *playing(clock: number): Travel {
    return clock <= this.clock || (yield* this.#forward(clock));
  }

  /** Runs forward; to the end means all that happens at its clock, too. */
  *#forward(clock: number): Travel {
    if (!(yield* this.#run(Math.min(clock, this.end)))) return false;
    return clock < this.end || this.#advance(clock);
  }

  /** Runs forward, leaving checkpoints behind where there are none. False if it was stopped before. */
  *#run(target: number): Travel {
    for (let slice = this.#lookout ? FIRST_SLICE : SPACING; this.clock < target; ) {
      const next = Math.max(this.#checkpoints.before(this.clock).clock + SPACING, this.clock + 1);
      const goal = Math.min(next, target, this.clock + slice);
      const asked = this.#lookout?.asked ?? 0;
      if (!this.#advance(goal) || this.clock < goal) return false;
      if (this.clock >= next) this.#checkpoints.take();
      // Before it may be given up: what was met in the last instruction is not met again.
      if (this.#lookout?.end()) return false;
      slice = nextSlice(slice, (this.#lookout?.asked ?? 0) - asked);
      yield this.clock;
    }
    return true;
  }

  /**
   * Runs forward to `clock`, and asks `stop` before every instruction on the way, the one here included. True if
   * it said so: then it stands before that one. `stop` may look at the machine.
   */
  scan(clock: number, stop: () => boolean): boolean {
    let stopped = false;
    this.#watch(
      () => (stopped = stop()),
      () => this.#advance(clock),
    );
    return stopped;
  }

  /** To the next instruction that is about to be executed. False at the end. */
  step(): boolean {
    const from = this.clock;
    this.#watch(
      () => this.clock > from,
      () => this.#advance(this.end),
    );
    return this.clock > from;
  }

  /** To the last instruction that was about to be executed before here. False at the beginning. */
  stepBack(): boolean {
    const from = this.clock;
    this.#bringNear(from);
    for (let window = FIRST_WINDOW; ; window *= WINDOW_GROWTH) {
      const start = Math.max(0, from - window);
      const last = this.#lastBoundaryBefore(from, start);
      if (last !== undefined) return this.seek(last);
      if (start === 0) return this.seek(0) && from > 0;
    }
  }

  /** Sees to it that a move back from `clock`, and those that will follow it, have a checkpoint nearby. */
  #bringNear(clock: number): void {
    const goal = Math.max(0, clock - NEAR);
    if (this.#checkpoints.before(clock - 1).clock >= goal) return;
    this.seek(goal);
    if (this.clock < clock) this.#checkpoints.take();
  }

  /** The last boundary before an instruction, from `start` on and before `end`; leaves the position anywhere. */
  #lastBoundaryBefore(end: number, start: number): number | undefined {
    this.seek(start);
    let last: number | undefined;
    this.#watch(
      () => {
        if (this.clock >= end) return true;
        last = this.clock;
        return false;
      },
      () => this.#advance(end),
    );
    return last;
  }

  // ---- to where something happens ----

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
    yield* this.#watching(lookout, this.#forward(this.end));
    return found;
  }

  /** Forward to a clock; `stop` is told of all that is met on the way, and ends it by saying true. */
  *listening(clock: number, stops: Stops, stop: (hits: readonly Hit[]) => boolean): Travel {
    return yield* this.#watching(new Lookout(this.machine, stops, stop), this.#forward(clock));
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
    this.#bringNear(from);
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
      if (writes) end = this.#checkpoints.unwritten(end, writes);
      if (end === 0) return;
      const start = this.#checkpoints.before(end - 1).clock;
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
    yield* this.#watching(lookout, this.#run(end));
    return last;
  }

  *#watching(lookout: Lookout, travel: Travel): Travel {
    this.#lookout = lookout;
    lookout.arm();
    try {
      return yield* travel;
    } finally {
      lookout.disarm();
      this.#lookout = undefined;
    }
  }

  /** Runs `run` while `stop` is asked before every instruction. */
  #watch(stop: () => boolean, run: () => void): void {
    const { cpu } = this.machine;
    cpu.observer = { boundary: stop };
    try {
      run();
    } finally {
      cpu.observer = undefined;
    }
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

/** Long slices where a search seldom looks, short ones where it often does. */
function nextSlice(slice: number, asked: number): number {
  if (asked > MOST_ASKED) return Math.max(slice / 4, 1024);
  return asked < MOST_ASKED / 4 ? Math.min(slice * 2, SPACING) : slice;
}

function drive(travel: Travel, { onProgress }: TravelOptions): boolean {
  for (;;) {
    const { done, value } = travel.next();
    if (done) return value;
    if (!onProgress || onProgress(value as number)) continue;
    travel.return(false);
    return false;
  }
}

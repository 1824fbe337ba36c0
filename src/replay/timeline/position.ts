/**
 * A place in a recorded run, which can be moved both ways. A position is a clock. Moving back is going to a checkpoint
 * before and running forward again; how dense checkpoints are decides how long that takes. The machine is
 * moved, never changed. Where one does not know the clock of a place, timeline.ts searches for it.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Boards } from '../boards.js';
import type { Divergence } from '../divergence.js';
import { type Handover, Replayer, type ReplayMark } from '../replayer.js';
import type { StateHasher } from '../stateHash.js';
import type { Trace } from '../trace/reader.js';
import { Checkpoints } from './checkpoints.js';
import { halve } from './halving.js';
import type { Lookout } from './lookout.js';
import { IndexError } from './storedChunks.js';
import type { StoredIndex } from './storedIndex.js';

export interface TimelineOptions {
  /** Bytes of host memory for checkpoints; 512 MiB unless given. */
  readonly checkpointMemory?: number;
  /** Of this trace: what a survey has left behind. */
  readonly index?: StoredIndex;
  /** Hears, once, that the index turned out to be damaged, and that it goes on without. */
  readonly onIndexLost?: (error: IndexError) => void;
}

/** What hears of the run while parts of it are passed, again whenever they are passed again. */
export interface Listener {
  /** Every note of the machine. */
  note?(note: Note, clock: number): void;
  /** Every input, after it was admitted. */
  input?(channel: string, data: Uint8Array, clock: number): void;
  /** Everything between two clocks was passed. */
  passed?(from: number, to: number): void;
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
export const NEAR = 2 ** 20;
/** The window in which something before a position is first looked for; it grows by this factor. */
export const FIRST_WINDOW = 512;
export const WINDOW_GROWTH = 16;
/** Clocks to the first sign of life of a search, and how often it may have looked by then without being late. */
const FIRST_SLICE = 2 ** 20;
const MOST_ASKED = 2 ** 16;

export class Position {
  readonly trace: Trace;
  readonly #replayer: Replayer;
  protected readonly held: Checkpoints;
  readonly #listeners = new Set<Listener>();
  readonly #onIndexLost: (error: IndexError) => void;
  #index: StoredIndex | undefined;
  #lookout: Lookout | undefined;

  /**
   * `from`: as of a `Replayer`, whose machine must stand at power-on; or checkpoints that follow the trace already.
   * Throws a `TraceError` if the trace is of another machine.
   */
  constructor(trace: Trace, from: Boards | StateHasher | Checkpoints, options: TimelineOptions = {}) {
    this.trace = trace;
    this.#index = options.index;
    this.#onIndexLost = options.onIndexLost ?? (() => {});
    this.held =
      from instanceof Checkpoints
        ? from
        : new Checkpoints(new Replayer(trace, from, true), options.checkpointMemory ?? DEFAULT_MEMORY);
    this.#replayer = this.held.replayer;
    this.#replayer.onNote = (note, clock) => {
      this.#lookout?.note(note);
      for (const listener of this.#listeners) listener.note?.(note, clock);
    };
    this.#replayer.onInput = (channel, data, clock) => {
      this.#lookout?.input(channel);
      for (const listener of this.#listeners) listener.input?.(channel, data, clock);
    };
    if (this.held !== from) this.held.take();
    if (options.index) this.#adopt(options.index);
  }

  #adopt(index: StoredIndex): void {
    try {
      this.held.adopt(index);
    } catch (error) {
      this.#indexFailed(error);
    }
  }

  /** Goes on without what was found to be unreadable. */
  #indexFailed(error: unknown): void {
    if (!(error instanceof IndexError)) throw error;
    const index = this.#index;
    this.#index = undefined;
    this.held.disown();
    if (index) this.#onIndexLost(error);
  }

  /** Undefined, too, of one that turned out to be damaged. */
  get index(): StoredIndex | undefined {
    return this.#index;
  }

  /** Has somebody hear of what happens from now on, until the function that is returned is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
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
    return this.held.all.map((c) => c.clock);
  }

  /** Bytes of host memory that checkpoints take, about. */
  get checkpointMemory(): number {
    return this.held.bytes;
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

  // ---- while a recorder runs its machine ----

  /** Gives its machine to a recorder, which runs it on, until it is told to `arrive`; till then it cannot move. */
  lend(): void {
    this.#replayer.lent = true;
  }

  /** The machine is somebody else's, and runs. */
  get lent(): boolean {
    return this.#replayer.lent;
  }

  /** Leaves a checkpoint where the machine stands. */
  leave(mark: ReplayMark): void {
    this.held.take(mark);
  }

  /** Has those who listen hear of a note. */
  heard(note: Note, clock: number): void {
    for (const listener of this.#listeners) listener.note?.(note, clock);
  }

  /** The recorder has passed everything between two clocks. */
  ran(from: number, to: number): void {
    for (const listener of this.#listeners) listener.passed?.(from, to);
  }

  /** The recorder has written everything up to where the machine stands: that is where it stands, and can go back. */
  arrive(mark: ReplayMark): void {
    this.#replayer.grow();
    this.#replayer.takeOver();
    this.#replayer.goTo(mark);
    this.held.pin(mark);
  }

  /** To a clock, whatever has become of the machine. */
  recover(clock: number): void {
    this.#replayer.grow();
    this.#replayer.takeOver();
    this.#restore(clock);
    this.seek(clock);
  }

  /** Runs to a clock, or to where an observer stops it. False if there was a difference. */
  #advance(clock: number): boolean {
    const from = this.clock;
    const equal = this.#replayer.runTo(clock);
    for (const listener of this.#listeners) listener.passed?.(from, this.clock);
    return equal;
  }

  /** Makes where it stands a checkpoint: moves from here on will cost little. */
  keep(): void {
    this.held.take();
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
    const nearest = this.held.before(clock);
    if (clock < this.clock || nearest.clock > this.clock || this.divergence) this.#restore(clock);
    return yield* this.forward(clock);
  }

  /** To the last checkpoint at or before a clock that can be read; inputs may have come in there since it was taken. */
  #restore(clock: number): void {
    for (;;) {
      const nearest = this.held.before(clock);
      try {
        this.held.restore(nearest);
        this.#advance(nearest.clock);
        return;
      } catch (error) {
        this.#indexFailed(error);
        this.held.drop(nearest);
      }
    }
  }

  /** As `seek`, to the first boundary where so many instructions have been retired since power-on. */
  *seekingRetired(count: number): Travel {
    const nearest = this.held.retiredBefore(count);
    if (this.retired >= count || nearest.clock > this.clock) yield* this.seeking(nearest.clock);
    let low = this.clock;
    for (let stride = 0; this.retired < count && this.clock < this.end; ) {
      low = this.clock;
      const { retired } = this;
      // An instruction takes a clock at least; a guest that waits for an interrupt, any number of them.
      stride = Math.max(stride, count - retired);
      if (!(yield* this.forward(low + stride))) return false;
      stride = this.retired === retired ? 2 * stride : 0;
    }
    // It began beyond them, or the run ends before them.
    if (this.retired < count || this.clock === 0) return this.retired >= count;
    const go = (clock: number) => this.seeking(clock);
    const { high } = yield* halve(this, { low, high: this.clock }, 1, go, () => this.retired >= count);
    return yield* this.seeking(high);
  }

  /** As `seek`, forward, but through all that lies between: every event on the way is heard. */
  play(clock: number, options: TravelOptions = {}): boolean {
    return drive(this.playing(clock), options);
  }

  *playing(clock: number): Travel {
    return clock <= this.clock || (yield* this.forward(clock));
  }

  /** Runs forward; to the end means all that happens at its clock, too. */
  protected *forward(clock: number): Travel {
    if (!(yield* this.run(Math.min(clock, this.end)))) return false;
    return clock < this.end || this.#advance(clock);
  }

  /** Runs forward, leaving checkpoints behind where there are none. False if it was stopped before. */
  protected *run(target: number): Travel {
    for (let slice = this.#lookout ? FIRST_SLICE : SPACING; this.clock < target; ) {
      const next = Math.max(this.held.before(this.clock).clock + SPACING, this.clock + 1);
      const goal = Math.min(next, target, this.clock + slice);
      const asked = this.#lookout?.asked ?? 0;
      if (!this.#advance(goal) || this.clock < goal) return false;
      if (this.clock >= next) this.held.take();
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
    this.bringNear(from);
    for (let window = FIRST_WINDOW; ; window *= WINDOW_GROWTH) {
      const start = Math.max(0, from - window);
      const last = this.#lastBoundaryBefore(from, start);
      if (last !== undefined) return this.seek(last);
      if (start === 0) return this.seek(0) && from > 0;
    }
  }

  /** Sees to it that a move back from `clock`, and those that will follow it, have a checkpoint nearby. */
  protected bringNear(clock: number): void {
    const goal = Math.max(0, clock - NEAR);
    if (this.held.before(clock - 1).clock >= goal) return;
    this.seek(goal);
    if (this.clock < clock) this.held.take();
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

  protected *watching(lookout: Lookout, travel: Travel): Travel {
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

/** Long slices where a search seldom looks, short ones where it often does. */
function nextSlice(slice: number, asked: number): number {
  if (asked > MOST_ASKED) return Math.max(slice / 4, 1024);
  return asked < MOST_ASKED / 4 ? Math.min(slice * 2, SPACING) : slice;
}

export function drive(travel: Travel, { onProgress }: TravelOptions): boolean {
  for (;;) {
    const { done, value } = travel.next();
    if (done) return value;
    if (!onProgress || onProgress(value as number)) continue;
    travel.return(false);
    return false;
  }
}

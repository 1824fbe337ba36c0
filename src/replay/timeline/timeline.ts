/**
 * A trace as a line on which one can stand anywhere and move both ways. A position is a clock. Moving back
 * is going to a checkpoint before and running forward again; how dense checkpoints are decides how long
 * that takes. The machine is moved, never changed.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Boards } from '../boards.js';
import type { Divergence } from '../divergence.js';
import { Replayer } from '../replayer.js';
import type { Trace } from '../trace/reader.js';
import { Checkpoints } from './checkpoints.js';

export interface TimelineOptions {
  /** Bytes of host memory for checkpoints; 512 MiB unless given. */
  readonly checkpointMemory?: number;
}

export interface TravelOptions {
  /** Called some times a second with where the machine is; false stops there. */
  readonly onProgress?: (clock: number) => boolean;
}

const DEFAULT_MEMORY = 512 << 20;
/** Clocks between checkpoints on the way forward: some 50 ms of running. */
const SPACING = 2 ** 25;
/** How far before the goal of a move back the nearest checkpoint may lie, in clocks: a few ms of running. */
const NEAR = 2 ** 20;
/** The window in which the boundary before a position is first looked for; it grows by this factor. */
const FIRST_WINDOW = 512;
const WINDOW_GROWTH = 16;

export class Timeline {
  readonly trace: Trace;
  readonly #replayer: Replayer;
  readonly #checkpoints: Checkpoints;

  /** Throws a `TraceError` if the trace is of another machine. */
  constructor(trace: Trace, boards: Boards, options: TimelineOptions = {}) {
    this.trace = trace;
    this.#replayer = new Replayer(trace, boards, true);
    this.#checkpoints = new Checkpoints(this.#replayer, options.checkpointMemory ?? DEFAULT_MEMORY);
    this.#checkpoints.take();
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

  set onNote(listener: (note: Note, clock: number) => void) {
    this.#replayer.onNote = listener;
  }

  stateHash(): bigint {
    return this.#replayer.stateHash();
  }

  /**
   * Goes to the first boundary at or after `clock`; to the end if it lies beyond. False if it was stopped or
   * the replay differed from the recording: then it stands where that was.
   */
  seek(clock: number, options: TravelOptions = {}): boolean {
    if (clock === this.clock && !this.divergence) return true;
    const nearest = this.#checkpoints.before(clock);
    if (clock < this.clock || nearest.clock > this.clock || this.divergence) {
      this.#checkpoints.restore(nearest);
    }
    return this.#forward(clock, options);
  }

  /** Runs forward, leaving checkpoints behind where there are none. */
  #forward(clock: number, { onProgress }: TravelOptions): boolean {
    const target = Math.min(clock, this.end);
    while (this.clock < target) {
      const known = this.#checkpoints.before(this.clock).clock;
      const next = Math.max(known + SPACING, this.clock + 1);
      if (!this.#replayer.runTo(Math.min(next, target))) return false;
      if (this.clock >= next) this.#checkpoints.take();
      if (onProgress && !onProgress(this.clock)) return false;
    }
    return clock < this.end || this.#replayer.runTo(clock);
  }

  /** To the next instruction that is about to be executed. False at the end. */
  step(): boolean {
    const from = this.clock;
    this.#watch(
      () => this.clock > from,
      () => this.#replayer.runTo(this.end),
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
      () => this.#replayer.runTo(end),
    );
    return last;
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

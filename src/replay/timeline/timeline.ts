/**
 * A trace as a line on which one can stand anywhere and move both ways. A position is a clock. Moving back
 * is going to a checkpoint before and running forward again; how dense checkpoints are decides how long
 * that takes. The machine is moved, never changed.
 */
import type { CpuObserver } from '../../core/cpu.js';
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Range } from '../../core/memory.js';
import type { Boards } from '../boards.js';
import type { Divergence } from '../divergence.js';
import { Replayer } from '../replayer.js';
import type { Trace } from '../trace/reader.js';
import { Checkpoints } from './checkpoints.js';

export interface TimelineOptions {
  /** Bytes of host memory for checkpoints; 512 MiB unless given. */
  readonly checkpointMemory?: number;
}

/** Where a run stops; at any of them. */
export interface Stops {
  /** Linear addresses of instructions: before them. */
  readonly addresses?: ReadonlySet<number>;
  /** Ranges of physical memory: before the first instruction behind a write to them, whoever writes. */
  readonly writes?: readonly Range[];
  /** Only if this holds there; it must change nothing. */
  readonly condition?: (machine: Machine) => boolean;
}

export interface TravelOptions {
  /** Called some times a second with where the machine is; false stops there. */
  readonly onProgress?: (clock: number) => boolean;
}

const NOWHERE: ReadonlySet<number> = new Set();
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

  set onInput(listener: (channel: string, data: Uint8Array, clock: number) => void) {
    this.#replayer.onInput = listener;
  }

  stateHash(): bigint {
    return this.#replayer.stateHash();
  }

  /** Makes where it stands a checkpoint: moves from here on will cost little. */
  keep(): void {
    this.#checkpoints.take();
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

  /** As `seek`, forward, but through all that lies between: every event on the way is heard. */
  play(clock: number, options: TravelOptions = {}): boolean {
    return clock <= this.clock || this.#forward(clock, options);
  }

  /** Runs forward, leaving checkpoints behind where there are none. */
  #forward(clock: number, { onProgress }: TravelOptions): boolean {
    const target = Math.min(clock, this.end);
    while (this.clock < target) {
      const known = this.#checkpoints.before(this.clock).clock;
      const next = Math.max(known + SPACING, this.clock + 1);
      const goal = Math.min(next, target);
      if (!this.#replayer.runTo(goal) || this.clock < goal) return false;
      if (this.clock >= next) this.#checkpoints.take();
      if (onProgress && !onProgress(this.clock)) return false;
    }
    return clock < this.end || this.#replayer.runTo(clock);
  }

  /**
   * Runs forward to `clock`, and asks `stop` before every instruction on the way, the one here included. True if
   * it said so: then it stands before that one. `stop` may look at the machine.
   */
  scan(clock: number, stop: () => boolean): boolean {
    let stopped = false;
    this.#watch(
      () => (stopped = stop()),
      () => this.#replayer.runTo(clock),
    );
    return stopped;
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

  // ---- to where something happens ----

  /** Forward to the first place behind here where it stops; else to the end, and false. */
  continue(stops: Stops, options: TravelOptions = {}): boolean {
    const from = this.clock;
    let found = false;
    this.#search(
      stops,
      () => {
        found ||= this.clock > from;
        return found;
      },
      () => this.#forward(this.end, options),
    );
    return found;
  }

  /**
   * Back to the last place before here where it would have stopped on the way forward; else to the beginning,
   * and false. What lies nearest is searched first: growing windows, then from checkpoint to checkpoint.
   */
  reverseContinue(stops: Stops, options: TravelOptions = {}): boolean {
    const from = this.clock;
    this.#bringNear(from);
    for (let end = from, window = FIRST_WINDOW; end > 0; window *= WINDOW_GROWTH) {
      const start = Math.max(0, window < NEAR ? from - window : this.#checkpoints.before(end - 1).clock);
      const last = this.#lastStop(stops, start, end, from);
      if (last !== undefined) return this.seek(last);
      end = start;
      if (options.onProgress && !options.onProgress(end)) break;
    }
    this.seek(0);
    return false;
  }

  /** The last stop from `start` on that lies before `from`; the stretch ends with what begins before `end`. */
  #lastStop(stops: Stops, start: number, end: number, from: number): number | undefined {
    this.seek(start);
    let last: number | undefined;
    const stop = (): boolean => {
      if (this.clock < from) last = this.clock;
      return this.clock >= end;
    };
    const due = this.#search(stops, stop, () => this.#replayer.runTo(end));
    // Behind the stretch's last instruction.
    if (due && this.clock < from && (stops.condition?.(this.machine) ?? true)) last = this.clock;
    return last;
  }

  /** Runs `run`; `stop` is asked wherever one of the stops is. True if it is yet to be asked where that ended. */
  #search({ addresses, writes, condition }: Stops, stop: () => boolean, run: () => void): boolean {
    const { memory } = this.machine;
    const boundary = (): boolean => {
      observer.urgent = false;
      return (!condition || condition(this.machine)) && stop();
    };
    const observer: CpuObserver = { boundary, addresses: addresses ?? NOWHERE, urgent: false };
    if (writes) {
      memory.observe(writes, () => {
        observer.urgent = true;
      });
    }
    try {
      this.#observed(observer, run);
    } finally {
      if (writes) memory.observe(undefined);
    }
    return observer.urgent === true;
  }

  /** Runs `run` while `stop` is asked before every instruction. */
  #watch(stop: () => boolean, run: () => void): void {
    this.#observed({ boundary: stop }, run);
  }

  #observed(observer: CpuObserver, run: () => void): void {
    const { cpu } = this.machine;
    cpu.observer = observer;
    try {
      run();
    } finally {
      cpu.observer = undefined;
    }
  }
}

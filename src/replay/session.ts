/**
 * A trace opened for use: what front ends hold. It moves forward through the recorded run in slices, so
 * that whoever drives it can show progress, answer the user and stop in between.
 */
import type { Note } from '../core/device.js';
import type { Machine } from '../core/machine.js';
import type { Boards } from './boards.js';
import type { Divergence } from './divergence.js';
import { Replayer } from './replayer.js';
import type { ByteSource } from './trace/format.js';
import { Trace } from './trace/reader.js';
import type { Manifest } from './trace/records.js';

export interface Progress {
  readonly clock: number;
  readonly end: number;
}

export interface RunOptions {
  /** Clocks between calls of `onProgress`. */
  readonly slice?: number;
  /** Called after each slice; false stops there. */
  readonly onProgress?: (progress: Progress) => boolean;
}

/** Long enough that slicing costs nothing, short enough to answer within some tens of milliseconds. */
const SLICE = 2 ** 21;

export class Session {
  readonly trace: Trace;
  readonly #replayer: Replayer;

  private constructor(trace: Trace, boards: Boards) {
    this.trace = trace;
    this.#replayer = new Replayer(trace, boards);
  }

  /** Throws a `TraceError` if the trace cannot be used. */
  static open(source: ByteSource, boards: Boards, options: { readonly salvage?: boolean } = {}): Session {
    return new Session(Trace.open(source, options), boards);
  }

  get manifest(): Manifest {
    return this.trace.manifest;
  }

  /** The machine where it stands: to be looked at, not touched. */
  get machine(): Machine {
    return this.#replayer.machine;
  }

  get clock(): number {
    return this.#replayer.clock;
  }

  /** The last clock of the trace. */
  get end(): number {
    return this.trace.covered;
  }

  get finished(): boolean {
    return this.#replayer.finished;
  }

  /** State checks passed so far. */
  get checks(): number {
    return this.#replayer.checks;
  }

  get divergence(): Divergence | undefined {
    return this.#replayer.divergence;
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

  /** Takes in what has been recorded since. */
  grow(): void {
    this.#replayer.grow();
  }

  /** Runs one slice towards `until`. Returns true if there is more to do. */
  advance(until: number, slice = SLICE): boolean {
    const replayer = this.#replayer;
    const target = Math.min(until, this.end);
    if (!replayer.runTo(Math.min(target, this.clock + slice))) return false;
    return !replayer.finished && this.clock < target;
  }

  /** Runs to the first boundary at or after `until`, or to the end. False if it diverged or was stopped. */
  runTo(until: number, options: RunOptions = {}): boolean {
    while (this.advance(until, options.slice)) {
      if (options.onProgress && !options.onProgress({ clock: this.clock, end: this.end })) return false;
    }
    return this.divergence === undefined;
  }
}

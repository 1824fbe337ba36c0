/**
 * Keeps a live run running: in slices, between which the thread hears what arrives; no faster than the clock on the
 * wall, with checkpoints on the way that cost little of the time. Drives what `record` drives (machine/drive.ts), but
 * for somebody who looks from another thread, and may pause it at any time.
 */
import type { LiveRun } from '../../replay/live/liveRun.js';
import { Pace } from '../host/pace.js';
import { Flushing } from './flushing.js';

/** Host milliseconds of a slice, and between tidings: 30 a second. */
const SLICE_MS = 10;
const TIDINGS_MS = 1000 / 30;
/** A guest runs no further ahead than this, however little it does. */
const LIVE_SLICE_MS = 20;
const FIRST_SLICE = 100_000;
/** Between checkpoints at least, and as many times what the last one took: they cost a fiftieth at most. */
const KEEP_MS = 500;
const KEEP_TIMES = 50;

export interface LiveListener {
  /** It has run on, some times a second. */
  tick(): void;
  /** It cannot run on: the guest has ended it; or what it asked for is not known, or its trace cannot be written. */
  over(error?: unknown): void;
}

export class LiveLoop {
  readonly #run: LiveRun;
  readonly #listener: LiveListener;
  readonly #pace: Pace;
  readonly #flushing: Flushing;
  readonly #longest: number;
  #going = true;
  #slice = FIRST_SLICE;
  #told = 0;
  #keepAt = 0;
  #wake: () => void = () => {};

  /** Runs it on from its present. */
  constructor(run: LiveRun, listener: LiveListener) {
    this.#run = run;
    this.#listener = listener;
    const { num, den } = run.machine.frequency;
    this.#longest = Math.round((LIVE_SLICE_MS * num) / den / 1000);
    run.resume();
    this.#flushing = new Flushing(run);
    this.#pace = new Pace(num / den, run.present, performance.now());
  }

  start(): void {
    void this.#go();
  }

  /** Somebody has done something that the guest should hear of soon. */
  wake(): void {
    this.#wake();
  }

  /** It runs on no more; to be called between slices, as everything in its thread is. */
  stop(): void {
    this.#going = false;
    this.#wake();
  }

  async #go(): Promise<void> {
    let thrown: unknown;
    try {
      while (this.#going) {
        this.#runSlice();
        if (this.#run.machine.outcome) break;
        this.#lookAround(performance.now());
        await this.#sleep(this.#pace.ahead(this.#run.present, performance.now()));
      }
    } catch (error) {
      thrown = error;
    }
    if (!this.#going) return;
    this.#going = false;
    this.#listener.over(thrown);
  }

  /** Runs for about SLICE_MS of the host. */
  #runSlice(): void {
    const from = this.#run.present;
    const began = performance.now();
    this.#run.run(from + this.#slice);
    const took = Math.max(performance.now() - began, 0.1);
    const fitting = ((this.#run.present - from) * SLICE_MS) / took;
    const least = Math.min(FIRST_SLICE, this.#longest);
    this.#slice = Math.round(Math.min(Math.max(fitting, least), this.#slice * 2, this.#longest));
  }

  #lookAround(now: number): void {
    if (now >= this.#keepAt) this.#keep(now);
    this.#flushing.look(now);
    if (now - this.#told < TIDINGS_MS) return;
    this.#told = now;
    this.#listener.tick();
  }

  #keep(now: number): void {
    this.#run.keep();
    const after = performance.now();
    this.#keepAt = after + Math.max(KEEP_MS, KEEP_TIMES * (after - now));
  }

  /** Lets messages in; waits for `ms` or until one of them concerns the run. */
  #sleep(ms: number): Promise<void> {
    if (ms < 1) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

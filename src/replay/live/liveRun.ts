/**
 * A machine that runs live and can be looked at on the way: one machine, which either its recorder runs on or, while
 * it is paused, a timeline over what was recorded so far moves anywhere. Pausing replays nothing: the timeline takes
 * the machine over where it stands, with checkpoints that were left while it ran. Whether anybody paused and looked
 * around does not affect the run, and its trace only in where frames end.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import { type BranchOptions, branch, expectFuture } from '../branch/branch.js';
import { admit, type Change, inputOfChange } from '../changes.js';
import type { ChannelInput } from '../controls.js';
import { ChangeError } from '../guest/changeError.js';
import { type Final, Recorder, type Recording } from '../recorder.js';
import type { Runner } from '../runner.js';
import { Timeline, type TimelineOptions } from '../timeline/timeline.js';
import type { ByteSource } from '../trace/format.js';
import { Trace } from '../trace/reader.js';

/** Where a live run's trace goes; it must be readable as soon as it is written. */
export interface LiveFile extends ByteSource {
  readonly write: (bytes: Uint8Array) => void;
}

export type LiveRecording = Omit<Recording, 'sink'>;
export type LiveBranch = Omit<BranchOptions, 'sink'>;

/** Clocks of a slice in which every instruction is looked at: some tens of milliseconds. */
const STEPPING = 2 ** 18;

export class LiveRun implements Runner {
  readonly timeline: Timeline;
  /** Where it began: 0, or where it left its parent. */
  readonly begun: number;
  /** Hears every note while it runs. */
  onNote: (note: Note, clock: number) => void = () => {};
  /** Its trace has its end: it will not run on. */
  ended = false;
  readonly #recorder: Recorder;
  #waiting: ChannelInput[] = [];
  #present: number;
  #paused = false;

  private constructor(recorder: Recorder, timeline: Timeline) {
    this.#recorder = recorder;
    this.timeline = timeline;
    this.begun = this.#present = recorder.machine.cpu.clock;
    recorder.onNote = (note, clock) => {
      timeline.heard(note, clock);
      this.onNote(note, clock);
    };
    this.pause();
  }

  /** A machine at power-on; paused, as every run is at first. */
  static begin(recording: LiveRecording, file: LiveFile, options: TimelineOptions = {}): LiveRun {
    const recorder = new Recorder({ ...recording, sink: file.write });
    return new LiveRun(recorder, new Timeline(Trace.open(file), recorder.hasher, options));
  }

  /**
   * From where a timeline stands into a trace of its own, with changes at once. The timeline's machine and checkpoints
   * are the branch's from now on. Throws a `ChangeError` if nothing can follow there, or a change cannot be made.
   */
  static branch(from: Timeline, changes: readonly Change[], options: LiveBranch, file: LiveFile): LiveRun {
    const { recorder, clock } = branch(from, { ...options, sink: file.write });
    for (const { channel, data } of changes.map(inputOfChange)) recorder.input(channel, data);
    recorder.flush();
    return new LiveRun(recorder, from.onto(Trace.open(file), clock));
  }

  /**
   * Throws what `branch` would refuse, and leaves everything as it is: the changes are made where the timeline
   * stands, and undone.
   */
  static tryOut(timeline: Timeline, changes: readonly Change[]): void {
    const { clock, machine } = timeline;
    expectFuture(timeline);
    if (changes.length === 0) return;
    timeline.keep();
    try {
      for (const { channel, data } of changes.map(inputOfChange)) admit(machine, channel, data);
    } finally {
      timeline.recover(clock);
    }
  }

  get machine(): Machine {
    return this.#recorder.machine;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Up to where it has run. */
  get present(): number {
    return this.#paused ? this.#present : this.machine.cpu.clock;
  }

  /** It is paused, and stands where it will run on. */
  get atPresent(): boolean {
    return this.#paused && this.timeline.clock === this.#present;
  }

  /** Bytes of its trace so far. */
  get traceBytes(): number {
    return this.#recorder.traceBytes;
  }

  // ---- running ----

  /** Goes to the present, from where it can be run on. Throws a `ChangeError` if the way there cannot be gone again. */
  resume(): void {
    if (!this.#paused || this.ended) return;
    this.timeline.seek(this.#present);
    if (!this.atPresent || this.timeline.divergence) {
      throw new ChangeError(`the run does not come to clock ${this.#present} again, and cannot go on`);
    }
    this.timeline.lend();
    this.#recorder.takeOver();
    this.#paused = false;
  }

  /** Will be admitted when it runs next. */
  input(channel: string, data: Uint8Array): void {
    this.#waiting.push({ channel, data });
  }

  /** As `Recorder.run`. */
  run(until: number): boolean {
    this.#expectRunning();
    const from = this.machine.cpu.clock;
    for (const { channel, data } of this.#waiting.splice(0)) this.#recorder.input(channel, data);
    const reached = this.#recorder.run(until);
    this.timeline.ran(from, this.machine.cpu.clock);
    return reached;
  }

  /**
   * Runs on through so many instructions, to where another is about to be executed; gives clocks on the way. A guest
   * that waits for an interrupt may take as long as it likes.
   */
  *stepping(times: number): Generator<number, void, void> {
    const { machine } = this;
    const { cpu } = machine;
    let [left, last] = [times, cpu.clock];
    cpu.observer = {
      boundary: () => {
        if (cpu.clock > last) [left, last] = [left - 1, cpu.clock];
        return left === 0;
      },
    };
    try {
      while (left > 0 && !machine.outcome) {
        this.run(cpu.clock + STEPPING);
        yield cpu.clock;
      }
    } finally {
      cpu.observer = undefined;
    }
  }

  #expectRunning(): void {
    if (this.#paused) throw new Error(`the run ${this.ended ? 'has ended' : 'is paused'}`);
  }

  /** Leaves a checkpoint to which one can go back while it is paused. */
  keep(): void {
    this.#expectRunning();
    this.timeline.leave(this.#recorder.mark());
  }

  /** What is lost if the host dies is what comes after. */
  flush(): void {
    this.#recorder.flush();
  }

  // ---- looking ----

  /** Has the timeline stand where it has run to. */
  pause(): void {
    if (this.#paused) return;
    this.#recorder.flush();
    this.#arrive();
  }

  /** Ends its trace, wherever one is looking; then it is paused for good. */
  finish(reason: string): Final {
    if (this.ended) throw new Error('the run has ended');
    this.resume();
    const final = this.#recorder.finish(reason);
    this.ended = true;
    this.#arrive();
    return final;
  }

  /**
   * After `run` has thrown: its trace ends where it was written last, without an end, and it stands there. It will
   * not run on.
   */
  abandon(): void {
    if (this.ended) return;
    this.ended = true;
    this.#paused = true;
    this.#present = this.#recorder.written;
    this.timeline.recover(this.#present);
  }

  #arrive(): void {
    this.#paused = true;
    this.#present = this.machine.cpu.clock;
    this.timeline.arrive(this.#recorder.mark());
  }
}

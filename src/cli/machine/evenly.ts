/**
 * A recorder that is flushed at fixed clocks of the guest instead of at the host's leisure: the frames of
 * its trace, and so the whole file, depend on nothing but the run.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Recorder } from '../../replay/recorder.js';
import type { Runner } from '../../replay/runner.js';

export class Evenly implements Runner {
  readonly #recorder: Recorder;
  readonly #every: number;

  /** `every`: clocks between flushes. */
  constructor(recorder: Recorder, every: number) {
    this.#recorder = recorder;
    this.#every = every;
  }

  get machine(): Machine {
    return this.#recorder.machine;
  }

  get onNote(): (note: Note, clock: number) => void {
    return this.#recorder.onNote;
  }

  set onNote(listener: (note: Note, clock: number) => void) {
    this.#recorder.onNote = listener;
  }

  run(until: number): boolean {
    const { cpu } = this.machine;
    for (;;) {
      const due = (Math.floor(cpu.clock / this.#every) + 1) * this.#every;
      const reached = this.#recorder.run(Math.min(until, due));
      if (cpu.clock < due) return reached;
      this.#recorder.flush();
      if (cpu.clock >= until) return true;
    }
  }

  input(channel: string, data: Uint8Array): void {
    this.#recorder.input(channel, data);
  }
}

/**
 * The inputs that a branch takes over from its parent, and changes of them: one left out, given other data, or at
 * another clock. Inputs have the numbers in which `rewind86 events --kind input` lists them, from 1 on.
 */
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { ChannelInput } from '../controls.js';
import type { Runner } from '../runner.js';
import { decodeInputs } from '../trace/columns.js';
import { reading, type Trace } from '../trace/reader.js';

export interface TimedInput extends ChannelInput {
  readonly clock: number;
}

/** What becomes of one input of the parent; undefined: it is left out. */
export type InputEdit = Partial<Pick<TimedInput, 'clock' | 'data'>> | undefined;

/** All inputs of a trace, in order. */
export function inputsOf(trace: Trace): TimedInput[] {
  const names: string[] = [];
  return trace.segments.flatMap((frame) => {
    const segment = trace.segment(frame);
    names.push(...segment.names);
    const inputs = reading(frame, () => decodeInputs(segment.inputs, segment.from));
    return inputs.map(({ clock, channel, data }) => ({ clock, channel: names[channel] ?? '', data }));
  });
}

/** The inputs with some of them changed, in order of time; edits are by number, counted from 1. */
export function edited(
  inputs: readonly TimedInput[],
  edits: ReadonlyMap<number, InputEdit>,
): readonly TimedInput[] {
  const kept = inputs.flatMap((input, i) => {
    if (!edits.has(i + 1)) return [input];
    const edit = edits.get(i + 1);
    return edit ? [{ ...input, ...edit }] : [];
  });
  return kept.sort((a, b) => a.clock - b.clock);
}

/** A runner that is given inputs of another run, each at the first boundary at or after its clock. */
export class KeepingInputs implements Runner {
  readonly #runner: Runner;
  readonly #inputs: readonly TimedInput[];
  #next = 0;

  /** `inputs`: in order of time. */
  constructor(runner: Runner, inputs: readonly TimedInput[]) {
    this.#runner = runner;
    this.#inputs = inputs;
  }

  get machine(): Machine {
    return this.#runner.machine;
  }

  get onNote(): (note: Note, clock: number) => void {
    return this.#runner.onNote;
  }

  set onNote(listener: (note: Note, clock: number) => void) {
    this.#runner.onNote = listener;
  }

  run(until: number): boolean {
    for (let input = this.#inputs[this.#next]; input && input.clock <= until; ) {
      this.#runner.run(input.clock);
      if (this.machine.outcome) return this.machine.cpu.clock >= until;
      this.#runner.input(input.channel, input.data);
      input = this.#inputs[++this.#next];
    }
    return this.#runner.run(until);
  }

  input(channel: string, data: Uint8Array): void {
    this.#runner.input(channel, data);
  }
}

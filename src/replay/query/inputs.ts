/** The inputs of a recorded run, read from the trace: nothing is replayed. */
import type { ChannelInput } from '../controls.js';
import { decodeInputs } from '../trace/columns.js';
import { reading, type Trace } from '../trace/reader.js';

export interface PastInput extends ChannelInput {
  readonly clock: number;
}

/** All of them, in order of time. */
export function* inputsOf(trace: Trace): Generator<PastInput, void, void> {
  const names: string[] = [];
  for (const frame of trace.segments) {
    const segment = trace.segment(frame);
    names.push(...segment.names);
    const inputs = reading(frame, () => decodeInputs(segment.inputs, segment.from));
    for (const { clock, channel, data } of inputs) yield { clock, channel: names[channel] ?? '', data };
  }
}

/** The last input at or before a clock. */
export function inputBefore(trace: Trace, clock: number): PastInput | undefined {
  let last: PastInput | undefined;
  for (const input of inputsOf(trace)) {
    if (input.clock > clock) break;
    last = input;
  }
  return last;
}

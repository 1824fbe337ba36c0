/** The inputs of a recorded run, read from the trace: nothing is replayed. */
import type { ChannelInput } from '../controls.js';
import { decodeInputs } from '../trace/columns.js';
import { reading, type Trace } from '../trace/reader.js';

export interface PastInput extends ChannelInput {
  readonly clock: number;
}

/** The last input at or before a clock. */
export function inputBefore(trace: Trace, clock: number): PastInput | undefined {
  const names: string[] = [];
  let last: PastInput | undefined;
  for (const frame of trace.segments) {
    const segment = trace.segment(frame);
    if (segment.from > clock) break;
    names.push(...segment.names);
    const inputs = reading(frame, () => decodeInputs(segment.inputs, segment.from));
    const input = inputs.findLast((one) => one.clock <= clock);
    if (input) last = { clock: input.clock, channel: names[input.channel] ?? '', data: input.data };
  }
  return last;
}

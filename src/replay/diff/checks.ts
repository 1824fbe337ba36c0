/** Where two traces hold a check at the same clock: what can be compared without a replay. */
import { CheckDecoder } from '../trace/checks.js';
import { reading, type Trace } from '../trace/reader.js';
import type { Both } from './both.js';

export interface CommonCheck {
  readonly clock: number;
  readonly prints: Both<Uint8Array>;
}

interface RecordedCheck {
  readonly clock: number;
  readonly fingerprint: Uint8Array;
}

/**
 * In order of time. `sizes`: bytes of each machine's fingerprints. Clocks at which inputs were admitted are left
 * out: a check may stand before or behind them.
 */
export function* commonChecks(
  traces: Both<Trace>,
  sizes: Both<number>,
  inputs: ReadonlySet<number>,
): Generator<CommonCheck, void, void> {
  const [first, second] = [checksOf(traces.a, sizes.a), checksOf(traces.b, sizes.b)];
  let a = first.next().value;
  let b = second.next().value;
  while (a && b) {
    if (a.clock === b.clock && !inputs.has(a.clock)) {
      yield { clock: a.clock, prints: { a: a.fingerprint, b: b.fingerprint } };
    }
    if (a.clock <= b.clock) a = first.next().value;
    else b = second.next().value;
  }
}

function* checksOf(trace: Trace, size: number): Generator<RecordedCheck, undefined, void> {
  const decoder = new CheckDecoder(size);
  for (const frame of trace.segments) {
    const segment = trace.segment(frame);
    yield* reading(frame, () => decoder.decode(segment.checks, segment.from));
  }
  const { end } = trace;
  if (end) yield* reading(trace.frames.at(-1)!, () => decoder.decode(end.check, end.clock));
  return undefined;
}

/**
 * The past of a branch: its parent's frames, copied as they are up to the segment in which the branch begins, of
 * which what lies before is written anew. So a branch is a trace like every other, and replays without its parent.
 */
import { ContentStore } from '../contentStore.js';
import type { Continuation } from '../recorder.js';
import type { Handover } from '../replayer.js';
import type { TapePast } from '../tape.js';
import { CheckEncoder } from '../trace/checks.js';
import { encodeInputs, encodePulls, encodeSignals } from '../trace/columns.js';
import { hex64 } from '../trace/hash.js';
import type { Frame, Trace } from '../trace/reader.js';
import type { Origin } from '../trace/records.js';
import { type Sink, TraceWriter } from '../trace/writer.js';

export interface Branching {
  readonly sink: Sink;
  /** Name and version of the recording program. */
  readonly program: string;
  readonly label: string | undefined;
}

/** Writes everything up to where the machine stands. */
export function writePast(handover: Handover, branching: Branching): Omit<Continuation, 'provider'> {
  const { trace, machine, hasher, mark, past } = handover;
  const { clock, retired } = machine.cpu;
  const writer = new TraceWriter(branching.sink, 2);
  const origin = originOf(trace, past, clock, branching.label);
  writer.manifest({ ...trace.manifest, program: branching.program, origin });
  const contents = copyFrames(trace, past, writer);
  if (clock > past.to || countOf(past) > 0) writePart(past, clock, retired, writer, hasher.size);
  const { allNames: names, inputCount, lastCheck } = past;
  const { checkEvery } = trace.manifest;
  const written = clock;
  return { machine, writer, hasher, checkEvery, written, mark, contents, names, inputCount, lastCheck };
}

/**
 * Names a frame of the parent that was there when the branch began and stays whatever is appended or cut off
 * behind it: the segment in which the branch begins. Its header hash covers all before.
 */
function originOf(trace: Trace, past: TapePast, clock: number, label: string | undefined): Origin {
  const frame = trace.segments[past.segments] ?? trace.segments.at(-1) ?? trace.frames[0]!;
  const { sequence, hash } = frame.header;
  return { trace: trace.id, frame: sequence, hash: hex64(hash), clock, label };
}

/** Images, whole segments, and all disk contents that come before the segment behind them. */
function copyFrames(trace: Trace, past: TapePast, writer: TraceWriter): ContentStore {
  const contents = new ContentStore();
  for (const frame of framesBefore(trace, past)) {
    const { kind, raw } = frame.header;
    writer.copy(kind, trace.payload(frame), raw);
    if (kind === 'contents') contents.know(trace.contents(frame).bytes);
  }
  return contents;
}

function framesBefore({ frames, segments }: Trace, past: TapePast): readonly Frame[] {
  const whole = segments[past.segments - 1];
  const part = countOf(past) > 0 ? segments[past.segments] : undefined;
  if (part) return frames.slice(1, frames.indexOf(part));
  return whole ? frames.slice(1, frames.indexOf(whole) + 1) : frames.filter((f) => f.header.kind === 'blob');
}

/** Events in the segment that is not wholly before. */
function countOf({ inputs, pulls, signals, checks }: TapePast): number {
  return inputs.length + pulls.length + signals.length + checks.length;
}

function writePart(past: TapePast, to: number, retired: number, writer: TraceWriter, size: number): void {
  const { to: from, names } = past;
  writer.segment({
    from,
    to,
    retired,
    names,
    inputs: encodeInputs(past.inputs, from),
    pulls: encodePulls(past.pulls, from),
    signals: encodeSignals(past.signals, from),
    checks: new CheckEncoder(size, past.checkBefore).encode(past.checks, from),
  });
}

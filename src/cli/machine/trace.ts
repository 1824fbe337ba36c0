/** What the commands that read a trace have in common. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeDivergence } from '../../replay/divergence.js';
import { Session } from '../../replay/session.js';
import type { IndexError } from '../../replay/timeline/storedChunks.js';
import type { StoredIndex } from '../../replay/timeline/storedIndex.js';
import { Timeline } from '../../replay/timeline/timeline.js';
import { TraceError } from '../../replay/trace/format.js';
import { Trace } from '../../replay/trace/reader.js';
import { ExitCode } from '../exitCodes.js';
import { ReadFile } from '../host/files.js';
import { type Engine, type Host, say } from '../host/host.js';
import { driveInSlices, type ProgressLine, progressText } from './inSlices.js';
import { fileName } from './options.js';
import { readIndex, sayUnused } from './traceIndex.js';

export interface TraceOptions {
  readonly salvage: boolean;
}

export interface ReplayOptions extends TraceOptions {
  readonly engine: Engine;
}

export function addTraceOptions(command: Command): Command {
  return command
    .argument('<trace>', 'a file written by record', fileName)
    .option('--salvage', 'take what comes before damage for the whole trace', false);
}

export function addReplayOptions(command: Command): Command {
  return addTraceOptions(command).addOption(
    new Option('--engine <name>', 'what executes instructions; the results are equal')
      .choices(['compiler', 'interpreter', 'evaluator'])
      .default('compiler'),
  );
}

/** Of commands that move about in a trace. */
export interface TimelineOptions extends ReplayOptions {
  /** Bytes. */
  readonly checkpointMemory?: number | undefined;
}

export function addTimelineOptions(command: Command): Command {
  return addReplayOptions(command).option(...CHECKPOINT_OPTION);
}

export const CHECKPOINT_OPTION = [
  '--checkpoint-memory <size>',
  'of the host, for places to go back to (default: 512M)',
  checkpointMemory,
] as const;

/** Whole MiB, of which there must be enough for some checkpoints. */
function checkpointMemory(text: string): number {
  const [, count, unit] = /^([0-9]{1,7})([MG])$/.exec(text) ?? [];
  const bytes = Number(count) * (unit === 'G' ? 2 ** 30 : 2 ** 20);
  if (!unit || bytes < LEAST_MEMORY) throw new InvalidArgumentError('It is MiB or GiB, at least 16M.');
  return bytes;
}

const LEAST_MEMORY = 16 * 2 ** 20;

export function openTrace(path: string, options: TraceOptions, file = new ReadFile(path)): Trace {
  return naming(path, options, () => Trace.open(file, options));
}

export function openSession(path: string, options: ReplayOptions, host: Host): Session {
  const boards = host.boards(options.engine);
  return naming(path, options, () => {
    const session = Session.open(new ReadFile(path), boards, options);
    if (!session.trace.begun) throw session.trace.lack;
    return session;
  });
}

/** With the index beside the trace, if there is one. */
export function openTimeline(
  path: string,
  options: TimelineOptions,
  host: Host,
  file = new ReadFile(path),
): Timeline {
  const trace = openTrace(path, options, file);
  if (!trace.begun) throw trace.lack;
  return timelineOf(path, trace, readIndex(path, trace, host), options, host);
}

export function timelineOf(
  path: string,
  trace: Trace,
  index: StoredIndex | undefined,
  options: TimelineOptions,
  host: Host,
): Timeline {
  const boards = host.boards(options.engine);
  const { checkpointMemory } = options;
  const onIndexLost = (error: IndexError) => sayUnused(path, error, host);
  const held = { ...(index && { index, onIndexLost }), ...(checkpointMemory && { checkpointMemory }) };
  return naming(path, options, () => new Timeline(trace, boards, held));
}

/** Puts the file's name before what is wrong with it, and behind it what helps. */
function naming<T>(path: string, { salvage }: TraceOptions, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    const hint = salvage ? '' : salvageHint(path, error);
    throw new TraceError(error.kind, `${path}: ${error.message}${hint}`);
  }
}

/** What `--salvage` would make of a damaged trace, if anything. */
function salvageHint(path: string, { kind }: TraceError): string {
  if (kind !== 'damaged' && kind !== 'unknown-record') return '';
  try {
    const trace = Trace.open(new ReadFile(path), { salvage: true });
    return trace.lack ? '' : `; with --salvage it replays up to clock ${trace.covered}`;
  } catch {
    return '';
  }
}

/** What there is of a recording that has no end, or none that can be read; undefined of a whole one. */
export function shortfall(trace: Trace): 'incomplete' | 'damaged' | undefined {
  if (trace.complete) return undefined;
  return trace.tail.kind === 'damaged' ? 'damaged' : 'incomplete';
}

/** Says that a trace has no end, and up to where it replays. */
export function warnIncomplete(host: Host, path: string, trace: Trace): void {
  const short = shortfall(trace);
  if (!short) return;
  const why = trace.tail.kind === 'damaged' ? `${short} (${trace.tail.error.message})` : short;
  say(host, `${path}: ${why}, replays up to clock ${trace.covered}`);
}

interface RunSessionOptions {
  readonly progress: boolean;
  /** As of `driveInSlices`. */
  readonly line?: ProgressLine;
  readonly onSlice?: () => void;
  /** Clocks between looks at the host's events, if a clock takes longer than usual. */
  readonly slice?: number;
}

/**
 * Runs a session to `until` with progress on a terminal, letting the host's events in. Returns the name
 * of the signal that stopped it, if one did.
 */
export async function runSession(
  session: Session,
  until: number,
  host: Host,
  { progress, line, onSlice, slice }: RunSessionOptions,
): Promise<string | undefined> {
  const last = Math.min(until, session.end);
  const { signal } = await driveInSlices(slicesOf(session, until, slice), host, {
    ...(progress && { progress: (clock) => progressText(clock, last) }),
    ...(line && { line }),
    ...(onSlice && { onSlice }),
    where: () => ` at clock ${session.clock} of ${session.end}`,
  });
  return signal;
}

/** Gives the clock behind each slice, the last one included. */
function* slicesOf(session: Session, until: number, slice?: number): Generator<number, void, void> {
  for (let more = true; more; ) {
    more = session.advance(until, slice);
    yield session.clock;
  }
}

/** Says how a replay diverged; the exit code for it. */
export function diverged(replay: Session | Timeline, host: Host): number {
  say(host, describeDivergence(replay.divergence!));
  return ExitCode.diverged;
}

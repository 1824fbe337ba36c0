/** What the commands that read a trace have in common. */
import { type Command, Option } from 'commander';
import { describeDivergence } from '../../replay/divergence.js';
import { Session } from '../../replay/session.js';
import { TraceError } from '../../replay/trace/format.js';
import { Trace } from '../../replay/trace/reader.js';
import { ExitCode } from '../exitCodes.js';
import { ReadFile } from '../host/files.js';
import { type Engine, type Host, say } from '../host/host.js';

export interface TraceOptions {
  readonly salvage: boolean;
}

export interface ReplayOptions extends TraceOptions {
  readonly engine: Engine;
}

export function addTraceOptions(command: Command): Command {
  return command
    .argument('<trace>', 'a file written by record')
    .option('--salvage', 'take what comes before damage for the whole trace', false);
}

export function addReplayOptions(command: Command): Command {
  return addTraceOptions(command).addOption(
    new Option('--engine <name>', 'what executes instructions; the results are equal')
      .choices(['interpreter', 'evaluator'])
      .default('interpreter'),
  );
}

export function openTrace(path: string, options: TraceOptions): Trace {
  return naming(path, () => Trace.open(new ReadFile(path), options));
}

export function openSession(path: string, options: ReplayOptions, host: Host): Session {
  return naming(path, () => Session.open(new ReadFile(path), host.boards(options.engine), options));
}

/** Puts the file's name before what is wrong with it. */
function naming<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof TraceError) throw new TraceError(error.kind, `${path}: ${error.message}`);
    throw error;
  }
}

/** Says that a trace has no end, and up to where it replays. */
export function warnIncomplete(host: Host, path: string, trace: Trace): void {
  if (trace.complete) return;
  const why = trace.tail.kind === 'damaged' ? `damaged (${trace.tail.error.message})` : 'incomplete';
  say(host, `${path}: ${why}, replays up to clock ${trace.covered}`);
}

/** Host milliseconds between signs of life on a terminal. */
const PROGRESS_MS = 200;

/**
 * Runs a session to `until` with progress on a terminal, letting the host's events in. Returns the name
 * of the signal that stopped it, if one did.
 */
export async function runSession(
  session: Session,
  until: number,
  host: Host,
  options: { readonly progress: boolean; readonly onSlice?: () => void },
): Promise<string | undefined> {
  let signal: string | undefined;
  const unlisten = host.onSignal((name) => (signal = name));
  const visible = options.progress && host.stderr.isTTY === true;
  let shown = performance.now();
  while (!signal && session.advance(until)) {
    options.onSlice?.();
    if (visible && performance.now() - shown > PROGRESS_MS) {
      shown = performance.now();
      const percent = Math.floor((100 * session.clock) / Math.min(until, session.end));
      host.stderr.write(`\rclock ${session.clock} of ${session.end}, ${percent} %\x1b[K`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  options.onSlice?.();
  if (visible) host.stderr.write('\r\x1b[K');
  unlisten();
  return signal;
}

/** Says how a replay diverged; the exit code for it. */
export function diverged(session: Session, host: Host): number {
  say(host, describeDivergence(session.divergence!));
  return ExitCode.diverged;
}

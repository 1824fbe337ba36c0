/** A recorded run, opened to be asked about as a whole: with an index, which is made if there is none. */
import { type Command, Option } from 'commander';
import { ExpressionError } from '../../replay/expression/tokens.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { type Host, say } from '../host/host.js';
import { natural } from '../machine/options.js';
import { addReplayOptions, openTrace, timelineOf, warnIncomplete } from '../machine/trace.js';
import { makeIndex, readIndex } from '../machine/traceIndex.js';
import type { AskOptions } from './ask.js';

export interface RunOptions extends AskOptions {
  readonly index: boolean;
  readonly json: boolean;
}

const MAX_JOBS = 64;

export function addRunOptions(command: Command): Command {
  return addReplayOptions(command)
    .addOption(new Option('--no-index', 'neither use nor make the file TRACE.index'))
    .option('--jobs <n>', 'threads (default: as many as the host has processors)', natural(MAX_JOBS, 1))
    .option('--json', 'print one JSON object for each result, one a line', false);
}

/** The timeline, or the name of the signal that came before there was one. */
export async function openRun(path: string, options: RunOptions, host: Host): Promise<Timeline | string> {
  const trace = openTrace(path, options);
  if (!trace.begun) throw trace.lack;
  warnIncomplete(host, path, trace);
  let index = options.index ? readIndex(path, trace, host) : undefined;
  if (options.index && !index) {
    const made = await makeIndex(path, trace, options.engine, host);
    if (made.signal !== undefined) return made.signal;
    index = made.index;
  }
  return timelineOf(path, trace, index, options, host);
}

/** Undefined if it cannot be understood, which has been said. */
export function understood<T>(text: string, host: Host, start: () => T): T | undefined {
  try {
    return start();
  } catch (error) {
    if (error instanceof RangeError) throw usage(error.message);
    if (!(error instanceof ExpressionError)) throw error;
    say(host, `${text}: ${error.message}`);
    say(host, `  ${error.source}`);
    say(host, `  ${error.caret}`);
    return undefined;
  }
}

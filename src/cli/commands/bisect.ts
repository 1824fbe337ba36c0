/** `bisect`: finds when an expression about the guest becomes true, and tells what made it so. */

import { type BisectAnswer, bisect } from '../../replay/query/bisect.js';
import type { SearchProgress } from '../../replay/query/search.js';
import { ExpressionError } from '../../replay/query/tokens.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { fileName, natural } from '../machine/options.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import {
  addReplayOptions,
  diverged,
  openTimeline,
  type ReplayOptions,
  warnIncomplete,
} from '../machine/trace.js';
import { bisectJson, bisectText } from './bisectReport.js';
import type { AddCommand } from './command.js';

interface BisectOptions extends ReplayOptions {
  readonly when: string;
  readonly good?: number;
  readonly bad?: number;
  readonly first: boolean;
  readonly symbols?: string;
  readonly json: boolean;
}

/** Host milliseconds between signs of life on a terminal. */
const PROGRESS_MS = 200;

export const addBisect: AddCommand = (program, host, finish) => {
  const clock = natural(Number.MAX_SAFE_INTEGER);
  addReplayOptions(
    program.command('bisect').description('find when an expression becomes true, and what made it so'),
  )
    .requiredOption('--when <expression>', 'what becomes true, see docs/expressions.md')
    .option('--good <clock>', 'where it is not true yet (default: the beginning)', clock)
    .option('--bad <clock>', 'where it is true (default: the end)', clock)
    .option('--first', 'the first time at all, instead of when it becomes true to stay', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--json', 'print one JSON object', false)
    .action(async (path: string, options: BisectOptions) => finish(await run(path, options, host)));
};

async function run(path: string, options: BisectOptions, host: Host): Promise<number> {
  const { when, good, bad, first } = options;
  if (good !== undefined && bad !== undefined && good >= bad) throw usage('--good is not before --bad');
  const timeline = openTimeline(path, options, host);
  warnIncomplete(host, path, timeline.trace);
  for (const clock of [good, bad]) {
    if (clock === undefined || clock <= timeline.end) continue;
    throw usage(`clock ${clock} is beyond the end of the recording, clock ${timeline.end}`);
  }
  const symbols = symbolsFor(timeline.trace, options.symbols);
  const bounds = { ...(good !== undefined && { good }), ...(bad !== undefined && { bad }) };
  const search = begin(() => bisect(timeline, { when, symbols, first, ...bounds }), host);
  if (!search) return ExitCode.usage;
  const { signal, result } = await drive(search, host);
  if (result === undefined) return signalCode(signal);
  return tell(result, timeline, options, host);
}

/** Shows an expression that cannot be understood, with a caret at the place. */
function begin<T>(start: () => T, host: Host): T | undefined {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    say(host, `--when: ${error.message}`);
    say(host, `  ${error.source}`);
    say(host, `  ${error.caret}`);
    return undefined;
  }
}

/** Runs a search to its end, or until a signal comes. */
export async function drive<T>(
  search: Generator<SearchProgress, T, void>,
  host: Host,
): Promise<{ readonly signal: string; readonly result: T | undefined }> {
  let signal = '';
  const unlisten = host.onSignal((name) => (signal = name));
  const visible = host.stderr.isTTY === true;
  let shown = performance.now();
  let step = search.next();
  while (!step.done && !signal) {
    if (visible && performance.now() - shown > PROGRESS_MS) {
      shown = performance.now();
      host.stderr.write(`\r${step.value.what}: clock ${step.value.clock} of ${step.value.end}\x1b[K`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    step = search.next();
  }
  if (visible) host.stderr.write('\r\x1b[K');
  unlisten();
  if (step.done) return { signal, result: step.value };
  say(host, `ended by ${signal}`);
  return { signal, result: undefined };
}

function tell(answer: BisectAnswer, timeline: Timeline, options: BisectOptions, host: Host): number {
  if (answer.kind === 'diverged') return diverged(timeline, host);
  const { when, first } = options;
  const bounds = { end: options.bad ?? timeline.end, frequency: timeline.trace.manifest.frequency };
  if (options.json) host.stdout.write(`${JSON.stringify(bisectJson(answer, when))}\n`);
  if (answer.kind === 'change') {
    if (!options.json) host.stdout.write(bisectText(answer, { when, first, ...bounds }));
    return ExitCode.ok;
  }
  say(host, nothing(answer.kind, answer.clock, options));
  return ExitCode.notFound;
}

function nothing(kind: 'never' | 'always', clock: number, { first }: BisectOptions): string {
  if (kind === 'never') {
    return first
      ? `it is not true up to clock ${clock}`
      : `it is not true at clock ${clock}; --first finds the first time at all, --bad says where else it is true`;
  }
  return first
    ? `it is true at clock ${clock} already; --good says from where on to look`
    : `it is true wherever it was looked at up to clock ${clock}; --good says where it is not`;
}

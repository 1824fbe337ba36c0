/**
 * `bisect`: finds when something about the guest becomes true, an expression or what a command says, and tells what
 * made it so.
 */

import type { Place } from '../../replay/debug/places.js';
import { ExpressionError } from '../../replay/expression/tokens.js';
import { type BisectAnswer, type BisectQuestion, bisect } from '../../replay/query/bisect.js';
import { type BisectBounds, bisectAsking, type Question } from '../../replay/query/bisectAsking.js';
import type { SearchProgress } from '../../replay/query/search.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { driveInSlices, searchText } from '../machine/inSlices.js';
import { fileName } from '../machine/options.js';
import { clocksOf, PLACES, place, runOf } from '../machine/places.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import {
  addTimelineOptions,
  diverged,
  openTimeline,
  type TimelineOptions,
  warnIncomplete,
} from '../machine/trace.js';
import { BisectCommand } from './bisectCommand.js';
import { bisectJson, bisectText } from './bisectReport.js';
import type { AddCommand } from './command.js';

interface BisectOptions extends TimelineOptions {
  readonly when?: string;
  readonly run?: string;
  readonly good?: Place;
  readonly bad?: Place;
  readonly first: boolean;
  readonly symbols?: string;
  readonly json: boolean;
}

export const addBisect: AddCommand = (program, host, finish) => {
  addTimelineOptions(
    program.command('bisect').description('find when an expression becomes true, and what made it so'),
  )
    .option('--when <expression>', 'what becomes true, see docs/expressions.md')
    .option('--run <command>', 'a shell command that tells whether it is: exit code 0 yes, 1 no')
    .option('--good <place>', 'where it is not true yet (default: the beginning)', place)
    .option('--bad <place>', 'where it is true (default: the end)', place)
    .option('--first', 'the first time at all, instead of when it becomes true to stay', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', PLACES)
    .action(async (path: string, options: BisectOptions) => finish(await run(path, options, host)));
};

async function run(path: string, options: BisectOptions, host: Host): Promise<number> {
  const { when, run: command, first } = options;
  if ((when === undefined) === (command === undefined))
    throw usage('either --when or --run says what to find');
  if (first && command !== undefined) throw usage('--first is for --when');
  const timeline = openTimeline(path, options, host);
  warnIncomplete(host, path, timeline.trace);
  const clocks = await clocksOf({ good: options.good, bad: options.bad }, runOf(timeline), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const { good = 0, bad = timeline.end } = clocks;
  if (good >= bad && (options.good || options.bad)) throw usage('--good is not before --bad');
  const symbols = symbolsFor(timeline.trace, options.symbols);
  const bounds = { symbols, ...clocks };
  const answer =
    command !== undefined
      ? await askCommand(new BisectCommand(command, path, host), timeline, bounds, host)
      : await searchFor(timeline, { when: when!, first, ...bounds }, host);
  return typeof answer === 'number' ? answer : tell(answer, timeline, bad, options, host);
}

/** What was found, or the exit code. */
type Outcome = BisectAnswer | number;

async function searchFor(timeline: Timeline, question: BisectQuestion, host: Host): Promise<Outcome> {
  const search = begin(() => bisect(timeline, question), host);
  if (!search) return ExitCode.usage;
  const { signal, value } = await driveInSlices(search, host, { progress: searchText });
  return value ?? signalCode(signal!);
}

async function askCommand(
  command: BisectCommand,
  timeline: Timeline,
  bounds: BisectBounds,
  host: Host,
): Promise<Outcome> {
  const unlisten = host.onSignal(() => command.stop());
  try {
    const onSlice = async (step: SearchProgress | Question) => {
      if (step.what !== 'asking') return;
      const holds = await command.ask(step.state, timeline.machine.memory.ram);
      if (holds !== undefined) step.answer(holds);
    };
    const search = bisectAsking(timeline, bounds);
    const { signal, value } = await driveInSlices(search, host, { progress: searchText, onSlice });
    return value ?? signalCode(signal!);
  } finally {
    unlisten();
    command.close();
  }
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

function tell(
  answer: BisectAnswer,
  timeline: Timeline,
  end: number,
  options: BisectOptions,
  host: Host,
): number {
  if (answer.kind === 'diverged') return diverged(timeline, host);
  const { first } = options;
  const question = options.when ?? options.run ?? '';
  const bounds = { end, frequency: timeline.trace.manifest.frequency };
  const asked = options.when === undefined ? { run: question } : { when: question };
  if (options.json) host.stdout.write(`${JSON.stringify(bisectJson(answer, asked))}\n`);
  if (answer.kind === 'change') {
    if (!options.json) host.stdout.write(bisectText(answer, { question, first, ...bounds }));
    return ExitCode.ok;
  }
  say(host, nothing(answer.kind, answer.clock, options));
  return ExitCode.notFound;
}

function nothing(kind: 'never' | 'always', clock: number, { first, run: command }: BisectOptions): string {
  if (command !== undefined) {
    return kind === 'never'
      ? `the command says no at clock ${clock}; --bad says where it is to say yes`
      : `the command says yes at clock ${clock} already; --good says where it is to say no`;
  }
  if (kind === 'never') {
    return first
      ? `it is not true up to clock ${clock}`
      : `it is not true at clock ${clock}; --first finds the first time at all, --bad says where else it is true`;
  }
  return first
    ? `it is true at clock ${clock} already; --good says from where on to look`
    : `it is true at clock ${clock} already, and wherever it was looked at; --good says where it is not`;
}

/** `diff`: where two recorded runs part, what differs there, and what came before that may have done it. */
import { both } from '../../replay/diff/both.js';
import { type DiffAnswer, diff, Incomparable } from '../../replay/diff/diff.js';
import { describeDivergence } from '../../replay/divergence.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { CliError, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { driveInSlices, searchText } from '../machine/inSlices.js';
import { fileName, natural } from '../machine/options.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { addTimelineOptions, openTimeline, type TimelineOptions, warnIncomplete } from '../machine/trace.js';
import type { AddCommand } from './command.js';
import { type DiffFrame, diffJson, diffText, isEqual } from './diffReport.js';

interface DiffOptions extends TimelineOptions {
  readonly good?: number;
  readonly first: boolean;
  readonly symbols?: string;
  readonly json: boolean;
}

export const addDiff: AddCommand = (program, host, finish) => {
  const clock = natural(Number.MAX_SAFE_INTEGER);
  addTimelineOptions(program.command('diff').description('find where two recorded runs part, and why'))
    .argument('<other>', 'another one', fileName)
    .option('--good <clock>', 'from where on to look (default: the beginning)', clock)
    .option('--first', 'look at every instruction where samples would do; takes long', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--json', 'print one JSON object', false)
    .action(async (a: string, b: string, options: DiffOptions) => finish(await run(a, b, options, host)));
};

async function run(a: string, b: string, options: DiffOptions, host: Host): Promise<number> {
  const paths = { a, b };
  const timelines = both(paths, (path) => open(path, options, host));
  const { good, first } = options;
  const end = Math.min(timelines.a.end, timelines.b.end);
  if (good !== undefined && good > end) {
    throw usage(`clock ${good} is beyond the end of the shorter recording, clock ${end}`);
  }
  const symbols = both(timelines, ({ trace }) => symbolsFor(trace, options.symbols));
  const search = begin(() => diff(timelines, { symbols, first, ...(good !== undefined && { good }) }));
  const { signal, value } = await driveInSlices(search, host, { progress: searchText });
  if (value === undefined) return signalCode(signal!);
  const { frequency } = timelines.a.trace.manifest;
  return tell(value, { paths, timelines, frequency, good: good ?? 0 }, options, host);
}

function open(path: string, options: DiffOptions, host: Host): Timeline {
  const timeline = openTimeline(path, options, host);
  warnIncomplete(host, path, timeline.trace);
  return timeline;
}

function begin<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (error instanceof Incomparable) throw new CliError(ExitCode.badInput, error.message);
    throw error;
  }
}

function tell(answer: DiffAnswer, frame: DiffFrame, { json }: DiffOptions, host: Host): number {
  if (answer.kind === 'diverged') {
    const { divergence } = frame.timelines[answer.side];
    say(host, `${frame.paths[answer.side]}: ${describeDivergence(divergence!)}`);
    return ExitCode.diverged;
  }
  host.stdout.write(json ? `${JSON.stringify(diffJson(answer, frame))}\n` : diffText(answer, frame));
  return isEqual(answer) ? ExitCode.ok : ExitCode.different;
}

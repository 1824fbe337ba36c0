/** `diff`: where two recorded runs part, what differs there, and what came before that may have done it. */
import type { Place } from '../../replay/debug/places.js';
import { both } from '../../replay/diff/both.js';
import { type DiffAnswer, diff, Incomparable } from '../../replay/diff/diff.js';
import { describeDivergence } from '../../replay/divergence.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { CliError } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { driveInSlices, searchText } from '../machine/inSlices.js';
import { fileName } from '../machine/options.js';
import { clocksOf, PLACES, place, runOf } from '../machine/places.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { addTimelineOptions, openTimeline, type TimelineOptions, warnIncomplete } from '../machine/trace.js';
import type { AddCommand } from './command.js';
import { type DiffFrame, diffJson, diffText, isEqual } from './diffReport.js';

interface DiffOptions extends TimelineOptions {
  readonly good?: Place;
  readonly first: boolean;
  readonly symbols?: string;
  readonly json: boolean;
}

export const addDiff: AddCommand = (program, host, finish) => {
  addTimelineOptions(program.command('diff').description('find where two recorded runs part, and why'))
    .argument('<other>', 'another one', fileName)
    .option('--good <place>', 'from where on to look (default: the beginning)', place)
    .option('--first', 'look at every instruction where samples would do; takes long', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', PLACES)
    .action(async (a: string, b: string, options: DiffOptions) => finish(await run(a, b, options, host)));
};

async function run(a: string, b: string, options: DiffOptions, host: Host): Promise<number> {
  const paths = { a, b };
  const timelines = both(paths, (path) => open(path, options, host));
  const { first } = options;
  // A place in both: of the shorter one, and by the instructions of A.
  const end = Math.min(timelines.a.end, timelines.b.end);
  const clocks = await clocksOf({ good: options.good }, { ...runOf(timelines.a), end }, host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const symbols = both(timelines, ({ trace }) => symbolsFor(trace, options.symbols));
  const search = begin(() => diff(timelines, { symbols, first, ...clocks }));
  const { signal, value } = await driveInSlices(search, host, { progress: searchText });
  if (value === undefined) return signalCode(signal!);
  const { frequency } = timelines.a.trace.manifest;
  return tell(value, { paths, timelines, frequency, good: clocks.good ?? 0 }, options, host);
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

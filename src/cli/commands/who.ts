/** `who`: tells who wrote to a place in memory or to a sector of a disk, or changed a register. */

import type { Place as WrittenPlace } from '../../replay/debug/places.js';
import type { Expression } from '../../replay/expression/expression.js';
import type { Symbols } from '../../replay/guest/symbols.js';
import { type Author, authorOf, lookFrom } from '../../replay/query/run/author.js';
import { type Place, placeOf } from '../../replay/query/run/place.js';
import type { Finding, Question } from '../../replay/query/run/question.js';
import type { Timeline, Travel } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { driveInSlices, toward } from '../machine/inSlices.js';
import { fileName } from '../machine/options.js';
import { clocksOf, PLACES, place, runOf, sayBoundary } from '../machine/places.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { diverged } from '../machine/trace.js';
import { Asking } from '../query/ask.js';
import { findingJson, findingText } from '../query/findings.js';
import { addRunOptions, openRun, type RunOptions, understood } from '../query/run.js';
import { whoJson, whoText } from '../query/whoReport.js';
import type { AddCommand } from './command.js';

interface WhoOptions extends RunOptions {
  readonly at?: WrittenPlace;
  readonly first: boolean;
  readonly all: boolean;
  readonly symbols?: string;
}

export const addWho: AddCommand = (program, host, finish) => {
  addRunOptions(program.command('who').description('tell who wrote to a place, and when'))
    .argument('<what...>', 'an expression such as byte[0xb8000], "disk NAME LBA" or "pte ADDRESS"')
    .option('--at <place>', 'up to where (default: the end); names and addresses are looked up there', place)
    .option('--first', 'the first time instead of the last', false)
    .option('--all', 'every time, one a line', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .addHelpText('after', PLACES)
    .action(async (path: string, what: string[], options: WhoOptions) =>
      finish(await who(path, what.join(' '), options, host)),
    );
};

async function who(path: string, what: string, options: WhoOptions, host: Host): Promise<number> {
  if (options.first && options.all) throw usage('--first and --all exclude each other');
  const timeline = await openRun(path, options, host);
  if (typeof timeline === 'string') return signalCode(timeline);
  const clocks = await clocksOf({ at: options.at }, runOf(timeline), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const { at = timeline.end } = clocks;
  const there = await driveInSlices(timeline.seeking(at), host, toward(at));
  if (there.signal) return signalCode(there.signal);
  if (timeline.divergence) return diverged(timeline, host);
  sayBoundary('at', clocks.at, timeline, host);
  const symbols = symbolsFor(timeline.trace, options.symbols);
  const meant = understood(what, host, () => placeOf(what, timeline.machine, symbols));
  if (!meant) return ExitCode.usage;
  const inquest = { path, timeline, place: meant, symbols, at: timeline.clock, options, host };
  return meant.kind === 'value' ? await changeOf(inquest, meant) : await writeTo(inquest, questionOf(meant));
}

interface Inquest {
  readonly path: string;
  readonly timeline: Timeline;
  readonly place: Place;
  readonly symbols: Symbols;
  readonly at: number;
  readonly options: WhoOptions;
  readonly host: Host;
}

function questionOf(place: Exclude<Place, { kind: 'value' }>): Question {
  if (place.kind === 'memory') return { kind: 'writes', memory: place.memory };
  return { kind: 'sector', disk: place.disk, lba: place.lba };
}

async function writeTo(inquest: Inquest, question: Question): Promise<number> {
  const { path, timeline, place, symbols, at, options, host } = inquest;
  const asking = new Asking(path, timeline, options, host);
  const backwards = !options.first && !options.all;
  let found: Finding | undefined;
  let count = 0;
  const limit = options.first ? 1 : Number.POSITIVE_INFINITY;
  for await (const { findings } of asking.parts({ question, span: { from: 0, to: at }, backwards, limit })) {
    if (!options.all) found = backwards ? findings.at(-1) : findings[0];
    else for (const finding of findings) tellOne(finding, inquest);
    count += findings.length;
    if (found) break;
  }
  if (asking.signal) return signalCode(asking.signal);
  if (count === 0) return nothing(inquest, 'was written');
  if (found) tell(authorOf(timeline, place, found, symbols), inquest);
  return ExitCode.ok;
}

function tellOne(finding: Finding, { symbols, options, host, timeline }: Inquest): void {
  const { frequency } = timeline.trace.manifest;
  host.stdout.write(
    options.json
      ? `${JSON.stringify(findingJson(finding, symbols))}\n`
      : findingText(finding, symbols, frequency),
  );
}

/** What has no place in memory is looked at before every instruction, so only what is near is found soon. */
async function changeOf(inquest: Inquest, place: Place & { kind: 'value' }): Promise<number> {
  const { timeline, symbols, at, options, host } = inquest;
  if (options.all)
    throw usage(`${place.name} is no place in memory: only its last or first change can be found`);
  const { expression } = place;
  const search = options.first ? firstChange(timeline, expression, at) : lastChange(timeline, expression);
  const { signal, ...rest } = await driveInSlices(search, host, {
    progress: (clock) => `searching: clock ${clock}`,
  });
  if (signal) return signalCode(signal);
  if (timeline.divergence) return diverged(timeline, host);
  if (!('value' in rest) || !rest.value) return nothing(inquest, 'changed');
  if (options.first) timeline.stepBack();
  tell(lookFrom(timeline, place, 'instruction', symbols), inquest);
  return ExitCode.ok;
}

function lastChange(timeline: Timeline, expression: Expression): Travel {
  const value = expression.value();
  return timeline.reversing({ condition: () => expression.value() !== value });
}

/** To behind the instruction that first changed it, no farther than to a clock. */
function* firstChange(timeline: Timeline, expression: Expression, at: number): Travel {
  yield* timeline.seeking(0);
  const value = expression.value();
  const changed = () => expression.value() !== value;
  yield* timeline.listening(at, { condition: changed }, () => true);
  return changed();
}

function nothing({ place, at, host }: Inquest, what: string): number {
  say(host, `${place.name}: it never ${what} up to clock ${at}`);
  return ExitCode.notFound;
}

function tell(author: Author, { place, options, host, timeline }: Inquest): void {
  const frame = { first: options.first, frequency: timeline.trace.manifest.frequency };
  host.stdout.write(
    options.json ? `${JSON.stringify(whoJson(author, place))}\n` : whoText(author, place, frame),
  );
}

/** `events`: lists what happened in a run, by replaying it. */
import { InvalidArgumentError } from 'commander';
import { inputsOf } from '../../replay/branch/inputs.js';
import type { Place } from '../../replay/debug/places.js';
import {
  describeEvent,
  EVENT_KINDS,
  type EventFilter,
  type EventKind,
  type RunEvent,
  watchEvents,
} from '../../replay/events.js';
import { hearEvents } from '../../replay/query/run/events.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import type { Trace } from '../../replay/trace/reader.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import { driveInSlices, ProgressLine, toward } from '../machine/inSlices.js';
import { checkOrder, clocksOf, PLACES, place, runOfSession } from '../machine/places.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  runSession,
  timelineOf,
  warnIncomplete,
} from '../machine/trace.js';
import { readIndex } from '../machine/traceIndex.js';
import type { AddCommand } from './command.js';

interface EventsOptions extends ReplayOptions {
  readonly kind?: ReadonlySet<EventKind>;
  readonly from?: Place;
  readonly to?: Place;
  readonly json: boolean;
}

export const addEvents: AddCommand = (program, host, finish) => {
  addReplayOptions(program.command('events').description('list what happened in a run'))
    .option('--kind <kinds>', `some of ${EVENT_KINDS.join(',')} (default: all)`, kinds)
    .option('--from <place>', 'where to begin (default: the beginning)', place)
    .option('--to <place>', 'the last clock of interest (default: the end)', place)
    .option('--json', 'print one JSON object a line', false)
    .addHelpText('after', PLACES)
    .action(async (path: string, options: EventsOptions) => finish(await events(path, options, host)));
};

function kinds(text: string): ReadonlySet<EventKind> {
  const names = text.split(',');
  const unknown = names.find((name) => !(EVENT_KINDS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no kind; there are ${EVENT_KINDS.join(', ')}.`);
  }
  return new Set(names as EventKind[]);
}

async function events(path: string, options: EventsOptions, host: Host): Promise<number> {
  const { kind } = options;
  const session = openSession(path, options, host);
  warnIncomplete(host, path, session.trace);
  const places = { from: options.from, to: options.to };
  const clocks = await clocksOf(places, runOfSession(path, session, options, host), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const { from, to } = clocks;
  checkOrder(from, to);
  const print = (event: RunEvent) =>
    options.json ? `${JSON.stringify(eventJson(event))}\n` : eventText(event);
  const filter = { ...(kind && { kinds: kind }), ...clocks };
  const numbered = inputNumbers(session.trace);
  const line = new ProgressLine(host);
  const tell = (event: RunEvent) => {
    line.clear();
    host.stdout.write(print(numbered(event)));
  };
  const index = readIndex(path, session.trace, host);
  if (index)
    return await byIndex(timelineOf(path, session.trace, index, options, host), filter, tell, line, host);
  watchEvents(session, filter, tell);
  const signal = await runSession(session, (to ?? session.end) + 1, host, { progress: true, line });
  if (signal) return signalCode(signal);
  return session.divergence ? diverged(session, host) : ExitCode.ok;
}

/** Gives inputs, which come in order, the numbers by which `branch` calls them. */
function inputNumbers(trace: Trace): (event: RunEvent) => RunEvent {
  const inputs = inputsOf(trace);
  let passed = 0;
  return (event) => {
    if (event.kind !== 'input') return event;
    const { clock, device } = event;
    while (passed < inputs.length && inputs[passed]!.clock < clock) passed++;
    let at = passed;
    while (inputs[at]?.clock === clock && inputs[at]!.channel !== device) at++;
    if (inputs[at]?.clock !== clock) return event;
    passed = at + 1;
    return { ...event, number: passed };
  };
}

/** Without stretches of the run in which there is nothing of the kind. */
async function byIndex(
  timeline: Timeline,
  filter: EventFilter,
  tell: (event: RunEvent) => void,
  line: ProgressLine,
  host: Host,
): Promise<number> {
  const { signal } = await driveInSlices(hearEvents(timeline, filter, tell), host, {
    ...toward(Math.min(filter.to ?? timeline.end, timeline.end)),
    line,
    where: () => ` at clock ${timeline.clock} of ${timeline.end}`,
  });
  if (signal !== undefined) return signalCode(signal);
  return timeline.divergence ? diverged(timeline, host) : ExitCode.ok;
}

export function eventJson({ data, ...rest }: RunEvent): Readonly<Record<string, unknown>> {
  return data ? { ...rest, data: hexOf(data) } : rest;
}

export function eventText(event: RunEvent): string {
  return `${String(event.clock).padStart(14)} ${describeEvent(event)}\n`;
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

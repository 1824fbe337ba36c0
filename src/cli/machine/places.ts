/** Options that say where in a run: clocks, seconds, shares of it, instructions; all of them become clocks. */
import { InvalidArgumentError } from 'commander';
import type { Frequency } from '../../core/time.js';
import { clockOf, isPlaceName, PLACE_HELP, type Place, parsePlace } from '../../replay/debug/places.js';
import type { Session } from '../../replay/session.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { type Host, say } from '../host/host.js';
import { driveInSlices } from './inSlices.js';
import { openTimeline, type ReplayOptions } from './trace.js';

/** For the end of a command's help. */
export const PLACES = `\nA PLACE in the run is ${PLACE_HELP}.\n`;

/** Reads such an option. Nobody stands anywhere yet: there are no marks, and nothing to count from. */
export function place(text: string): Place {
  try {
    const written = parsePlace(text);
    if (written.kind !== 'offset' && (written.kind !== 'name' || isPlaceName(text))) return written;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InvalidArgumentError(`It is ${PLACE_HELP}.`);
}

/** The run in which the places are. */
export interface Run {
  readonly end: number;
  readonly frequency: Frequency;
  /** For those that are instructions; moved to find them. */
  readonly timeline: () => Timeline;
}

/** Of a trace that is played from its beginning: only for instructions it is opened to move about in. */
export function runOfSession(path: string, session: Session, options: ReplayOptions, host: Host): Run {
  const { end, manifest } = session;
  let timeline: Timeline | undefined;
  const opened = () => (timeline ??= openTimeline(path, options, host));
  return { end, frequency: manifest.frequency, timeline: opened };
}

export function runOf(timeline: Timeline): Run {
  const { end, trace } = timeline;
  return { end, frequency: trace.manifest.frequency, timeline: () => timeline };
}

/** Of each option that was given, its clock; or the name of the signal that came meanwhile. */
export async function clocksOf<Name extends string>(
  places: Readonly<Partial<Record<Name, Place | undefined>>>,
  run: Run,
  host: Host,
): Promise<Partial<Record<Name, number>> | string> {
  const clocks: Partial<Record<Name, number>> = {};
  for (const [name, written] of Object.entries<Place | undefined>(places)) {
    if (!written) continue;
    const clock = clockOf(written, run) ?? (await instructionAt(written, run.timeline(), host));
    if (typeof clock === 'string') return clock;
    clocks[name as Name] = clock;
    checkWithin(name, clock, run.end, host);
  }
  return clocks;
}

async function instructionAt(written: Place, timeline: Timeline, host: Host): Promise<number | string> {
  const { count } = written as Place & { readonly kind: 'retired' };
  const search = timeline.seekingRetired(count);
  const progress = (clock: number) => `looking for instruction ${count}: clock ${clock}`;
  const { signal } = await driveInSlices(search, host, { progress });
  if (signal !== undefined) return signal;
  if (timeline.retired >= count) return timeline.clock;
  const last = `instruction ${timeline.retired}`;
  throw usage(`instruction ${count} is beyond the end of the recording, ${last}`);
}

/** Up to where it goes may be beyond the end, which means the end; whatever else is asked of a place may not. */
function checkWithin(name: string, clock: number, end: number, host: Host): void {
  if (clock <= end || name === 'until') return;
  const message = `--${name}: clock ${clock} is beyond the end of the recording, clock ${end}`;
  if (name !== 'to') throw usage(message);
  say(host, message);
}

/** Says so, where one stands elsewhere than was asked: instructions are not cut in two. */
export function sayBoundary(name: string, asked: number | undefined, { clock }: Timeline, host: Host): void {
  if (asked === undefined || asked === clock) return;
  say(
    host,
    `--${name}: clock ${asked} is between two boundaries of instructions; the next is clock ${clock}`,
  );
}

/** Says no to a stretch that ends before it begins. */
export function checkOrder(from: number | undefined, to: number | undefined): void {
  if (from !== undefined && to !== undefined && from > to) throw usage('--from is after --to');
}

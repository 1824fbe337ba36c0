/** `events`: lists what happened in a run, by replaying it. */
import { InvalidArgumentError } from 'commander';
import { describeEvent, type EventKind, type RunEvent, watchEvents } from '../../replay/events.js';
import { NOTE_KINDS } from '../../replay/noteDigest.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import { natural } from '../machine/options.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  runSession,
  warnBeyond,
  warnIncomplete,
} from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface EventsOptions extends ReplayOptions {
  readonly kind?: ReadonlySet<EventKind>;
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
}

const KINDS: readonly EventKind[] = [...NOTE_KINDS, 'input'];

export const addEvents: AddCommand = (program, host, finish) => {
  const clock = natural(Number.MAX_SAFE_INTEGER);
  addReplayOptions(program.command('events').description('list what happened in a run'))
    .option('--kind <kinds>', `some of ${KINDS.join(',')} (default: all)`, kinds)
    .option('--from <clock>', 'the first clock of interest', clock)
    .option('--to <clock>', 'the last clock of interest', clock)
    .option('--json', 'print one JSON object a line', false)
    .action(async (path: string, options: EventsOptions) => finish(await events(path, options, host)));
};

function kinds(text: string): ReadonlySet<EventKind> {
  const names = text.split(',');
  const unknown = names.find((name) => !(KINDS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no kind; there are ${KINDS.join(', ')}.`);
  }
  return new Set(names as EventKind[]);
}

async function events(path: string, options: EventsOptions, host: Host): Promise<number> {
  const { kind, from, to } = options;
  if (from !== undefined && to !== undefined && from > to) throw usage('--from is after --to');
  const session = openSession(path, options, host);
  warnIncomplete(host, path, session.trace);
  warnBeyond(host, from, session);
  const print = (event: RunEvent) =>
    options.json ? `${JSON.stringify(eventJson(event))}\n` : eventText(event);
  const filter = {
    ...(kind && { kinds: kind }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  watchEvents(session, filter, (event) => host.stdout.write(print(event)));
  const signal = await runSession(session, to ?? Number.POSITIVE_INFINITY, host, { progress: false });
  if (signal) return signalCode(signal);
  return session.divergence ? diverged(session, host) : ExitCode.ok;
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

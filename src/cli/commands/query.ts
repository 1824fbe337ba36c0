/** `query`: lists what happened in a whole run: executions, calls, accesses, interrupts, what was sent. */
import type { Command } from 'commander';
import type { Place } from '../../replay/debug/places.js';
import { hexText, wholeFrom } from '../../replay/guest/numbers.js';
import type { Symbols } from '../../replay/guest/symbols.js';
import { Histogram } from '../../replay/query/run/histogram.js';
import { addressOf, placeOf } from '../../replay/query/run/place.js';
import type { Finding, Latency, Question } from '../../replay/query/run/question.js';
import { hearText, type Sent, spokenLines } from '../../replay/query/run/text.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { type Driven, driveInSlices, toward } from '../machine/inSlices.js';
import { fileName, natural } from '../machine/options.js';
import { checkOrder, clocksOf, PLACES, place, runOf, sayBoundary } from '../machine/places.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { diverged } from '../machine/trace.js';
import { Asking } from '../query/ask.js';
import { findingJson, findingText, secondsText } from '../query/findings.js';
import { histogramText } from '../query/histogramText.js';
import { addRunOptions, openRun, type RunOptions, understood } from '../query/run.js';
import type { AddCommand } from './command.js';

interface QueryOptions extends RunOptions {
  readonly from?: Place;
  readonly to?: Place;
  readonly limit?: number;
  readonly at?: Place;
  readonly symbols?: string;
}

const TOPICS = `
What can be asked for:
  executions ADDRESS         every execution of the instruction there, with registers
  calls FUNCTION             the same where it is called, with arguments and the return address; jumps within
                             it, interrupts and what falls through into it are no calls
  writes PLACE, reads PLACE  accesses to memory: byte[0xb8000], phys dword[0x1000], a symbol, pte ADDRESS
  ports FIRST[-LAST]         accesses to ports, with values
  vectors [N]                interrupts, exceptions and INT
  latency                    from an interrupt's request to its handler, and to the end of its service
  text [PATTERN]             what was sent on the serial console, in lines; PATTERN is a text or /.../
Numbers are those of expressions: 0x3f8.
`;

export const addQuery: AddCommand = (program, host, finish) => {
  addTopics(addRunOptions(program.command('query').description('list what happened in a whole run')))
    .option('--from <place>', 'where to begin (default: the beginning)', place)
    .option('--to <place>', 'the last clock of interest (default: the end)', place)
    .option(
      '--limit <n>',
      'no more than the first n; of latency, interrupts',
      natural(Number.MAX_SAFE_INTEGER, 1),
    )
    .option('--at <place>', 'where names and addresses are looked up (default: the end)', place)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .action(async (path: string, topic: string, words: string[], options: QueryOptions) =>
      finish(await query(path, topic, words.join(' '), options, host)),
    );
};

function addTopics(command: Command): Command {
  return command
    .argument('<topic>', 'executions, calls, writes, reads, ports, vectors, latency or text')
    .argument('[what...]', 'what of it')
    .addHelpText('after', `${TOPICS}${PLACES}`);
}

const placesOf = ({ from, to, at }: QueryOptions) => ({ from, to, at });

const WITH_PLACE = ['executions', 'calls', 'writes', 'reads'];
const TOPIC_NAMES = [...WITH_PLACE, 'ports', 'vectors', 'latency', 'text'];

async function query(
  path: string,
  topic: string,
  what: string,
  options: QueryOptions,
  host: Host,
): Promise<number> {
  if (!TOPIC_NAMES.includes(topic))
    throw usage(`there is no topic "${topic}", only ${TOPIC_NAMES.join(', ')}`);
  if (WITH_PLACE.includes(topic) && what === '') throw usage(`${topic}: of what?`);
  const timeline = await openRun(path, options, host);
  if (typeof timeline === 'string') return signalCode(timeline);
  const clocks = await clocksOf(placesOf(options), runOf(timeline), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const { from = 0, to = timeline.end, at = timeline.end } = clocks;
  checkOrder(from, to);
  const search = { path, timeline, span: { from, to }, options, host };
  if (topic === 'text') return await text(search, what);
  if (WITH_PLACE.includes(topic)) {
    const there = await driveInSlices(timeline.seeking(at), host, toward(at));
    if (there.signal) return signalCode(there.signal);
    if (timeline.divergence) return diverged(timeline, host);
    sayBoundary('at', clocks.at, timeline, host);
  }
  const symbols = symbolsFor(timeline.trace, options.symbols);
  const question = understood(what, host, () => questionOf(topic, what, timeline, symbols));
  if (!question) return ExitCode.usage;
  return await list(search, question, symbols);
}

function questionOf(topic: string, what: string, timeline: Timeline, symbols: Symbols): Question {
  const { machine } = timeline;
  switch (topic) {
    case 'executions':
      return { kind: 'executions', addresses: [addressOf(what, machine, symbols)] };
    case 'calls':
      return { kind: 'calls', address: addressOf(what, machine, symbols) };
    case 'ports':
      return { kind: 'ports', ...portsOf(what) };
    case 'vectors':
      return { kind: 'vectors', ...(what !== '' && { vector: numberOf(what, 255) }) };
    case 'latency':
      if (what !== '') throw new RangeError(`latency: "${what}" means nothing here`);
      return { kind: 'latency' };
    default: {
      const place = placeOf(what, machine, symbols);
      if (place.kind !== 'memory') throw new RangeError(`"${what}" is no place in memory`);
      return { kind: topic as 'writes' | 'reads', memory: place.memory };
    }
  }
}

function portsOf(text: string): { readonly first: number; readonly last: number } {
  const [first = '', last = first, ...more] = text.split('-');
  if (more.length > 0) throw new RangeError(`"${text}" is no range of ports`);
  const ports = { first: numberOf(first, 0xffff), last: numberOf(last, 0xffff) };
  if (ports.first > ports.last) throw new RangeError(`"${text}" ends before it begins`);
  return ports;
}

function numberOf(text: string, most: number): number {
  const value = wholeFrom(text.trim()) ?? Number.NaN;
  if (!(value <= most)) throw new RangeError(`"${text}" is no number up to ${most}`);
  return value;
}

interface Search {
  readonly path: string;
  readonly timeline: Timeline;
  readonly span: { readonly from: number; readonly to: number };
  readonly options: QueryOptions;
  readonly host: Host;
}

/** What is found at a boundary began before it; no instruction takes so many clocks, nor does entering a handler. */
const MARGIN = 2 ** 12;

/** An interrupt begins with its request. */
const began = (finding: Finding): number =>
  finding.kind === 'interrupt' ? finding.requested : finding.clock;

function found(count: number, host: Host): number {
  if (count > 0) return ExitCode.ok;
  say(host, 'there is nothing of the kind in this stretch of the run');
  return ExitCode.notFound;
}

async function list(search: Search, question: Question, symbols: Symbols): Promise<number> {
  const { path, timeline, span, options, host } = search;
  const asking = new Asking(path, timeline, options, host);
  const table = question.kind === 'latency' && !options.json ? new Latencies() : undefined;
  const { frequency } = timeline.trace.manifest;
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  let count = 0;
  const wider = { from: Math.max(0, span.from - MARGIN), to: Math.min(timeline.end, span.to + 1) };
  for await (const { findings } of asking.parts({ question, span: wider, backwards: false, limit })) {
    const within = findings.filter((one) => began(one) >= span.from && began(one) <= span.to);
    for (const finding of within.slice(0, limit - count)) {
      count++;
      if (table) table.add(finding as Latency);
      else host.stdout.write(textOf(finding));
    }
    if (count >= limit) break;
  }
  if (table && count > 0) host.stdout.write(table.text(frequency));
  if (asking.signal) return signalCode(asking.signal);
  return found(count, host);

  function textOf(finding: Finding): string {
    if (!options.json) return findingText(finding, symbols, frequency);
    return `${JSON.stringify(findingJson(finding, symbols))}\n`;
  }
}

/** For each vector: clocks to the handler, and to the end of service. */
class Latencies {
  readonly #vectors = new Map<number, { readonly entry: Histogram; readonly service: Histogram }>();

  add({ vector, clock, requested, served }: Latency): void {
    const known = this.#vectors.get(vector) ?? { entry: new Histogram(), service: new Histogram() };
    this.#vectors.set(vector, known);
    known.entry.add(clock - requested);
    if (served !== undefined) known.service.add(served - clock);
  }

  text(frequency: Parameters<typeof histogramText>[2]): string {
    const vectors = [...this.#vectors].sort(([a], [b]) => a - b);
    return vectors
      .flatMap(([vector, { entry, service }]) => [
        histogramText(`vector ${hexText(vector)}, from request to handler`, entry, frequency),
        histogramText(`vector ${hexText(vector)}, from handler to end of service`, service, frequency),
      ])
      .join('');
  }
}

// ---- what was sent ----

async function text({ timeline, span, options, host }: Search, pattern: string): Promise<number> {
  const [, source] = /^\/(.*)\/$/.exec(pattern) ?? [];
  const matches = source === undefined ? (line: string) => line.includes(pattern) : matcher(source);
  const heard: Driven<Sent> = timeline.index
    ? { signal: undefined, value: timeline.index.sent }
    : await driveInSlices(hearText(timeline, span.to), host, toward(span.to));
  if (heard.signal !== undefined) return signalCode(heard.signal);
  if (timeline.divergence) return diverged(timeline, host);
  const sent = heard.value;
  const { frequency } = timeline.trace.manifest;
  let count = 0;
  for (const { clock, text: line } of spokenLines(sent.bytes, sent.at)) {
    if (clock < span.from || clock > span.to || !matches(line)) continue;
    host.stdout.write(
      options.json
        ? `${JSON.stringify({ clock, text: line })}\n`
        : `${String(clock).padStart(14)} ${secondsText(clock, frequency)}  ${shown(line)}\n`,
    );
    if (++count === options.limit) break;
  }
  return found(count, host);
}

function matcher(source: string): (line: string) => boolean {
  try {
    const expression = new RegExp(source, 'u');
    return (line) => expression.test(line);
  } catch {
    throw usage(`/${source}/ is no regular expression`);
  }
}

/** Without what would command the terminal. */
const shown = (line: string): string => line.replace(/(?!\t)\p{Cc}/gu, '');

/** What `diff` has found, for people and as JSON. */
import type { Frequency } from '../../core/time.js';
import { changeText } from '../../replay/changes.js';
import type { Both, Differing } from '../../replay/diff/both.js';
import type { Agreement, Difference, Step } from '../../replay/diff/diff.js';
import type { Differences } from '../../replay/diff/differences.js';
import type { PastPull } from '../../replay/diff/door.js';
import { clockOf, type InputSuspect } from '../../replay/diff/suspects.js';
import type { RunEvent } from '../../replay/events.js';
import { addressText, hexText, numberJson } from '../../replay/guest/numbers.js';
import type { PastInput } from '../../replay/query/inputs.js';
import { outcomeText } from '../../replay/replayer.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { printable } from '../host/host.js';
import { block, inputText, instructionJson, instructionText } from './bisectReport.js';
import { eventJson, eventText } from './events.js';

export interface DiffFrame {
  readonly paths: Both<string>;
  readonly timelines: Both<Timeline>;
  readonly frequency: Frequency;
  /** Where the search began. */
  readonly good: number;
}

type Json = Readonly<Record<string, unknown>>;

const FIELDS = 16;
const PULLED = 16;
/** Bytes of an input that are shown; and how many of those before the first that differs. */
const INPUT = 32;
const BEFORE_DIFFERENCE = 8;

/** All of both runs is, as far as both go: nothing had to be left out. */
export function isEqual({ kind, leftOut }: Difference | Agreement): boolean {
  return kind === 'equal' && leftOut.length === 0;
}

export function diffText(answer: Difference | Agreement, frame: DiffFrame): string {
  const lines = [
    ...block('A', [frame.paths.a]),
    ...block('B', [frame.paths.b]),
    ...block(
      'machines',
      answer.machine.map(({ name, a, b }) => `${name}: ${a} / ${b}`),
    ),
    ...block('left out', leftOutText(answer.leftOut, frame)),
    '',
    ...(answer.kind === 'equal' ? agreementText(answer, frame) : differenceText(answer, frame)),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function leftOutText(parts: readonly string[], { good }: DiffFrame): string[] {
  return parts.length > 0
    ? [`${parts.join(', ')}: of different form, or different at clock ${good} already`]
    : [];
}

// ---- equal ----

function agreementText({ clock, ends, exact, leftOut }: Agreement, frame: DiffFrame): string[] {
  const rest = leftOut.length > 0 ? 'the rest is ' : '';
  const how = `${rest}${exact ? 'equal' : 'equal wherever it was looked at,'}`;
  return [`${how} up to clock ${clock}${secondsText(clock, frame)}, then ${endText(ends, frame)}`];
}

function endText({ a, b }: Both<number>, { timelines }: DiffFrame): string {
  if (a === b) return `both end (${outcomeOf(timelines.a)})`;
  const first = a < b ? 'a' : 'b';
  return `${first.toUpperCase()} ends (${outcomeOf(timelines[first])})`;
}

function outcomeOf({ trace }: Timeline): string {
  return trace.end ? outcomeText(trace.end.outcome) : 'incomplete';
}

function secondsText(clock: number, { frequency: { num, den } }: DiffFrame): string {
  return ` (${((clock * den) / num).toFixed(6)} s)`;
}

// ---- different ----

function differenceText(found: Difference, frame: DiffFrame): string[] {
  const { step, state, event, processors } = found;
  return [
    ...headText(found, frame),
    ...block('behind', step ? culprits(found, step) : []),
    ...block('suspects', suspectLines(found)),
    ...stateLines(state),
    ...block('first event', event ? [`A ${happening(event.a)}`, `B ${happening(event.b)}`] : []),
    ...processorLines(processors),
  ];
}

function headText({ step, clocks }: Difference, frame: DiffFrame): string[] {
  const where =
    clocks.a === clocks.b ? `at clock ${clocks.a}` : `at clock ${clocks.a} in A, ${clocks.b} in B`;
  if (!step) return [`different ${where} already, where the search began`];
  const { before, exact } = step;
  const count = step.retired.a + 1;
  return [
    `equal up to clock ${before}${secondsText(before, frame)}, different ${where}, instruction ${count}`,
    ...(exact ? [] : ['found in samples: an earlier difference that passed may have been missed']),
  ];
}

/** Differing inputs that were admitted there; else what was executed, and what happened on the way. */
function culprits({ suspects }: Difference, step: Step): string[] {
  const last = Math.max(step.after.a, step.after.b);
  const here = suspects.inputs.filter((one) => clockOf(one) > step.before || clockOf(one) === 0);
  const inputs = here.filter((one) => clockOf(one) <= last);
  const admitted = inputs.length > 0 ? ['an input at this clock, see suspects'] : [];
  return inputs.length > 0 && step.exact ? admitted : [...admitted, ...stepLines(step)];
}

function stepLines({ instruction, events, before, after }: Step): string[] {
  const [a, b] = [
    instruction.a && instructionText(instruction.a),
    instruction.b && instructionText(instruction.b),
  ];
  const executed = a === b ? (a ? [a] : []) : [`A ${a ?? 'no instruction'}`, `B ${b ?? 'no instruction'}`];
  const on = (side: string, list: readonly RunEvent[]) => list.map((event) => `${side} ${happening(event)}`);
  const lines = [...executed, ...on('A', events.a), ...on('B', events.b)];
  return lines.length > 0 ? lines : [`time passing from clock ${before} to ${Math.max(after.a, after.b)}`];
}

function happening(event: RunEvent | undefined): string {
  return event ? eventText(event).trim() : 'none';
}

function suspectLines({ suspects, machine }: Difference): string[] {
  const { inputs, inputCount, pull } = suspects;
  const more = inputCount - inputs.length;
  return [
    ...(more > 0 ? [`${more} more inputs before these`] : []),
    ...inputs.map(suspectText),
    ...(pull ? [`read from outside: ${sides(pull, pullText)}`] : []),
    ...(inputCount === 0 && !pull
      ? [`no input, nothing read from outside${machine.length > 0 ? ': but the machines differ' : ''}`]
      : []),
  ];
}

function suspectText({ a, b }: InputSuspect): string {
  if (!a || !b) return `only in ${a ? 'A' : 'B'}: ${excerpt((a ?? b)!, 0)}`;
  const differs = a.data.findIndex((byte, i) => byte !== b.data[i]);
  const same = differs < 0 && a.data.length === b.data.length;
  const how = a.clock !== b.clock ? 'moved' : same ? 'in another order' : 'other bytes';
  const from = Math.max(0, (differs < 0 ? a.data.length : differs) - BEFORE_DIFFERENCE);
  return `${how}: ${sides({ a, b }, (input) => excerpt(input, same ? 0 : from))}`;
}

/** A long one in part: what was pasted may be kilobytes. */
function excerpt(input: PastInput, from: number): string {
  const { length } = input.data;
  if (length <= INPUT || changeText(input.channel, input.data)) return inputText(input);
  const shown = inputText({ ...input, data: input.data.subarray(from, from + INPUT) });
  return `${shown}... (from byte ${from}, of ${length})`;
}

function sides<T>({ a, b }: Both<T | undefined>, text: (one: T) => string): string {
  return `${a ? text(a) : 'none'} / ${b ? text(b) : 'none'}`;
}

function pullText({ clock, channel, request, data }: PastPull): string {
  const more = data.length > PULLED ? '...' : '';
  return `clock ${clock} ${channel} ${request}, ${data.length} bytes ${hexOf(data.subarray(0, PULLED))}${more}`;
}

// ---- state ----

function stateLines({ registers, flags, fields, pages, pageCount, stores }: Differences): string[] {
  const more = fields.length - FIELDS;
  return [
    ...registerLines(registers, flags),
    ...block('state', [
      ...fields.slice(0, FIELDS).map(valueText),
      ...(more > 0 ? [`and ${more} more`] : []),
      ...stores.map(({ device, pages: count }) => `${count} pages of ${device}`),
    ]),
    ...block('RAM', [
      ...pages.map(({ address, a, b }) => `${addressText(address)}: ${hexOf(a)} / ${hexOf(b)}`),
      ...(pageCount > pages.length ? [`${pageCount} pages differ`] : []),
    ]),
  ];
}

function registerLines(
  registers: readonly Differing<number>[],
  flags: readonly Differing<number>[],
): string[] {
  const all = [...registers, ...flags].map(valueText);
  return block('registers', all.length > 0 ? [all.join(', ')] : []);
}

function processorLines(step: Difference['processors']): string[] {
  if (step === 'here') return [];
  if (step === 'nowhere')
    return block('processors', ['equal to the end of the shorter recording, wherever they were looked at']);
  const { before, after, exact, registers, flags, fields } = step;
  const where = after.a === after.b ? `clock ${after.a}` : `clock ${after.a} in A, ${after.b} in B`;
  const how = exact ? '' : ', found in samples';
  return [
    ...block('processors', [`equal up to clock ${before}, different at ${where}${how}, behind`]),
    ...block('', stepLines(step)),
    ...registerLines(registers, flags),
    ...block('', fields.slice(0, FIELDS).map(valueText)),
  ];
}

function valueText({ name, a, b }: Differing<number | bigint>): string {
  return `${name} ${hexNumber(a)} / ${hexNumber(b)}`;
}

/** Idle timers and fractions as they are. */
function hexNumber(value: number | bigint): string {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  return whole ? hexText(value) : String(value);
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// ---- JSON ----

/** Bytes are hexadecimal digits; numbers as numberJson has them. */
export function diffJson(answer: Difference | Agreement, { paths, good }: DiffFrame): Json {
  const { kind, machine, leftOut } = answer;
  const found = kind === 'different';
  const head = { a: paths.a, b: paths.b, from: good, equal: isEqual(answer), found, machine, leftOut };
  if (answer.kind === 'equal') {
    return { ...head, clock: answer.clock, exact: answer.exact, ends: answer.ends };
  }
  const { step, clocks, state, suspects, event, processors } = answer;
  const { inputs, inputCount, pull } = suspects;
  return {
    ...head,
    clocks,
    step: step ? stepJson(step) : null,
    ...stateJson(state),
    suspects: {
      inputs: inputs.map((one) => sidesJson(one, inputJson)),
      inputCount,
      pull: pull ? sidesJson(pull, inputJson) : null,
    },
    event: event ? sidesJson(event, eventJson) : null,
    processors:
      typeof processors === 'string' ? processors : { ...stepJson(processors), ...registersJson(processors) },
  };
}

function stepJson({ before, after, exact, retired, instruction, events }: Step): Json {
  return {
    before,
    after,
    exact,
    retired,
    instruction: { a: instructionJson(instruction.a), b: instructionJson(instruction.b) },
    events: { a: events.a.map(eventJson), b: events.b.map(eventJson) },
  };
}

function stateJson({ registers, flags, fields, pages, pageCount, stores }: Differences): Json {
  return {
    ...registersJson({ registers, flags, fields }),
    pages: pages.map(({ address, a, b }) => ({ address, a: hexOf(a), b: hexOf(b) })),
    pageCount,
    stores,
  };
}

function registersJson({
  registers,
  flags,
  fields,
}: Pick<Differences, 'registers' | 'flags' | 'fields'>): Json {
  const values = fields.map(({ name, a, b }) => ({ name, a: valueJson(a), b: valueJson(b) }));
  return { registers, flags, fields: values };
}

/** Idle timers as texts: JSON has no infinity. */
function valueJson(value: number | bigint): number | string | null {
  return typeof value === 'bigint' || Number.isFinite(value) ? numberJson(value) : String(value);
}

function inputJson<T extends PastInput | PastPull>({ data, ...rest }: T): Json {
  return { ...rest, data: hexOf(data) };
}

function sidesJson<T>({ a, b }: Both<T | undefined>, json: (one: T) => Json): Both<Json | null> {
  return { a: a ? json(a) : null, b: b ? json(b) : null };
}

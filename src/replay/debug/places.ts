/** Positions in a run as people write them, in commands of the debugger and on the command line. */
import type { Frequency } from '../../core/time.js';
import { wholeFrom } from '../guest/numbers.js';
import type { Debugger, Move } from './debugger.js';

/** How they are written, for help texts; and what there is besides for somebody who stands in the run. */
export const PLACE_HELP = 'a CLOCK, 1.5s, 50%, i:INSTRUCTIONS, begin or end';
export const HERE_HELP = '+CLOCKS, -CLOCKS, a mark';

/** What is written, before anything is known of the run. */
export type Place =
  | { readonly kind: 'clock' | 'retired' | 'offset'; readonly text: string; readonly count: number }
  | { readonly kind: 'seconds' | 'percent'; readonly text: string; readonly amount: number }
  /** A mark. */
  | { readonly kind: 'name'; readonly text: string };

/** What of a run must be known to find a place in it. */
export interface Bearings {
  /** The last clock of the recording. */
  readonly end: number;
  readonly frequency: Frequency;
}

/** Names that every run has: no mark is called so. */
const NAMES: readonly string[] = ['begin', 'beginning', 'start', 'end'];
const NAME = /^[A-Za-z_][\w-]*$/;
const AMOUNT = /^(\d[\d_]*(?:\.\d+)?)(s|%)$/;

export function isPlaceName(name: string): boolean {
  return NAMES.includes(name);
}

/** Throws a RangeError, in a line, if the text is no position. */
export function parsePlace(text: string): Place {
  const place = amountIn(text) ?? countIn(text);
  if (place) return place;
  if (NAME.test(text)) return { kind: 'name', text };
  throw noPlace(text);
}

function amountIn(text: string): Place | undefined {
  const [, digits, unit] = AMOUNT.exec(text) ?? [];
  const amount = Number(digits?.replaceAll('_', ''));
  if (unit === 's') return { kind: 'seconds', text, amount };
  return unit === '%' && amount <= 100 ? { kind: 'percent', text, amount } : undefined;
}

function countIn(text: string): Place | undefined {
  const [, kind, number = ''] = /^(i:|[+-])?(.*)$/s.exec(text) ?? [];
  const count = wholeFrom(number);
  if (count === undefined) return undefined;
  if (kind === 'i:') return { kind: 'retired', text, count };
  if (kind === undefined) return { kind: 'clock', text, count };
  return { kind: 'offset', text, count: kind === '-' ? -count : count };
}

function noPlace(text: string): RangeError {
  return new RangeError(`"${text}" is no position: it is ${PLACE_HELP}`);
}

/**
 * Undefined of an instruction's number, which no clock tells. Throws a RangeError if it is said from somewhere, or by a
 * mark, and there is no `here`, or no such mark.
 */
export function clockOf(
  place: Place,
  { end, frequency: { num, den } }: Bearings,
  here?: { readonly clock: number; readonly marks: ReadonlyMap<string, number> },
): number | undefined {
  switch (place.kind) {
    case 'clock':
      return place.count;
    case 'retired':
      return undefined;
    case 'seconds':
      return within(Math.round((place.amount * num) / den));
    case 'percent':
      return Math.floor((end * place.amount) / 100);
    case 'offset':
      if (here) return within(here.clock + place.count);
      break;
    case 'name': {
      const mark = here?.marks.get(place.text);
      if (mark !== undefined) return mark;
      if (isPlaceName(place.text)) return place.text === 'end' ? end : 0;
    }
  }
  throw noPlace(place.text);
}

function within(clock: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, clock));
}

/** Goes there. Throws a RangeError, in a line, if the text names no position, or one that lies beyond the end. */
export function seekPlace(debug: Debugger, text: string): Move {
  const place = parsePlace(text.trim());
  const { end, machine } = debug;
  const clock = clockOf(place, { end, frequency: machine.frequency }, debug);
  if (clock === undefined) return seekInstruction(debug, place as Place & { readonly kind: 'retired' });
  // So many clocks from here are as many as there are.
  if (clock > end && place.kind !== 'offset') {
    throw new RangeError(`clock ${clock} is beyond the end of the recording, clock ${end}`);
  }
  return debug.seek(clock);
}

/** There are no more than at the end. */
function* seekInstruction(debug: Debugger, { count }: { readonly count: number }): Move {
  const arrival = yield* debug.seekRetired(count);
  return debug.retired < count && arrival.reason === 'arrived' ? { ...arrival, reason: 'end' } : arrival;
}

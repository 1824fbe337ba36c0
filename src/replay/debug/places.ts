/** Positions in a run as people write them. */
import type { Debugger, Move } from './debugger.js';

/** How they are written, for help texts. */
export const PLACE_HELP = 'CLOCK, +CLOCKS, -CLOCKS, i:INSTRUCTIONS, N%, SECONDSs, a mark, start or end';

type Place = { readonly clock: number } | { readonly retired: number };

const MAX = Number.MAX_SAFE_INTEGER;

/** Goes there. Throws a RangeError, in a line, if the text names no position. */
export function seekPlace(debug: Debugger, text: string): Move {
  const place = parsePlace(debug, text.trim());
  return 'clock' in place ? debug.seek(place.clock) : debug.seekRetired(place.retired);
}

function parsePlace(debug: Debugger, text: string): Place {
  const mark = debug.marks.get(text);
  if (mark !== undefined) return { clock: mark };
  if (text === 'start') return { clock: 0 };
  if (text === 'end') return { clock: debug.end };
  const [, kind, digits, unit] = /^(i:|[+-])?([\d_]+(?:\.\d+)?)([%s])?$/.exec(text) ?? [];
  const number = Number(digits?.replaceAll('_', ''));
  const whole = Number.isSafeInteger(number);
  if (kind === 'i:' && !unit && whole) return { retired: number };
  if (!kind && unit === '%' && number <= 100) return { clock: Math.floor((debug.end * number) / 100) };
  if (!kind && unit === 's') return { clock: clockOf(debug, number) };
  if (unit || !whole) throw new RangeError(`"${text}" is no position: ${PLACE_HELP}`);
  const from = kind ? debug.clock : 0;
  return { clock: Math.min(MAX, Math.max(0, from + (kind === '-' ? -number : number))) };
}

/** Of guest seconds since power-on. */
function clockOf(debug: Debugger, seconds: number): number {
  const { num, den } = debug.machine.frequency;
  return Math.min(MAX, Math.round((seconds * num) / den));
}

/** What the cursor is on, in the debugger's words: who wrote it, watch it, show memory there. */
import type { CodeLine, StackLine } from '../replay/view/view.js';
import { centre, indexOf } from './eventList.js';
import type { State } from './state.js';

export interface Place {
  /** Something that is written: an expression or a register. */
  readonly written?: string;
  /** An expression for memory that can be watched. */
  readonly watched?: string;
  /** An expression for an address. */
  readonly address?: string;
  /** Of an instruction. */
  readonly code?: number;
  /** A position in the run. */
  readonly clock?: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

export function placeOf(state: State): Place {
  switch (state.focus) {
    case 'code':
      return codePlace(cursorLine(state));
    case 'registers':
      return registerPlace(state);
    case 'memory':
      return memoryPlace(state);
    case 'stack':
      return stackPlace(state.view?.stack?.[state.stack.cursor]);
    case 'points':
      return pointPlace(state);
    case 'events':
      return eventPlace(state);
    default:
      return {};
  }
}

/** The instruction that the cursor is on: where it stands, unless moved. */
export function cursorLine({ view, code }: State): CodeLine | undefined {
  const lines = view?.code ?? [];
  const chosen = lines.find(({ address }) => address === code.cursor);
  return chosen ?? lines.find(({ here }) => here) ?? lines[0];
}

function codePlace(line: CodeLine | undefined): Place {
  if (!line) return {};
  const memory = memoryOperand(line.text);
  const code = { code: line.address };
  if (memory) return { ...code, written: memory, watched: memory, ...addressIn(memory) };
  const register = /^\w+ (?:\w+ )?(e?[abcd]x|[abcd][hl]|e?[sd]i|e?[sb]p)\b/.exec(line.text)?.[1];
  return { ...code, address: hex(line.address), ...(register && { written: register }) };
}

/** Where a place in memory is: what stands in its brackets, with a segment perhaps; or the symbol's own address. */
function addressIn(source: string): Pick<Place, 'address'> {
  const inside = /^(?:phys )?\w*\[(.+)\]$/.exec(source)?.[1];
  if (inside !== undefined) return { address: inside };
  return /^[\w.]+$/.test(source) ? { address: `&${source}` } : {};
}

const SIZES: readonly (readonly [RegExp, string])[] = [
  [/\bbyte ptr\b|\b[abcd][hl]\b/, 'byte'],
  [/\bword ptr\b|\b[abcd]x\b|\b[sd]i\b|\b[sb]p\b/, 'word'],
  [/\bqword ptr\b/, 'qword'],
];

/** `dword[0x1003ec]`, from `mov [1003ECh],eax`: as docs/expressions.md writes it. */
function memoryOperand(text: string): string | undefined {
  if (/^lea\b/.test(text)) return undefined;
  const [whole, segment = '', inside = ''] = /(?:\b([c-gs]s):)?\[([^\]]+)\]/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const size = SIZES.find(([pattern]) => pattern.test(text.replace(whole, '')))?.[1] ?? 'dword';
  const numbers = inside.replace(/\b([0-9][0-9A-Fa-f]*)h\b/g, '0x$1');
  return `${size}[${segment && `${segment}:`}${numbers}]`;
}

function registerPlace({ view, registers }: State): Place {
  const name = view?.registers?.[registers.cursor]?.name;
  return name === undefined ? {} : { written: name, address: name };
}

function memoryPlace({ view, memory }: State): Place {
  const at = view?.memory?.at;
  if (at === undefined) return {};
  const address = hex((at + memory.cursor) >>> 0);
  const place = `${memory.physical ? 'phys ' : ''}byte[${address}]`;
  return { written: place, watched: place, address };
}

function stackPlace(slot: StackLine | undefined): Place {
  if (!slot) return {};
  const size = slot.value.length <= 4 ? 'word' : 'dword';
  const place = `${size}[${hex(slot.address)}]`;
  return { written: place, watched: place, address: `0x${slot.value}` };
}

/** Watches come first, then breakpoints, then marks. */
function pointPlace({ view, points }: State): Place {
  const { watches } = points;
  if (points.cursor < watches.length) {
    const source = watches[points.cursor]!;
    return { written: source, watched: source, ...addressIn(source) };
  }
  const breakpoint = view?.breakpoints[points.cursor - watches.length];
  if (breakpoint) return breakpoint.address === undefined ? {} : { code: breakpoint.address };
  const mark = view?.marks[points.cursor - watches.length - (view?.breakpoints.length ?? 0)];
  return mark ? { clock: mark.clock } : {};
}

function eventPlace(state: State): Place {
  const { columns } = state.events;
  const clock = columns?.clocks[indexOf(state.events, centre(state))];
  return clock === undefined ? {} : { clock };
}

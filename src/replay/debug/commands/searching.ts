/** Commands that look for something in the whole run, and go there. */
import type { Note } from '../../../core/device.js';
import { describeEvent, EVENT_KINDS, type EventKind, eventListener, type RunEvent } from '../../events.js';
import { sectorIn } from '../../guest/disks.js';
import { type Found, type Search, Searcher } from '../../query/search.js';
import type { Debugger, Direction, Move } from '../debugger.js';
import { findText, lastRegisterWrite, lastSectorWrite, lastWrite } from '../searches.js';
import { madeTrue, written } from './causes.js';
import { arrivalLines, type Command, CommandError, count, move, type Run } from './command.js';

function find(debug: Debugger, direction: Direction, args: string): Move {
  const [, on = 'serial', text = ''] = /^(?:(serial|screen)\s+)?(.*)$/s.exec(args) ?? [];
  const wanted = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  if (wanted === '') throw new CommandError('find: a text is missing');
  const nothing = `"${wanted}" is not said ${SIDES[direction]} here`;
  return staying(debug, findText(debug, direction, wanted, on as 'serial' | 'screen'), nothing);
}

function event(debug: Debugger, direction: Direction, kind: string): Move {
  const kinds: readonly string[] = EVENT_KINDS;
  if (kind !== '' && !kinds.includes(kind)) {
    throw new CommandError(`"${kind}" is no kind of event; there are ${kinds.join(', ')}`);
  }
  const wanted = (one: EventKind) => kind === '' || kind === one;
  const stops = { notes: (note: Note) => wanted(note.kind), inputs: () => wanted('input') };
  return staying(debug, debug.find(direction, stops), `no such event ${SIDES[direction]} here`);
}

function* who(debug: Debugger, args: string): Run {
  if (args === '') throw new CommandError('who: what was written is missing');
  // As gdb's users write a register.
  const name = args.replace(/^\$/, '');
  const sector = sectorIn(name);
  try {
    const wrote = sector ? undefined : written(debug, name);
    const search = sector
      ? lastSectorWrite(debug, sector.disk, count(sector.lba, 'sector', 0))
      : lastWriteOf(debug, name);
    const arrival = yield* staying(debug, guarded(search), 'it was not written before here');
    const lines = arrivalLines(debug, arrival);
    return wrote && arrival.reason === 'arrived' ? [wrote(), ...lines] : lines;
  } catch (error) {
    throw commandError(error);
  }
}

function lastWriteOf(debug: Debugger, name: string): Move {
  return debug.registers.all.has(name) ? lastRegisterWrite(debug, name) : lastWrite(debug, name);
}

const SIDES = { forward: 'behind', back: 'before' } as const;

/** A search that finds nothing leaves one where one was. */
function* staying(debug: Debugger, search: Move, nothing: string): Move {
  const { clock } = debug;
  const arrival = yield* search;
  if (arrival.reason !== 'beginning' && arrival.reason !== 'end') return arrival;
  yield* debug.seek(clock);
  throw new CommandError(nothing);
}

function* guarded(search: Move): Move {
  try {
    return yield* search;
  } catch (error) {
    throw commandError(error);
  }
}

const commandError = (error: unknown): unknown =>
  error instanceof RangeError ? new CommandError(error.message) : error;

const EVENTS_SHOWN = 10;
/** How far around here they are looked for at most, in clocks. */
const MOST_AROUND = 2 ** 26;

/** The events before here; the debugger stays where it is. */
function* events(debug: Debugger, args: string): Run {
  const { clock, timeline } = debug;
  const wanted = count(args, 'number of events', EVENTS_SHOWN);
  const found: RunEvent[] = [];
  const hear = (one: RunEvent) => {
    found.push(one);
    if (found.length > wanted) found.shift();
  };
  const unlisten = timeline.listen(eventListener({}, hear));
  try {
    for (let back = 2 ** 18; back <= MOST_AROUND && found.length < wanted; back *= 4) {
      yield* timeline.seeking(Math.max(0, clock - back));
      found.length = 0;
      yield* timeline.playing(clock);
      if (back > clock) break;
    }
  } finally {
    unlisten();
    timeline.seek(clock);
  }
  return found.map((one) => `${String(one.clock).padStart(14)} ${describeEvent(one)}`);
}

/** Where it becomes true to stay. */
function* bisect(debug: Debugger, args: string): Run {
  if (args === '') throw new CommandError('bisect: an expression is missing, see docs/expressions.md');
  const { timeline, history, clock } = debug;
  const expression = debug.expression(args);
  const search = new Searcher(timeline, history, expression, 0, debug.end).settled();
  let answer: Found | undefined;
  try {
    answer = yield* clocksOf(search);
  } finally {
    // The search ends wherever it looked last; given up, it leaves one where one was.
    if (!answer) timeline.seek(clock);
  }
  if (answer.kind === 'change') {
    const arrival = yield* debug.seek(answer.after);
    return [yield* madeTrue(debug, expression), ...arrivalLines(debug, arrival)];
  }
  if (answer.kind === 'diverged') return arrivalLines(debug, { reason: 'diverged', met: [], hits: [] });
  yield* debug.seek(clock);
  throw new CommandError(NOT_FOUND[answer.kind]);
}

/** It has looked at some places, not at all. */
const NOT_FOUND = {
  never: 'it is not true at the end of the recording; for a while: watch PLACE if EXPRESSION',
  always: 'it is true at the beginning, at the end and wherever it was looked between them',
} as const;

function* clocksOf(search: Search<Found>): Generator<number, Found, void> {
  try {
    for (;;) {
      const { done, value } = search.next();
      if (done) return value;
      yield value.clock;
    }
  } finally {
    search.return({ kind: 'diverged' });
  }
}

export const SEARCHING: readonly Command[] = [
  {
    names: ['who', 'last-write'],
    args: 'PLACE | REGISTER | disk NAME SECTOR',
    help: 'back to who wrote it last',
    run: who,
  },
  move(['find', '/'], '[serial|screen] TEXT', 'to where the guest says it next', (debug, args) =>
    find(debug, 'forward', args),
  ),
  move(['reverse-find', '?'], '[serial|screen] TEXT', 'back to where it said it last', (debug, args) =>
    find(debug, 'back', args),
  ),
  move(['next-event', 'ne', 'f'], '[KIND]', 'to behind the next event', (debug, args) =>
    event(debug, 'forward', args),
  ),
  move(['previous-event', 'pe', 'F'], '[KIND]', 'to before the last event', (debug, args) =>
    event(debug, 'back', args),
  ),
  {
    names: ['events', 'ev'],
    args: '[COUNT]',
    help: 'what happened before here',
    run: events,
  },
  {
    names: ['bisect', 'bi'],
    args: 'EXPRESSION',
    help: 'to behind the instruction that makes it true, to stay',
    run: bisect,
  },
];

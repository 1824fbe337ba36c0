/** Moves to what a guest said, showed or wrote. */
import type { Machine } from '../../core/machine.js';
import type { Expression } from '../expression/expression.js';
import { diskNamed } from '../guest/disks.js';
import { hexText } from '../guest/numbers.js';
import { screenLines } from '../guest/screen.js';
import type { Stops } from '../timeline/stops.js';
import { VIDEO_MEMORY } from '../timeline/storedIndex.js';
import { rangesOf } from './breakpoints.js';
import type { Debugger, Direction, Move } from './debugger.js';

/** To where the serial console has just sent the last character of a text, or where it appears on the screen. */
export function* findText(
  debug: Debugger,
  direction: Direction,
  text: string,
  on: 'serial' | 'screen',
): Move {
  if (on === 'screen') {
    return yield* direction === 'forward' ? appearsNext(debug, text) : appearedLast(debug, text);
  }
  const at = yield* sentAt(debug, direction, text);
  if (at !== undefined) return yield* debug.seek(at);
  const nowhere = yield* debug.seek(direction === 'forward' ? debug.end : 0);
  if (nowhere.reason === 'diverged') return nowhere;
  return { ...nowhere, reason: direction === 'forward' ? 'end' : 'beginning' };
}

/** Where it was sent next, or last; learns what was sent as far as need be. */
function* sentAt(
  debug: Debugger,
  direction: Direction,
  text: string,
): Generator<number, number | undefined, void> {
  const { history, timeline } = debug;
  const from = debug.clock;
  const forward = direction === 'forward';
  for (const stretch of history.learn(forward ? timeline.end : from)) {
    if (forward && history.next(text, from) !== undefined) break;
    yield stretch;
  }
  return forward ? history.next(text, from) : history.last(text, from);
}

// ---- on the screen ----

/** Pictures a second: what is there for a shorter time nobody would have seen. */
const PICTURES = 60;
/** A stretch that is searched at a time on the way back, in clocks. */
const STRETCH = 2 ** 25;

const isShown = (machine: Machine, text: string): boolean => screenLines(machine).join('\n').includes(text);

function* appearsNext(debug: Debugger, text: string): Move {
  const found = yield* appearance(debug, text, debug.clock, debug.end, 'first');
  if (found === undefined) return { ...(yield* debug.seek(debug.end)), reason: 'end' };
  yield* debug.seek(found.before);
  return yield* debug.find('forward', appearing(text));
}

function* appearedLast(debug: Debugger, text: string): Move {
  for (let end = debug.clock; end > 0; ) {
    const start = Math.max(0, end - STRETCH);
    const found = yield* appearance(debug, text, start, end, 'last');
    if (found !== undefined) {
      yield* debug.seek(found.after);
      return yield* debug.find('back', appearing(text));
    }
    end = start;
  }
  return { ...(yield* debug.seek(0)), reason: 'beginning' };
}

/** Clocks of neighbouring pictures: one without the text, one with it. */
interface Appearance {
  readonly before: number;
  readonly after: number;
}

function* appearance(
  { timeline, machine }: Debugger,
  text: string,
  start: number,
  end: number,
  which: 'first' | 'last',
): Generator<number, Appearance | undefined, void> {
  const { num, den } = machine.frequency;
  const picture = Math.ceil(num / den / PICTURES);
  let found: Appearance | undefined;
  yield* timeline.seeking(start);
  for (let shown = isShown(machine, text); timeline.clock < end; ) {
    const before = timeline.clock;
    yield* timeline.playing(Math.min(before + picture, end));
    if (timeline.clock === before) break;
    const was = shown;
    shown = isShown(machine, text);
    if (shown && !was) found = { before, after: timeline.clock };
    if (found && which === 'first') break;
  }
  return found;
}

/** It is on the screen, and was not before something was written there. */
function appearing(text: string): Stops {
  let shown = false;
  return {
    writes: [VIDEO_MEMORY],
    begin: (machine) => {
      shown = isShown(machine, text);
    },
    condition: (machine) => {
      const before = shown;
      shown = isShown(machine, text);
      return shown && !before;
    },
  };
}

/** Nobody changes a number: what is meant is the memory there. Throws a RangeError that says how that is written. */
export function refuseNumber(expression: Expression): void {
  const { source, ranges } = expression;
  if (ranges?.length !== 0) return;
  const address = hexText(BigInt.asUintN(32, expression.value() ?? 0n));
  throw new RangeError(
    `"${source}" is a number, not a place: byte[${address}] is the byte there, dword[${address}] four bytes`,
  );
}

/** Back to before the last write to memory that an expression names. Throws a RangeError if it names none. */
export function* lastWrite(debug: Debugger, source: string): Move {
  const expression = debug.expression(source);
  refuseNumber(expression);
  const location = expression.location();
  if (!location) throw new RangeError(`"${source}" is no place in memory here`);
  const watch = { kind: 'watch', access: 'write', changes: false, ...location } as const;
  const writes = rangesOf(watch, debug.memory);
  if (writes.length === 0) throw new RangeError(`no page is mapped at ${hexText(location.address)}`);
  return yield* debug.find('back', { writes });
}

/** Back to before the instruction that gave a register its value. */
export function* lastRegisterWrite(debug: Debugger, name: string): Move {
  const read = debug.registers.all.get(name)!;
  const value = read();
  return yield* debug.find('back', { condition: () => read() !== value });
}

/** Back to before the last command that wrote a sector of a disk. Throws a RangeError if there is no such disk. */
export function* lastSectorWrite(debug: Debugger, disk: string, lba: number): Move {
  const { drive } = diskNamed(debug.machine, disk);
  return yield* debug.find('back', {
    notes: ({ kind, device, what, a, b }) =>
      kind === 'disk' && device === drive && what === 'write' && lba >= a && lba < a + b,
  });
}

/** Commands that move: as gdb's, and with `reverse-` the same backwards. */
import { callStack } from '../../guest/callStack.js';
import type { Arrival, Debugger, Direction, Move } from '../debugger.js';
import { HERE_HELP, PLACE_HELP, seekPlace } from '../places.js';
import { stepOut, stepOver } from '../stepping.js';
import { type Command, CommandError, count, immediate, move } from './command.js';

/** Between two signs of life. */
const STEPS = 16;

function* times(debug: Debugger, text: string, once: () => Move): Move {
  let last: Arrival | undefined;
  for (let left = Math.max(1, count(text, 'number of times', 1)); left > 0; left--) {
    last = yield* once();
    if (left % STEPS === 0) yield debug.clock;
    if (last.reason !== 'arrived') break;
  }
  return last!;
}

function* continued(debug: Debugger, direction: Direction, text: string): Move {
  let arrival = yield* debug.run(direction);
  for (
    let left = count(text, 'number of stops', 1) - 1;
    left > 0 && arrival.reason === 'breakpoint';
    left--
  ) {
    arrival = yield* debug.run(direction);
  }
  return arrival;
}

function finished(debug: Debugger, direction: Direction): Move {
  const caller = callStack(debug.machine, debug.symbols).find(({ left }) => left !== 'here');
  if (!caller) throw new CommandError('no caller is known here');
  return stepOut(debug, direction, caller.pc);
}

function seek(debug: Debugger, text: string): Move {
  try {
    return seekPlace(debug, text);
  } catch (error) {
    throw error instanceof RangeError ? new CommandError(error.message) : error;
  }
}

export const MOVEMENT: readonly Command[] = [
  move(['step', 's', 'stepi', 'si'], '[N]', 'N instructions forward', (debug, text) =>
    times(debug, text, () => immediate(debug.step('forward'))),
  ),
  move(['reverse-step', 'rs', 'reverse-stepi', 'rsi'], '[N]', 'N instructions back', (debug, text) =>
    times(debug, text, () => immediate(debug.step('back'))),
  ),
  move(
    ['next', 'n', 'nexti', 'ni'],
    '[N]',
    'N instructions forward, over calls and interrupts',
    (debug, text) => times(debug, text, () => stepOver(debug, 'forward')),
  ),
  move(['reverse-next', 'rn', 'reverse-nexti', 'rni'], '[N]', 'the same back', (debug, text) =>
    times(debug, text, () => stepOver(debug, 'back')),
  ),
  move(['finish', 'fin'], '', 'out of this function, behind its call', (debug) => finished(debug, 'forward')),
  move(['reverse-finish', 'rfin'], '', 'back to the call of this function', (debug) =>
    finished(debug, 'back'),
  ),
  move(['continue', 'c'], '[N]', 'forward to a breakpoint (the Nth), or the end', (debug, text) =>
    continued(debug, 'forward', text),
  ),
  move(['reverse-continue', 'rc'], '[N]', 'back to a breakpoint, or the beginning', (debug, text) =>
    continued(debug, 'back', text),
  ),
  move(['seek', 'goto', 'g'], 'PLACE', `to ${PLACE_HELP}, ${HERE_HELP}`, seek),
];

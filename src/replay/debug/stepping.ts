/**
 * Steps larger than an instruction: over what an instruction calls, and out of a function. What is called is told
 * by the instruction, where it ends by its return address and the stack pointer, as debuggers do that know no
 * source. An interrupt that comes meanwhile is passed over, too.
 */
import type { Disassembled } from '../query/disassemble.js';
import type { Breakpoint } from './breakpoints.js';
import type { Arrival, Debugger, Direction, Move } from './debugger.js';

/** Lengths of CALL and INT instructions, in bytes. */
const SHORTEST_CALL = 1;
const LONGEST_CALL = 8;
/** What a callee takes off the stack at most (RET n, and the return address of a far call). */
const MOST_ARGUMENTS = 0x200;
/** Breakpoints of a step have no number a user could see. */
const OWN = 0;

/** To the next instruction of this function, or the one before; stops at breakpoints on the way. */
export function* stepOver(debug: Debugger, direction: Direction): Move {
  return direction === 'forward' ? yield* overForward(debug) : yield* overBack(debug);
}

function* overForward(debug: Debugger): Move {
  const { pc, stack } = debug.registers;
  const [from, top, retired] = [pc(), stack(), debug.retired];
  const instruction = debug.instruction();
  const stepped = debug.step('forward');
  if (stepped.reason !== 'arrived') return stepped;
  const interrupted = debug.retired === retired && pc() !== from;
  if (interrupted) {
    const arrival = yield* runOn(debug, 'forward', [from], () => stack() === top);
    return arrived(arrival) ? yield* overForward(debug) : arrival;
  }
  // An iteration of a repeated instruction.
  if (debug.retired === retired)
    return yield* runOn(debug, 'forward', [from + lengthOf(instruction)], () => true);
  if (!calls(instruction) || pc() === from + lengthOf(instruction)) return stepped;
  return yield* runOn(debug, 'forward', [from + lengthOf(instruction)], () => isBack(stack(), top));
}

function* overBack(debug: Debugger): Move {
  const { pc, stack } = debug.registers;
  const [to, top] = [pc(), stack()];
  const stepped = debug.step('back');
  if (stepped.reason !== 'arrived' || debug.instruction()?.flow !== 'return') return stepped;
  const places = Array.from({ length: LONGEST_CALL }, (_, i) => to - SHORTEST_CALL - i);
  let interrupted = false;
  const isCall = () => {
    interrupted = pc() === to && stack() === top;
    if (interrupted) return true;
    const there = debug.instruction();
    return calls(there) && pc() + lengthOf(there) === to && isBack(top, stack());
  };
  const arrival = yield* runOn(debug, 'back', [to, ...places], isCall);
  return arrived(arrival) && interrupted ? yield* overBack(debug) : arrival;
}

/** Behind the call of this function, or before it. `returnAddress` is what is on its stack. */
export function* stepOut(debug: Debugger, direction: Direction, returnAddress: number): Move {
  const { pc, stack } = debug.registers;
  const top = stack();
  if (direction === 'forward') return yield* runOn(debug, 'forward', [returnAddress], () => stack() > top);
  const places = Array.from({ length: LONGEST_CALL }, (_, i) => returnAddress - SHORTEST_CALL - i);
  const isCall = () => {
    const there = debug.instruction();
    return calls(there) && pc() + lengthOf(there) === returnAddress && stack() > top;
  };
  return yield* runOn(debug, 'back', places, isCall);
}

/** To one of these addresses where something holds; breakpoints of the user stop it before. */
function* runOn(
  debug: Debugger,
  direction: Direction,
  places: readonly number[],
  holds: () => boolean,
): Move {
  const own = places.map((address): Breakpoint => {
    const target = { kind: 'execute', address: address >>> 0 } as const;
    return { number: OWN, target, text: '', enabled: true, condition: { source: '', holds } };
  });
  const arrival = yield* debug.runTo(direction, [...debug.breakpoints.enabled, ...own]);
  const met = arrival.met.filter(({ number }) => number !== OWN);
  if (arrival.reason !== 'breakpoint') return arrival;
  return { ...arrival, met, reason: met.length > 0 ? 'breakpoint' : 'arrived' };
}

const arrived = ({ reason }: Arrival): boolean => reason === 'arrived';

function calls(instruction: Disassembled | undefined): boolean {
  return instruction?.flow === 'call' || instruction?.flow === 'interrupt';
}

const lengthOf = (instruction: Disassembled | undefined): number => instruction?.bytes.length ?? 0;

/** The stack is what it was before the call, but for arguments that the callee took off. */
function isBack(now: number, before: number): boolean {
  return now >= before && now - before <= MOST_ARGUMENTS;
}

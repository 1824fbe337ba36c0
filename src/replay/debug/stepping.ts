/**
 * Steps larger than an instruction: over what an instruction calls, and out of a function. What is called is told
 * by the instruction, where it ends by its return address and the stack pointer, as debuggers do that know no
 * source. An interrupt that comes meanwhile is passed over, too.
 */
import type { Disassembled } from '../guest/disassemble.js';
import { interrupted, interruptFrame, type Thread } from '../guest/interruption.js';
import type { Hit } from '../timeline/stops.js';
import type { Breakpoint, Target } from './breakpoints.js';
import type { Arrival, Debugger, Direction, Move } from './debugger.js';

/** Lengths of CALL and INT instructions, in bytes. */
const SHORTEST_CALL = 1;
const LONGEST_CALL = 8;
/** What a callee takes off the stack at most (RET n, and the return address of a far call). */
const MOST_ARGUMENTS = 0x200;
/** Bytes of what an interrupt pushes. */
const FRAME_SIZES = [4, 2] as const;
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
  const stepped = yield* debug.find('forward', { everywhere: true, vectors: () => true });
  if (stepped.reason !== 'arrived') return stepped;
  const done = debug.retired !== retired;
  const thread = threadLeft(debug, stepped.hits);
  if (thread) {
    const arrival = yield* runOn(debug, 'forward', [thread.pc], () => stack() === thread.stack);
    // A fault, or an interrupt between the iterations of a repeated instruction: it goes on.
    if (!arrived(arrival) || !done) return arrived(arrival) ? yield* overForward(debug) : arrival;
  }
  const behind = from + lengthOf(instruction);
  // An iteration of a repeated instruction.
  if (!done) return yield* runOn(debug, 'forward', [behind], () => true);
  if (!calls(instruction) || pc() === behind) return stepped;
  return yield* runOn(debug, 'forward', [behind], () => isBack(stack(), top));
}

/** If a handler has just been entered: what it will return to. */
function threadLeft({ machine }: Debugger, hits: readonly Hit[]): Thread | undefined {
  const entered = hits.findLast((hit) => hit.kind === 'vector');
  return entered?.kind === 'vector' ? interrupted(machine, entered.vector, entered.source) : undefined;
}

function* overBack(debug: Debugger): Move {
  const { pc, stack } = debug.registers;
  const [to, top] = [pc(), stack()];
  for (let stepped = debug.step('back'); ; ) {
    if (stepped.reason !== 'arrived' || debug.instruction()?.flow !== 'return') return stepped;
    const arrival = yield* toCall(debug, to, top);
    const interrupt = arrival.hits.some(({ kind }) => kind === 'vector');
    if (!arrived(arrival) || !interrupt) return arrival;
    // It came in the instruction that is to be executed again, a fault, or behind the one that stands here now.
    if (pc() === to && stack() === top) return yield* overBack(debug);
    stepped = arrival;
  }
}

/** Back to the call that ends at `to`, or to before the interrupt that returns there. */
function* toCall(debug: Debugger, to: number, top: number): Move {
  const { pc, stack } = debug.registers;
  const places = Array.from({ length: LONGEST_CALL }, (_, i) => to - SHORTEST_CALL - i);
  const isCall = () => {
    const there = debug.instruction();
    return calls(there) && pc() + lengthOf(there) === to && isBack(top, stack());
  };
  const returnsHere = () =>
    FRAME_SIZES.some((size) => {
      const frame = interruptFrame(debug.machine, stack(), size);
      return frame?.pc === to && frame.stack === top;
    });
  const entered = own({ kind: 'vector' }, returnsHere);
  return yield* runOn(debug, 'back', places, isCall, [entered]);
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
  others: readonly Breakpoint[] = [],
): Move {
  const stops = places.map((address) => own({ kind: 'execute', address: address >>> 0 }, holds));
  const arrival = yield* debug.runTo(direction, [...debug.breakpoints.enabled, ...stops, ...others]);
  const met = arrival.met.filter(({ number }) => number !== OWN);
  if (arrival.reason !== 'breakpoint') return arrival;
  return { ...arrival, met, reason: met.length > 0 ? 'breakpoint' : 'arrived' };
}

function own(target: Target, holds: () => boolean): Breakpoint {
  return { number: OWN, target, text: '', enabled: true, condition: { source: '', holds } };
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

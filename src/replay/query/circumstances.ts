/**
 * What surrounds a change of a guest's state: the instruction that made it, what it changed, how execution
 * came there, which interrupts and inputs there were. Found by replaying some milliseconds of the run again.
 */
import { eventListener, type RunEvent } from '../events.js';
import type { Expression } from '../expression/expression.js';
import { callStack, type Frame, type KnownInterrupt } from '../guest/callStack.js';
import { instructionAt } from '../guest/code.js';
import type { Disassembled } from '../guest/disassemble.js';
import { GuestMemory } from '../guest/guestMemory.js';
import { interrupted, type Thread } from '../guest/interruption.js';
import { type Registers, registersOf } from '../guest/registers.js';
import type { Symbols } from '../guest/symbols.js';
import type { Timeline } from '../timeline/timeline.js';
import { inputBefore, type PastInput } from './inputs.js';
import type { Change } from './search.js';

export interface Difference<T> {
  readonly name: string;
  readonly before: T;
  readonly after: T;
}

/** An instruction that was executed, and when it began. */
export interface Executed {
  readonly clock: number;
  readonly instruction: Disassembled | undefined;
}

/** An interrupt that took the processor from the code to which the change belongs. */
export interface Interruption {
  readonly vector: number;
  /** When its handler began. */
  readonly clock: number;
  /** What the interrupted code had to do next. */
  readonly instruction: Disassembled | undefined;
  /** When it went on. */
  readonly resumed: number;
}

export interface Circumstances extends Change {
  /** Instructions retired before the change, since power-on. */
  readonly retired: number;
  /** The instruction at `before`; undefined if the change came otherwise, see `events`. */
  readonly instruction: Disassembled | undefined;
  readonly registers: readonly Difference<number>[];
  /** What the expression speaks of, changed or not; undefined where it has no value. */
  readonly operands: readonly (Difference<bigint | undefined> & { readonly address: bigint | undefined })[];
  /** The last instructions, the one that made the change at the end. */
  readonly trail: readonly Executed[];
  /** Who called the code that made it, that code first. */
  readonly callStack: readonly Frame[];
  readonly interruption: Interruption | undefined;
  /** Around it, in order of time. */
  readonly events: readonly RunEvent[];
  /** The last input before it. */
  readonly input: PastInput | undefined;
}

export interface Setting {
  readonly timeline: Timeline;
  /** Undefined if something else than an expression says what is looked for. */
  readonly expression: Expression | undefined;
  readonly symbols: Symbols;
}

/** How far around the change events are looked for, in clocks: some milliseconds of a fast machine. */
const BACK = 2 ** 20;
const ON = 2 ** 18;
const EVENTS_BEFORE = 8;
const EVENTS_AFTER = 3;
/** Interrupts whose frames are looked at. */
const INTERRUPTS = 16;
/** How far before the change instructions are remembered, in clocks, and how many are shown. */
const TRAIL_CLOCKS = 2048;
const TRAIL = 8;

export function lookAround(setting: Setting, { before, after }: Change): Circumstances {
  const { timeline } = setting;
  const { registers, operands, retired, instruction } = differences(setting, before, after);
  const events = eventsAround(setting, before, after);
  const trail = trailTo(setting, before);
  const arrivals = arrivalsOf(setting, events, before);
  const interruption = interruptionOf(setting, arrivals, trail);
  const callStack = callStackAt(setting, arrivals, before);
  timeline.seek(after);
  return {
    before,
    after,
    retired,
    instruction,
    registers,
    operands,
    trail: trail.slice(-TRAIL).map(({ clock, instruction }) => ({ clock, instruction })),
    callStack,
    interruption,
    events: excerpt(events, after),
    input: inputBefore(timeline.trace, after),
  };
}

// ---- before and after ----

function differences({ timeline, expression, symbols }: Setting, before: number, after: number) {
  const { machine } = timeline;
  const registers = registersOf(machine.cpu);
  const spokenOf = expression?.operands ?? [];
  const look = (clock: number) => {
    timeline.seek(clock);
    return {
      retired: timeline.retired,
      registers: registers.main.map((name) => registers.all.get(name)!()),
      values: spokenOf.map(({ read }) => read()),
      addresses: spokenOf.map(({ address }) => address?.()),
      instruction: instructionAt(machine, registers.pc(), symbols),
    };
  };
  const [a, b] = [look(before), look(after)];
  return {
    retired: a.retired,
    instruction: b.retired > a.retired ? a.instruction : undefined,
    registers: registers.main
      .map((name, i) => ({ name, before: a.registers[i]!, after: b.registers[i]! }))
      .filter((r) => r.before !== r.after),
    operands: spokenOf.map(({ text: name }, i) => {
      return { name, before: a.values[i], after: b.values[i], address: b.addresses[i] };
    }),
  };
}

// ---- events ----

function eventsAround({ timeline }: Setting, before: number, after: number): RunEvent[] {
  const events: RunEvent[] = [];
  timeline.seek(Math.max(0, before - BACK));
  timeline.keep();
  const unlisten = timeline.listen(eventListener({}, (event) => events.push(event)));
  timeline.play(Math.min(after + ON, timeline.end));
  unlisten();
  return events;
}

function excerpt(events: readonly RunEvent[], after: number): RunEvent[] {
  const next = events.findIndex((event) => event.clock > after);
  const split = next < 0 ? events.length : next;
  return events.slice(Math.max(0, split - EVENTS_BEFORE), split + EVENTS_AFTER);
}

// ---- how it came there ----

interface Step extends Executed, Thread {}

/** The instructions of the last clocks before and at `before`. */
function trailTo({ timeline, symbols }: Setting, before: number): Step[] {
  const registers = registersOf(timeline.machine.cpu);
  const trail: Step[] = [];
  const look = (r: Registers): Step => ({
    clock: timeline.clock,
    pc: r.pc(),
    stack: r.stack(),
    instruction: instructionAt(timeline.machine, r.pc(), symbols),
  });
  timeline.seek(Math.max(0, before - TRAIL_CLOCKS));
  timeline.scan(before + 1, () => {
    trail.push(look(registers));
    return timeline.clock >= before;
  });
  return trail;
}

/** An interrupt, and the frame that it left. */
interface Arrival extends KnownInterrupt {
  readonly clock: number;
  readonly vector: number;
}

/** The last interrupts before a clock. */
function arrivalsOf({ timeline }: Setting, events: readonly RunEvent[], before: number): Arrival[] {
  const { machine } = timeline;
  const delivered = events.filter((e) => e.kind === 'irq' && e.what === 'deliver' && e.clock <= before);
  return delivered.slice(-INTERRUPTS).flatMap(({ clock, a: vector }) => {
    timeline.seek(clock);
    const frame = interrupted(machine, vector);
    return frame ? [{ clock, vector, at: registersOf(machine.cpu).stack(), frame }] : [];
  });
}

/**
 * The last interrupt that the code leading to the change went on from: an IRET went back to the place, on the
 * stack, that the interrupt's frame names.
 */
function interruptionOf(
  { timeline, symbols }: Setting,
  arrivals: readonly Arrival[],
  trail: readonly Step[],
): Interruption | undefined {
  const resumed = trail.filter((_, i) => trail[i - 1]?.instruction?.isReturn);
  for (const { clock, vector, frame } of arrivals.toReversed()) {
    const match = resumed.findLast((step) => {
      return step.clock > clock && step.pc === frame.pc && step.stack === frame.stack;
    });
    if (!match) continue;
    timeline.seek(clock);
    const instruction = instructionAt(timeline.machine, frame.pc, symbols, frame.code);
    return { vector, clock, instruction, resumed: match.clock };
  }
  return undefined;
}

/** Interrupts whose frames still lie on the stack are part of it. */
function callStackAt({ timeline, symbols }: Setting, arrivals: readonly Arrival[], clock: number): Frame[] {
  timeline.seek(clock);
  const { machine } = timeline;
  const memory = new GuestMemory(machine);
  const open = arrivals.filter(({ at, frame }) => {
    return memory.read(at, 2) === BigInt((frame.pc - frame.code.base) & 0xffff);
  });
  return callStack(machine, symbols, open);
}

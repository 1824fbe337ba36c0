/**
 * What surrounds a change of a guest's state: the instruction that made it, what it changed, how execution
 * came there, which interrupts and inputs there were. Found by replaying some milliseconds of the run again.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Seg } from '../../core/cpu/ia32/state.js';
import type { RunEvent } from '../events.js';
import type { Timeline } from '../timeline/timeline.js';
import { type Disassembled, disassemble } from './disassemble.js';
import type { Expression } from './expression.js';
import { GuestMemory } from './guestMemory.js';
import type { History } from './history.js';
import { inputBefore, type PastInput } from './inputs.js';
import { interrupted, type Thread } from './interruption.js';
import { type Registers, registersOf } from './registers.js';
import type { Change } from './search.js';
import type { Symbols } from './symbols.js';

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
  readonly interruption: Interruption | undefined;
  /** Around it, in order of time. */
  readonly events: readonly RunEvent[];
  /** The last input before it. */
  readonly input: PastInput | undefined;
}

export interface Setting {
  readonly timeline: Timeline;
  readonly history: History;
  readonly expression: Expression;
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
const MAX_INSTRUCTION = 15;
const BIG = 0x4000;

export function lookAround(setting: Setting, { before, after }: Change): Circumstances {
  const { timeline } = setting;
  const { registers, operands, retired, instruction } = differences(setting, before, after);
  const events = eventsAround(setting, before, after);
  const trail = trailTo(setting, before);
  const interruption = interruptionOf(setting, events, trail);
  timeline.seek(after);
  return {
    before,
    after,
    retired,
    instruction,
    registers,
    operands,
    trail: trail.slice(-TRAIL).map(({ clock, instruction }) => ({ clock, instruction })),
    interruption,
    events: excerpt(events, after),
    input: inputBefore(timeline.trace, after),
  };
}

// ---- before and after ----

function differences({ timeline, expression, symbols }: Setting, before: number, after: number) {
  const { machine } = timeline;
  const registers = registersOf(machine.cpu);
  const look = (clock: number) => {
    timeline.seek(clock);
    return {
      retired: timeline.retired,
      registers: registers.main.map((name) => registers.all.get(name)!()),
      values: expression.operands.map(({ read }) => read()),
      addresses: expression.operands.map(({ address }) => address?.()),
      instruction: instructionAt(timeline, registers.pc(), symbols),
    };
  };
  const [a, b] = [look(before), look(after)];
  return {
    retired: a.retired,
    instruction: b.retired > a.retired ? a.instruction : undefined,
    registers: registers.main
      .map((name, i) => ({ name, before: a.registers[i]!, after: b.registers[i]! }))
      .filter((r) => r.before !== r.after),
    operands: expression.operands.map(({ text: name }, i) => {
      return { name, before: a.values[i], after: b.values[i], address: b.addresses[i] };
    }),
  };
}

/** The instruction at a linear address, as the machine stands. */
export function instructionAt({ machine }: Timeline, pc: number, symbols: Symbols): Disassembled | undefined {
  const { cpu } = machine;
  const wide = cpu instanceof Ia32 && (cpu.s.access[Seg.cs]! & BIG) !== 0;
  const bytes = new GuestMemory(machine).bytes(pc, MAX_INSTRUCTION);
  return disassemble(bytes, pc, wide ? 32 : 16, symbols);
}

// ---- events ----

function eventsAround({ timeline, history }: Setting, before: number, after: number): RunEvent[] {
  const events: RunEvent[] = [];
  timeline.seek(Math.max(0, before - BACK));
  timeline.keep();
  history.onEvent = (event) => events.push(event);
  timeline.play(Math.min(after + ON, timeline.end));
  history.onEvent = () => {};
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
    instruction: instructionAt(timeline, r.pc(), symbols),
  });
  timeline.seek(Math.max(0, before - TRAIL_CLOCKS));
  timeline.scan(before + 1, () => {
    trail.push(look(registers));
    return timeline.clock >= before;
  });
  return trail;
}

/**
 * The last interrupt that the code leading to the change went on from: an IRET went back to the place, on the
 * stack, that the interrupt's frame names.
 */
function interruptionOf(setting: Setting, events: readonly RunEvent[], trail: readonly Step[]) {
  const { timeline, symbols } = setting;
  const here = trail.at(-1)?.clock ?? 0;
  const delivered = events.filter((e) => e.kind === 'irq' && e.what === 'deliver' && e.clock <= here);
  const resumed = trail.filter((_, i) => trail[i - 1]?.instruction?.isReturn);
  for (const event of delivered.slice(-INTERRUPTS).toReversed()) {
    timeline.seek(event.clock);
    const thread = interrupted(timeline.machine, event.a);
    const match = resumed.findLast((step) => {
      return thread && step.clock > event.clock && step.pc === thread.pc && step.stack === thread.stack;
    });
    if (!thread || !match) continue;
    const instruction = instructionAt(timeline, thread.pc, symbols);
    return { vector: event.a, clock: event.clock, instruction, resumed: match.clock };
  }
  return undefined;
}

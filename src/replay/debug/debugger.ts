/**
 * A debugger over a recorded run: what gdb's users, an editor's debug view and the terminal interface all talk
 * to. It stands somewhere in the run, moves both ways, stops at breakpoints, and stops (never ends) at both ends
 * of the trace. Moves are generators: each slice takes some tens of milliseconds; one that is given up
 * with `return` leaves the debugger at a place up to which all was searched.
 */
import type { Machine } from '../../core/machine.js';
import { Expression } from '../expression/expression.js';
import { type Bitness, bitnessOf, codeAt } from '../guest/code.js';
import { type Disassembled, disassemble, type Syntax } from '../guest/disassemble.js';
import { GuestMemory } from '../guest/guestMemory.js';
import { type Registers, registersOf } from '../guest/registers.js';
import { Symbols } from '../guest/symbols.js';
import { History } from '../query/history.js';
import type { Hit, Stops } from '../timeline/stops.js';
import type { Timeline, Travel } from '../timeline/timeline.js';
import { arm, type Breakpoint, Breakpoints } from './breakpoints.js';

/** Why a move ended where it did. */
export type Reason =
  /** It went as far as it was asked to. */
  | 'arrived'
  | 'breakpoint'
  /** The beginning of the run, or the end of what was recorded. */
  | 'beginning'
  | 'end'
  /** The replay is not what was recorded: `timeline.divergence` says how. */
  | 'diverged';

export interface Arrival {
  readonly reason: Reason;
  /** Of `breakpoint`: which. */
  readonly met: readonly Breakpoint[];
  readonly hits: readonly Hit[];
}

/** Gives now and then the clock where it is searching. */
export type Move = Generator<number, Arrival, void>;

export type Direction = 'forward' | 'back';

export class Debugger {
  readonly timeline: Timeline;
  readonly symbols: Symbols;
  readonly registers: Registers;
  /** For those who only look. */
  readonly memory: GuestMemory;
  readonly history: History;
  readonly breakpoints: Breakpoints;
  /** Named positions: clocks. */
  readonly marks: Map<string, number>;

  /**
   * The timeline is the debugger's from now on. `before`: of another trace that is the same up to where the timeline
   * stands; what was set there goes on being set.
   */
  constructor(timeline: Timeline, symbols: Symbols = new Symbols(), before?: Debugger) {
    this.timeline = timeline;
    this.symbols = symbols;
    this.breakpoints = before?.breakpoints ?? new Breakpoints();
    this.marks = before?.marks ?? new Map();
    this.registers = registersOf(timeline.machine.cpu);
    this.memory = new GuestMemory(timeline.machine);
    this.history = new History(timeline, before?.history);
  }

  get machine(): Machine {
    return this.timeline.machine;
  }

  get clock(): number {
    return this.timeline.clock;
  }

  /** The last clock of the trace. */
  get end(): number {
    return this.timeline.end;
  }

  /** Instructions retired up to here. */
  get retired(): number {
    return this.timeline.retired;
  }

  /** Linear address of the next instruction. */
  get pc(): number {
    return this.registers.pc();
  }

  /** How wide operands and addresses of the code here are unless it says otherwise. */
  get bitness(): Bitness {
    return bitnessOf(this.machine);
  }

  /** The instruction at a linear address, that about to be executed unless given; undefined if none can be read. */
  instruction(address = this.pc, syntax: Syntax = 'intel'): Disassembled | undefined {
    const { bytes, bitness } = codeAt(this.machine, address);
    const base = (segment: string) => this.registers.segmentBase(segment)?.() ?? 0;
    return disassemble(bytes, address, bitness, this.symbols, { syntax, base });
  }

  /** An expression about the guest (docs/expressions.md), wherever it stands then. Throws an `ExpressionError`. */
  expression(source: string): Expression {
    const sent = (text: string) => this.history.sent(text);
    return new Expression(source, this.machine, { symbols: this.symbols, sent });
  }

  // ---- moves ----

  /** To the first boundary at or after a clock. */
  *seek(clock: number): Move {
    yield* this.timeline.seeking(Math.max(0, clock));
    return this.#arrival('arrived');
  }

  /** To where so many instructions have been retired. */
  *seekRetired(count: number): Move {
    const { timeline } = this;
    yield* timeline.seekingRetired(count);
    return this.#arrival('arrived');
  }

  /** One instruction, or one iteration of a repeated one. */
  step(direction: Direction): Arrival {
    const { timeline } = this;
    const moved = direction === 'forward' ? timeline.step() : timeline.stepBack();
    return this.#arrival(moved ? 'arrived' : direction === 'forward' ? 'end' : 'beginning');
  }

  /** To the next breakpoint, or the end. */
  *run(direction: Direction): Move {
    const arrival = yield* this.runTo(direction, this.breakpoints.enabled);
    for (const { number, temporary } of arrival.met) if (temporary) this.breakpoints.remove(number);
    return arrival;
  }

  /** To the next of these, or the end. */
  *runTo(direction: Direction, breakpoints: readonly Breakpoint[]): Move {
    const { stops, met } = arm(breakpoints, this.machine);
    const found = yield* this.#search(direction, stops ?? {});
    if (!found) return this.#nothing(direction);
    const { hits } = this.timeline;
    return { reason: 'breakpoint', met: met(hits), hits };
  }

  /** To where something happens, whatever breakpoints there are. */
  *find(direction: Direction, stops: Stops): Move {
    const found = yield* this.#search(direction, stops);
    return found ? { ...this.#arrival('arrived'), hits: this.timeline.hits } : this.#nothing(direction);
  }

  #search(direction: Direction, stops: Stops): Travel {
    const { timeline } = this;
    // Without anything to stop at it need not look.
    if (Object.keys(stops).length === 0) return nowhere(timeline, direction);
    return direction === 'forward' ? timeline.continuing(stops) : timeline.reversing(stops);
  }

  #nothing(direction: Direction): Arrival {
    return this.#arrival(direction === 'forward' ? 'end' : 'beginning');
  }

  #arrival(reason: Reason): Arrival {
    return { reason: this.timeline.divergence ? 'diverged' : reason, met: [], hits: [] };
  }
}

function* nowhere(timeline: Timeline, direction: Direction): Travel {
  yield* timeline.seeking(direction === 'forward' ? timeline.end : 0);
  return false;
}

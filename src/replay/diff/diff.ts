/**
 * Where two recorded runs part: the first difference of their states or events, the instruction behind which it
 * is, what differs there, what may have caused it, and where the processors and the events part if that is later.
 */
import type { RunEvent } from '../events.js';
import { instructionAt } from '../guest/code.js';
import type { Disassembled } from '../guest/disassemble.js';
import type { Symbols } from '../guest/symbols.js';
import type { Search } from '../query/search.js';
import type { Timeline } from '../timeline/timeline.js';
import { type Both, both, type Differing, type Parting } from './both.js';
import { type Differences, differences, namedRegisters } from './differences.js';
import { type FirstEvent, firstEvent } from './firstEvent.js';
import { machineDifferences, sameMachine } from './machines.js';
import { Diverged, Pair, type Side } from './pair.js';
import { type Apart, DiffSearch } from './search.js';
import { type Suspects, suspects } from './suspects.js';

export interface DiffQuestion {
  readonly symbols: Both<Symbols>;
  /** From where on to look; clock 0 unless given. */
  readonly good?: number;
  /** Where it would be looked for in samples: every instruction is looked at instead. */
  readonly first?: boolean;
}

/** From one boundary to the next, in both runs. */
export interface Step extends Parting {
  /** False: found in samples, and an earlier difference that passed may have been missed. */
  readonly exact: boolean;
  /** Instructions retired before it. */
  readonly retired: Both<number>;
  /** What was executed; undefined if none was. */
  readonly instruction: Both<Disassembled | undefined>;
  /** Events on the way. */
  readonly events: Both<readonly RunEvent[]>;
}

export interface ProcessorsPart extends Step, Pick<Differences, 'registers' | 'flags' | 'fields'> {}

export interface Difference {
  readonly kind: 'different';
  /** In what the descriptions differ. */
  readonly machine: readonly Differing<string>[];
  /** Parts that cannot be compared, or differed where the search began, and were left out. */
  readonly leftOut: readonly string[];
  /** Where they part; undefined if they are different where the search began. */
  readonly step: Step | undefined;
  /** Where each stands where they are first different. */
  readonly clocks: Both<number>;
  readonly state: Differences;
  readonly suspects: Suspects;
  /** The first event that differs. */
  readonly event: FirstEvent | undefined;
  /** Where the processors part: here, nowhere up to the end, or later, and what differs in them there. */
  readonly processors: 'here' | 'nowhere' | ProcessorsPart;
}

export interface Agreement {
  readonly kind: 'equal';
  readonly machine: readonly Differing<string>[];
  readonly leftOut: readonly string[];
  /** Up to here. */
  readonly clock: number;
  readonly exact: boolean;
  /** Where each ends. */
  readonly ends: Both<number>;
}

export type DiffAnswer =
  | Difference
  | Agreement
  /** The replay of one differed from its own recording. */
  | { readonly kind: 'diverged'; readonly side: Side };

/** Machines that have nothing in common: with CPUs of different kinds. */
export class Incomparable extends Error {
  override name = 'Incomparable';
}

function an(name: string): string {
  return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Moves both timelines about and leaves them where the runs have parted. */
export function diff(timelines: Both<Timeline>, question: DiffQuestion): Search<DiffAnswer> {
  const { a, b } = both(timelines, ({ machine }) => machine.cpu);
  if (a.name !== b.name || a.state.layout.text !== b.state.layout.text) {
    throw new Incomparable(`a run of ${an(a.name)} CPU cannot be compared with a run of ${an(b.name)} CPU`);
  }
  return guarded(new Comparison(timelines, question).answer());
}

function* guarded(search: Search<DiffAnswer>): Search<DiffAnswer> {
  try {
    return yield* search;
  } catch (error) {
    if (error instanceof Diverged) return { kind: 'diverged', side: error.side };
    throw error;
  }
}

class Comparison {
  readonly #pair: Pair;
  readonly #search: DiffSearch;
  readonly #symbols: Both<Symbols>;
  readonly #good: number;
  readonly #machine: readonly Differing<string>[];

  constructor(timelines: Both<Timeline>, { symbols, good = 0, first = false }: DiffQuestion) {
    this.#pair = new Pair(timelines);
    this.#search = new DiffSearch(this.#pair, { good, first, sameMachine: sameMachine(timelines) });
    this.#symbols = symbols;
    this.#good = good;
    this.#machine = machineDifferences(timelines);
  }

  *answer(): Search<DiffAnswer> {
    const place = yield* this.#search.first();
    if (place.kind === 'apart') return yield* this.#apart(place);
    if (place.kind === 'already') return this.#already(place.clock);
    const { leftOut } = this.#search;
    const ends = both(this.#pair, ({ end }) => end);
    const { clock, exact } = place;
    return { kind: 'equal', machine: this.#machine, leftOut, clock, exact, ends };
  }

  #already(clock: number): Difference {
    return {
      ...this.#found(clock),
      leftOut: [],
      step: undefined,
      state: this.#differences(new Set()),
      event: undefined,
      processors: 'here',
    };
  }

  *#apart({ before, exact }: Apart): Search<Difference> {
    const pair = this.#pair;
    const step = this.#step(before, exact);
    const found = this.#found(Math.max(step.after.a, step.after.b));
    const state = this.#differences(new Set(this.#search.leftOut));
    const parted = pair.processorsDiffer();
    const event = yield* firstEvent(pair, before);
    const processors = parted ? 'here' : yield* this.#processors(before);
    pair.seek(before + 1);
    return { ...found, step, state, event, processors };
  }

  *#processors(from: number): Search<ProcessorsPart | 'nowhere'> {
    const apart = yield* this.#search.processors(from);
    if (!apart) return 'nowhere';
    const step = this.#step(apart.before, apart.exact);
    const { registers, flags, fields } = this.#differences(new Set(['RAM']));
    return { ...step, registers, flags, fields: fields.filter(({ name }) => name.startsWith('cpu.')) };
  }

  /** What can be said where they stand, first different. */
  #found(last: number) {
    const { leftOut, doors } = this.#search;
    const clocks = this.#pair.places;
    return {
      kind: 'different' as const,
      machine: this.#machine,
      leftOut,
      clocks,
      suspects: suspects(doors, this.#good, last),
    };
  }

  #differences(leftOut: ReadonlySet<string>): Differences {
    return differences(
      both(this.#pair, ({ machine }) => machine),
      leftOut,
    );
  }

  /** Goes over it, and stands behind it. */
  #step(before: number, exact: boolean): Step {
    const pair = this.#pair;
    pair.seek(before);
    const retired = both(pair, (timeline) => timeline.retired);
    const next = {
      a: this.#instruction(pair.a, this.#symbols.a),
      b: this.#instruction(pair.b, this.#symbols.b),
    };
    const events = both(pair, (): RunEvent[] => []);
    const unlisten = both({ a: 'a', b: 'b' } as const, (side) =>
      pair[side].listen({ note: (note, clock) => events[side].push({ clock, ...note }) }),
    );
    pair.seek(before + 1);
    both(unlisten, (stop) => stop());
    const instruction = {
      a: pair.a.retired > retired.a ? next.a : undefined,
      b: pair.b.retired > retired.b ? next.b : undefined,
    };
    return { before, after: pair.places, exact, retired, instruction, events };
  }

  #instruction(timeline: Timeline, symbols: Symbols): Disassembled | undefined {
    const registers = namedRegisters(timeline.machine.cpu);
    return registers && instructionAt(timeline.machine, registers.pc(), symbols);
  }
}

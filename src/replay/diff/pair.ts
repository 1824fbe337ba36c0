/**
 * Two timelines that are moved together and compared where they stand. What is compared is the state by parts (CPU,
 * schedule, RAM, each device) and, for each kind, all notes up to here. Parts that only one machine has, or has in
 * another form, cannot be compared; others can be left out.
 */
import type { Cpu } from '../../core/cpu.js';
import type { Machine } from '../../core/machine.js';
import type { Search, SearchProgress } from '../query/search.js';
import type { Timeline } from '../timeline/timeline.js';
import { sameBytes } from '../trace/sameBytes.js';
import { type Both, both, type Parting } from './both.js';

export type Side = keyof Both<unknown>;

/** A replay differed from its recording. */
export class Diverged extends Error {
  override name = 'Diverged';
  readonly side: Side;

  constructor(side: Side) {
    super();
    this.side = side;
  }
}

/** Clocks between two signs of life. */
const SLICE = 2 ** 22;
/** What devices drive: that the CPU has not acted upon it yet makes it no other CPU. */
const WIRES = ['intr', 'nmi', 'nmiPending'];

export class Pair {
  readonly a: Timeline;
  readonly b: Timeline;
  readonly processors: Both<ProcessorView>;
  /** Parts that both have in the same form, and that are compared. */
  readonly #compared: Set<string>;
  /** Parts that only one has, or that have different forms. */
  readonly incomparable: readonly string[];
  /** All parts are equal in form. */
  readonly #alike: boolean;

  constructor({ a, b }: Both<Timeline>) {
    this.a = a;
    this.b = b;
    this.processors = both(this, ({ machine }) => new ProcessorView(machine));
    const { shared, alike } = sharedParts(a.machine, b.machine);
    this.#alike = alike;
    const parts = both(this, (timeline) => [...timeline.parts(timeline.fingerprint()).keys()]);
    const names = new Set([...parts.a, ...parts.b]);
    this.#compared = new Set([...names].filter(shared));
    this.incomparable = [...names].filter((name) => !shared(name));
  }

  /** The last clock that both traces have. */
  get end(): number {
    return Math.min(this.a.end, this.b.end);
  }

  /** Where the one that is behind stands. */
  get clock(): number {
    return Math.min(this.a.clock, this.b.clock);
  }

  get places(): Both<number> {
    return both(this, ({ clock }) => clock);
  }

  /** Goes to the first boundary of each at or after a clock. */
  seek(clock: number): void {
    this.#moved('a', this.a.seek(clock));
    this.#moved('b', this.b.seek(clock));
  }

  /** As `seek`, by steps, forward only; passes everything on the way. */
  *advance(clock: number, what: SearchProgress['what']): Search<void> {
    do {
      const goal = Math.min(this.clock + SLICE, clock);
      this.#moved('a', this.a.play(goal));
      this.#moved('b', this.b.play(goal));
      yield { what, clock: this.clock, end: this.end };
    } while (this.clock < Math.min(clock, this.end));
  }

  #moved(side: Side, well: boolean): void {
    if (!well || this[side].divergence) throw new Diverged(side);
  }

  keep(): void {
    this.a.keep();
    this.b.keep();
  }

  /** Does any part that is compared differ, or do they stand at different clocks? */
  readonly differs = (): boolean => {
    if (this.a.clock !== this.b.clock) return true;
    const prints = both(this, (timeline) => timeline.fingerprint());
    return this.#differ(prints);
  };

  #differ({ a, b }: Both<Uint8Array>): boolean {
    if (this.#alike && sameBytes(a, b)) return false;
    return this.partsOf({ a, b }).length > 0;
  }

  /** Parts that are compared and differ here. */
  differing(): string[] {
    return this.partsOf(both(this, (timeline) => timeline.fingerprint()));
  }

  /** Parts that are compared and differ in two fingerprints, from wherever they are. */
  partsOf(prints: Both<Uint8Array>): string[] {
    const a = this.a.parts(prints.a);
    const b = this.b.parts(prints.b);
    return [...this.#compared].filter((name) => !sameBytes(a.get(name)!, b.get(name)!));
  }

  /** From now on these parts do not count. */
  leaveOut(parts: readonly string[]): void {
    for (const part of parts) this.#compared.delete(part);
  }

  /** Do the processors differ, or their clocks? */
  readonly processorsDiffer = (): boolean => {
    return !sameBytes(this.processors.a.state(), this.processors.b.state());
  };

  /** Boundary by boundary from `low`, where they pass the test, to `high`: the first place where they do not. */
  walk(low: number, high: number, differs: () => boolean): Parting | undefined {
    this.seek(low);
    for (let before = this.clock; before < high; before = this.clock) {
      this.seek(before + 1);
      if (differs()) return { before, after: this.places };
    }
    return undefined;
  }
}

/** A processor's state without the wires that devices drive. Its clock is in it. */
class ProcessorView {
  readonly #cpu: Cpu;
  readonly #bytes: Uint8Array;
  readonly #wires: readonly number[];

  constructor({ cpu }: Machine) {
    this.#cpu = cpu;
    const { layout } = cpu.state;
    this.#bytes = new Uint8Array(layout.size);
    this.#wires = layout.fields.filter(({ name }) => WIRES.includes(name)).map(({ offset }) => offset);
  }

  /** As it is now; overwritten the next time. */
  state(): Uint8Array {
    this.#cpu.settle();
    this.#bytes.set(this.#cpu.state.bytes);
    // Levels: only the lowest byte is ever set.
    for (const offset of this.#wires) this.#bytes[offset] = 0;
    return this.#bytes;
  }
}

/** Which parts of two machines have the same form. */
function sharedParts(a: Machine, b: Machine) {
  const forms = both({ a, b }, (machine) => {
    const devices = machine.devices.map(({ name, state, pages }): [string, string] => {
      return [name, `${state.layout.text}${pages ? ' and pages' : ''}`];
    });
    // Whose a timer is follows from the devices.
    const timers = machine.devices.map(({ name }) => name).join(' ');
    return new Map([...devices, ['schedule', timers], ['RAM', `${machine.memory.size}`]]);
  });
  const names = [...forms.a.keys(), ...forms.b.keys()];
  return {
    shared: (name: string) => forms.a.get(name) === forms.b.get(name),
    alike: names.every((name) => forms.a.get(name) === forms.b.get(name)),
  };
}

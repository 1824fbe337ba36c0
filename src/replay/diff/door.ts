/**
 * What came through the doors of two runs, read from their traces: nothing is replayed. A machine is a function of
 * its description and of what comes through its door (docs/determinism.md). So two equal machines in equal states
 * stay equal up to the first thing that comes through their doors differently: that is where to look.
 */
import type { PastInput } from '../query/inputs.js';
import { decodeInputs, decodePulls, type Pull, UNIT } from '../trace/columns.js';
import { reading, type Trace } from '../trace/reader.js';
import { sameBytes } from '../trace/sameBytes.js';
import type { Both } from './both.js';

/** Something a device has read from outside. */
export interface PastPull {
  readonly clock: number;
  readonly channel: string;
  readonly request: number;
  readonly data: Uint8Array;
}

interface NamedPull extends Pull {
  readonly name: string;
}

/** All that came through one door, in order of time. */
interface Passage {
  readonly trace: Trace;
  readonly inputs: readonly PastInput[];
  readonly pulls: readonly NamedPull[];
}

export class Doors {
  readonly #a: Passage;
  readonly #b: Passage;
  /** Of the trace's units that are known to be equal: which is which. */
  readonly #sameUnits = new Map<number, number>();
  /** Inputs before these have been admitted where the runs were last equal. */
  readonly #input = { a: 0, b: 0 };
  /** Pulls before this one are equal, or have been told of. */
  #pull = 0;

  constructor(traces: Both<Trace>) {
    this.#a = passage(traces.a);
    this.#b = passage(traces.b);
  }

  get inputs(): Both<readonly PastInput[]> {
    return { a: this.#a.inputs, b: this.#b.inputs };
  }

  /**
   * The clock of the first thing that came differently and can have an effect behind a position at which the runs
   * are equal; undefined if there is none. Positions asked about must ascend.
   */
  next(clock: number): number | undefined {
    const clocks = [this.#nextInput(clock), this.#nextPull(clock)].filter((t) => t !== undefined);
    return clocks.length > 0 ? Math.min(...clocks) : undefined;
  }

  /** Inputs at the position itself have been admitted; only at power-on they have not. */
  #nextInput(clock: number): number | undefined {
    const [a, b] = [this.#a.inputs, this.#b.inputs];
    const at = this.#input;
    while (a[at.a] && a[at.a]!.clock <= clock && clock > 0) at.a++;
    while (b[at.b] && b[at.b]!.clock <= clock && clock > 0) at.b++;
    for (let i = 0; a[at.a + i] || b[at.b + i]; i++) {
      const [one, other] = [a[at.a + i], b[at.b + i]];
      if (!one || !other || !sameInput(one, other)) return earlier(one, other);
    }
    return undefined;
  }

  #nextPull(clock: number): number | undefined {
    for (; this.#a.pulls[this.#pull] || this.#b.pulls[this.#pull]; this.#pull++) {
      const [a, b] = [this.#a.pulls[this.#pull], this.#b.pulls[this.#pull]];
      const at = earlier(a, b)!;
      if (at >= clock && !(a && b && this.#samePull(a, b))) return at;
    }
    return undefined;
  }

  #samePull(a: NamedPull, b: NamedPull): boolean {
    if (a.clock !== b.clock || a.name !== b.name || a.request !== b.request || a.length !== b.length)
      return false;
    if (!a.units || !b.units) return sameBytes(a.bytes!, b.bytes!);
    return a.units.every((unit, i) => this.#sameUnit(unit, b.units![i]!));
  }

  /** Units are numbered as each trace met them, from 1; 0 is one of zeros. */
  #sameUnit(a: number, b: number): boolean {
    if (a === 0 || b === 0) return a === b;
    if (this.#sameUnits.get(a) === b) return true;
    const same = sameBytes(this.#a.trace.unit(a - 1), this.#b.trace.unit(b - 1));
    if (same) this.#sameUnits.set(a, b);
    return same;
  }

  /** The first thing at or behind a clock that a device read and was not given the same, and no later than `last`. */
  pulled(from: number, last: number): Both<PastPull | undefined> | undefined {
    const count = Math.max(this.#a.pulls.length, this.#b.pulls.length);
    for (let i = 0; i < count; i++) {
      const [a, b] = [this.#a.pulls[i], this.#b.pulls[i]];
      const at = earlier(a, b)!;
      if (at > last) return undefined;
      if (at < from || (a && b && this.#samePull(a, b))) continue;
      return { a: a && pastPull(this.#a, a), b: b && pastPull(this.#b, b) };
    }
    return undefined;
  }
}

function passage(trace: Trace): Passage {
  const names: string[] = [];
  const inputs: PastInput[] = [];
  const pulls: NamedPull[] = [];
  for (const frame of trace.segments) {
    const segment = trace.segment(frame);
    names.push(...segment.names);
    const name = (index: number) => names[index] ?? '';
    reading(frame, () => {
      for (const { clock, channel, data } of decodeInputs(segment.inputs, segment.from)) {
        inputs.push({ clock, channel: name(channel), data });
      }
      for (const pull of decodePulls(segment.pulls, segment.from)) {
        pulls.push({ ...pull, name: name(pull.channel) });
      }
    });
  }
  return { trace, inputs, pulls };
}

export function sameInput(a: PastInput, b: PastInput): boolean {
  return a.clock === b.clock && a.channel === b.channel && sameBytes(a.data, b.data);
}

interface Timed {
  readonly clock: number;
}

function earlier(a: Timed | undefined, b: Timed | undefined): number | undefined {
  return a && b ? Math.min(a.clock, b.clock) : (a ?? b)?.clock;
}

function pastPull({ trace }: Passage, { clock, name, request, length, units, bytes }: NamedPull): PastPull {
  const data = bytes ?? new Uint8Array(length);
  for (const [i, unit] of (units ?? []).entries()) if (unit) data.set(trace.unit(unit - 1), i * UNIT);
  return { clock, channel: name, request, data };
}

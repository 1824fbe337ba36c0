/**
 * A trace as three streams in order of time, unpacked a segment at a time: the steps of the replay
 * (inputs to admit, checks to make), the pulls to answer, the signals to expect.
 */
import { type Check, CheckDecoder } from './trace/checks.js';
import {
  decodeInputs,
  decodePulls,
  decodeSignals,
  type Input,
  type Pull,
  type Signal,
} from './trace/columns.js';
import { TraceError } from './trace/format.js';
import { reading, type Trace } from './trace/reader.js';
import type { Segment } from './trace/records.js';

/** What replay does at a boundary. */
export type Step =
  | { readonly kind: 'input'; readonly clock: number; readonly channel: string; readonly data: Uint8Array }
  | { readonly kind: 'check'; readonly clock: number; readonly fingerprint: Uint8Array };

/** A queue; one that is kept can go back to what was taken before. */
class Queue<T> {
  at = 0;
  readonly #kept: boolean;
  #items: T[] = [];

  constructor(kept: boolean) {
    this.#kept = kept;
  }

  get first(): T | undefined {
    return this.#items[this.at];
  }

  /** How many there are, of one that is kept. */
  get length(): number {
    return this.#items.length;
  }

  /** What was taken, from the `start`-th on, of one that is kept. */
  taken(start = 0): T[] {
    return this.#items.slice(start, this.at);
  }

  append(items: readonly T[]): void {
    if (this.#kept) {
      for (const item of items) this.#items.push(item);
      return;
    }
    this.#items = this.#items.slice(this.at).concat(items);
    this.at = 0;
  }

  shift(): T | undefined {
    return this.#items[this.at++];
  }
}

/** A place on a tape that can go back: how much of each stream was taken. */
export interface TapeMark {
  readonly steps: number;
  readonly pulls: number;
  readonly signals: number;
}

/** Where a segment ends: on the line of time, and in the streams. */
interface SegmentEnd extends TapeMark {
  readonly to: number;
  readonly names: number;
}

/** What was taken up to a position: whole segments, and the first part of another. */
export interface TapePast {
  readonly segments: number;
  /** Where the whole segments end. */
  readonly to: number;
  /** Of the segment behind them; `names` are those it is the first to use. */
  readonly names: readonly string[];
  readonly inputs: readonly Input[];
  readonly pulls: readonly Pull[];
  readonly signals: readonly Signal[];
  readonly checks: readonly Check[];
  /** Fingerprint of the last check in whole segments. */
  readonly checkBefore: Uint8Array | undefined;
  /** Of all that was taken: names, how many inputs and pulls, the last check. */
  readonly allNames: readonly string[];
  readonly inputCount: number;
  readonly pullCount: number;
  readonly lastCheck: Uint8Array | undefined;
}

const START: SegmentEnd = { to: 0, names: 0, steps: 0, pulls: 0, signals: 0 };

export class Tape {
  readonly #trace: Trace;
  readonly #checks: CheckDecoder;
  readonly #names: string[] = [];
  readonly #steps: Queue<Step>;
  readonly #pulls: Queue<Pull>;
  readonly #signals: Queue<Signal>;
  /** Of the segments that were loaded. */
  readonly #ends: SegmentEnd[] = [];
  #loaded = 0;
  #to = 0;
  #final: Check | undefined;

  /** `fingerprint`: bytes of a fingerprint of the machine. `kept`: can go back to a mark. */
  constructor(trace: Trace, fingerprint: number, kept: boolean) {
    this.#trace = trace;
    this.#steps = new Queue(kept);
    this.#pulls = new Queue(kept);
    this.#signals = new Queue(kept);
    this.#checks = new CheckDecoder(fingerprint);
  }

  mark(): TapeMark {
    return { steps: this.#steps.at, pulls: this.#pulls.at, signals: this.#signals.at };
  }

  /** Also ahead, to a mark of another tape of this trace: what lies before it is unpacked. */
  goTo(mark: TapeMark): void {
    while (this.#isBeyond(mark) && this.#loaded < this.#trace.segments.length) this.#load();
    this.#steps.at = mark.steps;
    this.#pulls.at = mark.pulls;
    this.#signals.at = mark.signals;
  }

  #isBeyond({ steps, pulls, signals }: TapeMark): boolean {
    return steps > this.#steps.length || pulls > this.#pulls.length || signals > this.#signals.length;
  }

  /** The next step, or undefined when there are none up to the trace's end. */
  nextStep(): Step | undefined {
    return this.#first(this.#steps);
  }

  takeStep(): void {
    this.#steps.shift();
  }

  nextPull(): Pull | undefined {
    return this.#first(this.#pulls);
  }

  takePull(): void {
    this.#pulls.shift();
  }

  nextSignal(): Signal | undefined {
    return this.#first(this.#signals);
  }

  takeSignal(): void {
    this.#signals.shift();
  }

  /** A channel's or a signal's name. */
  name(index: number): string {
    const name = this.#names[index];
    if (name === undefined) throw new TraceError('damaged', `name ${index} is used before it is given`);
    return name;
  }

  /** The final check's fingerprint. All segments must have been taken. */
  finalCheck(): Uint8Array | undefined {
    const { end } = this.#trace;
    if (!end) return undefined;
    // It is coded as the difference from the check before, so it can be decoded once.
    this.#final ??= reading(this.#trace.frames.at(-1)!, () => this.#checks.decode(end.check, end.clock))[0];
    return this.#final?.fingerprint;
  }

  #first<T>(queue: Queue<T>): T | undefined {
    while (queue.first === undefined && this.#loaded < this.#trace.segments.length) this.#load();
    return queue.first;
  }

  #load(): void {
    const frame = this.#trace.segments[this.#loaded++]!;
    const segment = this.#trace.segment(frame);
    reading(frame, () => {
      if (segment.from !== this.#to) {
        throw new TraceError('damaged', `the run has a gap from clock ${this.#to} to ${segment.from}`);
      }
      this.#to = segment.to;
      this.#names.push(...segment.names);
      this.#steps.append(this.#merge(segment));
      this.#pulls.append(decodePulls(segment.pulls, segment.from));
      this.#signals.append(decodeSignals(segment.signals, segment.from));
      this.#ends.push({
        to: segment.to,
        names: this.#names.length,
        steps: this.#steps.length,
        pulls: this.#pulls.length,
        signals: this.#signals.length,
      });
    });
  }

  /** What was taken, when the machine stands at `clock`. Everything must have been kept. */
  past(clock: number): TapePast {
    while (this.#to <= clock && this.#loaded < this.#trace.segments.length) this.#load();
    const at = this.mark();
    const beyond = this.#ends.findIndex((end) => {
      return end.to > clock || end.steps > at.steps || end.pulls > at.pulls || end.signals > at.signals;
    });
    const segments = beyond < 0 ? this.#ends.length : beyond;
    const base = this.#ends[segments - 1] ?? START;
    const steps = this.#steps.taken();
    const { inputs, checks } = this.#parted(steps.slice(base.steps));
    const pulls = this.#pulls.taken(base.pulls);
    const signals = this.#signals.taken(base.signals);
    const used = [...[...inputs, ...pulls].map((one) => one.channel), ...signals.map((one) => one.name)];
    const names = used.reduce((most, index) => Math.max(most, index + 1), base.names);
    return {
      segments,
      to: base.to,
      names: this.#names.slice(base.names, names),
      inputs,
      pulls,
      signals,
      checks,
      allNames: this.#names.slice(0, names),
      inputCount: steps.filter((step) => step.kind === 'input').length,
      pullCount: at.pulls,
      checkBefore: lastCheckOf(steps.slice(0, base.steps)),
      lastCheck: lastCheckOf(steps),
    };
  }

  /** The inverse of `#merge`. */
  #parted(steps: readonly Step[]): { readonly inputs: Input[]; readonly checks: Check[] } {
    const inputs: Input[] = [];
    const checks: Check[] = [];
    for (const step of steps) {
      if (step.kind === 'check') checks.push({ ...step, inputs: inputs.length });
      else inputs.push({ clock: step.clock, channel: this.#names.indexOf(step.channel), data: step.data });
    }
    return { inputs, checks };
  }

  /** Inputs and checks in the order in which they were made. */
  #merge(segment: Segment): Step[] {
    const inputs = decodeInputs(segment.inputs, segment.from).map((input) => this.#inputStep(input));
    const steps: Step[] = [];
    let admitted = 0;
    for (const check of this.#checks.decode(segment.checks, segment.from)) {
      steps.push(...inputs.slice(admitted, check.inputs));
      admitted = check.inputs;
      steps.push({ kind: 'check', clock: check.clock, fingerprint: check.fingerprint });
    }
    return steps.concat(inputs.slice(admitted));
  }

  #inputStep({ clock, channel, data }: Input): Step {
    return { kind: 'input', clock, channel: this.name(channel), data };
  }
}

function lastCheckOf(steps: readonly Step[]): Uint8Array | undefined {
  return steps.findLast((step) => step.kind === 'check')?.fingerprint;
}

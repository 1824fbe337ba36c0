/**
 * Runs a trace's machine again: admits the recorded inputs at exactly their clocks, answers pulls from
 * the trace, and compares interrupts, pulls and states with the recorded ones. It stops for good at the
 * first difference.
 *
 * A position is a clock: the machine stands at the boundary with that clock, after the inputs that were
 * admitted there.
 */
import type { Note, Outcome } from '../core/device.js';
import type { Machine } from '../core/machine.js';
import { type Boards, buildFrom } from './boards.js';
import { admit } from './changes.js';
import type { Divergence, DivergenceKind } from './divergence.js';
import { identityOf } from './identity.js';
import { NoteDigest } from './noteDigest.js';
import { signalOf } from './signals.js';
import { StateHasher, stateHashOf } from './stateHash.js';
import { type Step, Tape, type TapeMark, type TapePast } from './tape.js';
import { type Pull, UNIT } from './trace/columns.js';
import { TraceError } from './trace/format.js';
import type { Trace } from './trace/reader.js';
import { sameBytes } from './trace/sameBytes.js';

/** Leaves the machine's run in the middle of an instruction; caught by `runTo`. */
class Diverged extends Error {
  override name = 'Diverged';
}

/** An observer of the CPU has stopped the run; caught by `runTo`. */
class Stopped extends Error {
  override name = 'Stopped';
}

/** A machine that is given away, with what somebody needs to go on recording from where it stands. */
export interface Handover {
  readonly trace: Trace;
  readonly machine: Machine;
  readonly hasher: StateHasher;
  readonly mark: ReplayMark;
  readonly past: TapePast;
}

/** Where a replayer stands, besides the machine's own state. */
export interface ReplayMark {
  readonly tape: TapeMark;
  readonly digest: Uint32Array;
  readonly agreed: number;
  readonly checks: number;
  readonly ended: boolean;
}

export class Replayer {
  readonly trace: Trace;
  readonly machine: Machine;
  /** Hears every note of the machine; must change nothing. */
  onNote: (note: Note, clock: number) => void = () => {};
  /** Hears of every input, after it was admitted. */
  onInput: (channel: string, data: Uint8Array, clock: number) => void = () => {};
  /** The first difference; the machine has stopped where it was noticed. */
  divergence: Divergence | undefined;
  /** State checks passed. */
  checks = 0;
  readonly hasher: StateHasher;
  readonly #digest = new NoteDigest();
  readonly #tape: Tape;
  #agreed = 0;
  #ended = false;
  #released = false;
  /** A recorder has the machine, until `takeOver`. */
  lent = false;

  /**
   * `from`: boards that build its machine, or the hasher of one that somebody has built for this trace or another of
   * its family. `rewindable`: the whole of what is unpacked is kept, so that `goTo` can go back.
   */
  constructor(trace: Trace, from: Boards | StateHasher, rewindable = false) {
    this.trace = trace;
    const { manifest } = trace;
    const built = from instanceof StateHasher ? from.machine : undefined;
    this.machine = built ?? buildFrom(from as Boards, manifest.description, trace.blobs());
    this.machine.resetAllowed = manifest.resetAllowed;
    const identity = identityOf(this.machine);
    if (identity !== manifest.identity) {
      throw new TraceError(
        'foreign',
        `recorded by ${manifest.program} with machine ${manifest.identity}; this program builds ${identity}`,
      );
    }
    this.hasher = from instanceof StateHasher ? from : new StateHasher(this.machine);
    this.#tape = new Tape(trace, this.hasher.size, rewindable);
    this.takeOver();
  }

  /** Has the machine, which a recorder may have had meanwhile; where it stands, `goTo` has to say. */
  takeOver(): void {
    const { machine } = this;
    this.lent = false;
    machine.door.provider = { pull: (channel, request, length) => this.#pull(channel, request, length) };
    machine.onNote = (note, clock) => this.#note(note, clock);
  }

  get clock(): number {
    return this.machine.cpu.clock;
  }

  /** True once everything in the trace has happened again. */
  get finished(): boolean {
    return this.#ended;
  }

  /** The state hash where the machine stands. */
  stateHash(): bigint {
    return this.hasher.hash();
  }

  /** The state where the machine stands, and all notes up to there, as a fingerprint (stateHash.ts). */
  fingerprint(): Uint8Array {
    return this.hasher.fingerprint(this.#digest);
  }

  /** As `StateHasher.parts`. */
  parts(fingerprint: Uint8Array): Map<string, Uint8Array> {
    return this.hasher.parts(fingerprint);
  }

  /**
   * Runs to the first boundary at or after `until`, or to the end of the trace, or to where an observer of
   * the CPU stops it. Returns true unless there was a difference.
   */
  runTo(until: number): boolean {
    if (this.#released || this.lent) throw new Error('the machine was given away');
    if (this.divergence) return false;
    try {
      this.#advance(Math.min(Math.ceil(until), this.trace.covered));
      if (until >= this.trace.covered) this.#finish();
    } catch (error) {
      if (!(error instanceof Diverged || error instanceof Stopped)) throw error;
    }
    return this.divergence === undefined;
  }

  /** What `goTo` needs to come back to this position; the machine's state is saved apart. */
  mark(): ReplayMark {
    const digest = this.#digest.words.slice();
    return { tape: this.#tape.mark(), digest, agreed: this.#agreed, checks: this.checks, ended: this.#ended };
  }

  /** Takes up a position whose machine state has been loaded. */
  goTo(mark: ReplayMark): void {
    if (this.#released || this.lent) throw new Error('the machine was given away');
    this.#tape.goTo(mark.tape);
    this.#digest.words.set(mark.digest);
    this.#agreed = mark.agreed;
    this.checks = mark.checks;
    this.#ended = mark.ended;
    this.divergence = undefined;
  }

  /** Gives the machine away; it must be rewindable. From now on it does not replay any more. */
  release(): Handover {
    this.#released = true;
    const { trace, machine, hasher } = this;
    return { trace, machine, hasher, mark: this.mark(), past: this.#tape.past(this.clock) };
  }

  /** There may be more in the trace: it is not at the end of it any more. */
  grow(): void {
    this.trace.grow();
    this.#ended = false;
  }

  /** Passes every step on the way; then those at the clock reached. */
  #advance(target: number): void {
    for (let step = this.#tape.nextStep(); step && step.clock <= target; step = this.#tape.nextStep()) {
      this.#reach(step.clock);
      this.#take(step);
    }
    if (this.clock < target) this.#reach(target, false);
    for (let step = this.#tape.nextStep(); step && step.clock <= this.clock; step = this.#tape.nextStep()) {
      this.#take(step);
    }
  }

  /** Runs to `clock`, which is a boundary of the recorded run if `exact`. */
  #reach(clock: number, exact = true): void {
    this.machine.run(clock);
    if (this.divergence) throw new Diverged();
    this.#expectNoSignalBefore(this.clock);
    if (this.machine.outcome) this.#expectEnd();
    else if (this.clock < clock) throw new Stopped();
    else if (exact && this.clock !== clock) {
      this.#diverge('end', 'clock of a boundary', `${clock}`, `${this.clock}`);
    }
  }

  #take(step: Step): void {
    this.#tape.takeStep();
    if (step.kind === 'check') this.#compare(step.fingerprint);
    else this.#admit(step.channel, step.data);
  }

  #admit(channel: string, data: Uint8Array): void {
    const { clock } = this;
    try {
      admit(this.machine, channel, data);
    } catch (error) {
      this.#diverge('input', `input on ${channel}`, 'accepted', (error as Error).message);
    }
    this.onInput(channel, data, clock);
  }

  #compare(expected: Uint8Array): void {
    const actual = this.hasher.fingerprint(this.#digest);
    if (stateHashOf(actual) !== stateHashOf(expected) || !sameBytes(actual, expected)) {
      const [first, ...rest] = this.hasher.compare(expected, actual);
      const where = first ?? { where: 'state hash', expected: 'another', actual: 'this' };
      this.#diverge(
        'state',
        where.where,
        where.expected,
        where.actual,
        rest.map((m) => m.where),
      );
    }
    this.checks++;
    this.#agreed = this.clock;
  }

  /** The machine stopped for good: the trace must end here and so. */
  #expectEnd(): void {
    const { end, covered } = this.trace;
    // A recorder that was killed after the run's end and before it could say so.
    if (!end && this.clock >= covered) return;
    const expected = end ? `${outcomeText(end.outcome)} at clock ${end.clock}` : 'that it went on';
    const actual = `${outcomeText(this.machine.outcome)} at clock ${this.clock}`;
    if (!end || expected !== actual) this.#diverge('end', 'end of the run', expected, actual);
  }

  /** All steps are taken: the end as recorded, and the final check. */
  #finish(): void {
    if (this.#ended) return;
    const { end } = this.trace;
    // Whatever ended the run did so at this clock, but only an attempt to go on shows it.
    if (end?.outcome) {
      if (!this.machine.outcome) this.machine.run(end.clock + 1);
      if (this.divergence) throw new Diverged();
      this.#expectEnd();
    }
    const final = this.#tape.finalCheck();
    if (final) this.#compare(final);
    this.#ended = true;
  }

  #note(note: Note, clock: number): void {
    this.#digest.add(note, clock);
    const signal = signalOf(note);
    if (signal !== undefined) this.#signal(signal, clock);
    this.onNote(note, clock);
  }

  #signal(name: string, clock: number): void {
    if (this.divergence) return;
    const expected = this.#tape.nextSignal();
    if (!expected && !this.trace.complete && clock >= this.trace.covered) return;
    this.#tape.takeSignal();
    const recorded = expected ? `${this.#tape.name(expected.name)} at clock ${expected.clock}` : 'none';
    const actual = `${name} at clock ${clock}`;
    if (recorded !== actual) this.#found('interrupt', 'interrupt', recorded, actual);
  }

  /** One that was due at `clock` itself may yet come. */
  #expectNoSignalBefore(clock: number): void {
    const missed = this.#tape.nextSignal();
    if (!missed || missed.clock >= clock) return;
    const recorded = `${this.#tape.name(missed.name)} at clock ${missed.clock}`;
    this.#diverge('interrupt', 'interrupt', recorded, 'none');
  }

  #pull(channel: string, request: number, length: number): Uint8Array {
    const pull = this.#tape.nextPull();
    const asked = `${channel} ${request}, ${length} bytes, at clock ${this.clock}`;
    const recorded = pull ? this.#pullText(pull) : 'none';
    if (!pull || recorded !== asked) this.#diverge('pull', 'read from outside', recorded, asked);
    this.#tape.takePull();
    return this.#answer(pull);
  }

  #pullText(pull: Pull): string {
    return `${this.#tape.name(pull.channel)} ${pull.request}, ${pull.length} bytes, at clock ${pull.clock}`;
  }

  #answer(pull: Pull): Uint8Array {
    if (!pull.units) return pull.bytes!;
    const out = new Uint8Array(pull.length);
    for (const [i, unit] of pull.units.entries()) if (unit) out.set(this.trace.unit(unit - 1), i * UNIT);
    return out;
  }

  /** Remembers the first difference; the machine runs on to where it was going. */
  #found(kind: DivergenceKind, where: string, expected: string, actual: string, also: string[] = []): void {
    this.divergence ??= { kind, after: this.#agreed, clock: this.clock, where, expected, actual, also };
  }

  #diverge(
    kind: DivergenceKind,
    where: string,
    expected: string,
    actual: string,
    also: string[] = [],
  ): never {
    this.#found(kind, where, expected, actual, also);
    throw new Diverged();
  }
}

export function outcomeText(outcome: Outcome | undefined): string {
  if (!outcome) return 'stopped';
  return outcome.kind === 'exit' ? `exit with ${outcome.code}` : outcome.kind;
}

/**
 * Runs a machine live and writes its trace: what came through the door and when, and checks by which a
 * replay proves itself. The caller decides how far to run, what to put in at the boundary reached, and
 * when what was recorded must be written (`flush`); none of that but the inputs affects the machine.
 */
import type { Note } from '../core/device.js';
import type { Provider } from '../core/door.js';
import type { Machine } from '../core/machine.js';
import type { Frequency } from '../core/time.js';
import type { Blobs } from '../devices/description.js';
import { admit } from './changes.js';
import { ContentStore } from './contentStore.js';
import { identityOf } from './identity.js';
import { NOTE_KINDS, NoteDigest } from './noteDigest.js';
import type { ReplayMark } from './replayer.js';
import { MAX_INPUT, type Runner } from './runner.js';
import { signalOf } from './signals.js';
import { StateHasher, stateHashOf } from './stateHash.js';
import { type Check, CheckEncoder } from './trace/checks.js';
import {
  encodeInputs,
  encodePulls,
  encodeSignals,
  type Input,
  inUnits,
  type Pull,
  type Signal,
} from './trace/columns.js';
import type { Description } from './trace/records.js';
import { type Sink, TraceWriter } from './trace/writer.js';

/**
 * The first power of two that is a second or more: 2^27 clocks at 100 MHz, 2^23 of a PC/XT. A check costs some
 * milliseconds and 100 to 200 bytes.
 */
function aboutASecond({ num, den }: Frequency): number {
  let clocks = 1;
  while (clocks * den < num) clocks *= 2;
  return clocks;
}

/** What may wait for a flush, in items and in bytes of disk contents, before the recorder writes itself. */
const MAX_WAITING = 1 << 15;
const MAX_CONTENTS = 1 << 20;
/** Clocks between looks at what is waiting: few enough that not even a guest that only pulls fills a frame. */
const STRIDE = 2 ** 18;
/** Units of contents in one frame: 128 KiB. */
const UNITS_A_FRAME = 256;

export interface Recording {
  readonly machine: Machine;
  readonly description: Description;
  /** Everything the description names. */
  readonly blobs: Blobs;
  /** Answers what devices pull. */
  readonly provider: Provider;
  readonly sink: Sink;
  /** Name and version of the recording program. */
  readonly program: string;
  readonly checkEvery?: number;
}

/** What a recorder goes on from: the part of a run that is in the trace already. */
export interface Continuation {
  readonly machine: Machine;
  readonly provider: Provider;
  readonly writer: TraceWriter;
  readonly hasher: StateHasher;
  readonly checkEvery: number;
  /** The last clock that is in the trace. */
  readonly written: number;
  /** Where a replayer of it stands. */
  readonly mark: ReplayMark;
  readonly contents: ContentStore;
  /** Names of channels and signals, in the order of their numbers. */
  readonly names: readonly string[];
  readonly inputCount: number;
  /** Fingerprint of the last check. */
  readonly lastCheck: Uint8Array | undefined;
}

/** Writes the head of a trace; of the run there is nothing yet. */
function begin({ machine, description, blobs, provider, sink, program, ...rest }: Recording): Continuation {
  const writer = new TraceWriter(sink);
  const checkEvery = rest.checkEvery ?? aboutASecond(machine.frequency);
  writer.manifest({
    program,
    description,
    identity: identityOf(machine),
    frequency: machine.frequency,
    checkEvery,
    resetAllowed: machine.resetAllowed,
    blobs: [...blobs.keys()],
  });
  for (const [id, bytes] of blobs) writer.blob(id, bytes);
  return {
    machine,
    provider,
    writer,
    hasher: new StateHasher(machine),
    checkEvery,
    written: 0,
    mark: {
      tape: { steps: 0, pulls: 0, signals: 0 },
      digest: new NoteDigest().words,
      agreed: 0,
      checks: 0,
      ended: false,
    },
    contents: new ContentStore(),
    names: [],
    inputCount: 0,
    lastCheck: undefined,
  };
}

/** A boundary up to which everything is known: its clock, and how much waited to be written there. */
interface Safe {
  readonly clock: number;
  readonly retired: number;
  readonly inputs: number;
  readonly pulls: number;
  readonly signals: number;
  readonly checks: number;
}

export interface Final {
  readonly clock: number;
  readonly retired: number;
  readonly stateHash: bigint;
  readonly traceBytes: number;
}

export class Recorder implements Runner {
  readonly machine: Machine;
  /** Hears every note of the machine, as `Machine.onNote` would. */
  onNote: (note: Note, clock: number) => void = () => {};
  readonly hasher: StateHasher;
  readonly #writer: TraceWriter;
  readonly #provider: Provider;
  readonly #digest: NoteDigest;
  readonly #encoder: CheckEncoder;
  readonly #contents: ContentStore;
  readonly #checkEvery: number;
  readonly #names: Map<string, number>;
  /** Of what was recorded before this one, and how much of each stream it has added. */
  readonly #before: ReplayMark;
  readonly #count = { steps: 0, pulls: 0, signals: 0, checks: 0 };
  #lastCheck: number;
  #nextCheck: number;
  #written: number;
  #inputCount: number;
  #freshNames: string[] = [];
  #inputs: Input[] = [];
  #pulls: Pull[] = [];
  #signals: Signal[] = [];
  #checks: Check[] = [];
  /** A stride or a write has failed: the trace ends with what was written before. */
  #broken = false;

  /** Takes a machine at clock 0 and writes the trace's head; or goes on with what was begun. */
  constructor(recording: Recording | Continuation) {
    const past = 'writer' in recording ? recording : begin(recording);
    const { machine } = past;
    this.machine = machine;
    this.#provider = past.provider;
    this.#checkEvery = past.checkEvery;
    this.hasher = past.hasher;
    this.#digest = new NoteDigest(past.mark.digest.slice());
    this.#before = past.mark;
    this.#lastCheck = past.mark.agreed;
    this.#encoder = new CheckEncoder(past.hasher.size, past.lastCheck);
    this.#contents = past.contents;
    this.#names = new Map(past.names.map((name, i) => [name, i]));
    this.#writer = past.writer;
    this.#written = past.written;
    this.#inputCount = past.inputCount;
    this.#nextCheck = this.#checkAfter(machine.cpu.clock);
    this.takeOver();
  }

  /** Has the machine, which somebody else may have had meanwhile; it must stand where it stood. */
  takeOver(): void {
    const { machine } = this;
    machine.door.provider = { pull: (channel, request, length) => this.#pull(channel, request, length) };
    machine.onNote = (note, clock) => this.#note(note, clock);
  }

  /** Where a replayer of what was recorded would stand. */
  mark(): ReplayMark {
    this.#expectWhole();
    const { tape, checks } = this.#before;
    const { steps, pulls, signals } = this.#count;
    return {
      tape: { steps: tape.steps + steps, pulls: tape.pulls + pulls, signals: tape.signals + signals },
      digest: this.#digest.words.slice(),
      agreed: this.#lastCheck,
      checks: checks + this.#count.checks,
      ended: false,
    };
  }

  /** The clock up to which the trace is written. */
  get written(): number {
    return this.#written;
  }

  /** Bytes of the trace so far. */
  get traceBytes(): number {
    return this.#writer.size;
  }

  /**
   * As `Machine.run`, stopping on the way for checks. `until` is a whole number, as every clock is. If it throws,
   * what the machine did since the last safe boundary is not in the trace, and nothing more will be.
   */
  run(until: number): boolean {
    const { machine } = this;
    if (!Number.isSafeInteger(until)) throw new RangeError(`${until} is not a clock`);
    this.#expectWhole();
    while (machine.cpu.clock < until && !machine.outcome) {
      const reached = this.#stride(Math.min(until, this.#nextCheck, machine.cpu.clock + STRIDE));
      if (machine.cpu.clock >= this.#nextCheck && !machine.outcome) this.#check();
      this.#relieve();
      if (!reached) break;
    }
    return machine.cpu.clock >= until;
  }

  /** False if an observer of the CPU stopped it. If the provider has no answer, what came before is still written. */
  #stride(until: number): boolean {
    const { clock, retired } = this.machine.cpu;
    const [inputs, pulls] = [this.#inputs.length, this.#pulls.length];
    const [signals, checks] = [this.#signals.length, this.#checks.length];
    try {
      return this.machine.run(until);
    } catch (error) {
      this.#writeUpTo({ clock, retired, inputs, pulls, signals, checks });
      this.#broken = true;
      throw error;
    }
  }

  #expectWhole(): void {
    if (this.#broken) throw new Error(`the recording broke off at clock ${this.#written}`);
  }

  /** Admits an input at the current boundary; a change of the machine is one, too. */
  input(channel: string, data: Uint8Array): void {
    const { machine } = this;
    if (data.length > MAX_INPUT) throw new RangeError(`an input of ${data.length} bytes`);
    this.#expectWhole();
    const { clock } = machine.cpu;
    admit(machine, channel, data);
    this.#inputs.push({ clock, channel: this.#name(channel), data: data.slice() });
    this.#inputCount++;
    this.#count.steps++;
  }

  /** Writes everything up to the current boundary: what is lost if the host dies is what comes after. */
  flush(): void {
    const { clock, retired } = this.machine.cpu;
    this.#flush(clock, retired);
  }

  /** Writes what was waiting at a boundary, and gives up what came after. */
  #writeUpTo({ clock, retired, ...waiting }: Safe): void {
    this.#inputs.length = waiting.inputs;
    this.#pulls.length = waiting.pulls;
    this.#signals.length = waiting.signals;
    this.#checks.length = waiting.checks;
    this.#flush(clock, retired);
  }

  #flush(clock: number, retired: number): void {
    if (this.#broken || (clock === this.#written && this.#waiting() === 0)) return;
    // Until all of it is written: nothing can follow half a frame.
    this.#broken = true;
    while (this.#contents.waiting) this.#writer.contents(this.#contents.take(UNITS_A_FRAME));
    const from = this.#written;
    this.#writer.segment({
      from,
      to: clock,
      retired,
      names: this.#freshNames,
      inputs: encodeInputs(this.#inputs, from),
      pulls: encodePulls(this.#pulls, from),
      signals: encodeSignals(this.#signals, from),
      checks: this.#encoder.encode(this.#checks, from),
    });
    this.#broken = false;
    this.#written = clock;
    this.#freshNames = [];
    this.#inputs = [];
    this.#pulls = [];
    this.#signals = [];
    this.#checks = [];
  }

  /** Ends the trace: everything waiting, and a check of the final state. */
  finish(reason: string): Final {
    this.#expectWhole();
    this.flush();
    const { machine } = this;
    const { clock, retired } = machine.cpu;
    const fingerprint = this.hasher.fingerprint(this.#digest);
    const check = this.#encoder.encode([{ clock, inputs: 0, fingerprint }], clock);
    const counts = Object.fromEntries(NOTE_KINDS.map((kind) => [kind, this.#digest.count(kind)]));
    counts['input'] = this.#inputCount;
    this.#writer.end({ clock, retired, outcome: machine.outcome, reason, check, counts });
    return { clock, retired, stateHash: stateHashOf(fingerprint), traceBytes: this.#writer.size };
  }

  #check(): void {
    const { clock } = this.machine.cpu;
    this.#checks.push({
      clock,
      inputs: this.#inputs.length,
      fingerprint: this.hasher.fingerprint(this.#digest),
    });
    this.#count.steps++;
    this.#count.checks++;
    this.#lastCheck = clock;
    this.#nextCheck = this.#checkAfter(clock);
  }

  #checkAfter(clock: number): number {
    return (Math.floor(clock / this.#checkEvery) + 1) * this.#checkEvery;
  }

  #waiting(): number {
    return this.#inputs.length + this.#pulls.length + this.#signals.length + this.#checks.length;
  }

  /** Bounds memory and frames, whatever the caller's habits of flushing. */
  #relieve(): void {
    if (this.#waiting() > MAX_WAITING || this.#contents.waiting > MAX_CONTENTS) this.flush();
  }

  #pull(channel: string, request: number, length: number): Uint8Array {
    const data = this.#provider.pull(channel, request, length);
    const { clock } = this.machine.cpu;
    const whole = inUnits(length);
    this.#pulls.push({
      clock,
      channel: this.#name(channel),
      request,
      length,
      units: whole ? this.#contents.add(data) : undefined,
      bytes: whole ? undefined : data.slice(),
    });
    this.#count.pulls++;
    return data;
  }

  #note(note: Note, clock: number): void {
    this.#digest.add(note, clock);
    const signal = signalOf(note);
    if (signal !== undefined) {
      this.#signals.push({ clock, name: this.#name(signal) });
      this.#count.signals++;
    }
    this.onNote(note, clock);
  }

  #name(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const index = this.#names.size;
    this.#names.set(text, index);
    this.#freshNames.push(text);
    return index;
  }
}

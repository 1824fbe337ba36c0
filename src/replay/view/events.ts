/**
 * All events of a run, as a list that can be a million long: 27 bytes each in columns, made while a session plays the
 * trace; an event's line is written when somebody wants to see it. Searches go in slices, and give now and then how
 * far they are.
 */
import { describeEvent, type EventKind, type RunEvent, watchEvents } from '../events.js';
import { NOTE_KINDS } from '../noteDigest.js';
import type { Session } from '../session.js';
import { plain } from './plain.js';

const KINDS: readonly EventKind[] = [...NOTE_KINDS, 'input'];
const KIND_INDEX = new Map(KINDS.map((kind, i) => [kind, i]));
const FIRST_CAPACITY = 4096;
const GROWTH = 1.5;
/** Samples of how many instructions are executed, at least; and the clocks between them at most. */
const SAMPLES = 1024;
const LONGEST_SLICE = 2 ** 21;
/** Events that are looked at before a sign of life: some tens of milliseconds. */
const FILTERED = 2 ** 18;
const SEARCHED = 2 ** 14;

/** Gives now and then where it is: an index. */
type Search<T> = Generator<number, T, void>;

export interface EventSearch {
  /** Part of an event's line, in whatever case. */
  readonly text: string;
  /** The first event to be looked at. */
  readonly from: number;
  readonly direction: 'forward' | 'back';
  /** All kinds unless given. */
  readonly kinds?: ReadonlySet<EventKind>;
}

/** How many instructions had been executed at some clocks, from the beginning on. */
export interface Pace {
  readonly clocks: Float64Array;
  readonly retired: Float64Array;
  readonly count: number;
}

/** The columns that a list needs: longer than `count`, and replaced when they grow. */
export interface Columns {
  readonly clocks: Float64Array;
  /** Index into `kinds`. */
  readonly kind: Uint8Array;
  readonly kinds: readonly EventKind[];
  readonly count: number;
  readonly pace: Pace;
}

/** What is the same in many events. */
interface Name {
  readonly device: string;
  readonly what: string;
  /** They come with data, which are kept apart. */
  readonly hasData: boolean;
}

/** Of what is kept apart: `b`, how many bytes follow, and they. */
const HEAD = 12;

export class EventIndex {
  readonly #session: Session;
  #count = 0;
  #clocks = new Float64Array(FIRST_CAPACITY);
  #kind = new Uint8Array(FIRST_CAPACITY);
  /** Index into the names. */
  #name = new Uint16Array(FIRST_CAPACITY);
  #a = new Float64Array(FIRST_CAPACITY);
  /** Of an event with data: where they are kept, with its `b`. */
  #b = new Float64Array(FIRST_CAPACITY);
  readonly #names: Name[] = [];
  readonly #nameIndex = new Map<string, number>();
  #data = new Uint8Array(FIRST_CAPACITY);
  #dataLength = 0;
  #paceCount = 0;
  #paceClocks = new Float64Array(FIRST_CAPACITY);
  #paceRetired = new Float64Array(FIRST_CAPACITY);

  /** The session is the index's from now on; it must stand at the beginning. */
  constructor(session: Session) {
    this.#session = session;
    watchEvents(session, {}, (event) => this.#add(event));
  }

  get count(): number {
    return this.#count;
  }

  /** All events up to here are known. */
  get upTo(): number {
    return this.#session.clock;
  }

  get columns(): Columns {
    const pace = { clocks: this.#paceClocks, retired: this.#paceRetired, count: this.#paceCount };
    return { clocks: this.#clocks, kind: this.#kind, kinds: KINDS, count: this.#count, pace };
  }

  // ---- filling ----

  /** Plays the run to its end, or to where it differs; gives clocks on the way. May be given up and begun again. */
  *fill(): Search<void> {
    // The trace may have grown since the last.
    const slice = () => Math.min(LONGEST_SLICE, Math.ceil(this.#session.end / SAMPLES));
    while (this.#session.advance(Number.POSITIVE_INFINITY, slice())) {
      this.#sample();
      yield this.upTo;
    }
    this.#sample();
  }

  #sample(): void {
    if (this.#paceCount === this.#paceClocks.length) {
      const capacity = Math.ceil(this.#paceCount * GROWTH);
      this.#paceClocks = lengthened(this.#paceClocks, new Float64Array(capacity));
      this.#paceRetired = lengthened(this.#paceRetired, new Float64Array(capacity));
    }
    const i = this.#paceCount++;
    this.#paceClocks[i] = this.#session.clock;
    this.#paceRetired[i] = this.#session.machine.cpu.retired;
  }

  #add({ clock, kind, device, what, a, b, data }: RunEvent): void {
    if (this.#count === this.#clocks.length) this.#grow(Math.ceil(this.#count * GROWTH));
    const i = this.#count++;
    this.#clocks[i] = clock;
    this.#kind[i] = KIND_INDEX.get(kind)!;
    this.#name[i] = this.#nameOf({ device, what, hasData: data !== undefined });
    this.#a[i] = a;
    this.#b[i] = data ? this.#keep(b, data) : b;
  }

  #grow(capacity: number): void {
    this.#clocks = lengthened(this.#clocks, new Float64Array(capacity));
    this.#kind = lengthened(this.#kind, new Uint8Array(capacity));
    this.#name = lengthened(this.#name, new Uint16Array(capacity));
    this.#a = lengthened(this.#a, new Float64Array(capacity));
    this.#b = lengthened(this.#b, new Float64Array(capacity));
  }

  #nameOf(name: Name): number {
    const key = `${name.device}\n${name.what}\n${name.hasData}`;
    const known = this.#nameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#names.push(name) - 1;
    this.#nameIndex.set(key, index);
    return index;
  }

  #keep(b: number, data: Uint8Array): number {
    const at = this.#dataLength;
    this.#dataLength += HEAD + data.length;
    if (this.#dataLength > this.#data.length) {
      this.#data = lengthened(this.#data, new Uint8Array(Math.ceil(this.#dataLength * GROWTH)));
    }
    const head = new DataView(this.#data.buffer, at, HEAD);
    head.setFloat64(0, b);
    head.setUint32(8, data.length);
    this.#data.set(data, at + HEAD);
    return at;
  }

  #kept(at: number): { readonly b: number; readonly data: Uint8Array } {
    const head = new DataView(this.#data.buffer, at, HEAD);
    const from = at + HEAD;
    return { b: head.getFloat64(0), data: this.#data.slice(from, from + head.getUint32(8)) };
  }

  // ---- looking ----

  event(index: number): RunEvent {
    const kind = KINDS[this.#kind[index]!]!;
    const [clock, a, b] = [this.#clocks[index]!, this.#a[index]!, this.#b[index]!];
    const { device, what, hasData } = this.#names[this.#name[index]!]!;
    return { clock, kind, device, what, a, ...(hasData ? this.#kept(b) : { b }) };
  }

  /** An event in a line, without its clock. */
  text(index: number): string {
    return plain(describeEvent(this.event(index)));
  }

  /** Lines of events, by their indices; empty ones of those that there are not. */
  texts(indices: readonly number[]): string[] {
    return indices.map((index) => (index >= 0 && index < this.#count ? this.text(index) : ''));
  }

  /** The first event at or after a clock; `count` if there is none. */
  firstFrom(clock: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#clocks[middle]! < clock) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The event that is nearest to a clock; undefined if there are none. */
  nearest(clock: number): number | undefined {
    const after = this.firstFrom(clock);
    if (after === 0) return this.#count > 0 ? 0 : undefined;
    if (after === this.#count) return after - 1;
    return clock - this.#clocks[after - 1]! < this.#clocks[after]! - clock ? after - 1 : after;
  }

  /** Which events are of these kinds. */
  *ofKinds(kinds: ReadonlySet<EventKind>): Search<Uint32Array> {
    const wanted = KINDS.map((kind) => kinds.has(kind));
    const found = new Uint32Array(this.#count);
    const { length } = found;
    let n = 0;
    for (let i = 0; i < length; i++) {
      if (wanted[this.#kind[i]!]) found[n++] = i;
      if (i % FILTERED === FILTERED - 1) yield i;
    }
    return found.slice(0, n);
  }

  /** The first event that is found; undefined if there is none. */
  *search({ text, from, direction, kinds }: EventSearch): Search<number | undefined> {
    const wanted = KINDS.map((kind) => kinds?.has(kind) ?? true);
    const sought = text.toLowerCase();
    const step = direction === 'forward' ? 1 : -1;
    for (let i = from, looked = 1; i >= 0 && i < this.#count; i += step, looked++) {
      if (wanted[this.#kind[i]!] && this.text(i).toLowerCase().includes(sought)) return i;
      if (looked % SEARCHED === 0) yield i;
    }
    return undefined;
  }
}

function lengthened<A extends Float64Array | Uint16Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

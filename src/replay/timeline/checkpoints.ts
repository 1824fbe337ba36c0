/**
 * Checkpoints of a replayed run: positions that can be gone back to at once. They share what they have in
 * common; what they take together is held to a budget by giving up, again and again, the one whose loss
 * lengthens the way least: so they thin out evenly, and stay dense around where one is working.
 */
import type { MachineState } from '../../core/machine.js';
import { PAGE_SHIFT, PageKind, type Range } from '../../core/memory.js';
import type { Replayer, ReplayMark } from '../replayer.js';
import { sameBytes } from '../trace/sameBytes.js';
import { differs, RamCopies, type RamPicture } from './ramCopies.js';
import type { StoredIndex } from './storedIndex.js';

export interface Checkpoint {
  readonly clock: number;
  /** Instructions retired. */
  readonly retired: number;
  readonly machine: MachineState;
  readonly ram: RamPicture;
  readonly mark: ReplayMark;
}

/** Reference to a page of RAM, in the picture that each checkpoint has of it. */
const PICTURE_BYTES = 32 << 10;
/** An entry of a map of pages, about. */
const PAGE_ENTRY_BYTES = 64;

export class Checkpoints {
  #replayer: Replayer;
  readonly #ram: RamCopies;
  readonly #budget: number;
  /** By clock. */
  #list: Checkpoint[] = [];
  /**
   * Of those that may be given up: bytes that were copied for it. Those that others share are not counted again.
   */
  readonly #bytes = new Map<Checkpoint, number>();
  #index: StoredIndex | undefined;
  /** The state that was saved last: much of it stays as it is for long. */
  #last: MachineState | undefined;
  /** Never given up: the present of a machine that will run on. */
  #pinned: Checkpoint | undefined;

  /** `budget`: bytes of host memory. */
  constructor(replayer: Replayer, budget: number) {
    this.#replayer = replayer;
    this.#ram = new RamCopies(replayer.machine.memory);
    this.#budget = budget;
  }

  get replayer(): Replayer {
    return this.#replayer;
  }

  get all(): readonly Checkpoint[] {
    return this.#list;
  }

  /** Bytes that they take, without those that are never given up: the first, and those of an index. */
  get bytes(): number {
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Takes up those that were stored in an earlier session, at power-on. Throws an `IndexError`. */
  adopt(index: StoredIndex): void {
    this.#list = [...this.#list, ...index.checkpoints(this.#list[0]!.ram, this.#replayer.machine)];
    this.#index = index;
  }

  /** Gives up those that were taken up from an index, and what it knows. */
  disown(): void {
    this.#list = this.#list.filter((checkpoint, i) => i === 0 || this.#bytes.has(checkpoint));
    this.#index = undefined;
  }

  /** Gives one up, other than the first: it cannot be restored. */
  drop(checkpoint: Checkpoint): void {
    this.#list = this.#list.filter((one, i) => i === 0 || one !== checkpoint);
    this.#bytes.delete(checkpoint);
  }

  /**
   * Goes on with a replayer of another trace, which has the same machine and is equal up to a clock, but perhaps for
   * what came in there: checkpoints from there on are given up, except the one of power-on.
   */
  follow(replayer: Replayer, clock: number): void {
    this.#replayer = replayer;
    const kept = Math.max(1, this.#indexAfter(clock - 1));
    for (const gone of this.#list.splice(kept)) this.#bytes.delete(gone);
    this.#index = undefined;
    this.#pinned = undefined;
  }

  /** Where the machine stands becomes one, if it is none yet; `mark`: if a recorder has the machine. */
  take(mark: ReplayMark = this.#replayer.mark()): Checkpoint {
    const { clock } = this.#replayer;
    const at = this.#indexAfter(clock);
    const there = this.#list[at - 1];
    if (there?.clock === clock) return there;
    const { picture, bytes } = this.#ram.take();
    const machine = this.#share(this.#replayer.machine.saveState());
    const { retired } = this.#replayer.machine.cpu;
    const checkpoint = { clock, retired, machine: machine.state, ram: picture, mark };
    this.#list.splice(at, 0, checkpoint);
    if (at > 0) this.#bytes.set(checkpoint, bytes + machine.bytes + PICTURE_BYTES);
    this.#thin();
    return checkpoint;
  }

  /** The same, never to be given up until another is. */
  pin(mark: ReplayMark): void {
    this.#pinned = this.take(mark);
  }

  /** The state with what has not changed shared with the last one, and the bytes of the rest. */
  #share(state: MachineState): { readonly state: MachineState; readonly bytes: number } {
    const last = this.#last;
    let bytes = state.cpu.length + state.schedule.length;
    const shared = (now: Uint8Array, before: Uint8Array | undefined): Uint8Array => {
      if (before && sameBytes(before, now)) return before;
      bytes += now.length;
      return now;
    };
    const devices = new Map(
      [...state.devices].map(([name, own]) => [name, shared(own, last?.devices.get(name))]),
    );
    const pageKinds = shared(state.pageKinds, last?.pageKinds);
    for (const [name, pages] of state.pages) {
      if (pages !== last?.pages.get(name)) bytes += pages.size * PAGE_ENTRY_BYTES;
    }
    this.#last = { ...state, devices, pageKinds };
    return { state: this.#last, bytes };
  }

  /** Gives up checkpoints until the rest fits: never the first, nor an index's, nor the latest taken. */
  #thin(): void {
    const latest = this.#replayer.clock;
    while (this.bytes > this.#budget && this.#bytes.size > 1) {
      let best = 1;
      for (let i = 1; i < this.#list.length; i++)
        if (this.#loss(i, latest) < this.#loss(best, latest)) best = i;
      if (this.#loss(best, latest) === Number.POSITIVE_INFINITY) return;
      const [gone] = this.#list.splice(best, 1);
      const next = this.#list[best];
      // The pages copied for it that its successor still shows are now the successor's to pay for.
      const shared = next && this.#bytes.get(next);
      if (shared !== undefined) this.#bytes.set(next!, shared + Math.floor(this.#bytes.get(gone!)! / 2));
      this.#bytes.delete(gone!);
    }
  }

  /** The gap that giving up the i-th would leave, weighed by its distance from here. */
  #loss(i: number, here: number): number {
    const { clock } = this.#list[i]!;
    const mustStay = clock === here || this.#list[i] === this.#pinned;
    if (mustStay || !this.#bytes.has(this.#list[i]!)) return Number.POSITIVE_INFINITY;
    const before = this.#list[i - 1]!.clock;
    const after = this.#list[i + 1]?.clock ?? clock;
    return (after - before) / Math.sqrt(1 + Math.abs(here - clock));
  }

  /** The last one at or before a clock. */
  before(clock: number): Checkpoint {
    return this.#list[Math.max(0, this.#indexAfter(clock) - 1)]!;
  }

  /** The last one where fewer instructions have been retired; the first if there is none. */
  retiredBefore(count: number): Checkpoint {
    return this.#list.findLast(({ retired }) => retired < count) ?? this.#list[0]!;
  }

  /**
   * Going back from `end`: the last clock behind which some of this memory was written before `end`, as far as
   * checkpoints on both sides tell; `end` itself where they do not.
   */
  unwritten(end: number, memory: readonly Range[]): number {
    for (let at = end; ; ) {
      const i = this.#indexAfter(at - 1);
      const [before, after] = [this.#list[i - 1], this.#list[i]];
      if (!before || !after || after.clock !== at) return at;
      if (memory.some((range) => this.#mayDiffer(before, after, range))) return at;
      at = before.clock;
    }
  }

  #indexAfter(clock: number): number {
    let [low, high] = [0, this.#list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#list[middle]!.clock <= clock) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Goes there. All of it is read before anything is moved: if what an index holds of it is damaged, an `IndexError` is
   * thrown and the machine stands where it stood.
   */
  restore({ machine, ram, mark }: Checkpoint): void {
    // Read now: a milestone's parts are unpacked when they are asked for.
    const { clock, outcome, requested, cpu, schedule, pageKinds, devices, pages } = machine;
    const change = this.#ram.changeTo(ram);
    this.#replayer.goTo(mark);
    this.#ram.apply(change);
    const state = { clock, outcome, requested, cpu, schedule, pageKinds, devices, pages };
    this.#replayer.machine.loadState(state);
  }

  /**
   * A write counts if it reaches something. One to RAM leaves another copy of its page, whatever kind the page is of at
   * the ends: read-only pages that were RAM in between are told by their copies, too. Devices' memory stays where the
   * board has mapped it, and of that of display adapters an index knows.
   */
  #mayDiffer(before: Checkpoint, after: Checkpoint, range: Range): boolean {
    const [first, last] = [range.address >>> PAGE_SHIFT, (range.address + range.length - 1) >>> PAGE_SHIFT];
    for (let page = first; page <= last; page++) {
      if (before.machine.pageKinds[page] !== PageKind.mmio) continue;
      if (this.#index?.leftAlone(before.clock, after.clock, page) !== true) return true;
    }
    return differs(before.ram, after.ram, range);
  }
}

/**
 * Checkpoints of a replayed run: positions that can be gone back to at once. They share what they have in
 * common; what they take together is held to a budget by giving up, again and again, the one whose loss
 * lengthens the way least: so they thin out evenly, and stay dense around where one is working.
 */
import type { MachineState } from '../../core/machine.js';
import { PAGE_SHIFT, PageKind, type Range } from '../../core/memory.js';
import type { Replayer, ReplayMark } from '../replayer.js';
import { sameBytes } from '../sameBytes.js';
import { differs, RamCopies, type RamPicture } from './ramCopies.js';

export interface Checkpoint {
  readonly clock: number;
  /** Instructions retired. */
  readonly retired: number;
  readonly machine: MachineState;
  readonly ram: RamPicture;
  readonly mark: ReplayMark;
  /** Bytes that were copied for it; those that others share are not counted again. */
  readonly bytes: number;
}

/** Reference to a page of RAM, in the picture that each checkpoint has of it. */
const PICTURE_BYTES = 32 << 10;

export class Checkpoints {
  readonly #replayer: Replayer;
  readonly #ram: RamCopies;
  readonly #budget: number;
  /** By clock. */
  readonly #list: Checkpoint[] = [];
  #kinds: Uint8Array | undefined;

  /** `budget`: bytes of host memory. */
  constructor(replayer: Replayer, budget: number) {
    this.#replayer = replayer;
    this.#ram = new RamCopies(replayer.machine.memory);
    this.#budget = budget;
  }

  get all(): readonly Checkpoint[] {
    return this.#list;
  }

  /** Bytes that they take, without the first, which is never given up. */
  get bytes(): number {
    return this.#list.slice(1).reduce((sum, c) => sum + c.bytes, 0);
  }

  /** Where the machine stands becomes one, if it is none yet. */
  take(): void {
    const { clock } = this.#replayer;
    const at = this.#indexAfter(clock);
    if (this.#list[at - 1]?.clock === clock) return;
    const { picture, bytes } = this.#ram.take();
    const machine = this.#shareKinds(this.#replayer.machine.saveState());
    this.#list.splice(at, 0, {
      clock,
      retired: this.#replayer.machine.cpu.retired,
      machine,
      ram: picture,
      mark: this.#replayer.mark(),
      bytes: bytes + PICTURE_BYTES,
    });
    this.#thin();
  }

  /** Page kinds change a few times in a run and are large. */
  #shareKinds(state: MachineState): MachineState {
    if (this.#kinds && sameBytes(this.#kinds, state.pageKinds)) return { ...state, pageKinds: this.#kinds };
    this.#kinds = state.pageKinds;
    return state;
  }

  /** Gives up checkpoints until the rest fits: never the first, nor the latest taken. */
  #thin(): void {
    const latest = this.#replayer.clock;
    while (this.bytes > this.#budget && this.#list.length > 2) {
      let best = 1;
      for (let i = 1; i < this.#list.length; i++)
        if (this.#loss(i, latest) < this.#loss(best, latest)) best = i;
      const [gone] = this.#list.splice(best, 1);
      const next = this.#list[best];
      // The pages copied for it that its successor still shows are now the successor's to pay for.
      if (next) this.#list[best] = { ...next, bytes: next.bytes + Math.floor(gone!.bytes / 2) };
    }
  }

  /** The gap that giving up the i-th would leave, weighed by its distance from here. */
  #loss(i: number, here: number): number {
    const { clock } = this.#list[i]!;
    if (clock === here) return Number.POSITIVE_INFINITY;
    const before = this.#list[i - 1]!.clock;
    const after = this.#list[i + 1]?.clock ?? clock;
    return (after - before) / Math.sqrt(1 + Math.abs(here - clock));
  }

  /** The last one at or before a clock. */
  before(clock: number): Checkpoint {
    return this.#list[Math.max(0, this.#indexAfter(clock) - 1)]!;
  }

  /** The last one where at most so many instructions have been retired. */
  retiredBefore(count: number): Checkpoint {
    return this.#list.findLast(({ retired }) => retired <= count)!;
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
      if (memory.some((range) => mayDiffer(before, after, range))) return at;
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

  /** Goes there. */
  restore(checkpoint: Checkpoint): void {
    this.#ram.restore(checkpoint.ram);
    this.#replayer.machine.loadState(checkpoint.machine);
    this.#replayer.goTo(checkpoint.mark);
  }
}

/** Only RAM tells whether it was written. */
function mayDiffer(before: Checkpoint, after: Checkpoint, range: Range): boolean {
  for (
    let page = range.address >>> PAGE_SHIFT;
    page <= (range.address + range.length - 1) >>> PAGE_SHIFT;
    page++
  ) {
    if (before.machine.pageKinds[page] !== PageKind.ram) return true;
    if (after.machine.pageKinds[page] !== PageKind.ram) return true;
  }
  return differs(before.ram, after.ram, range);
}

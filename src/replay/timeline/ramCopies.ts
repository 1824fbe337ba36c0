/**
 * Guest RAM as immutable copies of its pages, shared between checkpoints: a checkpoint costs the pages
 * written since the one before, going to one costs the pages that differ.
 */
import { Dirty, PAGE_SHIFT, PAGE_SIZE, type PhysicalMemory, type Range } from '../../core/memory.js';

/** Pages in chunks, so that pictures of RAM share what they have in common. */
const CHUNK_SHIFT = 6;
const CHUNK = 1 << CHUNK_SHIFT;

/** What a page held from one write to the next: two of the same contents are two. */
export interface RamPage {
  readonly bytes: Uint8Array;
}

/** All of RAM at one time. */
export type RamPicture = readonly (readonly RamPage[])[];

/** A picture that differs from another in some pages, given by their numbers, and shares the rest with it. */
export function changedPicture(picture: RamPicture, pages: Iterable<readonly [number, RamPage]>): RamPicture {
  const next = [...picture];
  for (const [page, contents] of pages) {
    const chunk = page >>> CHUNK_SHIFT;
    if (next[chunk] === picture[chunk]) next[chunk] = [...picture[chunk]!];
    (next[chunk] as RamPage[])[page & (CHUNK - 1)] = contents;
  }
  return next;
}

/**
 * May a page of this range have been written between two pictures of one run? Copies are shared as long as nobody
 * writes, so what is the same copy was not written.
 */
export function differs(a: RamPicture, b: RamPicture, { address, length }: Range): boolean {
  for (let page = address >>> PAGE_SHIFT; page <= (address + length - 1) >>> PAGE_SHIFT; page++) {
    const [chunk, i] = [page >>> CHUNK_SHIFT, page & (CHUNK - 1)];
    if (!a[chunk] || a[chunk][i] !== b[chunk]![i]) return true;
  }
  return false;
}

/** From what RAM holds now to a picture of it. */
interface RamChange {
  readonly picture: RamPicture;
  readonly pages: readonly (readonly [page: number, bytes: Uint8Array])[];
}

export class RamCopies {
  readonly #memory: PhysicalMemory;
  /** RAM as it was when it was last looked at. */
  #last: RamPicture = [];

  /** Every page that is not blank must never have been asked for by `Dirty.checkpoints`. */
  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    const blank = { bytes: new Uint8Array(PAGE_SIZE) };
    const chunks = Math.ceil((memory.size >>> PAGE_SHIFT) / CHUNK);
    this.#last = Array.from({ length: chunks }, () => new Array<RamPage>(CHUNK).fill(blank));
  }

  #bytes(page: number): Uint8Array {
    return this.#memory.ram.subarray(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT);
  }

  /** RAM now, and how many bytes of copies that took. */
  take(): { readonly picture: RamPicture; readonly bytes: number } {
    const copied: [number, RamPage][] = [];
    this.#memory.takeDirty(Dirty.checkpoints, (page) => {
      copied.push([page, { bytes: this.#bytes(page).slice() }]);
    });
    this.#last = changedPicture(this.#last, copied);
    return { picture: this.#last, bytes: copied.length * PAGE_SIZE };
  }

  /** What is to be written for RAM to be what it was then. Nothing is changed yet; reading it may fail. */
  changeTo(picture: RamPicture): RamChange {
    const stale = new Set<number>();
    const { dirty } = this.#memory;
    for (let page = 0; page < dirty.length; page++) if (dirty[page]! & Dirty.checkpoints) stale.add(page);
    for (const [c, chunk] of picture.entries()) {
      const last = this.#last[c]!;
      if (chunk === last) continue;
      for (let i = 0; i < CHUNK; i++) if (chunk[i] !== last[i]) stale.add((c << CHUNK_SHIFT) + i);
    }
    const contents = (page: number) => picture[page >>> CHUNK_SHIFT]![page & (CHUNK - 1)]!.bytes;
    return { picture, pages: Array.from(stale, (page) => [page, contents(page)] as const) };
  }

  /** At once: nothing may have been written since. */
  apply({ picture, pages }: RamChange): void {
    for (const [page, bytes] of pages) this.#memory.load(page << PAGE_SHIFT, bytes);
    this.#last = picture;
    this.#memory.takeDirty(Dirty.checkpoints, () => {});
  }
}

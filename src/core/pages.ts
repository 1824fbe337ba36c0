/**
 * A sparse array of copy-on-write pages: what a device keeps beyond its layout (a disk's overlay).
 * A snapshot costs a map of references; a page is copied when it is first written after one.
 */
export const STORE_PAGE = 4096;

/** An immutable picture of a store: page number to contents. */
export type PageSnapshot = ReadonlyMap<number, Uint8Array>;

export class PageStore {
  #pages = new Map<number, Uint8Array>();
  /** Pages that a snapshot shares, so a write must copy them first. */
  #shared = new Set<number>();
  /** The last snapshot, while nothing has been written since. */
  #last: PageSnapshot | undefined;

  get(page: number): Uint8Array | undefined {
    return this.#pages.get(page);
  }

  /** The page, created from `initial()` if absent, safe to write to. */
  writable(page: number, initial: () => Uint8Array): Uint8Array {
    let bytes = this.#pages.get(page);
    if (bytes && !this.#shared.has(page)) return bytes;
    this.#last = undefined;
    bytes = (bytes ?? initial()).slice();
    this.#pages.set(page, bytes);
    this.#shared.delete(page);
    return bytes;
  }

  /** Page numbers present, ascending. */
  numbers(): number[] {
    return [...this.#pages.keys()].sort((a, b) => a - b);
  }

  snapshot(): PageSnapshot {
    if (!this.#last) {
      this.#shared = new Set(this.#pages.keys());
      this.#last = new Map(this.#pages);
    }
    return this.#last;
  }

  restore(snapshot: PageSnapshot): void {
    this.#pages = new Map(snapshot);
    this.#shared = new Set(snapshot.keys());
    this.#last = snapshot;
  }
}

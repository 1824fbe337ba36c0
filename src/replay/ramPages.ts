/**
 * Hashes of guest RAM, page by page, kept up to date by looking only at pages written since the last
 * look; and three sums over them from which a single differing page can be named.
 *
 * The sums are sum(w^k * h) mod p for k = 0, 1, 2, with h the page's hash, w its number + 1 and p the
 * Mersenne prime 2^31 - 1: if one page differs, the differences of the sums are d, wd and w^2 d.
 */
import { Dirty, PAGE_SHIFT, PAGE_SIZE, type PhysicalMemory } from '../core/memory.js';
import { hash64 } from './trace/hash.js';

const P = 2 ** 31 - 1;

/** The sums for k = 0, 1, 2. */
export type PageSums = readonly [number, number, number];

export class RamPages {
  readonly #memory: PhysicalMemory;
  readonly #hashes: BigUint64Array;
  readonly #sums: [number, number, number] = [0, 0, 0];

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    this.#hashes = new BigUint64Array(memory.size >>> PAGE_SHIFT);
    for (let page = 0; page < this.#hashes.length; page++) this.#rehash(page);
    memory.takeDirty(Dirty.hashes, () => {});
  }

  get sums(): PageSums {
    return this.#sums;
  }

  /** Looks at the pages written since the last time, and returns the hash of all RAM. */
  update(): bigint {
    this.#memory.takeDirty(Dirty.hashes, (page) => this.#rehash(page));
    return hash64(new Uint8Array(this.#hashes.buffer));
  }

  #rehash(page: number): void {
    const at = page << PAGE_SHIFT;
    const fresh = hash64(this.#memory.ram.subarray(at, at + PAGE_SIZE));
    const old = this.#hashes[page]!;
    if (fresh === old) return;
    this.#hashes[page] = fresh;
    let term = (short(fresh) - short(old) + P) % P;
    for (let k = 0; k < 3; k++) {
      this.#sums[k] = (this.#sums[k]! + term) % P;
      term = (term * (page + 1)) % P;
    }
  }
}

/** 31 bits of a hash; its product with a page number (20 bits) is exact. */
function short(hash: bigint): number {
  return Number(hash & 0x7fffffffn) % P;
}

/** The page in which two memories of `pages` pages differ, if their sums say that it is exactly one. */
export function differingPage(a: PageSums, b: PageSums, pages: number): number | undefined {
  const [d0, d1, d2] = [0, 1, 2].map((k) => BigInt((b[k]! - a[k]! + P) % P)) as [bigint, bigint, bigint];
  if (d0 === 0n) return undefined;
  const p = BigInt(P);
  const w = (d1 * power(d0, p - 2n, p)) % p;
  const single = w >= 1n && w <= BigInt(pages) && (w * w * d0) % p === d2;
  return single ? Number(w) - 1 : undefined;
}

/** base^exponent mod p; with exponent p - 2, the inverse (Fermat). */
function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % p;
    b = (b * b) % p;
  }
  return result;
}

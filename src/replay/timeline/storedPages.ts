/**
 * Pages of 4 KiB in an index, each kept once whatever it is a page of: RAM, a disk's overlay, a device's
 * memory. They are written in chunks of 64, packed; a reader unpacks the chunks it needs.
 */
import { PAGE_SIZE } from '../../core/memory.js';
import { hash64 } from '../trace/hash.js';
import { IndexError, type StoredChunks } from './storedChunks.js';

/** Of a page of zeros, which is nowhere stored; the others are numbered from 1, in the order of their first use. */
const BLANK = 0;
const CHUNK_PAGES = 64;
const CHUNK_BYTES = CHUNK_PAGES * PAGE_SIZE;
/** Bytes of unpacked chunks that a reader keeps. */
const CACHED = 96 << 20;
const SECOND_SEED = 0x9e3779b97f4a7c15n;

/** Anything as pages; the last one is filled up with zeros. */
export interface PagedBytes {
  readonly length: number;
  readonly pages: readonly number[];
}

export class PageWriter {
  readonly #write: (chunk: Uint8Array) => void;
  readonly #known = new Map<bigint, number>();
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  /** Chunks written. */
  chunks = 0;

  constructor(write: (chunk: Uint8Array) => void) {
    this.#write = write;
  }

  /** Bytes of all pages stored so far. */
  get bytes(): number {
    return this.#known.size * PAGE_SIZE;
  }

  /** The number of a page with these contents. */
  add(page: Uint8Array): number {
    if (page.every((byte) => byte === 0)) return BLANK;
    // Two hashes of 64 bits: pages that differ do not meet in both.
    const name = (hash64(page) << 64n) | hash64(page, SECOND_SEED);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const number = this.#known.size + 1;
    this.#known.set(name, number);
    this.#chunk.set(page, this.#filled * PAGE_SIZE);
    if (++this.#filled === CHUNK_PAGES) this.flush();
    return number;
  }

  addBytes(bytes: Uint8Array): PagedBytes {
    const pages: number[] = [];
    for (let at = 0; at < bytes.length; at += PAGE_SIZE) {
      const page = bytes.subarray(at, at + PAGE_SIZE);
      pages.push(this.add(page.length === PAGE_SIZE ? page : filled(page)));
    }
    return { length: bytes.length, pages };
  }

  /** Writes what is not a whole chunk; the last call. */
  flush(): void {
    if (this.#filled === 0) return;
    this.#write(this.#chunk.slice(0, this.#filled * PAGE_SIZE));
    this.#filled = 0;
    this.chunks++;
  }
}

function filled(bytes: Uint8Array): Uint8Array {
  const page = new Uint8Array(PAGE_SIZE);
  page.set(bytes);
  return page;
}

export class PageReader {
  readonly #chunks: StoredChunks;
  /** How many pages there are, the blank one included. */
  readonly count: number;
  readonly #blank = new Uint8Array(PAGE_SIZE);
  /** The chunk used last is the last one. */
  readonly #unpacked = new Map<number, Uint8Array>();

  /** The first `pageChunks` of the chunks hold pages. Throws an `IndexError`. */
  constructor(chunks: StoredChunks, pageChunks: number) {
    this.#chunks = chunks;
    const sizes = chunks.sizes.slice(0, pageChunks);
    const whole = sizes.every((size, i) => {
      return size === CHUNK_BYTES || (i === pageChunks - 1 && size % PAGE_SIZE === 0);
    });
    if (!whole) throw new IndexError('damaged', 'a chunk of pages has another size than it should');
    this.count = 1 + sizes.reduce((sum, size) => sum + size, 0) / PAGE_SIZE;
  }

  /** A view of a page: it is not to be kept, for it holds a whole chunk. */
  page(number: number): Uint8Array {
    if (number === BLANK) return this.#blank;
    const at = ((number - 1) % CHUNK_PAGES) * PAGE_SIZE;
    return this.#chunk(Math.floor((number - 1) / CHUNK_PAGES)).subarray(at, at + PAGE_SIZE);
  }

  bytes({ length, pages }: PagedBytes): Uint8Array {
    const out = new Uint8Array(length);
    for (const [i, number] of pages.entries()) {
      const at = i * PAGE_SIZE;
      out.set(this.page(number).subarray(0, length - at), at);
    }
    return out;
  }

  #chunk(i: number): Uint8Array {
    const bytes = this.#unpacked.get(i) ?? this.#chunks.read(i);
    this.#unpacked.delete(i);
    this.#unpacked.set(i, bytes);
    const [oldest] = this.#unpacked.keys();
    if (this.#unpacked.size * CHUNK_BYTES > CACHED) this.#unpacked.delete(oldest!);
    return bytes;
  }
}

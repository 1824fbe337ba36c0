/**
 * The outer form of an index: a header, chunks of packed bytes with checksums, and a footer that says what
 * the chunks are. An index belongs to one trace and one program, holds nothing that replaying that trace would
 * not tell, and may be deleted at any time; so its form has no promises to keep.
 *
 * Little-endian. Header: magic (8 bytes), version (u32), 0 (u32). Chunk: bytes packed and unpacked (u32 each), XXH64
 * of the packed bytes (u64), these. Footer: how many chunks hold pages, and how many the directory (u32 each), XXH64
 * of these two numbers (u64).
 */

import { compress, decompress } from '../trace/codec.js';
import type { ByteSource } from '../trace/format.js';
import { hash64 } from '../trace/hash.js';
import type { Sink } from '../trace/writer.js';

const MAGIC = Uint8Array.of(0x89, 0x52, 0x57, 0x49, 0x58, 0x0d, 0x0a, 0x1a);
const VERSION = 2;
const HEADER = 16;
const CHUNK_HEADER = 16;
const FOOTER = 16;
/** What a chunk may unpack to: what a reader can be made to allocate at once. */
export const MAX_CHUNK = 1 << 20;

/** Why an index cannot be used. It is then to be written anew; `message` is the part of a line. */
export class IndexError extends Error {
  override name = 'IndexError';
  readonly kind: 'damaged' | 'foreign';

  constructor(kind: 'damaged' | 'foreign', message: string) {
    super(message);
    this.kind = kind;
  }
}

export class ChunkWriter {
  readonly #sink: Sink;
  #pageChunks = 0;
  #count = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
    const header = new Uint8Array(HEADER);
    header.set(MAGIC);
    new DataView(header.buffer).setUint32(8, VERSION, true);
    sink(header);
  }

  /** At most `MAX_CHUNK` bytes. */
  write(raw: Uint8Array): void {
    const packed = compress(raw);
    const header = new DataView(new ArrayBuffer(CHUNK_HEADER));
    header.setUint32(0, packed.length, true);
    header.setUint32(4, raw.length, true);
    header.setBigUint64(8, hash64(packed), true);
    this.#sink(new Uint8Array(header.buffer));
    this.#sink(packed);
    this.#count++;
  }

  /** What is written from here on is the directory. */
  endPages(): void {
    this.#pageChunks = this.#count;
  }

  end(): void {
    const footer = new DataView(new ArrayBuffer(FOOTER));
    footer.setUint32(0, this.#pageChunks, true);
    footer.setUint32(4, this.#count - this.#pageChunks, true);
    footer.setBigUint64(8, hash64(new Uint8Array(footer.buffer, 0, 8)), true);
    this.#sink(new Uint8Array(footer.buffer));
  }
}

interface Place {
  readonly at: number;
  readonly packed: number;
  readonly raw: number;
  readonly hash: bigint;
}

export class StoredChunks {
  readonly pageChunks: number;
  readonly #source: ByteSource;
  readonly #places: readonly Place[];

  /** Throws an `IndexError`. */
  constructor(source: ByteSource) {
    this.#source = source;
    const header = source.read(0, HEADER);
    if (header.length < HEADER || MAGIC.some((byte, i) => header[i] !== byte)) {
      throw new IndexError('damaged', 'it does not begin as an index does');
    }
    const [version, reserved] = [8, 12].map((at) => viewOf(header).getUint32(at, true));
    if (version !== VERSION || reserved !== 0) throw new IndexError('foreign', 'it has another format');
    const { pageChunks, count } = footerOf(source);
    this.pageChunks = pageChunks;
    this.#places = placesOf(source, count);
  }

  /** Bytes of each chunk, unpacked. */
  get sizes(): number[] {
    return this.#places.map(({ raw }) => raw);
  }

  /** Throws an `IndexError` if it is not what was written. */
  read(i: number): Uint8Array {
    const { at, packed, raw, hash } = this.#places[i]!;
    const bytes = this.#source.read(at, packed);
    const unpacked = hash64(bytes) === hash ? decompress(bytes, raw) : undefined;
    if (!unpacked) throw new IndexError('damaged', `chunk ${i} at byte ${at} is not what was written`);
    return unpacked;
  }

  /** Compares all checksums. */
  verify(): void {
    for (const [i, { at, packed, hash }] of this.#places.entries()) {
      if (hash64(this.#source.read(at, packed)) === hash) continue;
      throw new IndexError('damaged', `chunk ${i} at byte ${at} is not what was written`);
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function footerOf(source: ByteSource): { readonly pageChunks: number; readonly count: number } {
  const at = source.size - FOOTER;
  const bytes = at < HEADER ? undefined : source.read(at, FOOTER);
  const view = bytes && viewOf(bytes);
  if (!view || view.getBigUint64(8, true) !== hash64(bytes.subarray(0, 8))) {
    throw new IndexError('damaged', 'it is cut off');
  }
  const pageChunks = view.getUint32(0, true);
  return { pageChunks, count: pageChunks + view.getUint32(4, true) };
}

function placesOf(source: ByteSource, count: number): Place[] {
  const places: Place[] = [];
  const end = source.size - FOOTER;
  let at = HEADER;
  while (at < end) {
    if (at + CHUNK_HEADER > end) break;
    const view = viewOf(source.read(at, CHUNK_HEADER));
    const [packed, raw] = [view.getUint32(0, true), view.getUint32(4, true)];
    at += CHUNK_HEADER;
    if (raw > MAX_CHUNK) break;
    places.push({ at, packed, raw, hash: view.getBigUint64(8, true) });
    at += packed;
  }
  if (at !== end || places.length !== count) throw new IndexError('damaged', 'its chunks do not fill it');
  return places;
}

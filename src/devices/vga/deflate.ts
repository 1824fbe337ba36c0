/**
 * A zlib stream (RFC 1950) of one deflate block with fixed codes (RFC 1951). Host libraries compress
 * better, but differently from one version and processor to the next; equal pictures must give equal
 * files.
 */

const WINDOW = 32768;
const LONGEST = 258;
const SHORTEST = 3;
const HASH_BITS = 15;
const END_OF_BLOCK = 256;

/** First length of each length code from 257, and of each distance code from 0 (RFC 1951, 3.2.5). */
const LENGTH_EXTRA = Array.from({ length: 28 }, (_, i) => (i < 4 ? 0 : (i >> 2) - 1));
const LENGTH_FIRST = firsts(LENGTH_EXTRA, SHORTEST);
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, i) => (i < 2 ? 0 : (i >> 1) - 1));
const DISTANCE_FIRST = firsts(DISTANCE_EXTRA, 1);

function firsts(extra: readonly number[], first: number): number[] {
  let next = first;
  return extra.map((bits) => {
    const value = next;
    next += 1 << bits;
    return value;
  });
}

/** Bits, the first in the lowest bit of the first byte. */
class BitWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #bits = 0;
  #count = 0;

  /** At most 16 bits, the lowest first. */
  write(value: number, count: number): void {
    this.#bits |= value << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.#push(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#count -= 8;
    }
  }

  /** A Huffman code, whose highest bit goes first. */
  writeCode(code: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.write((code >> i) & 1, 1);
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.write(0, 8 - this.#count);
    return this.#bytes.subarray(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** The fixed code of a literal or length symbol (RFC 1951, 3.2.6). */
function writeSymbol(out: BitWriter, symbol: number): void {
  if (symbol < 144) out.writeCode(0x30 + symbol, 8);
  else if (symbol < 256) out.writeCode(0x190 + symbol - 144, 9);
  else if (symbol < 280) out.writeCode(symbol - 256, 7);
  else out.writeCode(0xc0 + symbol - 280, 8);
}

function writeMatch(out: BitWriter, length: number, distance: number): void {
  if (length === LONGEST) writeSymbol(out, 285);
  else {
    const code = LENGTH_FIRST.findLastIndex((first) => first <= length);
    writeSymbol(out, 257 + code);
    out.write(length - LENGTH_FIRST[code]!, LENGTH_EXTRA[code]!);
  }
  const code = DISTANCE_FIRST.findLastIndex((first) => first <= distance);
  out.writeCode(code, 5);
  out.write(distance - DISTANCE_FIRST[code]!, DISTANCE_EXTRA[code]!);
}

/** Where the three bytes at `at` are remembered. */
function hash(data: Uint8Array, at: number): number {
  const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
  return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function matchLength(data: Uint8Array, from: number, at: number): number {
  const limit = Math.min(LONGEST, data.length - at);
  let length = 0;
  while (length < limit && data[from + length] === data[at + length]) length++;
  return length;
}

/** Greedy: at each place the latest occurrence of the next three bytes, if it is in the window. */
function writeBlock(out: BitWriter, data: Uint8Array): void {
  const latest = new Int32Array(1 << HASH_BITS).fill(-1);
  for (let at = 0; at < data.length; ) {
    const slot = hash(data, at);
    const from = latest[slot]!;
    latest[slot] = at;
    const length = from >= 0 && at - from <= WINDOW ? matchLength(data, from, at) : 0;
    if (length >= SHORTEST) {
      writeMatch(out, length, at - from);
      at += length;
    } else writeSymbol(out, data[at++]!);
  }
  writeSymbol(out, END_OF_BLOCK);
}

function adler32(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

export function zlibCompress(data: Uint8Array): Uint8Array {
  const out = new BitWriter();
  // Deflate with a 32 KiB window; a check makes the two bytes a multiple of 31.
  out.write(0x78, 8);
  out.write(0x01, 8);
  // The last block, with fixed codes.
  out.write(1, 1);
  out.write(1, 2);
  writeBlock(out, data);
  const block = out.finish();
  const stream = new Uint8Array(block.length + 4);
  stream.set(block);
  new DataView(stream.buffer).setUint32(block.length, adler32(data));
  return stream;
}

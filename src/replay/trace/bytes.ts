/**
 * Growing and shrinking streams of bytes: little-endian integers, LEB128 varints up to 2^53, zigzag
 * for signed ones. The reader trusts nothing: whatever it is given, it reads within bounds or throws
 * `OutOfBytes`.
 */

/** Signed integers as natural numbers: 0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ... */
export function toZigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function fromZigzag(code: number): number {
  return code % 2 === 1 ? -(code + 1) / 2 : code / 2;
}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  #room(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** An integer from 0 to 2^53 - 1, seven bits a byte, low first. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.u8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  /** A signed integer below 2^52 in size. */
  zigzag(value: number): void {
    this.varint(toZigzag(value));
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** A stream ended early, or held a number out of range. */
export class OutOfBytes extends Error {
  override name = 'OutOfBytes';
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #advance(count: number): number {
    if (count > this.remaining) throw new OutOfBytes(`${count} bytes wanted, ${this.remaining} left`);
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** A view of the next `count` bytes. */
  raw(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new OutOfBytes('a number exceeds 2^53');
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  zigzag(): number {
    return fromZigzag(this.varint());
  }

  /** A count of items that take at least a byte each, so a lie cannot cost memory. */
  count(): number {
    const n = this.varint();
    if (n > this.remaining) throw new OutOfBytes(`${n} items announced in ${this.remaining} bytes`);
    return n;
  }
}

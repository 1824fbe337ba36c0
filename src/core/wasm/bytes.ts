/** A growing sequence of bytes, with the integers of the WebAssembly binary format (LEB128). */
export class Bytes {
  #buffer = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(b: number): void {
    if (this.#length === this.#buffer.length) this.#grow(this.#length + 1);
    this.#buffer[this.#length++] = b;
  }

  #grow(to: number): void {
    const larger = new Uint8Array(Math.max(to, this.#buffer.length * 2));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(bytes, this.#length);
    this.#length = end;
  }

  unsigned(v: number): void {
    let n = v >>> 0;
    for (; n > 0x7f; n >>>= 7) this.byte((n & 0x7f) | 0x80);
    this.byte(n);
  }

  signed32(v: number): void {
    let n = v | 0;
    for (; n < -0x40 || n > 0x3f; n >>= 7) this.byte((n & 0x7f) | 0x80);
    this.byte(n & 0x7f);
  }

  signed64(v: bigint): void {
    let n = BigInt.asIntN(64, v);
    for (; n < -0x40n || n > 0x3fn; n >>= 7n) this.byte(Number(n & 0x7fn) | 0x80);
    this.byte(Number(n & 0x7fn));
  }

  /** Length, then UTF-8. */
  name(s: string): void {
    const bytes = new TextEncoder().encode(s);
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  /** What has been written so far; valid until something is added. */
  get view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

/**
 * A bounded byte queue that lives in a device's layout: `data` (its length is the capacity) and `at`,
 * two numbers, head and count. The object itself holds nothing.
 */
export class Ring {
  readonly #data: Uint8Array;
  readonly #at: Uint16Array;

  constructor(data: Uint8Array, at: Uint16Array) {
    this.#data = data;
    this.#at = at;
  }

  get count(): number {
    return this.#at[1]!;
  }

  get full(): boolean {
    return this.count >= this.#data.length;
  }

  /** Room for so many more bytes. */
  get room(): number {
    return Math.max(0, this.#data.length - this.count);
  }

  clear(): void {
    this.#at.fill(0);
  }

  /** Appends a byte; false, and nothing done, if the ring is full. */
  push(byte: number): boolean {
    if (this.full) return false;
    this.#data[(this.#at[0]! + this.count) % this.#data.length] = byte;
    this.#at[1]!++;
    return true;
  }

  /** Removes the oldest byte; 0 from an empty ring. */
  shift(): number {
    if (!this.count) return 0;
    const byte = this.#data[this.#at[0]! % this.#data.length]!;
    this.#at[0] = (this.#at[0]! + 1) % this.#data.length;
    this.#at[1]!--;
    return byte;
  }
}

/**
 * Disk contents as a recorder keeps them: units of 512 bytes, each stored once whatever sector it comes
 * from, known by its SHA-256; units of zeros are free.
 */

import { UNIT } from './trace/columns.js';
import { sha256Words } from './trace/sha256.js';

export class ContentStore {
  readonly #known = new Map<string, number>();
  #fresh: Uint8Array[] = [];
  #stored = 0;

  /** Bytes waiting to be written. */
  get waiting(): number {
    return this.#fresh.length * UNIT;
  }

  /** For each unit of `data`: 0 if all zeros, else its number + 1. */
  add(data: Uint8Array): number[] {
    const units: number[] = [];
    for (let at = 0; at < data.length; at += UNIT) units.push(this.#unit(data.subarray(at, at + UNIT)));
    return units;
  }

  #unit(bytes: Uint8Array): number {
    if (bytes.every((byte) => byte === 0)) return 0;
    // 128 bits of the name are enough to be unique, and halve the index.
    const name = String.fromCharCode(...new Uint16Array(sha256Words(bytes).buffer, 0, 8));
    const known = this.#known.get(name);
    if (known !== undefined) return known + 1;
    const number = this.#stored + this.#fresh.length;
    this.#known.set(name, number);
    this.#fresh.push(bytes.slice());
    return number + 1;
  }

  /** Takes up units that are in the trace already, in their order. */
  know(bytes: Uint8Array): void {
    this.add(bytes);
    this.#stored += this.#fresh.length;
    this.#fresh = [];
  }

  /** The units not yet written, at most `limit` of them, and the number of the first. */
  take(limit: number): { readonly first: number; readonly bytes: Uint8Array } {
    const taken = this.#fresh.splice(0, limit);
    const bytes = new Uint8Array(taken.length * UNIT);
    for (const [i, unit] of taken.entries()) bytes.set(unit, i * UNIT);
    const first = this.#stored;
    this.#stored += taken.length;
    return { first, bytes };
  }
}

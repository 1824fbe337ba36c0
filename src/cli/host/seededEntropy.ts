/** Stands behind the door where runs should be alike: entropy that follows from a seed, and nothing else. */
import type { Provider } from '../../core/door.js';

export class SeededEntropy implements Provider {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  pull(channel: string, request: number, length: number): Uint8Array {
    if (channel !== 'entropy') throw new Error(`nothing is behind channel ${channel}`);
    return Uint8Array.from({ length }, (_, i) => mix(mix(this.#seed) ^ mix(request * 16 + i)));
  }
}

/** The finalizer of MurmurHash3 (Austin Appleby), which spreads every bit over all; its low byte is taken. */
function mix(x: number): number {
  let h = (x + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Reproducible choices from one number, biased towards the values where arithmetic and addresses break. */

/** Values around sign changes, carries, shift counts, digits and page ends. */
const EDGES: readonly number[] = [
  0, 1, 2, 3, 4, 6, 7, 8, 9, 0xf, 0x10, 0x11, 0x12, 0x1f, 0x20, 0x21, 0x66, 0x7e, 0x7f, 0x80, 0x81, 0x99,
  0x9a, 0xfe, 0xff, 0x100, 0xff0, 0xffc, 0xffd, 0xffe, 0xfff, 0x1000, 0x1001, 0x7ffe, 0x7fff, 0x8000, 0x8001,
  0xfffc, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffc, 0xfffffffe,
  0xffffffff,
];

export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** 32 bits (Weyl sequence through a 32-bit finalizer). */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  below(n: number): number {
    return this.bits() % n;
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** An edge, an edge in the low half of noise, or noise. */
  value(): number {
    const kind = this.below(8);
    if (kind < 5) return this.pick(EDGES);
    if (kind === 5) return ((this.bits() & 0xffff0000) | (this.pick(EDGES) & 0xffff)) >>> 0;
    return this.bits();
  }
}

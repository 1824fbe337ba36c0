/**
 * Pages whose code keeps being written over. To drop a page's code and decode it again costs as much as
 * some dozens of instructions that are decoded each time they are executed; where code is dropped more
 * often than that, it is not kept for a while. Then the page gets another chance.
 */

/** Code that has been kept for fewer instructions than this has not paid. */
const BRIEF = 64;
/** So many times in a row make a page restless. */
const STRIKES = 4;
/** Instructions of a restless page until its code is kept again. */
const PATIENCE = 256;

export class RestlessPages {
  readonly #strikes: Uint8Array;
  /** Instructions until code is kept again; 0: it is kept. */
  readonly #wait: Uint16Array;
  /** The count of instructions when code began to be kept. */
  readonly #since: Float64Array;

  constructor(pages: number) {
    this.#strikes = new Uint8Array(pages);
    this.#wait = new Uint16Array(pages);
    this.#since = new Float64Array(pages);
  }

  has(page: number): boolean {
    return this.#wait[page] !== 0;
  }

  /** The code of a page is dropped when so many instructions have been retired. */
  dropped(page: number, retired: number): void {
    const brief = Math.abs(retired - this.#since[page]!) < BRIEF;
    this.#strikes[page] = brief ? Math.min(this.#strikes[page]! + 1, STRIKES) : 0;
    this.#since[page] = retired;
    if (this.#strikes[page] === STRIKES) this.#wait[page] = PATIENCE;
  }

  /** An instruction of a restless page is executed. */
  executed(page: number, retired: number): void {
    this.#wait[page] = this.#wait[page]! - 1;
    this.#since[page] = retired;
  }
}

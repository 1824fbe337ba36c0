/** Bytes of one line, joined where they follow each other closely. */

export interface Burst {
  readonly from: number;
  /** When its last byte came. */
  readonly to: number;
  readonly bytes: readonly number[];
}

export class Bursts {
  readonly #pause: number;
  readonly #longest: number;
  readonly #emit: (burst: Burst) => void;
  #from = 0;
  #to = 0;
  #bytes: number[] = [];

  /** A pause of so many clocks ends a burst, and so does a number of bytes. */
  constructor(pause: number, longest: number, emit: (burst: Burst) => void) {
    this.#pause = pause;
    this.#longest = longest;
    this.#emit = emit;
  }

  byte(clock: number, byte: number): void {
    if (clock - this.#to > this.#pause || this.#bytes.length >= this.#longest) this.end();
    if (this.#bytes.length === 0) this.#from = clock;
    this.#to = clock;
    this.#bytes.push(byte & 0xff);
  }

  end(): void {
    if (this.#bytes.length > 0) this.#emit({ from: this.#from, to: this.#to, bytes: this.#bytes });
    this.#bytes = [];
  }
}

/**
 * A port that gives random bytes: reading E8h (1, 2 or 4 bytes) returns as many bytes of entropy. It is
 * no real hardware; guests written for this machine use it. The bytes are pulled through source channel
 * `entropy`, each pull numbered, so they are recorded and replayed like everything from outside.
 */
import type { Bus, Device } from '../core/device.js';
import type { Source } from '../core/door.js';
import { layout } from '../core/layout.js';

const PORT = 0xe8;

const ENTROPY = layout('entropy port', {
  /** Pulls so far: the number of the next request. */
  pulls: 'f64',
});

export class EntropyPort implements Device {
  readonly name: string;
  readonly state = ENTROPY.create();
  readonly #source: Source;

  constructor(bus: Bus, options: { readonly name: string }) {
    this.name = options.name;
    this.#source = bus.source('entropy');
    bus.ports(PORT, 1, { read: (_port, size) => this.#pull(size), write: () => {} });
  }

  /** The numbering goes on over a reset: what was drawn once is not drawn again. */
  reset(): void {}

  #pull(size: number): number {
    const bytes = this.#source.read(this.state.pulls++, size);
    return bytes.reduceRight((value, byte) => ((value << 8) | byte) >>> 0, 0);
  }
}

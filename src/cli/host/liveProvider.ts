/** What stands behind the door of a live machine: the user's disk images, never written to, and entropy. */
import { randomFillSync } from 'node:crypto';
import type { Provider } from '../../core/door.js';
import type { ReadFile } from './files.js';

const SECTOR = 512;

export class LiveProvider implements Provider {
  readonly #images: ReadonlyMap<string, ReadFile>;

  /** `images`: by channel, e.g. `disk:0`. */
  constructor(images: ReadonlyMap<string, ReadFile>) {
    this.#images = images;
  }

  pull(channel: string, request: number, length: number): Uint8Array {
    const image = this.#images.get(channel);
    if (image) return image.read(request * SECTOR, length);
    if (channel === 'entropy') return randomFillSync(new Uint8Array(length));
    throw new Error(`nothing is behind channel ${channel}`);
  }
}

/**
 * Stands behind the door of a branch where its parent knows no answer: disk images that the user names again, and
 * entropy that follows from a seed, so that equal branches are equal.
 */
import type { Provider } from '../../core/door.js';
import type { ReadFile } from './files.js';
import { SeededEntropy } from './seededEntropy.js';

const SECTOR = 512;

/** The branch cannot go on; the message is one line that says what it asked for. */
export class MissingContents extends Error {
  override name = 'MissingContents';
}

export class BranchProvider implements Provider {
  readonly #images: ReadonlyMap<string, ReadFile>;
  readonly #entropy: SeededEntropy;

  /** `images`: by channel, e.g. `disk:0`. */
  constructor(images: ReadonlyMap<string, ReadFile>, seed: number) {
    this.#images = images;
    this.#entropy = new SeededEntropy(seed);
  }

  pull(channel: string, request: number, length: number): Uint8Array {
    if (channel === 'entropy') return this.#entropy.pull(channel, request, length);
    const image = this.#images.get(channel);
    if (image) return image.read(request * SECTOR, length);
    const option = channel.startsWith('floppy') ? '--floppy' : '--disk';
    throw new MissingContents(
      `the branch reads sector ${request} of ${channel}, which its parent never did: ${option} FILE gives the image`,
    );
  }
}

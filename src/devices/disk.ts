/**
 * A disk's contents: a read-only base outside the machine and, over it, what the guest has written.
 * Knows sectors only; the drive around it (ATA, floppy) knows commands, time and errors.
 *
 * The base is pulled through a source channel, only for sectors the guest reads and has not written, so
 * a trace holds no sector that the guest did not see. The overlay is a page store: first come bitmaps
 * (one bit for each sector written), then the data, 8 sectors a page. Thanks to the bitmap a partial
 * write needs no read of the rest of its page.
 */
import type { Bus, Device } from '../core/device.js';
import type { Source } from '../core/door.js';
import { layout } from '../core/layout.js';
import { PageStore, STORE_PAGE } from '../core/pages.js';
import { driveGeometry, type Geometry } from './geometry.js';

export const SECTOR = 512;
const SECTORS_PER_PAGE = STORE_PAGE / SECTOR;
const SECTORS_PER_BITMAP = STORE_PAGE * 8;

const DISK = layout('disk', {
  /** Sectors that the overlay holds. */
  overlaid: 'f64',
});

export interface DiskOptions {
  readonly name: string;
  /** Source channel of the base, e.g. `disk:0`; requests are numbers of first sectors. */
  readonly channel: string;
  /** Size in 512-byte sectors. */
  readonly sectors: number;
  readonly geometry?: Geometry;
}

export class Disk implements Device {
  readonly name: string;
  /** Through which its sectors come. */
  readonly channel: string;
  readonly state = DISK.create();
  readonly pages = new PageStore();
  readonly sectors: number;
  readonly geometry: Geometry;
  readonly #base: Source;
  readonly #bitmaps: number;

  constructor(bus: Bus, options: DiskOptions) {
    this.name = options.name;
    this.channel = options.channel;
    this.sectors = options.sectors;
    this.geometry = options.geometry ?? driveGeometry(options.sectors);
    this.#base = bus.source(options.channel);
    this.#bitmaps = Math.ceil(options.sectors / SECTORS_PER_BITMAP);
  }

  /** The name of the drive that it is in, as the board gives it. */
  get drive(): string {
    return this.name.replace(/-image$/, '');
  }

  /** What is on a disk outlives power. */
  reset(): void {}

  /** `count` sectors from `lba`, all of which must exist. */
  readSectors(lba: number, count: number): Uint8Array {
    const out = new Uint8Array(count * SECTOR);
    for (let i = 0; i < count; ) {
      const sector = this.#written(lba + i);
      if (sector) {
        out.set(sector, i * SECTOR);
        i++;
        continue;
      }
      const run = this.#untouchedRun(lba + i, count - i);
      out.set(this.#base.read(lba + i, run * SECTOR), i * SECTOR);
      i += run;
    }
    return out;
  }

  /** Writes whole sectors from `lba`, all of which must exist. */
  writeSectors(lba: number, data: Uint8Array): void {
    for (let i = 0; i < data.length / SECTOR; i++) {
      const page = this.pages.writable(this.#dataPage(lba + i), blank);
      page.set(data.subarray(i * SECTOR, (i + 1) * SECTOR), ((lba + i) % SECTORS_PER_PAGE) * SECTOR);
      this.#mark(lba + i);
    }
  }

  /** The sector's place in the overlay, or undefined while it is only in the base. */
  #written(lba: number): Uint8Array | undefined {
    const bit = lba % SECTORS_PER_BITMAP;
    const bitmap = this.pages.get(Math.floor(lba / SECTORS_PER_BITMAP));
    if (!bitmap || !(bitmap[bit >>> 3]! & (1 << (bit & 7)))) return undefined;
    const at = (lba % SECTORS_PER_PAGE) * SECTOR;
    return this.pages.get(this.#dataPage(lba))!.subarray(at, at + SECTOR);
  }

  #untouchedRun(lba: number, limit: number): number {
    let run = 1;
    while (run < limit && !this.#written(lba + run)) run++;
    return run;
  }

  #mark(lba: number): void {
    const bit = lba % SECTORS_PER_BITMAP;
    const bitmap = this.pages.writable(Math.floor(lba / SECTORS_PER_BITMAP), blank);
    const mask = 1 << (bit & 7);
    if (bitmap[bit >>> 3]! & mask) return;
    bitmap[bit >>> 3]! |= mask;
    this.state.overlaid++;
  }

  #dataPage(lba: number): number {
    return this.#bitmaps + Math.floor(lba / SECTORS_PER_PAGE);
  }
}

function blank(): Uint8Array {
  return new Uint8Array(STORE_PAGE);
}

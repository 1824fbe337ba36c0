/**
 * A floppy drive with a disk in it: where the head stands, where the disk is in its turn, and what is on
 * it. The disk turns always, from clock 0 on, and sectors lie around it evenly, number 1 first after the
 * index hole: where they are is computed from the clock. The disk is of one of the IBM PC formats, known
 * by its size, with 512-byte sectors numbered from 1 and no interleave. A sector's bytes are over before
 * the next one begins: in the gap between them (82077AA data sheet, "Format track") software that reads
 * sector by sector has time to ask for the next one.
 *
 * Left out: spin-up, other formats on the disk (formatting writes the sectors of its own format),
 * changing disks, tracks beyond the format (83 can be reached, nothing is there).
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Disk } from './disk.js';
import { microseconds } from './duration.js';
import { chsToLba, type FloppyFormat, floppyFormat } from './geometry.js';

const LAST_CYLINDER = 83;
/**
 * A sector in MFM, in bytes: 12 of sync, ID mark 4, ID 4, CRC 2, gap 22, sync 12, data mark 4, data 512,
 * CRC 2. The gap behind it takes the rest of its share of the track.
 */
const SECTOR_BYTES = 12 + 4 + 4 + 2 + 22 + 12 + 4 + 512 + 2;

const FLOPPY_DRIVE = layout('floppy-drive', {
  cylinder: 'u8',
  /** Disk change line: set at power-on, until the first step (PC drives, pin 34). */
  changed: 'u8',
});

export interface FloppyDriveOptions {
  readonly name: string;
  readonly disk: Disk;
  readonly writeProtected?: boolean;
}

export class FloppyDrive implements Device {
  readonly name: string;
  readonly state = FLOPPY_DRIVE.create();
  readonly format: FloppyFormat;
  readonly writeProtected: boolean;
  /** Clocks a turn. */
  readonly turn: number;
  /** Clocks from the first byte of a sector to its last. */
  readonly #length: number;
  readonly #disk: Disk;

  constructor(bus: Bus, options: FloppyDriveOptions) {
    const format = floppyFormat(options.disk.sectors);
    if (!format) throw new RangeError(`${options.disk.sectors} sectors are no floppy disk of a PC`);
    this.name = options.name;
    this.format = format;
    this.writeProtected = options.writeProtected ?? false;
    this.turn = microseconds(bus.frequency, 60e6 / format.rpm);
    this.#length = microseconds(bus.frequency, (SECTOR_BYTES * 8e3) / format.rate);
    this.#disk = options.disk;
  }

  reset(): void {
    this.state.cylinder = 0;
    this.state.changed = 1;
  }

  get trackZero(): boolean {
    return this.state.cylinder === 0;
  }

  /** Steps inwards (positive) or outwards as far as the head can go. */
  step(steps: number): void {
    this.state.cylinder = Math.min(LAST_CYLINDER, Math.max(0, this.state.cylinder + steps));
    if (steps !== 0) this.state.changed = 0;
  }

  /** True if the head reads a track of this disk. */
  hasTrack(head: number): boolean {
    return this.state.cylinder < this.format.cylinders && head < this.format.heads;
  }

  /** The first clock at or after `from` at which the whole of `sector` has passed under the head. */
  sectorPassed(from: number, sector: number): number {
    const start = this.#startOf(sector);
    const wait = (start - (from % this.turn) + this.turn) % this.turn;
    return from + wait + this.#length;
  }

  /** The sector whose beginning passes next, at or after `from`. */
  nextSector(from: number): number {
    const angle = from % this.turn;
    for (let sector = 1; sector <= this.format.sectors; sector++) {
      if (this.#startOf(sector) >= angle) return sector;
    }
    return 1;
  }

  /** The first clock at or after `from` at which the index hole passes. */
  index(from: number): number {
    return Math.ceil(from / this.turn) * this.turn;
  }

  #startOf(sector: number): number {
    return Math.floor(((sector - 1) * this.turn) / this.format.sectors);
  }

  /** Reads a sector of the track under `head`, which must exist. */
  read(head: number, sector: number): Uint8Array {
    return this.#disk.readSectors(this.#lba(head, sector), 1);
  }

  write(head: number, sector: number, data: Uint8Array): void {
    this.#disk.writeSectors(this.#lba(head, sector), data);
  }

  #lba(head: number, sector: number): number {
    return chsToLba(this.format, this.state.cylinder, head, sector);
  }
}

/**
 * The machine description: all of a machine that is chosen before power-on, as plain data. A trace
 * embeds it; equal descriptions, blobs and inputs give equal runs. Images are named by content.
 */
import type { ModelName } from '../core/cpu/ia32/state.js';

/** SHA-256 of the contents, in lower-case hex. */
export type BlobId = string;
export type Blobs = ReadonlyMap<BlobId, Uint8Array>;

export interface DiskDescription {
  /** Size in 512-byte sectors. Contents come through source channel `disk:<unit>`. */
  readonly sectors: number;
  /** CHS geometry; derived from the size where absent. */
  readonly geometry?: { readonly cylinders: number; readonly heads: number; readonly sectors: number };
}

/** A PCI network adapter. Frames come through input channel `net:0`, and leave as notes of kind `net`. */
export interface NicDescription {
  readonly model: 'rtl8029';
  /** Station address, e.g. `52:57:00:00:00:01`. */
  readonly address: string;
}

export interface PcDescription {
  readonly board: 'pc';
  readonly model: ModelName;
  /** Bytes of RAM, whole MiB. */
  readonly memory: number;
  /** CPU clock = this x 1.193182 MHz. */
  readonly clockMultiplier: number;
  /** RTC time at clock 0, in seconds since 1970-01-01 UTC. */
  readonly bootInstant: number;
  /** Seed of everything that looks random. */
  readonly seed: number;
  /** Absent: the firmware that comes with the project. */
  readonly bios?: BlobId;
  /** A Linux bzImage or a multiboot ELF kernel, loaded without a boot sector. */
  readonly kernel?: { readonly image: BlobId; readonly initrd?: BlobId; readonly append: string };
  /** ATA disks: unit 0 and 1 primary master and slave, 2 and 3 secondary. */
  readonly disks: readonly (DiskDescription | null)[];
  /** Floppy drives A and B; channel `floppy:<unit>`. */
  readonly floppies: readonly (DiskDescription | null)[];
  readonly boot: readonly ('floppy' | 'disk')[];
  readonly nic?: NicDescription;
  /** Console on port E9h and exit port F4h. */
  readonly debugPorts: boolean;
}

/** An IBM PC/XT: the 5160, with 4.77 MHz and no clock that knows the date. */
export interface XtDescription {
  readonly board: 'xt';
  readonly model: 'i8086' | 'i8088';
  /** Bytes of RAM: whole 16 KiB from 64 to 640 KiB. */
  readonly memory: number;
  readonly display: 'cga' | 'mda';
  /** Absent: the firmware that comes with the project. */
  readonly bios?: BlobId;
  /** ATA disks on the XT-IDE adapter: master and slave; channel `disk:<unit>`. */
  readonly disks: readonly (DiskDescription | null)[];
  /** Floppy drives A and B; channel `floppy:<unit>`. */
  readonly floppies: readonly (DiskDescription | null)[];
  /** Console on port E9h and exit port F4h. */
  readonly debugPorts: boolean;
}

/**
 * The station address of a machine that is given no other: locally administered, unicast, and another for each seed.
 * The first two bytes are "RW".
 */
export function addressOfSeed(seed: number): string {
  const digits = `5257${(seed >>> 0).toString(16).padStart(8, '0')}`;
  return digits.match(/../g)!.join(':');
}

/** Six bytes, if the text is the address of one station: not of a group. */
export function stationAddress(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text)) return undefined;
  const bytes = Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16));
  return bytes[0]! & 1 ? undefined : bytes;
}

/** Default CPU clock: 84 x PIT, about 100.23 MHz (also 28 x the ACPI timer's 3.58 MHz). */
export const DEFAULT_MULTIPLIER = 84;

/**
 * Disk geometry: cylinders, heads and sectors from a size.
 *
 * Hard disks: the default translation of ATA/ATAPI-5 (T13/1321D: 16 heads of 63 sectors, at
 * most 16383 cylinders), and the translation that BIOSes show through INT 13h (Phoenix Enhanced Disk
 * Drive Specification 1.1, "LBA assisted"). Floppies: the IBM PC formats, each known by its size alone.
 */

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  /** Sectors a track. */
  readonly sectors: number;
}

/** What a drive reports in IDENTIFY DEVICE words 1, 3 and 6. */
export function driveGeometry(total: number): Geometry {
  if (total < 16 * 63) return { cylinders: 1, heads: 1, sectors: Math.max(1, Math.min(63, total)) };
  return { cylinders: Math.min(16383, Math.floor(total / (16 * 63))), heads: 16, sectors: 63 };
}

/** What INT 13h functions 02h and 08h use: at most 1024 cylinders and 255 heads. */
export function biosGeometry(total: number): Geometry {
  const heads = [16, 32, 64, 128].find((h) => total <= 1024 * h * 63) ?? 255;
  return { cylinders: Math.min(1024, Math.max(1, Math.floor(total / (heads * 63)))), heads, sectors: 63 };
}

/** Sector number of a CHS address (sectors count from 1), or -1 if the geometry has no such sector. */
export function chsToLba(g: Geometry, cylinder: number, head: number, sector: number): number {
  if (cylinder >= g.cylinders || head >= g.heads || sector < 1 || sector > g.sectors) return -1;
  return (cylinder * g.heads + head) * g.sectors + sector - 1;
}

export function lbaToChs(g: Geometry, lba: number): { cylinder: number; head: number; sector: number } {
  const track = Math.floor(lba / g.sectors);
  return { cylinder: Math.floor(track / g.heads), head: track % g.heads, sector: (lba % g.sectors) + 1 };
}

/** A floppy format: what the medium is, beyond its geometry. */
export interface FloppyFormat extends Geometry {
  /** Data rate in kbit/s with which the medium is recorded. */
  readonly rate: number;
  readonly rpm: number;
  /** CMOS drive type of the drive that takes it (RTC register 10h). */
  readonly drive: 1 | 2 | 3 | 4 | 5;
}

const FLOPPY_FORMATS: readonly FloppyFormat[] = [
  { cylinders: 40, heads: 1, sectors: 8, rate: 250, rpm: 300, drive: 1 },
  { cylinders: 40, heads: 1, sectors: 9, rate: 250, rpm: 300, drive: 1 },
  { cylinders: 40, heads: 2, sectors: 8, rate: 250, rpm: 300, drive: 1 },
  { cylinders: 40, heads: 2, sectors: 9, rate: 250, rpm: 300, drive: 1 },
  { cylinders: 80, heads: 2, sectors: 9, rate: 250, rpm: 300, drive: 3 },
  { cylinders: 80, heads: 2, sectors: 15, rate: 500, rpm: 360, drive: 2 },
  { cylinders: 80, heads: 2, sectors: 18, rate: 500, rpm: 300, drive: 4 },
  { cylinders: 80, heads: 2, sectors: 36, rate: 1000, rpm: 300, drive: 5 },
];

/** The format whose size is `total` sectors, or undefined: a floppy image must be one of the formats. */
export function floppyFormat(total: number): FloppyFormat | undefined {
  return FLOPPY_FORMATS.find((f) => f.cylinders * f.heads * f.sectors === total);
}

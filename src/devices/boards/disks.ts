/** The images of a board's disks and floppies as devices, and what else boards take from a description. */
import type { Machine } from '../../core/machine.js';
import type { BlobId, Blobs, DiskDescription } from '../description.js';
import { Disk } from '../disk.js';
import { FloppyDrive } from '../floppyDrive.js';

/** The contents of a disk, from channel `<kind>:<unit>`. */
export function addDisk(
  machine: Machine,
  kind: 'disk' | 'floppy',
  unit: number,
  { sectors, geometry }: DiskDescription,
): Disk {
  const options = { name: `${kind}${unit}-image`, channel: `${kind}:${unit}`, sectors };
  return machine.add(new Disk(machine, geometry ? { ...options, geometry } : options));
}

/** Floppy drives A and B with their disks. */
export function addFloppyDrives(
  machine: Machine,
  floppies: readonly (DiskDescription | null)[],
): (FloppyDrive | null)[] {
  return [0, 1].map((unit) => {
    const d = floppies[unit];
    if (!d) return null;
    const disk = addDisk(machine, 'floppy', unit, d);
    return machine.add(new FloppyDrive(machine, { name: `floppy${unit}`, disk }));
  });
}

/** @throws RangeError if it is missing. */
export function blob(blobs: Blobs, id: BlobId): Uint8Array {
  const bytes = blobs.get(id);
  if (!bytes) throw new RangeError(`image ${id.slice(0, 12)} is missing`);
  return bytes;
}

/** Writes a disk as the guest left it: the image it started from, and over it what the guest wrote. */
import type { Machine } from '../../core/machine.js';
import { Disk } from '../../devices/disk.js';
import { WriteFile } from '../host/files.js';
import type { LiveProvider } from '../host/liveProvider.js';

/** Sectors copied at a time: 1 MiB. */
const CHUNK = 2048;

/** Must come after the run's end: what is read here is no part of it. */
export function saveDisk(machine: Machine, provider: LiveProvider, path: string): void {
  const disks = machine.devices.filter((device) => device instanceof Disk);
  const disk = disks.find((device) => device.name.startsWith('disk'));
  if (!disk) throw new Error('the machine has no disk');
  machine.door.provider = provider;
  const file = new WriteFile(path);
  for (let at = 0; at < disk.sectors; at += CHUNK) {
    file.write(disk.readSectors(at, Math.min(CHUNK, disk.sectors - at)));
  }
  file.close();
}

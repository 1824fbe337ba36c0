/** The disks of a machine by the names that people have for them: of the drive, or of the channel it reads from. */
import type { Machine } from '../../core/machine.js';
import { Disk } from '../../devices/disk.js';

/** `NAME LBA` behind the word disk; or `disk:0 LBA`, as channels are called. Undefined of anything else. */
export function sectorIn(text: string): { readonly disk: string; readonly lba: string } | undefined {
  const [, , named, channel, lba] = /^(disk\s+(\S+)|((?:disk|floppy):\d+))\s+(\S+)$/.exec(text) ?? [];
  const disk = named ?? channel;
  return disk === undefined ? undefined : { disk, lba: lba! };
}

/** `name`: of the drive, its channel, or the number of that. Throws a RangeError, in a line, if there is none. */
export function diskNamed(machine: Machine, name: string): Disk {
  const disks = machine.devices.filter((device): device is Disk => device instanceof Disk);
  const channel = /^\d+$/.test(name) ? `disk:${name}` : name;
  const found = disks.find((disk) => disk.drive === name || disk.channel === channel);
  if (found) return found;
  const names = disks.map((disk) => `${disk.drive} (${disk.channel})`).join(', ');
  throw new RangeError(`no disk is called "${name}"; there are ${names || 'none'}`);
}

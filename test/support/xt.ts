/** The xt board for tests: with disks whose contents follow from a seed. */
import type { Provider } from '../../src/core/door.js';
import type { Machine } from '../../src/core/machine.js';
import { buildXt } from '../../src/devices/boards/xt.js';
import type { Blobs, XtDescription } from '../../src/devices/description.js';
import { DISK_SECTORS, seededProvider } from './pc.js';

/** Sectors of a 360 KiB floppy. */
export const FLOPPY_360 = 720;

export const XT: XtDescription = {
  board: 'xt',
  model: 'i8088',
  memory: 256 << 10,
  display: 'cga',
  disks: [{ sectors: DISK_SECTORS }],
  floppies: [{ sectors: FLOPPY_360 }],
  debugPorts: true,
};

export interface XtOptions {
  readonly description?: Partial<XtDescription>;
  readonly blobs?: Blobs;
  readonly provider?: Provider;
}

export function xtMachine(options: XtOptions = {}): Machine {
  const { description, blobs = new Map(), provider = seededProvider(1) } = options;
  const machine = buildXt({ ...XT, ...description }, blobs);
  machine.door.provider = provider;
  return machine;
}

/** Clocks of so many seconds of the xt board. */
export function xtClocks(seconds: number): number {
  return Math.round((seconds * 315e6) / 66);
}

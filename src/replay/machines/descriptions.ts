/**
 * A machine description as it comes out of a trace, looked at before it is taken for that of a board: the
 * trace's checksums only prove that it is what somebody wrote.
 */
import { Model } from '../../core/cpu/ia32/state.js';
import { type PcDescription, stationAddress, type XtDescription } from '../../devices/description.js';
import { TraceError } from '../trace/format.js';
import type { Description } from '../trace/records.js';
import { flag, listOf, number, oneOf, optional, record, type Test, text, wrongField } from './shape.js';

const geometry = record({ cylinders: number, heads: number, sectors: number });
const drives = listOf(optional(record({ sectors: number, geometry: optional(geometry) })));

const station: Test = (value) => typeof value === 'string' && stationAddress(value) !== undefined;

const PC: Readonly<Record<keyof PcDescription, Test>> = {
  board: oneOf('pc'),
  model: oneOf(...Object.keys(Model)),
  memory: number,
  clockMultiplier: number,
  bootInstant: number,
  seed: number,
  bios: optional(text),
  kernel: optional(record({ image: text, initrd: optional(text), append: text })),
  disks: drives,
  floppies: drives,
  boot: listOf(oneOf('floppy', 'disk')),
  nic: optional(record({ model: oneOf('rtl8029'), address: station })),
  debugPorts: flag,
};

const XT: Readonly<Record<keyof XtDescription, Test>> = {
  board: oneOf('xt'),
  model: oneOf('i8086', 'i8088'),
  memory: number,
  display: oneOf('cga', 'mda'),
  bios: optional(text),
  disks: drives,
  floppies: drives,
  debugPorts: flag,
};

export function isPc(description: Description): boolean {
  return wrongField(description, PC) === undefined;
}

export function isXt(description: Description): boolean {
  return wrongField(description, XT) === undefined;
}

/** The description, if it describes a PC. */
export function pcFrom(description: Description): PcDescription {
  check(description, PC, 'PC');
  return description as unknown as PcDescription;
}

/** The description, if it describes a PC/XT. */
export function xtFrom(description: Description): XtDescription {
  check(description, XT, 'PC/XT');
  return description as unknown as XtDescription;
}

function check(description: Description, fields: Readonly<Record<string, Test>>, what: string): void {
  const wrong = wrongField(description, fields);
  if (wrong !== undefined) {
    throw new TraceError('foreign', `it describes no ${what}: its "${wrong}" is not one`);
  }
}

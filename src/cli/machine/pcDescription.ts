/**
 * A machine description as it comes out of a trace, looked at before it is taken for that of a PC: the
 * trace's checksums only prove that it is what somebody wrote.
 */
import { Model } from '../../core/cpu/ia32/state.js';
import type { PcDescription } from '../../devices/description.js';
import { TraceError } from '../../replay/trace/format.js';
import type { Description } from '../../replay/trace/records.js';

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === 'string';
const number: Test = (value) => Number.isSafeInteger(value);
const flag: Test = (value) => typeof value === 'boolean';
const none: Test = (value) => value === undefined || value === null;
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const record =
  (fields: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' && value !== null && wrongField(value, fields) === undefined;
const optional =
  (test: Test): Test =>
  (value) =>
    none(value) || test(value);

const geometry = record({ cylinders: number, heads: number, sectors: number });
const drives = listOf(optional(record({ sectors: number, geometry: optional(geometry) })));

const FIELDS: Readonly<Record<keyof PcDescription, Test>> = {
  board: (value) => value === 'pc',
  model: (value) => typeof value === 'string' && Object.hasOwn(Model, value),
  memory: number,
  clockMultiplier: number,
  bootInstant: number,
  seed: number,
  bios: optional(text),
  kernel: optional(record({ image: text, initrd: optional(text), append: text })),
  disks: drives,
  floppies: drives,
  boot: listOf((value) => value === 'floppy' || value === 'disk'),
  debugPorts: flag,
};

function wrongField(value: object, fields: Readonly<Record<string, Test>>): string | undefined {
  const values = value as Readonly<Record<string, unknown>>;
  return Object.entries(fields).find(([name, test]) => !test(values[name]))?.[0];
}

export function isPc(description: Description): boolean {
  return wrongField(description, FIELDS) === undefined;
}

/** The description, if it describes a PC. */
export function pcFrom(description: Description): PcDescription {
  const wrong = wrongField(description, FIELDS);
  if (wrong !== undefined) throw new TraceError('foreign', `it describes no PC: its "${wrong}" is not one`);
  return description as unknown as PcDescription;
}

/** The options that say what machine to build, the same for `record` and `run`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Model, type ModelName } from '../../core/cpu/ia32/state.js';
import { DEFAULT_MULTIPLIER } from '../../devices/description.js';
import type { Engine } from '../host/host.js';

export interface MachineOptions {
  readonly memory: number;
  readonly model: ModelName;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly disk: readonly string[];
  readonly floppy: readonly string[];
  readonly boot?: readonly ('floppy' | 'disk')[];
  readonly bios?: string;
  readonly debugPorts: boolean;
  readonly seed?: number;
  readonly bootTime?: number;
  readonly clockMultiplier: number;
  readonly engine: Engine;
  readonly reboot: boolean;
}

/** Where a machine looks for a boot sector unless told otherwise. */
export const BOOT_ORDER: readonly ('floppy' | 'disk')[] = ['floppy', 'disk'];

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const MIB = 2 ** 20;
const MIN_MEMORY = 2;
const MAX_MEMORY = 2048;
const MAX_MULTIPLIER = 4000;

export function addMachineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-m, --memory <size>', 'RAM, e.g. 128M or 1G; a number alone is MiB')
        .argParser(memorySize)
        .default(128 * MIB, '128M'),
    )
    .addOption(new Option('--model <name>', 'CPU').choices(Object.keys(Model)).default('i686'))
    .option('--kernel <file>', 'Linux bzImage or multiboot kernel to start without a boot sector', fileName)
    .option('--initrd <file>', 'initial RAM disk, or first multiboot module, for --kernel', fileName)
    .option('--append <text>', "--kernel's command line")
    .option('--disk <file>', 'raw image of an ATA disk, up to 4 times; never written to', collect, [])
    .option('--floppy <file>', 'raw floppy image, up to twice; never written to', collect, [])
    .option('--boot <order>', 'devices to boot from, e.g. floppy,disk', bootOrder)
    .option('--bios <file>', 'firmware other than the built-in one', fileName)
    .option(
      '--debug-ports',
      'console on port E9h; a byte written to port F4h ends the run and is the exit code',
      false,
    )
    .option('--seed <n>', 'seed of what looks random (default: random)', natural(2 ** 32 - 1))
    .option(
      '--boot-time <time>',
      "the clock's time at power-on, e.g. 2026-01-31T12:00:00Z (default: now)",
      instant,
    )
    .option(
      '--clock-multiplier <n>',
      'CPU clock in units of 1.193182 MHz',
      natural(MAX_MULTIPLIER, 1),
      DEFAULT_MULTIPLIER,
    )
    .option('--no-reboot', 'end the run when the guest resets the machine')
    .addOption(
      new Option('--engine <name>', 'what executes instructions; the results are equal')
        .choices(['interpreter', 'evaluator'])
        .default('interpreter'),
    );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, fileName(value)];
}

/** The name of a file: an empty one is a shell variable that was not set. */
export function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is the name of a file.');
  return text;
}

function memorySize(text: string): number {
  const match = /^(\d+)(?:([KMG])(?:i?B)?)?$/i.exec(text);
  const size = match ? Number(match[1]) * UNITS[(match[2] ?? 'M').toUpperCase()]! : Number.NaN;
  if (!(size >= MIN_MEMORY * MIB && size <= MAX_MEMORY * MIB) || size % MIB !== 0) {
    throw new InvalidArgumentError(
      `It is whole MiB from ${MIN_MEMORY}M to ${MAX_MEMORY}M; a number alone is MiB.`,
    );
  }
  return size;
}

/** A parser of integers from `least` to `most`, decimal or 0x. */
export function natural(most: number, least = 0): (text: string) => number {
  return (text) => {
    const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A positive number of seconds. */
export function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value < 1e7))
    throw new InvalidArgumentError('It is a number of seconds, such as 90 or 0.5.');
  return value;
}

function instant(text: string): number {
  const value = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(value)) {
    throw new InvalidArgumentError('It is a date and time such as 2026-01-31T12:00:00Z.');
  }
  return Math.floor(value / 1000);
}

function bootOrder(text: string): ('floppy' | 'disk')[] {
  const names = text.split(',');
  if (!names.every((name) => name === 'floppy' || name === 'disk')) {
    throw new InvalidArgumentError('It is "disk", "floppy" or both, separated by a comma.');
  }
  return names as ('floppy' | 'disk')[];
}

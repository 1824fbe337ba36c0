/** The options that say what machine to build, the same for `record` and `run`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Model, type ModelName } from '../../core/cpu/ia32/state.js';
import {
  DEFAULT_MULTIPLIER,
  type PcDescription,
  stationAddress,
  type XtDescription,
} from '../../devices/description.js';
import { wholeFrom } from '../../replay/guest/numbers.js';
import { usage } from '../errors.js';
import type { BoardName, Engine } from '../host/host.js';
import { type NetworkOption, networkOption } from './network.js';

export interface MachineOptions {
  readonly board: BoardName;
  readonly memory?: number;
  readonly model?: string;
  readonly video?: XtDescription['display'];
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly disk: readonly string[];
  readonly floppy: readonly string[];
  readonly boot?: readonly ('floppy' | 'disk')[];
  readonly net?: NetworkOption;
  readonly mac?: string;
  readonly bios?: string;
  readonly debugPorts: boolean;
  readonly seed?: number;
  readonly bootTime?: number;
  readonly clockMultiplier?: number;
  readonly engine: Engine;
  readonly reboot: boolean;
}

/** Where a machine looks for a boot sector unless told otherwise. */
export const BOOT_ORDER: readonly ('floppy' | 'disk')[] = ['floppy', 'disk'];

/** What a board is unless told otherwise, and which of the other options are not for it. */
const PC_MEMORY = 128 * 2 ** 20;
const XT_MEMORY = 640 * 2 ** 10;
const PC_MODELS = Object.keys(Model);
const XT_MODELS = ['i8088', 'i8086'];
const PC_ONLY = {
  kernel: '--kernel',
  initrd: '--initrd',
  append: '--append',
  boot: '--boot',
  bootTime: '--boot-time',
  clockMultiplier: '--clock-multiplier',
  net: '--net',
  mac: '--mac',
  seed: '--seed',
} as const;
const XT_ONLY = { video: '--video' } as const;

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const MIB = 2 ** 20;
const XT_BANK = 16 * 2 ** 10;
const MIN_MEMORY = 2;
const MAX_MEMORY = 2048;
const MAX_MULTIPLIER = 4000;

const NET_HELP = 'network adapter, cabled to udp:LOCALPORT:REMOTEPORT (a frame a datagram) or to none';

export function addMachineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--board <name>', 'a PC, or a PC/XT whose CPU is exact to the clock')
        .choices(['pc', 'xt'])
        .default('pc'),
    )
    .option(
      '-m, --memory <size>',
      'RAM, e.g. 128M or 1G; a number alone is MiB (default: 128M; of the xt 640K)',
      memorySize,
    )
    .addOption(
      new Option('--cpu, --model <name>', 'CPU (default: i686; of the xt i8088)').argParser(modelName),
    )
    .addOption(
      new Option('--video <name>', "the xt's display adapter (default: cga)").choices(['cga', 'mda']),
    )
    .option('--kernel <file>', 'Linux bzImage or multiboot kernel to start without a boot sector', fileName)
    .option('--initrd <file>', 'initial RAM disk, or first multiboot module, for --kernel', fileName)
    .option('--append <text>', "--kernel's command line")
    .option('--disk <file>', 'raw image of an ATA disk, up to 4 times; never written to', collect, [])
    .option('--floppy <file>', 'raw floppy image, up to twice; never written to', collect, [])
    .option('--boot <order>', 'devices to boot from, e.g. floppy,disk', bootOrder)
    .option('--net <where>', NET_HELP, networkOption)
    .option('--mac <address>', "the network adapter's address (default: by the seed)", macAddress)
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
      `CPU clock in units of 1.193182 MHz (default: ${DEFAULT_MULTIPLIER})`,
      natural(MAX_MULTIPLIER, 1),
    )
    .option('--no-reboot', 'end the run when the guest resets the machine')
    .addOption(
      new Option('--engine <name>', 'what executes instructions; the results are equal')
        .choices(['compiler', 'interpreter', 'evaluator'])
        .default('compiler'),
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

function macAddress(text: string): string {
  const address = text.toLowerCase();
  if (!stationAddress(address)) {
    throw new InvalidArgumentError('It is six bytes such as 52:57:00:00:00:01, the first of them even.');
  }
  return address;
}

function memorySize(text: string): number {
  const match = /^(\d+)(?:([KMG])(?:i?B)?)?$/i.exec(text);
  const size = match ? Number(match[1]) * UNITS[(match[2] ?? 'M').toUpperCase()]! : Number.NaN;
  const ofPc = size >= MIN_MEMORY * MIB && size <= MAX_MEMORY * MIB && size % MIB === 0;
  const ofXt = size >= 4 * XT_BANK && size <= XT_MEMORY && size % XT_BANK === 0;
  if (!ofPc && !ofXt) {
    throw new InvalidArgumentError(
      `It is whole MiB from ${MIN_MEMORY}M to ${MAX_MEMORY}M; a number alone is MiB. Of the xt it is 64K to 640K.`,
    );
  }
  return size;
}

/** `8088` is short for `i8088`. */
function modelName(text: string): string {
  const name = /^\d/.test(text) ? `i${text}` : text;
  if (![...PC_MODELS, ...XT_MODELS].includes(name)) {
    throw new InvalidArgumentError(`It is one of ${[...PC_MODELS, ...XT_MODELS].join(', ')}.`);
  }
  return name;
}

type PcBoard = Pick<PcDescription, 'board' | 'model' | 'memory' | 'clockMultiplier' | 'boot'>;
type XtBoard = Pick<XtDescription, 'board' | 'model' | 'memory' | 'display'>;

/** What the options say of the board itself; options that are not for it are refused. */
export function boardOptions(options: MachineOptions): PcBoard | XtBoard {
  return options.board === 'xt' ? xtOptions(options) : pcOptions(options);
}

function pcOptions(options: MachineOptions): PcBoard {
  refuse(options, XT_ONLY, 'pc');
  const { model = 'i686', memory = PC_MEMORY, boot = BOOT_ORDER } = options;
  if (!PC_MODELS.includes(model)) throw usage(`the pc board has no ${model}: --board xt has`);
  if (memory < MIN_MEMORY * MIB) throw usage(`the pc board has ${MIN_MEMORY}M of memory at least`);
  const { clockMultiplier = DEFAULT_MULTIPLIER } = options;
  return { board: 'pc', model: model as ModelName, memory, clockMultiplier, boot };
}

function xtOptions(options: MachineOptions): XtBoard {
  refuse(options, PC_ONLY, 'xt');
  const { model = 'i8088', memory = XT_MEMORY, video = 'cga' } = options;
  if (!XT_MODELS.includes(model)) throw usage(`the xt board has no ${model}: --board pc has`);
  if (memory > XT_MEMORY) throw usage('the xt board has 640K of memory at most');
  return { board: 'xt', model: model as XtBoard['model'], memory, display: video };
}

function refuse(options: MachineOptions, names: Readonly<Record<string, string>>, board: BoardName): void {
  const given = options as unknown as Readonly<Record<string, unknown>>;
  const wrong = Object.keys(names).find((name) => given[name] !== undefined);
  if (wrong !== undefined) throw usage(`${names[wrong]} is not for the ${board} board`);
}

/** A parser of integers from `least` to `most`. */
export function natural(most: number, least = 0): (text: string) => number {
  return (text) => {
    const value = wholeFrom(text) ?? Number.NaN;
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

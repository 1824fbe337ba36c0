/** From options to a machine: files are read and looked at, so that what is wrong is said before the run. */
import { randomBytes } from 'node:crypto';
import type { Machine } from '../../core/machine.js';
import {
  addressOfSeed,
  type DiskDescription,
  type PcDescription,
  type XtDescription,
} from '../../devices/description.js';
import { floppyFormat } from '../../devices/geometry.js';
import { type Boards, buildFrom } from '../../replay/boards.js';
import { TraceError } from '../../replay/trace/format.js';
import type { Description } from '../../replay/trace/records.js';
import { sha256 } from '../../replay/trace/sha256.js';
import { CliError, usage } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { ReadFile, readWhole } from '../host/files.js';
import type { Host } from '../host/host.js';
import { LiveProvider } from '../host/liveProvider.js';
import { boardOptions, type MachineOptions } from './options.js';

export interface Plan {
  readonly description: PcDescription | XtDescription;
  readonly blobs: Map<string, Uint8Array>;
  /** By channel, e.g. `disk:0`. */
  readonly images: Map<string, ReadFile>;
  /** Every file that was read. */
  readonly inputs: readonly string[];
  readonly machine: Machine;
  readonly provider: LiveProvider;
}

const SECTOR = 512;
const MAX_DISKS = 4;
const XT_DISKS = 2;
const MAX_FLOPPIES = 2;

function bad(message: string): CliError {
  return new CliError(ExitCode.badInput, message);
}

/** Reads the files that the options name and builds the machine. */
export function planMachine(options: MachineOptions, host: Host): Plan {
  const blobs = new Map<string, Uint8Array>();
  const images = new Map<string, ReadFile>();
  const description = describe(options, images, blobs, host);
  const machine = build(host.boards(options.engine), description, blobs);
  machine.resetAllowed = options.reboot;
  const files = [options.kernel, options.initrd, options.bios, ...options.disk, ...options.floppy];
  const inputs = files.filter((path) => path !== undefined);
  return { description, blobs, images, inputs, machine, provider: new LiveProvider(images) };
}

function describe(
  options: MachineOptions,
  images: Map<string, ReadFile>,
  blobs: Map<string, Uint8Array>,
  host: Host,
): PcDescription | XtDescription {
  const board = boardOptions(options);
  const disks = openDisks(options.disk, images, board.board === 'xt' ? XT_DISKS : MAX_DISKS);
  const floppies = openFloppies(options.floppy, images);
  const bios =
    options.bios === undefined ? host.firmware(board.board, board.memory) : readWhole(options.bios);
  const common = { bios: addBlob(blobs, bios), disks, floppies, debugPorts: options.debugPorts };
  if (board.board === 'xt') return { ...board, ...common };
  const kernel = loadKernel(options, blobs);
  const seed = options.seed ?? randomBytes(4).readUInt32LE();
  const nic = nicOf(options, seed);
  return {
    ...board,
    bootInstant: options.bootTime ?? Math.floor(Date.now() / 1000),
    seed,
    ...(kernel && { kernel }),
    ...(nic && { nic }),
    ...common,
  };
}

/** A description as a trace holds it. */
export function asDescription(description: PcDescription | XtDescription): Description {
  return { ...description };
}

function build(
  boards: Boards,
  description: PcDescription | XtDescription,
  blobs: ReadonlyMap<string, Uint8Array>,
): Machine {
  try {
    return buildFrom(boards, asDescription(description), blobs);
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw bad(`this machine cannot be built: ${(error as Error).message}`);
  }
}

function addBlob(blobs: Map<string, Uint8Array>, bytes: Uint8Array): string {
  const id = sha256(bytes);
  blobs.set(id, bytes);
  return id;
}

function loadKernel(options: MachineOptions, blobs: Map<string, Uint8Array>): PcDescription['kernel'] {
  const { kernel, initrd, append } = options;
  if (kernel === undefined) {
    if (initrd !== undefined) throw usage('--initrd needs --kernel');
    if (append !== undefined) throw usage('--append needs --kernel');
    return undefined;
  }
  const bytes = readWhole(kernel);
  if (!isLinux(bytes) && !isMultiboot(bytes)) {
    throw bad(`${kernel} is not a kernel: neither a Linux bzImage nor a multiboot file`);
  }
  const image = addBlob(blobs, bytes);
  const ramDisk = initrd === undefined ? {} : { initrd: addBlob(blobs, readWhole(initrd)) };
  return { image, ...ramDisk, append: append ?? '' };
}

function nicOf({ net, mac }: MachineOptions, seed: number): PcDescription['nic'] {
  if (mac !== undefined && net === undefined) throw usage('--mac needs --net');
  return net === undefined ? undefined : { model: 'rtl8029', address: mac ?? addressOfSeed(seed) };
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** Linux x86 boot protocol, "The real-mode kernel header": `HdrS` at 202h. */
function isLinux(bytes: Uint8Array): boolean {
  return bytes.length > 0x264 && u32(bytes, 0x202) === 0x53726448;
}

/** Multiboot specification 0.6.96, 3.1.1: magic and checksum in the first 8192 bytes, 4-byte aligned. */
function isMultiboot(bytes: Uint8Array): boolean {
  for (let at = 0; at + 12 <= Math.min(bytes.length, 8192); at += 4) {
    const magic = u32(bytes, at);
    if (magic === 0x1badb002 && (magic + u32(bytes, at + 4) + u32(bytes, at + 8)) >>> 0 === 0) return true;
  }
  return false;
}

function openDisks(paths: readonly string[], images: Map<string, ReadFile>, room: number): DiskDescription[] {
  if (paths.length > room) throw usage(`there is room for ${room} disks`);
  return paths.map((path, unit) => ({ sectors: openImage(path, `disk:${unit}`, images) }));
}

function openFloppies(paths: readonly string[], images: Map<string, ReadFile>): DiskDescription[] {
  if (paths.length > MAX_FLOPPIES) throw usage(`there is room for ${MAX_FLOPPIES} floppies`);
  return paths.map((path, unit) => {
    const sectors = openImage(path, `floppy:${unit}`, images);
    if (!floppyFormat(sectors)) throw bad(`${path} has the size of no floppy: ${sectors / 2} KiB`);
    return { sectors };
  });
}

function openImage(path: string, channel: string, images: Map<string, ReadFile>): number {
  const file = new ReadFile(path);
  if (file.size === 0 || file.size % SECTOR !== 0) {
    throw bad(`${path} is not a raw disk image: ${file.size} bytes are not whole sectors of ${SECTOR}`);
  }
  images.set(channel, file);
  return file.size / SECTOR;
}

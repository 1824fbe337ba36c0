/** What `info` knows of a trace, for people to read: a block about the run, a block about the machine. */
import { type Frequency, pitMultiple } from '../../core/time.js';
import { XT_CLOCK } from '../../devices/boards/xt.js';
import type { BlobId, DiskDescription, PcDescription, XtDescription } from '../../devices/description.js';
import { driveGeometry, floppyFormat, type Geometry } from '../../devices/geometry.js';
import { isPc, isXt, pcFrom, xtFrom } from '../../replay/machines/descriptions.js';
import type { Description, Origin } from '../../replay/trace/records.js';
import { type BoardName, printable } from '../host/host.js';
import type { Facts } from './info.js';

type Row = readonly [name: string, value: string];

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const SECTOR = 512;
const DISK_PLACES = ['primary master', 'primary slave', 'secondary master', 'secondary slave'];

/** The name of the image that this program would give to a board with so much memory. */
type OwnFirmware = (board: BoardName, memory: number) => string;

export function tableOf(facts: Facts, ownFirmware: OwnFirmware): string {
  const { description, identity } = facts;
  const machine: Row = ['machine', `${description.board}, identity ${identity}`];
  const parts = partRows(facts, ownFirmware);
  const rows = [...runRows(facts), ['', ''] as const, machine, ...parts];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${printable(value)}`.trimEnd()).join('\n');
}

function partRows(facts: Facts, ownFirmware: OwnFirmware): Row[] {
  const { description } = facts;
  if (isPc(description)) return pcRows(facts, pcFrom(description), ownFirmware);
  if (isXt(description)) return xtRows(facts, xtFrom(description), ownFirmware);
  return plainRows(description);
}

function runRows(facts: Facts): Row[] {
  const { bytes, events } = facts;
  const counts = Object.entries(events ?? {}).filter(([, n]) => n > 0);
  const listed = counts.map(([kind, n]) => `${kind} ${n}`).join(', ') || 'none';
  const run = `${facts.clock} clocks, ${facts.instructions} instructions, ${facts.seconds.toFixed(3)} s`;
  return [
    ['recorded by', facts.program],
    ['trace', facts.id],
    ...(facts.origin ? [branchRow(facts.origin)] : []),
    ['run', facts.replayable ? run : 'none: the trace ends before it'],
    ['end', endText(facts)],
    ['checks', `every ${facts.checkEvery} clocks`],
    ['size', `${bytes.total} bytes in ${facts.frames} ${facts.frames === 1 ? 'frame' : 'frames'}`],
    ['', `images ${bytes.images}, disk sectors ${bytes.sectors}, the run itself ${bytes.run}`],
    ['events', events ? listed : 'not recorded'],
  ];
}

function branchRow({ trace, clock, label }: Origin): Row {
  const name = label === undefined ? '' : `, "${label}"`;
  return ['branch', `of trace ${trace}, from clock ${clock} on${name}`];
}

function endText({ complete, outcome, endedBy }: Facts): string {
  return complete ? `${outcome}, by ${endedBy}` : 'not recorded: the trace is incomplete';
}

/** Of any other machine: its description as it stands. */
function plainRows(description: Description): Row[] {
  const fields = Object.entries(description).filter(([name]) => name !== 'board');
  return fields.map(([name, value]) => [name, JSON.stringify(value) ?? 'nothing']);
}

function pcRows(facts: Facts, pc: PcDescription, ownFirmware: OwnFirmware): Row[] {
  return [
    cpuRow(pc.model, pitMultiple(pc.clockMultiplier)),
    ['memory', size(pc.memory)],
    firmwareRow(facts, pc.bios, ownFirmware('pc', pc.memory)),
    ...kernelRows(facts, pc),
    ...pc.disks.flatMap((disk, unit) => diskRows(disk, unit)),
    ...pc.floppies.flatMap((floppy, unit) => floppyRows(floppy, unit)),
    ...portRows(pc),
    ...(pc.nic ? [['network', `RTL8029AS, ${pc.nic.address}`] as const] : []),
    ['power-on', `${instant(pc.bootInstant)}, seed ${pc.seed}`],
  ];
}

function xtRows(facts: Facts, xt: XtDescription, ownFirmware: OwnFirmware): Row[] {
  return [
    cpuRow(xt.model, XT_CLOCK),
    ['memory', size(xt.memory)],
    ['display', xt.display.toUpperCase()],
    firmwareRow(facts, xt.bios, ownFirmware('xt', xt.memory)),
    ...xt.disks.flatMap((disk, unit) => diskRows(disk, unit)),
    ...xt.floppies.flatMap((floppy, unit) => floppyRows(floppy, unit)),
    ...portRows(xt),
  ];
}

function cpuRow(model: string, { num, den }: Frequency): Row {
  return ['CPU', `${model} at ${(num / den / 1e6).toFixed(2)} MHz`];
}

function firmwareRow(facts: Facts, bios: BlobId | undefined, own: string): Row {
  const whose = bios === undefined || bios === own ? "this program's" : "not this program's";
  return ['firmware', bios === undefined ? whose : `${whose}, ${image(facts, bios)}`];
}

function portRows({ debugPorts }: { readonly debugPorts: boolean }): Row[] {
  return [
    ['serial ports', 'COM1 at 3F8h (IRQ 4), COM2 at 2F8h (IRQ 3)'],
    ['debug ports', debugPorts ? 'console at E9h, exit at F4h' : 'none'],
  ];
}

function kernelRows(facts: Facts, { kernel, boot }: PcDescription): Row[] {
  if (!kernel) return [['boots from', boot.join(', ')]];
  const { initrd } = kernel;
  return [
    ['kernel', image(facts, kernel.image)],
    ['command line', kernel.append || '(empty)'],
    ...(initrd === undefined ? [] : [['initrd', image(facts, initrd)] as const]),
  ];
}

function diskRows(disk: DiskDescription | null, unit: number): Row[] {
  if (!disk) return [];
  const { sectors, geometry = driveGeometry(sectors) } = disk;
  const place = DISK_PLACES[unit] ?? 'nowhere';
  return [[`disk ${unit}`, `${size(sectors * SECTOR)}, ${geometryText(geometry)}, ${place}`]];
}

function floppyRows(floppy: DiskDescription | null, unit: number): Row[] {
  if (!floppy) return [];
  const geometry = floppy.geometry ?? floppyFormat(floppy.sectors);
  const shape = geometry ? `, ${geometryText(geometry)}` : '';
  return [[`floppy ${'AB'[unit] ?? unit}`, `${floppy.sectors / 2} KiB${shape}`]];
}

function geometryText({ cylinders, heads, sectors }: Geometry): string {
  return `${cylinders} cylinders x ${heads} heads x ${sectors} sectors`;
}

/** An embedded image: the beginning of its SHA-256, and how long it is. */
function image({ images }: Facts, id: string): string {
  const held = images[id];
  return `sha256 ${id.slice(0, 12)}, ${held === undefined ? 'missing' : size(held)}`;
}

function size(bytes: number): string {
  if (bytes % MIB === 0) return `${bytes / MIB} MiB`;
  return bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} bytes`;
}

function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s after 1970`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

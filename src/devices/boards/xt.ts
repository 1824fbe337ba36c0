/**
 * The xt board: an IBM 5160-like PC/XT with an 8088 or 8086 at 4.77 MHz, and our own BIOS. This file only
 * wires: which chip is at which port and which line goes where (IBM PC/XT Technical Reference, system board
 * sheets).
 *
 *   IRQ 0 timer, 1 keyboard, 3 and 4 serial, 6 floppy; DMA 0 refresh, 2 floppy
 *
 * Left out: the parallel port, the expansion unit, ROM BASIC, a hard disk adapter of the time (an XT-IDE is
 * there instead), the decoding of only ten address lines by the ports.
 */

import { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { BusStatus } from '../../core/cpu/i8086/state.js';
import type { CpuPins } from '../../core/cpu.js';
import type { Line } from '../../core/device.js';
import { Machine } from '../../core/machine.js';
import { PhysicalMemory } from '../../core/memory.js';
import { pitMultiple } from '../../core/time.js';
import { AtaDrive } from '../ataDrive.js';
import { Cga } from '../cga/cga.js';
import { Mda } from '../cga/mda.js';
import { DebugPorts } from '../debugPorts.js';
import type { Blobs, XtDescription } from '../description.js';
import { Dma8237 } from '../dma8237.js';
import { DramRefresh } from '../dramRefresh.js';
import { Fdc82077 } from '../fdc82077.js';
import { xtBiosImage } from '../firmware/image.js';
import { MemoryImage } from '../memoryImage.js';
import { Pic8259 } from '../pic8259.js';
import { Pit8254 } from '../pit8254.js';
import { PowerSwitch } from '../powerSwitch.js';
import { Uart16550 } from '../uart16550.js';
import { XtIde } from '../xtIde.js';
import { XtKeyboard } from '../xtKeyboard.js';
import { XtSystemBoard } from '../xtSystemBoard.js';
import { addDisk, addFloppyDrives, blob } from './disks.js';

const KIB = 1024;
/** RAM, display memory and ROM together: what twenty address lines reach. */
const ADDRESS_SPACE = 1024 * KIB;
const MOST_MEMORY = 640 * KIB;
const BANK = 16 * KIB;
/** 4.77 MHz, four times the timer's clock. */
export const XT_CLOCK = pitMultiple(4);
const REFRESH_CHANNEL = 0;
/** "Refresh cycles require four clocks" (Technical Reference, "System Board"). */
const REFRESH_CLOCKS = 4;
/** Earlier than any clock. */
const STALE = -1;
const FDC_DMA_CHANNEL = 2;
const PAGE = 4096;
const MOST_BIOS = 128 * KIB;

/** Builds the machine at power-on, clock 0. @throws RangeError with one line that says what does not fit. */
export function buildXt(xt: XtDescription, blobs: Blobs): Machine {
  const bios = biosOf(xt, blobs);
  const memory = new PhysicalMemory(new Uint8Array(ADDRESS_SPACE));
  mapMemory(memory, xt, bios);
  const machine = new Machine(memory, XT_CLOCK);
  const late: LateWires = { acknowledge: () => 0, coprocessorError: () => {}, refresh: undefined };
  const requests = new RefreshRequests(machine, late);
  const cpu = new I8086Cpu(xt.model, memory, pinsOf(machine, late, requests));
  machine.cpu = cpu;
  addChips(machine, xt, late, requests);
  const pieces = [{ address: ADDRESS_SPACE - bios.length, bytes: bios }];
  machine.add(new MemoryImage(machine, { name: 'memory-image', pieces }));
  machine.powerOn();
  return machine;
}

/** What the CPU is wired to once the chips are there: it is built first. */
interface LateWires {
  acknowledge: () => number;
  coprocessorError: () => void;
  refresh: DramRefresh | undefined;
}

/**
 * When the refresh asks for the bus next, kept between two programmings of timer and DMA: derived. Requests that
 * came while the CPU was halted are over; the bus was free.
 */
class RefreshRequests {
  readonly #machine: Machine;
  readonly #late: LateWires;
  #due = STALE;

  constructor(machine: Machine, late: LateWires) {
    this.#machine = machine;
    this.#late = late;
  }

  forget(): void {
    this.#due = STALE;
  }

  /** The clock of the next request: now or later. */
  get due(): number {
    const { refresh } = this.#late;
    if (!refresh) return Number.POSITIVE_INFINITY;
    const now = this.#machine.now();
    if (this.#due < now) this.#due = refresh.next(now);
    return this.#due;
  }
}

/** "I/O cycles require five clocks", memory cycles four (Technical Reference, "System Board"). */
function waitStates(status: number): number {
  return status === BusStatus.ioRead || status === BusStatus.ioWrite ? 1 : 0;
}

function pinsOf(machine: Machine, late: LateWires, requests: RefreshRequests): CpuPins {
  return {
    io: machine.io,
    acknowledge: () => late.acknowledge(),
    nextEvent: () => Math.min(machine.schedule.next, requests.due),
    attention: () => machine.attention(),
    delivered: (vector, external) => {
      if (external) machine.note('irq', 'cpu', 'deliver', vector);
    },
    coprocessorError: () => late.coprocessorError(),
    serve: (clock) => {
      machine.schedule.fireDue(clock);
      if (requests.due > clock) return;
      machine.cpu.stealBus?.(REFRESH_CLOCKS);
    },
    waits: waitStates,
  };
}

/** Makes the address space what the description says: RAM, nothing, and the BIOS's place. */
function mapMemory(memory: PhysicalMemory, xt: XtDescription, bios: Uint8Array): void {
  memory.setKind(xt.memory, ADDRESS_SPACE - xt.memory, 'none');
  memory.setKind(ADDRESS_SPACE - bios.length, bios.length, 'rom');
}

function addChips(machine: Machine, xt: XtDescription, late: LateWires, requests: RefreshRequests): void {
  const { cpu } = machine;
  const pic = machine.add(
    new Pic8259(machine, { name: 'pic', port: 0x20, int: (level) => cpu.interrupt(level) }),
  );
  late.acknowledge = () => pic.acknowledge();
  const irq = Array.from({ length: 8 }, (_, n) => pic.line(n));
  const { pit, dma } = addClocks(machine, irq, late, requests);
  const system = addSystemBoard(machine, xt, pit, irq);
  late.coprocessorError = () => {
    if (system.nmiEnabled) cpu.nmi();
  };
  machine.add(new Uart16550(machine, { name: 'com1', port: 0x3f8, irq: irq[4]!, is8250: true }));
  machine.add(new Uart16550(machine, { name: 'com2', port: 0x2f8, irq: irq[3]!, is8250: true }));
  addDisks(machine, xt, dma, irq);
  machine.add(xt.display === 'cga' ? new Cga(machine, { name: 'cga' }) : new Mda(machine, { name: 'mda' }));
  machine.add(new PowerSwitch(machine, { name: 'power-switch' }));
  if (xt.debugPorts) machine.add(new DebugPorts(machine, { name: 'debug' }));
}

/** Timer, DMA, and the refresh that the one makes the other do. */
function addClocks(machine: Machine, irq: readonly Line[], late: LateWires, requests: RefreshRequests) {
  const beforeAccess = (): void => late.refresh?.settle();
  const pit = machine.add(new Pit8254(machine, { name: 'pit', out0: irq[0]!, is8253: true, beforeAccess }));
  const dma = machine.add(new Dma8237(machine, { name: 'dma', isXt: true, beforeAccess }));
  const channel = dma.channel(REFRESH_CHANNEL);
  const changed = (): void => requests.forget();
  late.refresh = machine.add(new DramRefresh(machine, { name: 'refresh', pit, dma: channel, changed }));
  return { pit, dma };
}

function addSystemBoard(
  machine: Machine,
  xt: XtDescription,
  pit: Pit8254,
  irq: readonly Line[],
): XtSystemBoard {
  const keyboard = machine.add(new XtKeyboard(machine, { name: 'keyboard', irq: irq[1]! }));
  const system = new XtSystemBoard(machine, {
    name: 'system-board',
    keyboard,
    gate2: (level) => pit.setGate(2, level),
    out2: () => pit.output(2),
    switches: switchesOf(xt),
  });
  machine.add(system.ppi);
  return machine.add(system);
}

/**
 * SW1, a bit a switch, 1 where it is off: 1 no loop in POST, 2 a coprocessor, 3 and 4 four banks of memory,
 * 5 and 6 the display (01 colour 40 columns, 10 colour 80, 11 monochrome), 7 and 8 floppy drives less one.
 */
function switchesOf(xt: XtDescription): number {
  const display = xt.display === 'cga' ? 0x20 : 0x30;
  const drives = xt.floppies.filter((d) => d).length;
  return 0x0d | display | (Math.max(0, drives - 1) << 6);
}

function addDisks(machine: Machine, xt: XtDescription, dma: Dma8237, irq: readonly Line[]): void {
  const drives = addFloppyDrives(machine, xt.floppies);
  const channel = dma.channel(FDC_DMA_CHANNEL);
  machine.add(new Fdc82077(machine, { name: 'fdc', irq: irq[6]!, dma: channel, drives, is765: true }));
  const units = [0, 1].map((unit) => {
    const d = xt.disks[unit];
    if (!d) return null;
    const disk = addDisk(machine, 'disk', unit, d);
    return machine.add(new AtaDrive(machine, { name: `disk${unit}`, disk, serial: `RW86-${unit}` }));
  });
  const ide = new XtIde(machine, { name: 'ide', units });
  machine.add(ide.channel);
  machine.add(ide);
}

/** @throws RangeError with one line that says what does not fit. */
function biosOf(xt: XtDescription, blobs: Blobs): Uint8Array {
  if (xt.memory % BANK !== 0 || xt.memory < 4 * BANK || xt.memory > MOST_MEMORY) {
    throw new RangeError('memory must be whole 16 KiB, from 64 to 640 KiB');
  }
  if (xt.disks.length > 2 || xt.floppies.length > 2) {
    throw new RangeError('there is room for two disks and two floppies');
  }
  const bios = xt.bios ? blob(blobs, xt.bios) : xtBiosImage();
  if (bios.length > MOST_BIOS || bios.length % PAGE !== 0) {
    throw new RangeError('a BIOS image must be whole 4 KiB, at most 128 KiB');
  }
  return bios;
}

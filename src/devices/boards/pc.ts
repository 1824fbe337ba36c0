/**
 * The pc board: an i440FX-like PC with a PIIX3, the devices every PC operating system knows, and our own
 * BIOS. This file only wires: which chip is at which port and which line goes where.
 *
 *   CPU --- 440FX --- PCI --- PIIX3 --- ISA: PICs, PIT, RTC, 8042, DMA, FDC, UARTs, VGA
 *                        |--- IDE (two channels)
 *                        |--- network adapter, if the description has one
 *                        `--- power management
 *
 * Left out: APICs, HPET, USB, SMM, sound beyond the speaker's gate, a second CPU.
 */
import { type EngineName, Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Space } from '../../core/cpu/ia32/space.js';
import type { Line } from '../../core/device.js';
import { Machine } from '../../core/machine.js';
import { PhysicalMemory } from '../../core/memory.js';
import { pitMultiple } from '../../core/time.js';
import { AcpiPm } from '../acpiPm.js';
import { buildAcpi } from '../acpiTables.js';
import { AtaChannel } from '../ata.js';
import { AtaDrive } from '../ataDrive.js';
import { CoprocessorError } from '../coprocessorError.js';
import { DebugPorts } from '../debugPorts.js';
import { type Blobs, type PcDescription, stationAddress } from '../description.js';
import { Dma8237 } from '../dma8237.js';
import { EntropyPort } from '../entropyPort.js';
import { Fdc82077 } from '../fdc82077.js';
import { BIOS_ADDRESS, type MemoryPiece } from '../firmware/biosLayout.js';
import { firmwareCmos } from '../firmware/cmos.js';
import { biosImage } from '../firmware/image.js';
import { isLinux, loadLinux } from '../firmware/linuxBoot.js';
import { isMultiboot, loadMultiboot } from '../firmware/multiboot.js';
import { I440Fx } from '../i440fx.js';
import { Keyboard8042 } from '../keyboard8042.js';
import { MemoryImage } from '../memoryImage.js';
import { PciBus } from '../pci.js';
import { type PciCard, PciPlan, PciSetup } from '../pciSetup.js';
import { Pic8259 } from '../pic8259.js';
import { Piix3 } from '../piix3.js';
import { PiixIde } from '../piixIde.js';
import { Pit8254 } from '../pit8254.js';
import { Ps2Keyboard } from '../ps2Keyboard.js';
import { Ps2Mouse } from '../ps2Mouse.js';
import { Rtc146818 } from '../rtc146818.js';
import { Rtl8029 } from '../rtl8029.js';
import { SystemControl } from '../systemControl.js';
import { Uart16550 } from '../uart16550.js';
import { Vga } from '../vga/vga.js';
import { addDisk, addFloppyDrives, blob } from './disks.js';

export interface PcOptions {
  readonly engine: EngineName;
  /** As in `Ia32Options`. */
  readonly heat?: number;
}

const MIB = 1 << 20;
/** The top of memory at which a BIOS image of any size up to 256 KiB ends. */
const BIOS_END = BIOS_ADDRESS + 0x10000;
const FDC_DMA_CHANNEL = 2;

/**
 * Builds the machine at power-on, clock 0.
 * @throws RangeError with one line that says what does not fit.
 */
export function buildPc(pc: PcDescription, blobs: Blobs, options: PcOptions): Machine {
  if (pc.memory < 2 * MIB || pc.memory % MIB !== 0 || pc.memory > 2048 * MIB) {
    throw new RangeError('memory must be whole MiB, from 2 MiB to 2 GiB');
  }
  const space = new Space(pc.memory);
  const memory = new PhysicalMemory(space.ram);
  const machine = new Machine(memory, pitMultiple(pc.clockMultiplier));
  const late: LateWires = { acknowledge: () => 0, coprocessorError: () => {} };
  const cpu = installCpu(machine, space, late, pc, options);
  const irq = addInterrupts(machine, cpu, late);
  addTimers(machine, pc, cpu, irq);
  addKeyboard(machine, cpu, irq);
  addSerial(machine, irq);
  const dma = machine.add(new Dma8237(machine, { name: 'dma' }));
  addFloppies(machine, pc, dma, irq);
  machine.add(new Vga(machine, { name: 'vga' }));
  addPci(machine, pc, irq);
  machine.add(new EntropyPort(machine, { name: 'entropy' }));
  if (pc.debugPorts) machine.add(new DebugPorts(machine, { name: 'debug' }));
  machine.add(new MemoryImage(machine, { name: 'memory-image', pieces: memoryPieces(pc, blobs) }));
  machine.powerOn();
  return machine;
}

/** What the CPU is wired to once the chips are there: it is built first. */
interface LateWires {
  acknowledge: () => number;
  coprocessorError: () => void;
}

function installCpu(
  machine: Machine,
  space: Space,
  late: LateWires,
  { model }: PcDescription,
  options: PcOptions,
): Ia32 {
  const cpu = new Ia32(
    space,
    machine.memory,
    {
      io: machine.io,
      acknowledge: () => late.acknowledge(),
      nextEvent: () => machine.schedule.next,
      attention: () => machine.attention(),
      delivered: (vector, external) => {
        if (external) machine.note('irq', 'cpu', 'deliver', vector);
      },
      coprocessorError: () => late.coprocessorError(),
    },
    { model, ...options },
  );
  machine.cpu = cpu;
  return cpu;
}

/** The two 8259As. Returns the sixteen interrupt lines; 2 is the cascade. */
function addInterrupts(machine: Machine, cpu: Ia32, late: LateWires): readonly Line[] {
  let toMaster: Line = () => {};
  const slave = new Pic8259(machine, {
    name: 'pic2',
    port: 0xa0,
    int: (level) => toMaster(level),
    elcr: { port: 0x4d1, writable: 0xde },
  });
  const master = new Pic8259(machine, {
    name: 'pic1',
    port: 0x20,
    int: (level) => cpu.interrupt(level),
    cascade: { 2: slave },
    elcr: { port: 0x4d0, writable: 0xf8 },
  });
  toMaster = master.line(2);
  machine.add(master);
  machine.add(slave);
  late.acknowledge = () => master.acknowledge();
  const lines = Array.from({ length: 16 }, (_, n) => (n < 8 ? master.line(n) : slave.line(n - 8)));
  const error = machine.add(
    new CoprocessorError(machine, {
      name: 'fpu-error',
      irq: lines[13]!,
      clear: () => cpu.ignoreCoprocessorError(),
    }),
  );
  late.coprocessorError = () => error.raise();
  return lines;
}

function addTimers(machine: Machine, pc: PcDescription, cpu: Ia32, irq: readonly Line[]): void {
  const pit = machine.add(new Pit8254(machine, { name: 'pit', out0: irq[0]! }));
  machine.add(
    new SystemControl(machine, {
      name: 'system-control',
      gate2: (level) => pit.setGate(2, level),
      out2: () => pit.output(2),
      a20: (open) => cpu.setA20(open),
    }),
  );
  const { bootInstant } = pc;
  machine.add(new Rtc146818(machine, { name: 'rtc', irq: irq[8]!, bootInstant, cmos: firmwareCmos(pc) }));
}

function addKeyboard(machine: Machine, cpu: Ia32, irq: readonly Line[]): void {
  const keyboard = machine.add(new Ps2Keyboard(machine, { name: 'keyboard' }));
  const mouse = machine.add(new Ps2Mouse(machine, { name: 'mouse' }));
  machine.add(
    new Keyboard8042(machine, {
      name: '8042',
      irqKeyboard: irq[1]!,
      irqMouse: irq[12]!,
      a20: (open) => cpu.setA20(open),
      keyboard,
      mouse,
    }),
  );
}

function addSerial(machine: Machine, irq: readonly Line[]): void {
  machine.add(new Uart16550(machine, { name: 'com1', port: 0x3f8, irq: irq[4]! }));
  machine.add(new Uart16550(machine, { name: 'com2', port: 0x2f8, irq: irq[3]! }));
}

function addFloppies(machine: Machine, pc: PcDescription, dma: Dma8237, irq: readonly Line[]): void {
  const drives = addFloppyDrives(machine, pc.floppies);
  const channel = dma.channel(FDC_DMA_CHANNEL);
  machine.add(new Fdc82077(machine, { name: 'fdc', irq: irq[6]!, dma: channel, drives }));
}

/** One IDE channel with its drives. */
function addChannel(machine: Machine, pc: PcDescription, n: 0 | 1, irq: Line): AtaChannel {
  const units = [0, 1].map((position) => {
    const unit = n * 2 + position;
    const d = pc.disks[unit];
    if (!d) return null;
    const disk = addDisk(machine, 'disk', unit, d);
    return machine.add(new AtaDrive(machine, { name: `disk${unit}`, disk, serial: `RW86-${unit}` }));
  });
  const [command, control] = n === 0 ? [0x1f0, 0x3f6] : [0x170, 0x376];
  const ports = { command, control };
  return machine.add(new AtaChannel(machine, { name: `ide${n}`, ports, irq, units }));
}

function addPci(machine: Machine, pc: PcDescription, irq: readonly Line[]): void {
  const host = machine.add(new I440Fx(machine, { name: 'host-bridge' }));
  const isa = machine.add(new Piix3(machine, { name: 'isa-bridge', irqs: irq }));
  const channels = [addChannel(machine, pc, 0, irq[14]!), addChannel(machine, pc, 1, irq[15]!)] as const;
  const ide = machine.add(new PiixIde(machine, { name: 'bus-master', channels }));
  const pm = machine.add(new AcpiPm(machine, { name: 'acpi', sci: irq[9]! }));
  const pci = machine.add(new PciBus(machine, { name: 'pci', resetControl: isa.resetControl }));
  pci.attach(0, 0, host);
  pci.attach(1, 0, isa);
  pci.attach(1, 1, ide);
  pci.attach(1, 3, pm);
  const levelTriggered = (irqs: number): void => {
    machine.io.write(0x4d0, irqs & 0xf8, 1);
    machine.io.write(0x4d1, (irqs >> 8) & 0xde, 1);
  };
  const cards = addNic(machine, pc, isa, pci);
  machine.add(new PciSetup({ name: 'pci-setup', isa, ide, pm, cards, levelTriggered }));
}

/** A machine without one is what it was before there were any: its identity does not change. */
function addNic(machine: Machine, { nic }: PcDescription, isa: Piix3, pci: PciBus): PciCard[] {
  if (!nic) return [];
  const address = stationAddress(nic.address);
  if (!address) throw new RangeError(`${nic.address} is not the address of a network adapter`);
  const { device, ports } = PciPlan.nic;
  const interrupt = isa.interrupt(device, 1);
  const target = machine.add(new Rtl8029(machine, { name: 'nic', address, interrupt, channel: 'net:0' }));
  machine.add(target.core);
  pci.attach(device, 0, target);
  return [{ target, device, bars: [ports] }];
}

// ---- what memory holds at reset ----

function memoryPieces(pc: PcDescription, blobs: Blobs): readonly MemoryPiece[] {
  const acpi = buildAcpi(pc.memory);
  const bios = pc.bios ? blob(blobs, pc.bios) : biosImage(acpi.rsdp);
  if (bios.length > 0x40000 || bios.length % 0x4000 !== 0) {
    throw new RangeError('a BIOS image must be whole 16 KiB, at most 256 KiB');
  }
  const firmware = { address: BIOS_END - bios.length, bytes: bios };
  const tables = { address: acpi.address, bytes: acpi.tables };
  return [firmware, tables, ...kernelPieces(pc, blobs)];
}

function kernelPieces(pc: PcDescription, blobs: Blobs): readonly MemoryPiece[] {
  if (!pc.kernel) return [];
  const image = blob(blobs, pc.kernel.image);
  const { memory } = pc;
  const initrd = pc.kernel.initrd ? { initrd: blob(blobs, pc.kernel.initrd) } : {};
  const options = { image, memory, seed: pc.seed, commandLine: pc.kernel.append, ...initrd };
  if (isLinux(image)) return loadLinux(options).pieces;
  if (isMultiboot(image)) return loadMultiboot(options).pieces;
  throw new RangeError('the kernel is neither a Linux bzImage nor a multiboot kernel');
}

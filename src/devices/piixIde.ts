/**
 * Intel PIIX3 IDE controller (82371SB function 1, data sheet order number 290550)
 * with the bus-master engine of the "Programming Interface for Bus Master IDE Controller" 1.0: for each
 * channel a command and a status register and a table of physical region descriptors (PRDs).
 *
 * Data move at the instant at which the engine is started and the drive requests them; all of the
 * drive's latency is in the drive. The engine gives up after 8192 descriptors, a full 64 KiB table.
 *
 * Left out: timing modes (IDETIM holds what is written), and switching off the decoding of the ATA ports
 * (IDETIM bit 15), which are always there.
 */
import type { Bus, Device, PortWindow } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { AtaChannel, AtaUnit } from './ata.js';
import {
  Command,
  type ConfigDescription,
  Header,
  type PciFunction,
  placePorts,
  resetConfig,
  writableBits,
} from './pci.js';
import { bytePorts } from './portSplit.js';

const BAR4 = 0x20;
const PORTS = 16;
const BmCommand = { start: 1, toMemory: 8 } as const;
const BmStatus = { active: 1, error: 2, interrupt: 4, capable: 0x60 } as const;
const END_OF_TABLE = 0x80000000;
const MAX_DESCRIPTORS = 8192;

const CONFIG: ConfigDescription = {
  vendor: 0x8086,
  device: 0x7010,
  revision: 0x00,
  classCode: 0x010180,
  registers: [
    { at: Header.command, size: 2, initial: 0, writable: Command.io | Command.busMaster },
    { at: 0x06, size: 2, initial: 0x0280, writable: 0 },
    { at: 0x0d, size: 1, initial: 0, writable: 0xf0 },
    // The data sheet has bits 31-16 wired to 0. SeaBIOS takes a BAR that does not have all 32 for 4 GiB.
    { at: BAR4, size: 4, initial: 1, writable: 0xfffffff0 },
    { at: 0x40, size: 4, initial: 0, writable: 0xffffffff }, // IDETIM, primary and secondary
    { at: 0x44, size: 1, initial: 0, writable: 0xff }, // SIDETIM
  ],
};

const PIIX_IDE = layout('piix-ide', {
  config: ['u8', 256],
  command: ['u8', 2],
  status: ['u8', 2],
  /** Descriptor table as programmed. */
  table: ['u32', 2],
  /** Next descriptor; address and rest of the current region; 1 if it is the last. */
  next: ['u32', 2],
  address: ['u32', 2],
  rest: ['u32', 2],
  last: ['u8', 2],
});

export interface PiixIdeOptions {
  readonly name: string;
  readonly channels: readonly [AtaChannel, AtaChannel];
}

export class PiixIde implements Device, PciFunction {
  readonly name: string;
  readonly state = PIIX_IDE.create();
  readonly writable = writableBits(CONFIG);
  readonly #bus: Bus;
  readonly #channels: readonly [AtaChannel, AtaChannel];
  readonly #window: PortWindow;

  constructor(bus: Bus, options: PiixIdeOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#channels = options.channels;
    this.#window = bus.portWindow(
      bytePorts(
        (port) => this.#read(port & (PORTS - 1)),
        (port, value) => this.#write(port & (PORTS - 1), value),
      ),
    );
    this.#channels.forEach((channel, i) => {
      channel.host = { interrupt: (level) => this.#interrupt(i, level), dmaRequest: () => this.#run(i) };
    });
  }

  get config(): Uint8Array {
    return this.state.config;
  }

  reset(): void {
    this.state.bytes.fill(0);
    resetConfig(this.config, CONFIG);
    this.#placeWindow();
  }

  afterLoad(): void {
    this.#placeWindow();
  }

  configWritten(): void {
    this.#placeWindow();
    this.#run(0);
    this.#run(1);
  }

  get #isMaster(): boolean {
    return (this.config[Header.command]! & Command.busMaster) !== 0;
  }

  #placeWindow(): void {
    placePorts(this.#window, this.config, BAR4, PORTS);
  }

  // ---- registers ----

  #read(offset: number): number {
    const s = this.state;
    const i = offset >>> 3;
    const register = offset & 7;
    if (register === 0) return s.command[i]!;
    if (register === 2) return s.status[i]!;
    return register >= 4 ? (s.table[i]! >>> (8 * (register - 4))) & 0xff : 0;
  }

  #write(offset: number, value: number): void {
    const i = offset >>> 3;
    const register = offset & 7;
    if (register === 0) this.#writeCommand(i, value);
    else if (register === 2) this.#writeStatus(i, value);
    else if (register >= 4) {
      const shift = 8 * (register - 4);
      this.state.table[i] = ((this.state.table[i]! & ~(0xff << shift)) | (value << shift)) & ~3;
    }
  }

  /** Setting the start bit begins at the top of the table; clearing it stops the engine. */
  #writeCommand(i: number, value: number): void {
    const s = this.state;
    const started = value & ~s.command[i]! & BmCommand.start;
    s.command[i] = value & (BmCommand.start | BmCommand.toMemory);
    if (started) {
      s.status[i]! |= BmStatus.active;
      s.next[i] = s.table[i]!;
      s.rest[i] = 0;
      s.last[i] = 0;
      this.#run(i);
    } else if (!(value & BmCommand.start)) s.status[i]! &= ~BmStatus.active;
  }

  #writeStatus(i: number, value: number): void {
    const kept = this.state.status[i]! & ~(value & (BmStatus.error | BmStatus.interrupt)) & ~BmStatus.capable;
    this.state.status[i] = kept | (value & BmStatus.capable);
  }

  #interrupt(i: number, level: boolean): void {
    if (level) this.state.status[i]! |= BmStatus.interrupt;
  }

  // ---- the engine ----

  /** Goes to work if the engine is started, allowed to master the bus, and the drive requests data. */
  #run(i: number): void {
    const unit = this.#channels[i]!.unit;
    const active = this.state.status[i]! & BmStatus.active;
    if (!unit?.dmaBytes || !active || !this.#isMaster) return;
    const toMemory = (this.state.command[i]! & BmCommand.toMemory) !== 0;
    if (unit.dmaToMemory === toMemory) this.#transfer(i, unit);
    else this.#stop(i, BmStatus.error);
  }

  /** Moves data as long as the drive requests it and there are regions. */
  #transfer(i: number, unit: AtaUnit): void {
    const s = this.state;
    const direction = unit.dmaToMemory ? 'in' : 'out';
    let moved = 0;
    for (let descriptors = 0; unit.dmaBytes > 0 && s.status[i]! & BmStatus.active; ) {
      if (s.rest[i]! > 0) moved += this.#move(i, unit);
      else if (s.last[i]) this.#stop(i, 0);
      else if (++descriptors > MAX_DESCRIPTORS) this.#stop(i, BmStatus.error);
      else this.#nextRegion(i);
    }
    if (s.last[i] && s.rest[i] === 0) this.#stop(i, 0);
    this.#bus.note('dma', this.#channels[i]!.name, direction, moved);
  }

  /** A PRD: address, then byte count (0 means 64 KiB) with the end-of-table bit. Both must be even. */
  #nextRegion(i: number): void {
    const s = this.state;
    const at = s.next[i]!;
    const count = this.#bus.memory.read((at + 4) >>> 0, 4);
    s.address[i] = this.#bus.memory.read(at, 4) & ~1;
    s.rest[i] = count & 0xfffe || 0x10000;
    s.last[i] = count & END_OF_TABLE ? 1 : 0;
    s.next[i] = at + 8;
  }

  #move(i: number, unit: AtaUnit): number {
    const s = this.state;
    const length = Math.min(s.rest[i]!, unit.dmaBytes);
    if (unit.dmaToMemory) this.#bus.memory.writeBytes(s.address[i]!, unit.dmaRead(length));
    else unit.dmaWrite(this.#bus.memory.readBytes(s.address[i]!, length));
    s.address[i]! += length;
    s.rest[i]! -= length;
    return length;
  }

  #stop(i: number, error: number): void {
    this.state.status[i] = (this.state.status[i]! & ~BmStatus.active) | error;
  }
}

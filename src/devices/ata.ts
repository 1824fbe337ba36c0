/**
 * An ATA channel: the cable with up to two devices and the host's two register blocks, after
 * ATA/ATAPI-6 (T13/1410D). The devices (ataDrive.ts) hold their own register copies, as on a real cable:
 * writes to the command block reach both, reads come from the selected one ("Single device
 * configurations" says what happens where one is missing).
 *
 * Left out: the drive address register (3F7h), which no drive since ATA-2 drives; overlapped commands.
 */
import type { Bus, Device, Line, PortHandler } from '../core/device.js';
import { layout } from '../core/layout.js';

/** Command block registers by offset; 1 and 7 have another meaning when written. */
export const Register = {
  data: 0,
  error: 1,
  count: 2,
  low: 3,
  mid: 4,
  high: 5,
  device: 6,
  status: 7,
} as const;

/** Device control register (chapter 7). */
const Control = { nIEN: 2, srst: 4, hob: 0x80 } as const;
const EXECUTE_DEVICE_DIAGNOSTIC = 0x90;
/** Nobody drives the bus: pulled up, but for DD7, which the host pulls down (annex A, the cable). */
const FLOATING = 0x7f;

/** What a device on the cable tells the channel. */
export interface AtaCable {
  /** INTRQ or DMARQ of this device may have changed. */
  changed(): void;
}

/** A device on the cable: a hard disk, or one day a packet device. */
export interface AtaUnit extends Device {
  /** Plugs the device in as device 0 or 1. */
  attach(cable: AtaCable, unit: number): void;
  /** Writes features, count, the three address bytes or device. */
  writeRegister(register: number, value: number): void;
  /** Reads error, count, the address bytes or device; `hob` gives the previous contents. */
  readRegister(register: number, hob: boolean): number;
  readonly status: number;
  /** Data register: `size` bytes. */
  readData(size: number): number;
  writeData(value: number, size: number): void;
  command(code: number): void;
  /** EXECUTE DEVICE DIAGNOSTIC reaches both devices; device 0 answers for both. */
  diagnose(): void;
  /** SRST was set (true) or cleared (false). */
  softReset(asserted: boolean): void;
  /** The device has an interrupt pending. */
  readonly intrq: boolean;
  /** Status was read, or a command written: the pending interrupt goes. */
  acknowledge(): void;
  /** DMARQ: bytes that can be moved now, and their direction seen from memory. 0 means no request. */
  readonly dmaBytes: number;
  readonly dmaToMemory: boolean;
  dmaRead(length: number): Uint8Array;
  dmaWrite(data: Uint8Array): void;
}

/** The bus-master side, which sees INTRQ and DMARQ as the cable carries them. */
export interface AtaHost {
  interrupt(level: boolean): void;
  dmaRequest(): void;
}

const CHANNEL = layout('ata', {
  /** The device that the DEV bit selects. */
  selected: 'u8',
  control: 'u8',
  intrq: 'u8',
});

export interface AtaChannelOptions {
  readonly name: string;
  /** Where the host adapter decodes the two blocks, unless it passes accesses on itself. */
  readonly ports?: {
    /** 1F0h or 170h. */
    readonly command: number;
    /** 3F6h or 376h. */
    readonly control: number;
  };
  readonly irq: Line;
  readonly units: readonly (AtaUnit | null)[];
}

export class AtaChannel implements Device, AtaCable {
  readonly name: string;
  readonly state = CHANNEL.create();
  /** Set by the bus-master controller, if the board has one. */
  host: AtaHost | undefined;
  readonly #irq: Line;
  readonly #units: readonly (AtaUnit | null | undefined)[];

  constructor(bus: Bus, options: AtaChannelOptions) {
    this.name = options.name;
    this.#irq = options.irq;
    this.#units = [options.units[0], options.units[1]];
    this.#units.forEach((unit, i) => {
      unit?.attach(this, i);
    });
    if (options.ports) this.#claim(bus, options.ports.command, options.ports.control);
  }

  #claim(bus: Bus, command: number, control: number): void {
    bus.ports(command, 8, {
      read: (port, size) => this.commandBlock.read(port - command, size),
      write: (port, value, size) => this.commandBlock.write(port - command, value, size),
    });
    bus.ports(control, 1, this.controlBlock);
  }

  reset(): void {
    this.state.bytes.fill(0);
    this.#irq(false);
    this.host?.interrupt(false);
  }

  /** The device that answers, if any. */
  get unit(): AtaUnit | null | undefined {
    return this.#units[this.state.selected];
  }

  // ---- cable ----

  changed(): void {
    this.#driveInterrupt();
    if (this.unit?.dmaBytes) this.host?.dmaRequest();
  }

  #driveInterrupt(): void {
    const enabled = !(this.state.control & Control.nIEN);
    const level = enabled && this.unit?.intrq ? 1 : 0;
    if (level === this.state.intrq) return;
    this.state.intrq = level;
    this.#irq(level === 1);
    this.host?.interrupt(level === 1);
  }

  // ---- registers ----

  /**
   * By offset. The data register is 16 (on PCI, 32) bits wide; the others are bytes, and wider accesses are
   * split.
   */
  readonly commandBlock: PortHandler = {
    read: (register, size) => {
      if (register === Register.data) return this.unit ? this.unit.readData(size) : floating(size);
      let value = 0;
      for (let i = 0; i < size; i++) value |= this.#read(register + i) << (8 * i);
      return value >>> 0;
    },
    write: (register, value, size) => {
      if (register === Register.data) this.unit?.writeData(value, size);
      else for (let i = 0; i < size; i++) this.#write(register + i, (value >>> (8 * i)) & 0xff);
    },
  };

  /** Alternate status and device control. */
  readonly controlBlock: PortHandler = {
    read: () => this.#readStatus(),
    write: (_port, value) => this.#writeControl(value & 0xff),
  };

  #read(register: number): number {
    if (register > Register.status) return 0xff;
    if (register === Register.status) {
      const status = this.#readStatus();
      this.unit?.acknowledge();
      this.#driveInterrupt();
      return status;
    }
    const answering = this.unit ?? this.#units[0];
    const hob = (this.state.control & Control.hob) !== 0;
    return answering ? answering.readRegister(register, hob) : FLOATING;
  }

  /** Device 0 answers for a missing device 1 with a status of 0. */
  #readStatus(): number {
    return this.unit?.status ?? (this.#units[0] ? 0 : FLOATING);
  }

  #write(register: number, value: number): void {
    if (register > Register.status) return;
    this.state.control &= ~Control.hob;
    if (register === Register.status) this.#command(value);
    else {
      if (register === Register.device) this.state.selected = (value >>> 4) & 1;
      for (const unit of this.#units) unit?.writeRegister(register, value);
    }
    this.changed();
  }

  #command(code: number): void {
    if (code === EXECUTE_DEVICE_DIAGNOSTIC) {
      this.state.selected = 0;
      for (const unit of this.#units) unit?.diagnose();
    } else this.unit?.command(code);
  }

  #writeControl(value: number): void {
    const changed = this.state.control ^ value;
    this.state.control = value;
    if (changed & Control.srst) {
      if (value & Control.srst) this.state.selected = 0;
      for (const unit of this.#units) unit?.softReset((value & Control.srst) !== 0);
    }
    this.changed();
  }
}

function floating(size: number): number {
  return size === 1 ? FLOATING : size === 2 ? 0xff7f : 0xffffff7f;
}

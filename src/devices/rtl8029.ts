/**
 * Realtek RTL8029AS PCI Ethernet adapter (data sheet of 1997-01-16), that is an NE2000 on PCI: a DP8390 at offsets
 * 00h-0Fh of its 32 ports, the data port at 10h-17h, the reset port at 18h-1Fh; behind the DP8390 a PROM with the
 * station address at 0000h and 16 KiB of buffer at 4000h.
 *
 * The PROM is eight bits wide on a bus of sixteen, so each of its bytes is there twice; bytes 0Eh and 0Fh are the
 * signature 57h of a board for 16 bits.
 *
 * Left out: the boot ROM, the serial EEPROM and the configuration of page 3 (it reads 0 but for the identification),
 * full duplex.
 */
import type { Bus, Device, Line, PortHandler, PortWindow } from '../core/device.js';
import { layout } from '../core/layout.js';
import { Dp8390 } from './dp8390.js';
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

const PORTS = 32;
const DATA = 0x10;
const RESET = 0x18;
const RAM = 0x4000;
const RAM_SIZE = 0x4000;
const PROM_SIZE = 0x20;
const SIGNATURE = 0x57;

/** Read-only registers of its own: `page * 16 + offset`. */
const IDENTIFICATION: Readonly<Record<number, number>> = {
  10: 0x50, // 'P'
  11: 0x43, // 'C'
  62: 0x29,
  63: 0x80,
};

const CONFIG: ConfigDescription = {
  vendor: 0x10ec,
  device: 0x8029,
  revision: 0x00,
  classCode: 0x020000,
  interruptPin: 1,
  registers: [
    { at: Header.command, size: 2, initial: 0, writable: Command.io },
    { at: 0x06, size: 2, initial: 0x0200, writable: 0 },
    { at: Header.bar, size: 4, initial: 1, writable: 0xffffffe0 },
    { at: 0x2c, size: 4, initial: 0x802910ec, writable: 0 },
    { at: Header.interruptLine, size: 1, initial: 0, writable: 0xff },
  ],
};

const RTL8029 = layout('rtl8029', {
  config: ['u8', 256],
  ram: ['u8', RAM_SIZE],
});

export interface Rtl8029Options {
  /** Also names the DP8390: `<name>-core`. */
  readonly name: string;
  /** Station address, six bytes. */
  readonly address: Uint8Array;
  /** INTA#. */
  readonly interrupt: Line;
  /** Input channel of the frames that arrive. */
  readonly channel: string;
}

export class Rtl8029 implements Device, PciFunction {
  readonly name: string;
  readonly state = RTL8029.create();
  readonly writable = writableBits(CONFIG);
  /** A device of its own, to be added to the machine as well. */
  readonly core: Dp8390;
  readonly #prom: Uint8Array;
  readonly #window: PortWindow;

  constructor(bus: Bus, options: Rtl8029Options) {
    const { name, interrupt, channel } = options;
    this.name = name;
    this.#prom = promOf(options.address);
    const memory = {
      read: (address: number) => this.#readMemory(address),
      write: (address: number, value: number) => this.#writeMemory(address, value),
    };
    this.core = new Dp8390(bus, { name: `${name}-core`, memory, interrupt, channel });
    this.#window = bus.portWindow(this.#handler());
  }

  get config(): Uint8Array {
    return this.state.config;
  }

  /** RST#; the buffer keeps its contents. */
  reset(): void {
    resetConfig(this.config, CONFIG);
    this.#placeWindow();
  }

  afterLoad(): void {
    this.#placeWindow();
  }

  configWritten(): void {
    this.#placeWindow();
  }

  #placeWindow(): void {
    placePorts(this.#window, this.config, Header.bar, PORTS);
  }

  // ---- ports ----

  #handler(): PortHandler {
    const bytes = bytePorts(
      (port) => this.#read(port & (PORTS - 1)),
      (port, value) => this.#write(port & (PORTS - 1), value),
    );
    return {
      read: (port, size) => (isData(port) ? this.core.readData(size) : bytes.read(port, size)),
      write: (port, value, size) => {
        if (isData(port)) this.core.writeData(value, size);
        else bytes.write(port, value, size);
      },
    };
  }

  /** A read of the reset port resets the DP8390. */
  #read(offset: number): number {
    if (offset >= RESET) {
      this.core.reset();
      return 0;
    }
    if (offset >= DATA) return this.core.readData(1);
    const own = offset === 0 ? undefined : IDENTIFICATION[this.core.page * 16 + offset];
    return own ?? this.core.read(offset);
  }

  /** A write to the reset port would end the reset, which takes no time. */
  #write(offset: number, value: number): void {
    if (offset >= RESET) return;
    if (offset >= DATA) this.core.writeData(value, 1);
    else this.core.write(offset, value);
  }

  // ---- what the DP8390 sees ----

  #readMemory(address: number): number {
    if (address < PROM_SIZE) return this.#prom[address >>> 1]!;
    return this.state.ram[address - RAM] ?? 0xff;
  }

  #writeMemory(address: number, value: number): void {
    if (address >= RAM && address < RAM + RAM_SIZE) this.state.ram[address - RAM] = value;
  }
}

function isData(port: number): boolean {
  const offset = port & (PORTS - 1);
  return offset >= DATA && offset < RESET;
}

function promOf(address: Uint8Array): Uint8Array {
  const prom = new Uint8Array(PROM_SIZE / 2);
  prom.set(address);
  return prom.fill(SIGNATURE, 0x0e);
}

/**
 * The PCI bus as software sees it: configuration mechanism #1 (PCI Local Bus Specification 2.1) with
 * ports CF8h (CONFADD, double words only) and CFCh-CFFh (CONFDATA, any width), on one bus of up to 32
 * devices of 8 functions. Also what functions share: their configuration space as a table.
 *
 * Byte and word accesses to CF8h-CFBh are not configuration cycles; the only thing there is the reset
 * control register at CF9h of the ISA bridge, to which they are passed.
 *
 * Left out: bridges and further buses, mechanism #2, parity and the status bits for errors (no cycle
 * fails with anything but master abort, which reads all ones).
 */
import type { Bus, Device, PortHandler, PortWindow } from '../core/device.js';
import { layout } from '../core/layout.js';

const CONFADD = 0xcf8;
const CONFDATA = 0xcfc;
const ENABLE = 0x80000000;
/** Bits of CONFADD that exist: enable, bus, device, function, double word. */
const CONFADD_BITS = 0x80fffffc;

/** Offsets in the header of type 0 (section 6.1). */
export const Header = { command: 0x04, bar: 0x10, interruptLine: 0x3c } as const;
/** Bits of the command register. */
export const Command = { io: 1, memory: 2, busMaster: 4 } as const;

/** A function's configuration space: 256 bytes of its state, and which of their bits can be written. */
export interface PciFunction {
  readonly config: Uint8Array;
  readonly writable: Uint8Array;
  /** Some of the `size` bytes from `register` were written. */
  configWritten(register: number, size: number): void;
}

/** A register beyond the identity: contents after reset, and the bits that can be written. */
export interface ConfigRegister {
  readonly at: number;
  readonly size: 1 | 2 | 4;
  readonly initial: number;
  readonly writable: number;
}

export interface ConfigDescription {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Base class, subclass and programming interface, as one 24-bit number. */
  readonly classCode: number;
  /** 80h for the first function of several. */
  readonly headerType?: number;
  /** 1-4 for INTA#-INTD#. */
  readonly interruptPin?: number;
  readonly registers: readonly ConfigRegister[];
}

function registersOf(d: ConfigDescription): ConfigRegister[] {
  const fixed = (at: number, size: 1 | 2 | 4, initial: number) => ({ at, size, initial, writable: 0 });
  return [
    fixed(0x00, 2, d.vendor),
    fixed(0x02, 2, d.device),
    fixed(0x08, 1, d.revision),
    fixed(0x09, 2, d.classCode & 0xffff),
    fixed(0x0b, 1, d.classCode >>> 16),
    fixed(0x0e, 1, d.headerType ?? 0),
    fixed(0x3d, 1, d.interruptPin ?? 0),
    ...d.registers,
  ];
}

/** Puts configuration space into its state after reset. */
export function resetConfig(config: Uint8Array, d: ConfigDescription): void {
  config.fill(0);
  for (const { at, size, initial } of registersOf(d)) {
    for (let i = 0; i < size; i++) config[at + i] = initial >>> (8 * i);
  }
}

export function writableBits(d: ConfigDescription): Uint8Array {
  const out = new Uint8Array(256);
  for (const { at, size, writable } of registersOf(d)) {
    for (let i = 0; i < size; i++) out[at + i] = writable >>> (8 * i);
  }
  return out;
}

/** A register of configuration space as a number. */
export function configValue(config: Uint8Array, register: number, size: 1 | 2 | 4): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= config[register + i]! << (8 * i);
  return value >>> 0;
}

/** Has `count` ports be decoded where a base address register of I/O space says; nowhere if it says none, or off. */
export function placePorts(window: PortWindow, config: Uint8Array, register: number, count: number): void {
  const base = (configValue(config, register, 4) & ~(count - 1)) >>> 0;
  const enabled = (config[Header.command]! & Command.io) !== 0;
  const decoded = enabled && base !== 0 && base <= 0x10000 - count;
  window.place(decoded ? base : 0, decoded ? count : 0);
}

const PCI = layout('pci', { address: 'u32' });

export interface PciBusOptions {
  readonly name: string;
  /** Reset control register of the ISA bridge: byte accesses to CF9h. */
  readonly resetControl?: { read(): number; write(value: number): void };
}

export class PciBus implements Device {
  readonly name: string;
  readonly state = PCI.create();
  readonly #functions = new Map<number, PciFunction>();
  readonly #resetControl: PciBusOptions['resetControl'];

  constructor(bus: Bus, options: PciBusOptions) {
    this.name = options.name;
    this.#resetControl = options.resetControl;
    bus.ports(CONFADD, 8, this.#handler());
  }

  reset(): void {
    this.state.address = 0;
  }

  /** Puts a function on the bus; while the machine is built. */
  attach(device: number, fn: number, target: PciFunction): void {
    this.#functions.set((device << 3) | fn, target);
  }

  #handler(): PortHandler {
    return {
      read: (port, size) => {
        if (port >= CONFDATA) return this.#readData(port, size);
        if (port === CONFADD && size === 4) return this.state.address;
        return size === 1 && port === 0xcf9 && this.#resetControl ? this.#resetControl.read() : ones(size);
      },
      write: (port, value, size) => {
        if (port >= CONFDATA) this.#writeData(port, value, size);
        else if (port === CONFADD && size === 4) this.state.address = value & CONFADD_BITS;
        else if (port === 0xcf9 && size === 1) this.#resetControl?.write(value & 0xff);
      },
    };
  }

  /** The function and register a data access at `port` means; undefined if nobody answers. */
  #selected(port: number): { target: PciFunction; register: number } | undefined {
    const { address } = this.state;
    if (!(address & ENABLE) || address & 0x00ff0000) return undefined;
    const target = this.#functions.get((address >>> 8) & 0xff);
    return target && { target, register: (address & 0xfc) | (port & 3) };
  }

  #readData(port: number, size: number): number {
    const found = this.#selected(port);
    if (!found) return ones(size);
    let value = 0;
    for (let i = 0; i < size; i++) {
      const inside = (port & 3) + i < 4;
      value |= (inside ? found.target.config[found.register + i]! : 0xff) << (8 * i);
    }
    return value >>> 0;
  }

  #writeData(port: number, value: number, size: number): void {
    const found = this.#selected(port);
    if (!found) return;
    writeConfig(found.target, found.register, value, Math.min(size, 4 - (port & 3)));
  }
}

/** A configuration write cycle: `size` bytes at `register`. */
export function writeConfig(target: PciFunction, register: number, value: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const mask = target.writable[register + i]!;
    const byte = (value >>> (8 * i)) & mask;
    target.config[register + i] = (target.config[register + i]! & ~mask) | byte;
  }
  target.configWritten(register, size);
}

function ones(size: number): number {
  return size === 4 ? 0xffffffff : (1 << (8 * size)) - 1;
}

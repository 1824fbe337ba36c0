/**
 * The PC/AT's DMA: two Intel 8237A controllers (data sheet 231466-005), the second with 16-bit channels,
 * and the page registers that extend their addresses to 24 bits (IBM PC/AT Technical Reference, "Direct
 * Memory Access"). The PC/XT's, as an option: one controller, and page registers of 4 bits that cannot be
 * read, in a 74LS670 that knows four addresses, one of which channels 0 and 1 share (IBM PC/XT Technical
 * Reference, system board sheet 4 of 10).
 *
 * A transfer is done at the instant a device asks for it, in blocks; the time it takes on the wire is
 * the device's. So the transfer modes (demand, single, block) make no difference here.
 *
 * Left out: memory-to-memory transfers, compressed timing and priorities (nothing competes), and the
 * effect of masking channel 4 on the first controller: the cascade always passes.
 */
import type { Bus, Device, PortHandler } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { PhysicalMemory } from '../core/memory.js';
import { bytePorts, portRange } from './portSplit.js';

export interface Dma8237Options {
  readonly name: string;
  /** One controller with the page registers of the PC/XT. */
  readonly isXt?: boolean;
  /** Called before the guest reads or writes a register: transfers counted lazily are to be made up. */
  readonly beforeAccess?: () => void;
}

/** One channel as its device sees it (DREQ, DACK and TC). */
export interface DmaChannel {
  /** A request would be served: the channel is unmasked and its controller enabled. */
  readonly ready: boolean;
  /**
   * Device to memory (the mode register's "write"). Takes bytes up to the terminal count; in verify mode,
   * or if the guest programmed the other direction, memory keeps what it has.
   */
  push(data: Uint8Array): { readonly taken: number; readonly terminal: boolean };
  /** Memory to device (the mode register's "read"); FFh bytes where the mode does not read memory. */
  pull(length: number): { readonly data: Uint8Array; readonly terminal: boolean };
  /** Counts `requests` transfers whose data nobody takes: the refresh of dynamic memory. */
  skip(requests: number): void;
}

const DMA = layout('8237A pair', {
  /** Channels 0 to 7; addresses and counts of 4 to 7 in words. */
  address: ['u16', 8],
  count: ['u16', 8],
  baseAddress: ['u16', 8],
  baseCount: ['u16', 8],
  mode: ['u8', 8],
  /** By controller: command, request and mask registers, terminal counts reached, byte flip-flop. */
  command: ['u8', 2],
  request: ['u8', 2],
  mask: ['u8', 2],
  reached: ['u8', 2],
  highByte: ['u8', 2],
  /** Ports 80h to 8Fh; those that no channel uses just store. */
  page: ['u8', 16],
});

/** Page register of each channel, as an offset from port 80h. */
const PAGE_OF = [0x7, 0x3, 0x1, 0x2, 0xf, 0xb, 0x9, 0xa] as const;
const PAGE_OF_XT = [0x3, 0x3, 0x1, 0x2] as const;
const XT_PAGES = 4;
const XT_PAGE_BITS = 0x0f;
const Transfer = { verify: 0, write: 1, read: 2 } as const;
const Mode = { autoInitialize: 0x10, decrement: 0x20 } as const;
const DISABLED = 4;

export class Dma8237 implements Device {
  readonly name: string;
  readonly state = DMA.create();
  readonly #bus: Bus;
  readonly #memory: PhysicalMemory;
  readonly #pageOf: readonly number[];
  readonly #beforeAccess: () => void;

  constructor(bus: Bus, options: Dma8237Options) {
    const { name, isXt = false, beforeAccess = () => {} } = options;
    this.name = name;
    this.#bus = bus;
    this.#memory = bus.memory;
    this.#pageOf = isXt ? PAGE_OF_XT : PAGE_OF;
    this.#beforeAccess = beforeAccess;
    this.#claim(0x00, 16, 0, 0);
    if (!isXt) this.#claim(0xc0, 32, 1, 1);
    bus.ports(0x80, 16, isXt ? this.#pagesXt() : this.#pages());
  }

  #pages(): PortHandler {
    const { page } = this.state;
    const write = (port: number, value: number): void => {
      page[port & 15] = value;
    };
    return bytePorts((port) => page[port & 15]!, write, portRange(0x80, 16));
  }

  /** Two address lines are decoded, so 87h is 83h. */
  #pagesXt(): PortHandler {
    const write = (port: number, value: number): void => {
      this.state.page[port % XT_PAGES] = value & XT_PAGE_BITS;
    };
    return bytePorts(() => 0xff, write, portRange(0x80, 16));
  }

  /** The second controller's registers are two ports apart. */
  #claim(first: number, count: number, shift: number, controller: number): void {
    const handler = bytePorts(
      (port) => {
        this.#beforeAccess();
        return this.#read(controller, (port - first) >> shift);
      },
      (port, value) => {
        this.#beforeAccess();
        this.#write(controller, (port - first) >> shift, value);
      },
      portRange(first, count),
    );
    this.#bus.ports(first, count, handler);
  }

  reset(): void {
    this.#masterClear(0);
    this.#masterClear(1);
  }

  /** "Master Clear" does what RESET does: everything masked; addresses, counts and modes stay. */
  #masterClear(controller: number): void {
    const { state } = this;
    for (const register of [state.command, state.request, state.reached, state.highByte]) {
      register[controller] = 0;
    }
    state.mask[controller] = 15;
  }

  // ---- for the devices ----

  channel(n: number): DmaChannel {
    const ready = () => this.#ready(n);
    return {
      get ready() {
        return ready();
      },
      push: (data) => this.#push(n, data),
      pull: (length) => this.#pull(n, length),
      skip: (requests) => this.#skip(n, requests),
    };
  }

  #ready(n: number): boolean {
    const { command, mask } = this.state;
    return !(command[n >> 2]! & DISABLED) && !(mask[n >> 2]! & (1 << (n & 3)));
  }

  #push(n: number, data: Uint8Array): { taken: number; terminal: boolean } {
    const writes = this.#transfer(n) === Transfer.write;
    const { done, terminal } = this.#move(n, data.length, (address, from, length) => {
      if (writes) this.#memory.writeBytes(address, data.subarray(from, from + length));
    });
    if (done) this.#bus.note('dma', this.name, 'write', n, done);
    return { taken: done, terminal };
  }

  #pull(n: number, length: number): { data: Uint8Array; terminal: boolean } {
    const reads = this.#transfer(n) === Transfer.read;
    const data = new Uint8Array(Math.min(length, 65536 << this.#shift(n))).fill(0xff);
    const { done, terminal } = this.#move(n, data.length, (address, from, size) => {
      if (reads) data.set(this.#memory.readBytes(address, size), from);
    });
    if (done) this.#bus.note('dma', this.name, 'read', n, done);
    return { data: data.subarray(0, done), terminal };
  }

  /** Whole rounds from terminal count to terminal count leave an autoinitializing channel as it was. */
  #skip(n: number, requests: number): void {
    const { count, baseCount, mode } = this.state;
    let left = requests;
    if (left > count[n]! && mode[n]! & Mode.autoInitialize) {
      left -= count[n]! + 1;
      this.#move(n, (count[n]! + 1) << this.#shift(n), () => {});
      left %= baseCount[n]! + 1;
    }
    this.#move(n, Math.min(left, 65536) << this.#shift(n), () => {});
  }

  /** Address lines of 16-bit channels are shifted by one. */
  #shift(n: number): number {
    return n >> 2;
  }

  #transfer(n: number): number {
    return (this.state.mode[n]! >> 2) & 3;
  }

  /**
   * Advances channel `n` over up to `bytes` bytes, in runs of ascending addresses; the page register
   * does not count, so addresses wrap within 64 K transfers.
   */
  #move(n: number, bytes: number, run: (address: number, from: number, length: number) => void) {
    const shift = this.#shift(n);
    const { address, count, mode } = this.state;
    if (!this.#ready(n)) return { done: 0, terminal: false };
    const down = (mode[n]! & Mode.decrement) !== 0;
    const units = Math.min(bytes >> shift, count[n]! + 1);
    for (let done = 0; done < units; ) {
      const size = down ? 1 : Math.min(units - done, 65536 - address[n]!);
      run(this.#physical(n), done << shift, size << shift);
      address[n] = address[n]! + (down ? -size : size);
      done += size;
    }
    const terminal = units === count[n]! + 1;
    count[n] = count[n]! - units;
    if (terminal) this.#terminalCount(n);
    return { done: units << shift, terminal };
  }

  #physical(n: number): number {
    const page = this.state.page[this.#pageOf[n]!]!;
    return n < 4
      ? (page << 16) | this.state.address[n]!
      : ((page & 0xfe) << 16) | (this.state.address[n]! << 1);
  }

  /** "Autoinitialize": start again, or mask the channel. */
  #terminalCount(n: number): void {
    const { state } = this;
    const bit = 1 << (n & 3);
    state.reached[n >> 2]! |= bit;
    state.request[n >> 2]! &= ~bit;
    if (state.mode[n]! & Mode.autoInitialize) {
      state.address[n] = state.baseAddress[n]!;
      state.count[n] = state.baseCount[n]!;
    } else state.mask[n >> 2]! |= bit;
  }

  // ---- registers ----

  #read(controller: number, register: number): number {
    const { state } = this;
    if (register < 8) return this.#readHalf(controller, register);
    if (register === 8) {
      const status = state.reached[controller]! | (state.request[controller]! << 4);
      state.reached[controller] = 0;
      return status;
    }
    // The mask is readable on later chipsets (82374EB, 3.1.10); the temporary register is never used.
    if (register === 15) return 0xf0 | state.mask[controller]!;
    return register === 13 ? 0 : 0xff;
  }

  #readHalf(controller: number, register: number): number {
    const { state } = this;
    const n = controller * 4 + (register >> 1);
    const value = register & 1 ? state.count[n]! : state.address[n]!;
    return this.#flip(controller) ? value >> 8 : value & 0xff;
  }

  /** The byte flip-flop: false for the low byte, then true for the high one. */
  #flip(controller: number): boolean {
    const high = this.state.highByte[controller] !== 0;
    this.state.highByte[controller] = high ? 0 : 1;
    return high;
  }

  #write(controller: number, register: number, value: number): void {
    const { state } = this;
    if (register < 8) this.#writeHalf(controller, register, value);
    else if (register === 8) state.command[controller] = value;
    else if (register === 9) this.#setBit(state.request, controller, value);
    else if (register === 10) this.#setBit(state.mask, controller, value);
    else if (register === 11) state.mode[controller * 4 + (value & 3)] = value;
    else if (register === 12) state.highByte[controller] = 0;
    else if (register === 13) this.#masterClear(controller);
    else if (register === 14) state.mask[controller] = 0;
    else state.mask[controller] = value & 15;
  }

  #writeHalf(controller: number, register: number, value: number): void {
    const { state } = this;
    const n = controller * 4 + (register >> 1);
    const [current, base] =
      register & 1 ? [state.count, state.baseCount] : [state.address, state.baseAddress];
    const high = this.#flip(controller);
    base[n] = high ? (base[n]! & 0xff) | (value << 8) : (base[n]! & 0xff00) | value;
    current[n] = base[n]!;
  }

  /** "Mask Register" and "Request Register": bits 1-0 choose a channel, bit 2 sets or clears. */
  #setBit(register: Uint8Array, controller: number, value: number): void {
    const bit = 1 << (value & 3);
    if (value & 4) register[controller]! |= bit;
    else register[controller]! &= ~bit;
  }
}

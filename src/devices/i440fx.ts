/**
 * Intel 440FX host bridge (82441FX PMC data sheet, order number 290549): identity, and the PAM registers
 * (59h-5Fh) that choose, for each 16 KiB of C0000h-EFFFFh and for F0000h-FFFFFh, whether reads and
 * writes go to DRAM or to the ROM on the bus.
 *
 * Memory holds one copy for ROM and DRAM, so only the write-enable bit matters: with it a range is RAM,
 * without it it is ROM. Firmware that copies its ROM into DRAM and then locks it sees what it expects;
 * firmware that expects old DRAM contents below its ROM does not. The board reloads its ROMs on reset.
 *
 * Left out: DRAM sizing and timing, error reporting; SMRAM (72h) holds what is written and does nothing.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { PhysicalMemory } from '../core/memory.js';
import { type ConfigDescription, type PciFunction, resetConfig, writableBits } from './pci.js';

const PAM0 = 0x59;
const PAM6 = 0x5f;
const WRITE_ENABLE = 2;

const CONFIG: ConfigDescription = {
  vendor: 0x8086,
  device: 0x1237,
  revision: 0x02,
  classCode: 0x060000,
  registers: [
    { at: 0x04, size: 2, initial: 0x0006, writable: 0x0102 },
    { at: 0x06, size: 2, initial: 0x0280, writable: 0 },
    { at: 0x0d, size: 1, initial: 0, writable: 0xf8 },
    { at: 0x50, size: 2, initial: 0, writable: 0xffff }, // PMC configuration
    { at: PAM0, size: 1, initial: 0, writable: 0x30 },
    { at: PAM0 + 1, size: 1, initial: 0, writable: 0x33 },
    { at: PAM0 + 2, size: 1, initial: 0, writable: 0x33 },
    { at: PAM0 + 3, size: 1, initial: 0, writable: 0x33 },
    { at: PAM0 + 4, size: 1, initial: 0, writable: 0x33 },
    { at: PAM0 + 5, size: 1, initial: 0, writable: 0x33 },
    { at: PAM6, size: 1, initial: 0, writable: 0x33 },
    { at: 0x72, size: 1, initial: 0x02, writable: 0x78 }, // SMRAM control
  ],
};

const I440FX = layout('i440fx', { config: ['u8', 256] });

export interface I440FxOptions {
  readonly name: string;
}

export class I440Fx implements Device, PciFunction {
  readonly name: string;
  readonly state = I440FX.create();
  readonly writable = writableBits(CONFIG);
  readonly #memory: PhysicalMemory;

  constructor(bus: Bus, options: I440FxOptions) {
    this.name = options.name;
    this.#memory = bus.memory;
  }

  get config(): Uint8Array {
    return this.state.config;
  }

  reset(): void {
    resetConfig(this.config, CONFIG);
    this.configWritten(PAM0, 7);
  }

  configWritten(register: number, size: number): void {
    for (let r = Math.max(register, PAM0); r <= Math.min(register + size - 1, PAM6); r++) this.#applyPam(r);
  }

  /** PAM0 has one range in its high half; each of the others has two of 16 KiB. */
  #applyPam(register: number): void {
    const value = this.config[register]!;
    if (register === PAM0) this.#map(0xf0000, 0x10000, value >>> 4);
    else {
      const base = 0xc0000 + (register - PAM0 - 1) * 0x8000;
      this.#map(base, 0x4000, value & 3);
      this.#map(base + 0x4000, 0x4000, value >>> 4);
    }
  }

  #map(address: number, length: number, attributes: number): void {
    this.#memory.setKind(address, length, attributes & WRITE_ENABLE ? 'ram' : 'rom');
  }
}

/**
 * Intel 82371SB (PIIX3) PCI-to-ISA bridge, function 0 (data sheet, order number 290550): identity, PIRQ
 * route control (60h-63h) and the reset control register (port CF9h).
 *
 * The edge/level control registers are part of the interrupt controllers (pic8259.ts); a PIRQ is level
 * triggered only if firmware or the operating system sets its IRQ so there.
 *
 * Left out: ISA timing, top of memory, PCI DMA, MIRQ, SMI generation: their registers hold what is
 * written and do nothing. Both kinds of reset (SRST hard, else soft) reset the whole machine.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import { type ConfigDescription, type PciFunction, resetConfig, writableBits } from './pci.js';

const PIRQRC = 0x60;
const ROUTING_DISABLED = 0x80;
/** IRQs to which a PIRQ can go (PIRQRC, bits 3-0); the others are reserved. */
const ROUTABLE = 0xdef8;
const Reset = { hard: 2, cpu: 4 } as const;

const CONFIG: ConfigDescription = {
  vendor: 0x8086,
  device: 0x7000,
  revision: 0x00,
  classCode: 0x060100,
  headerType: 0x80,
  registers: [
    { at: 0x04, size: 2, initial: 0x0007, writable: 0x0008 },
    { at: 0x06, size: 2, initial: 0x0200, writable: 0 },
    { at: 0x4c, size: 1, initial: 0x4d, writable: 0xff }, // ISA I/O recovery timer
    { at: 0x4e, size: 2, initial: 0x0003, writable: 0x01ff }, // X-bus chip select
    { at: 0x60, size: 4, initial: 0x80808080, writable: 0x8f8f8f8f }, // PIRQRC[A:D]
    { at: 0x69, size: 1, initial: 0x02, writable: 0xfe }, // top of memory
    { at: 0x6a, size: 2, initial: 0x0000, writable: 0x0083 }, // miscellaneous status
    { at: 0x70, size: 1, initial: 0x80, writable: 0xef }, // motherboard IRQ route
    { at: 0xa0, size: 1, initial: 0x08, writable: 0x0f }, // SMI control
  ],
};

const PIIX3 = layout('piix3', {
  config: ['u8', 256],
  /** Requesters asserting each PIRQ, one bit each. */
  pirq: ['u32', 4],
  /** IRQs driven now. */
  irqs: 'u16',
  resetControl: 'u8',
});

export interface Piix3Options {
  readonly name: string;
  /** IRQ inputs by number; those that PIRQs may not reach can be absent. */
  readonly irqs: readonly (Line | undefined)[];
}

export class Piix3 implements Device, PciFunction {
  readonly name: string;
  readonly state = PIIX3.create();
  readonly writable = writableBits(CONFIG);
  readonly #bus: Bus;
  readonly #irqs: readonly (Line | undefined)[];
  #requesters = 0;

  constructor(bus: Bus, options: Piix3Options) {
    this.name = options.name;
    this.#bus = bus;
    this.#irqs = options.irqs;
  }

  get config(): Uint8Array {
    return this.state.config;
  }

  reset(): void {
    this.state.bytes.fill(0);
    resetConfig(this.config, CONFIG);
    for (const irq of this.#irqs) irq?.(false);
  }

  configWritten(): void {
    this.#drive();
  }

  /**
   * The interrupt wire of a PCI device: pin 1-4 (INTA#-INTD#) of slot `device`, rotated as boards do, so
   * that INTA# of device 1 is PIRQA and INTA# of device 2 is PIRQB. To be called while the machine is built.
   */
  interrupt(device: number, pin: number): Line {
    const pirq = pirqOf(device, pin);
    const bit = 1 << this.#requesters++;
    return (level) => {
      if (level) this.state.pirq[pirq]! |= bit;
      else this.state.pirq[pirq]! &= ~bit;
      this.#drive();
    };
  }

  /** Brings the IRQ outputs in line with the PIRQ inputs and their routes. */
  #drive(): void {
    let irqs = 0;
    for (let i = 0; i < 4; i++) {
      const route = this.config[PIRQRC + i]!;
      if (this.state.pirq[i] && !(route & ROUTING_DISABLED)) irqs |= (1 << (route & 15)) & ROUTABLE;
    }
    const changed = irqs ^ this.state.irqs;
    this.state.irqs = irqs;
    for (let irq = 0; irq < 16; irq++) {
      if (changed & (1 << irq)) this.#irqs[irq]?.((irqs & (1 << irq)) !== 0);
    }
  }

  /** The reset control register, for the PCI bus, which owns its port. */
  readonly resetControl = {
    read: (): number => this.state.resetControl,
    write: (value: number): void => {
      const rising = value & ~this.state.resetControl & Reset.cpu;
      this.state.resetControl = value & (Reset.hard | Reset.cpu);
      if (rising) this.#bus.request({ kind: 'reset' });
    },
  };
}

/** Which PIRQ (0-3 for A-D) pin `pin` of slot `device` is wired to. */
export function pirqOf(device: number, pin: number): number {
  return (device - 1 + pin - 1) & 3;
}

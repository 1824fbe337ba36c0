/**
 * The coprocessor error latch of an AT: FERR# of the CPU sets it and raises IRQ 13; a write to F0h (or
 * F1h) clears it (IBM PC/AT Technical Reference, "Coprocessor controls"; 82371SB data sheet, F0h).
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';

const COPROCESSOR_ERROR = layout('coprocessor error', { latched: 'u8' });

export interface CoprocessorErrorOptions {
  readonly name: string;
  readonly irq: Line;
  /** IGNNE#: lets the guest's handler execute x87 instructions again. */
  readonly clear: () => void;
}

export class CoprocessorError implements Device {
  readonly name: string;
  readonly state = COPROCESSOR_ERROR.create();
  readonly #irq: Line;

  constructor(bus: Bus, options: CoprocessorErrorOptions) {
    this.name = options.name;
    this.#irq = options.irq;
    bus.ports(0xf0, 2, {
      read: (_, size) => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1),
      write: () => {
        options.clear();
        this.#drive(0);
      },
    });
  }

  reset(): void {
    this.#drive(0);
  }

  /** FERR# went active. */
  raise(): void {
    this.#drive(1);
  }

  #drive(latched: number): void {
    this.state.latched = latched;
    this.#irq(latched === 1);
  }
}

/**
 * The PC/AT's system control ports: B at 61h (timer 2 gate, speaker data, refresh and timer 2 status)
 * and A at 92h (fast A20, fast reset). After the IBM PC/AT Technical Reference, "System Board I/O", and
 * the PS/2 Hardware Interface Technical Reference, "System Control Port A".
 *
 * Refresh is not simulated; its toggle at bit 4 of port 61h is computed from the clock: a request every
 * 18 PIT pulses (15.085 us) flips it. Parity and channel checks never happen; their enable bits (2, 3)
 * are stored.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import { PIT_FREQUENCY, Rate } from '../core/time.js';
import { bytePorts, portRange } from './portSplit.js';

export interface SystemControlOptions {
  readonly name: string;
  /** GATE of timer counter 2. */
  readonly gate2: Line;
  /** OUT of timer counter 2, now. */
  readonly out2: () => boolean;
  /** Port 92h bit 1, one of the two sources of A20; driven on every write of the port. */
  readonly a20: Line;
}

const SYSTEM_CONTROL = layout('system control', {
  /** Port 61h bits 3-0 as written. */
  b: 'u8',
  /** Port 92h as written; bit 0 (reset) reads as written. */
  a: 'u8',
});

const PORT_B = 0x61;
const PORT_A = 0x92;
const B = { gate2: 1, speaker: 2, stored: 0x0f, refresh: 0x10, out2: 0x20 } as const;
const A = { reset: 1, a20: 2 } as const;
const PULSES_A_REFRESH = 18;

export class SystemControl implements Device {
  readonly name: string;
  readonly state = SYSTEM_CONTROL.create();
  readonly #bus: Bus;
  readonly #options: SystemControlOptions;
  readonly #rate: Rate;

  constructor(bus: Bus, options: SystemControlOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#options = options;
    this.#rate = new Rate(PIT_FREQUENCY, bus.frequency);
    const b = bytePorts(
      () => this.#readB(),
      (_port, value) => this.#writeB(value),
      portRange(PORT_B, 1),
    );
    const a = bytePorts(
      () => this.state.a,
      (_port, value) => this.#writeA(value),
      portRange(PORT_A, 1),
    );
    bus.ports(PORT_B, 1, b);
    bus.ports(PORT_A, 1, a);
  }

  /** A20 is left to the keyboard controller, which opens it: the CPU starts at FFFFFFF0h. */
  reset(): void {
    this.#writeB(0);
    this.state.a = 0;
  }

  /** True while the speaker cone follows timer 2. */
  get speaking(): boolean {
    return (this.state.b & (B.gate2 | B.speaker)) === (B.gate2 | B.speaker);
  }

  #readB(): number {
    const refreshes = Math.floor(this.#rate.ticks(this.#bus.now()) / PULSES_A_REFRESH);
    const refresh = refreshes % 2 ? B.refresh : 0;
    return this.state.b | refresh | (this.#options.out2() ? B.out2 : 0);
  }

  #writeB(value: number): void {
    this.state.b = value & B.stored;
    this.#options.gate2((value & B.gate2) !== 0);
  }

  /** A reset is asked for by a rising bit 0, so that software may leave it set. */
  #writeA(value: number): void {
    const rising = value & ~this.state.a;
    this.state.a = value & (A.reset | A.a20);
    this.#options.a20((value & A.a20) !== 0);
    if (rising & A.reset) this.#bus.request({ kind: 'reset' });
  }
}

/**
 * What the 8255 of the PC/XT's system board is wired to, and the NMI mask, after the IBM PC/XT Technical
 * Reference, "System Board I/O" and "8255A I/O Bit Map":
 *
 *   port A (60h)  the keyboard's shift register
 *   port B (61h)  0 gate of timer 2, 1 speaker data, 3 which switches, 4 and 5 parity checks off, 6 keyboard
 *                 clock free, 7 keyboard clear
 *   port C (62h)  3-0 switches 1-4 or 5-8, 5 OUT of timer 2, 6 channel check, 7 parity check
 *   port A0h      bit 7 lets NMI through
 *
 * Left out: parity and channel checks, which never happen; sound beyond the speaker's gate.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import { bytePorts, portRange } from './portSplit.js';
import { Ppi8255 } from './ppi8255.js';
import type { XtKeyboard } from './xtKeyboard.js';

export interface XtSystemBoardOptions {
  readonly name: string;
  readonly keyboard: XtKeyboard;
  /** GATE of timer counter 2. */
  readonly gate2: Line;
  /** OUT of timer counter 2, now. */
  readonly out2: () => boolean;
  /** Switches 8 to 1 of SW1 as they read: a bit is 1 where the switch is off. */
  readonly switches: number;
}

const SYSTEM_BOARD = layout('XT system board', {
  nmiMask: 'u8',
});

const NMI_MASK = 0xa0;
const B = { gate2: 1, speaker: 2, highSwitches: 8, clockFree: 0x40, clear: 0x80 } as const;
const C_OUT2 = 0x20;
const NMI_ENABLED = 0x80;

/** The PPI is a device of its own, to be added as well. */
export class XtSystemBoard implements Device {
  readonly name: string;
  readonly state = SYSTEM_BOARD.create();
  readonly ppi: Ppi8255;
  readonly #options: XtSystemBoardOptions;

  constructor(bus: Bus, options: XtSystemBoardOptions) {
    this.name = options.name;
    this.#options = options;
    this.ppi = new Ppi8255(bus, {
      name: 'ppi',
      input: (port) => this.#input(port),
      outputB: (value) => this.#outputB(value),
    });
    const mask = bytePorts(
      () => 0xff,
      (_port, value) => {
        this.state.nmiMask = value & NMI_ENABLED;
      },
      portRange(NMI_MASK, 1),
    );
    bus.ports(NMI_MASK, 1, mask);
  }

  /** "NMI is masked off at power-on." */
  reset(): void {
    this.state.nmiMask = 0;
  }

  get nmiEnabled(): boolean {
    return this.state.nmiMask !== 0;
  }

  /** True while the speaker cone follows timer 2. */
  get speaking(): boolean {
    return (this.ppi.b & (B.gate2 | B.speaker)) === (B.gate2 | B.speaker);
  }

  #input(port: 'a' | 'b' | 'c'): number {
    if (port === 'a') return this.#options.keyboard.code;
    return port === 'b' ? 0xff : this.#portC();
  }

  #portC(): number {
    const { switches, out2 } = this.#options;
    const half = this.ppi.b & B.highSwitches ? switches >> 4 : switches;
    return (half & 0x0f) | (out2() ? C_OUT2 : 0);
  }

  #outputB(value: number): void {
    const { keyboard, gate2 } = this.#options;
    gate2((value & B.gate2) !== 0);
    keyboard.setClock((value & B.clockFree) !== 0);
    keyboard.setClear((value & B.clear) !== 0);
  }
}

/**
 * Intel 8255A programmable peripheral interface, after its data sheet (order number 231308), in mode 0, the
 * only one the PC uses: ports A and B of eight lines, port C of two halves of four, each input or output.
 *
 * Left out: modes 1 and 2 (strobed; taken as mode 0), and that an output's pins can be read back other than
 * as they are driven.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import { bytePorts, portRange } from './portSplit.js';

export interface Ppi8255Options {
  readonly name: string;
  /** Base of the four ports; default 60h. */
  readonly port?: number;
  /** The levels on the pins of ports A, B and C, for those that are inputs. */
  readonly input: (port: 'a' | 'b' | 'c') => number;
  /** Port B was written, or became an output (all low) or an input (pulled up). */
  readonly outputB: (value: number) => void;
}

const PPI = layout('8255A', {
  /** The last mode definition control word. */
  control: 'u8',
  /** Output latches. */
  a: 'u8',
  b: 'u8',
  c: 'u8',
});

/** "Mode Definition Format": 1 is input. */
const Control = { modeSet: 0x80, aIn: 0x10, cHighIn: 0x08, bIn: 0x02, cLowIn: 0x01 } as const;
const ALL_INPUTS = Control.modeSet | Control.aIn | Control.cHighIn | Control.bIn | Control.cLowIn;

export class Ppi8255 implements Device {
  readonly name: string;
  readonly state = PPI.create();
  readonly #options: Ppi8255Options;

  constructor(bus: Bus, options: Ppi8255Options) {
    const { name, port = 0x60 } = options;
    this.name = name;
    this.#options = options;
    const handler = bytePorts(
      (p) => this.#read((p - port) & 3),
      (p, value) => this.#write((p - port) & 3, value),
      portRange(port, 4),
    );
    bus.ports(port, 4, handler);
  }

  /** "When the reset input goes high all ports will be set to the input mode." */
  reset(): void {
    this.#define(ALL_INPUTS);
  }

  /** Levels on the pins of port B; as inputs they are pulled up. */
  get b(): number {
    return this.state.control & Control.bIn ? 0xff : this.state.b;
  }

  #read(register: number): number {
    const { control, a, b } = this.state;
    const { input } = this.#options;
    if (register === 0) return control & Control.aIn ? input('a') : a;
    if (register === 1) return control & Control.bIn ? input('b') : b;
    // The control word register cannot be read.
    return register === 2 ? this.#readC() : 0xff;
  }

  #readC(): number {
    const { control, c } = this.state;
    const inputs = (control & Control.cHighIn ? 0xf0 : 0) | (control & Control.cLowIn ? 0x0f : 0);
    return (this.#options.input('c') & inputs) | (c & ~inputs & 0xff);
  }

  #write(register: number, value: number): void {
    const { state } = this;
    if (register === 0) state.a = value;
    else if (register === 1) this.#writeB(value);
    else if (register === 2) state.c = value;
    else if (value & Control.modeSet) this.#define(value);
    else this.#setBit((value >> 1) & 7, value & 1);
  }

  #writeB(value: number): void {
    this.state.b = value;
    this.#options.outputB(this.b);
  }

  /** A control word clears the output latches ("the output registers will be reset"). */
  #define(control: number): void {
    const { state } = this;
    state.control = control;
    state.a = 0;
    state.c = 0;
    this.#writeB(0);
  }

  /** "Bit Set/Reset Format": a single line of port C. */
  #setBit(bit: number, level: number): void {
    const { state } = this;
    state.c = level ? state.c | (1 << bit) : state.c & ~(1 << bit);
  }
}

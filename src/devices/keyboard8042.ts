/**
 * The PC's keyboard controller: an 8042 with the firmware of a PS/2 (keyboard and auxiliary connector),
 * after the IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller".
 *
 * Timing: a byte from a device needs one frame, 11 bits at 12.5 kHz (880 us), and starts only when the
 * output buffer is empty, for until then the controller holds the clock line. Commands and bytes to
 * devices are done at once, so "input buffer full" is never seen. A reply of the controller itself
 * replaces what is in the output buffer.
 *
 * IRQ1 and IRQ12 follow the output buffer. The controller wakes up as a PC's firmware would leave it:
 * translating, keyboard on, mouse off.
 *
 * Left out: password security, line parity errors and timeouts, the diagnostic dump (ACh).
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { bytePorts } from './portSplit.js';
import type { Ps2Device } from './ps2Port.js';
import { translateScanCode } from './scanTranslation.js';

export interface Keyboard8042Options {
  readonly name: string;
  /** Data port; default 60h. The command port is 4 above it. */
  readonly port?: number;
  readonly irqKeyboard: Line;
  readonly irqMouse: Line;
  /** Output port bit 1, one of the two sources of A20; driven on every write of the port, high on reset. */
  readonly a20: Line;
  readonly keyboard: Ps2Device;
  readonly mouse?: Ps2Device;
}

const CONTROLLER = layout('8042', {
  /** Command byte and the rest of the controller's RAM, as commands 20h to 3Fh read it. */
  ram: ['u8', 32],
  outputPort: 'u8',
  /** Output buffer, and what fills it: `From`. */
  output: 'u8',
  from: 'u8',
  /** The command whose data byte comes next, 0 for none. */
  command: 'u8',
  /** 1 if the last write went to the command port. */
  wroteCommand: 'u8',
  /** Translation has seen F0h: the next code is a release. */
  releasing: 'u8',
  irqKeyboard: 'u8',
  irqMouse: 'u8',
});

const From = { nobody: 0, keyboard: 1, mouse: 2 } as const;
/** Bits of the command byte. */
const Mode = {
  irqKeyboard: 1,
  irqMouse: 2,
  system: 4,
  keyboardOff: 0x10,
  mouseOff: 0x20,
  translate: 0x40,
} as const;
const Status = { outputFull: 1, system: 4, command: 8, unlocked: 0x10, mouseData: 0x20 } as const;
const OutputPort = { run: 1, a20: 2, keyboardFull: 0x10, mouseFull: 0x20, lines: 0xc0 } as const;
/** Keyboard not locked, manufacturing jumper absent, 512 KB of RAM on the planar. */
const INPUT_PORT = 0xb0;
const RELEASE_PREFIX = 0xf0;
const FRAME_SECONDS = 11 / 12500;

export class Keyboard8042 implements Device {
  readonly name: string;
  readonly state = CONTROLLER.create();
  readonly #bus: Bus;
  readonly #options: Keyboard8042Options;
  readonly #frame: Timer;

  constructor(bus: Bus, options: Keyboard8042Options) {
    const { name, port = 0x60 } = options;
    this.name = name;
    this.#bus = bus;
    this.#options = options;
    this.#frame = bus.timer(name, 'frame', () => this.#frameArrived());
    options.keyboard.attach(() => this.#listen());
    options.mouse?.attach(() => this.#listen());
    const data = bytePorts(
      () => this.#readData(),
      (_port, value) => this.#writeData(value),
      (p) => p === port,
    );
    const command = bytePorts(
      () => this.#status(),
      (_port, value) => this.#writeCommand(value),
      (p) => p === port + 4,
    );
    bus.ports(port, 1, data);
    bus.ports(port + 4, 1, command);
  }

  reset(): void {
    const { state } = this;
    const { irqKeyboard, irqMouse } = state;
    state.bytes.fill(0);
    state.irqKeyboard = irqKeyboard;
    state.irqMouse = irqMouse;
    state.ram[0] = Mode.translate | Mode.mouseOff | Mode.irqKeyboard;
    this.#frame.cancel();
    this.#setOutputPort(0xff);
    this.#interrupt();
    this.#listen();
  }

  get #mode(): number {
    return this.state.ram[0]!;
  }

  // ---- from the devices ----

  #source(): Ps2Device | undefined {
    const { keyboard, mouse } = this.#options;
    if (keyboard.ready && !(this.#mode & Mode.keyboardOff)) return keyboard;
    return mouse?.ready && !(this.#mode & Mode.mouseOff) ? mouse : undefined;
  }

  /** Lets the next byte come, if there is one and room for it. */
  #listen(): void {
    if (this.state.from !== From.nobody || this.#frame.due !== Number.POSITIVE_INFINITY) return;
    if (!this.#source()) return;
    const { num, den } = this.#bus.frequency;
    this.#frame.set(this.#bus.now() + Math.ceil((FRAME_SECONDS * num) / den));
  }

  #frameArrived(): void {
    const source = this.#source();
    if (!source || this.state.from !== From.nobody) return;
    const byte = source.send();
    if (source !== this.#options.keyboard) this.#put(byte, From.mouse);
    else if (this.#mode & Mode.translate) this.#translate(byte);
    else this.#put(byte, From.keyboard);
    this.#listen();
  }

  /** Set 2 to set 1: F0h is held back and sets bit 7 of the code that follows. */
  #translate(byte: number): void {
    const { state } = this;
    if (byte === RELEASE_PREFIX) {
      state.releasing = 1;
      return;
    }
    const released = state.releasing ? 0x80 : 0;
    state.releasing = 0;
    this.#put(translateScanCode(byte) | released, From.keyboard);
  }

  #put(byte: number, from: number): void {
    this.state.output = byte;
    this.state.from = from;
    this.#interrupt();
  }

  #interrupt(): void {
    const { state } = this;
    const keyboard = state.from === From.keyboard && this.#mode & Mode.irqKeyboard ? 1 : 0;
    const mouse = state.from === From.mouse && this.#mode & Mode.irqMouse ? 1 : 0;
    if (keyboard !== state.irqKeyboard) {
      state.irqKeyboard = keyboard;
      this.#options.irqKeyboard(keyboard === 1);
    }
    if (mouse !== state.irqMouse) {
      state.irqMouse = mouse;
      this.#options.irqMouse(mouse === 1);
    }
  }

  // ---- ports ----

  #readData(): number {
    const { state } = this;
    state.from = From.nobody;
    this.#interrupt();
    this.#listen();
    return state.output;
  }

  #status(): number {
    const { from, wroteCommand } = this.state;
    let value: number = Status.unlocked;
    if (from !== From.nobody) value |= Status.outputFull;
    if (from === From.mouse) value |= Status.mouseData;
    if (this.#mode & Mode.system) value |= Status.system;
    return wroteCommand ? value | Status.command : value;
  }

  #writeData(value: number): void {
    const { state } = this;
    const { command } = state;
    state.command = 0;
    state.wroteCommand = 0;
    if (command === 0) this.#toKeyboard(value);
    else if (command < 0x80) this.#writeRam(command & 0x1f, value);
    else if (command === 0xd1) this.#setOutputPort(value);
    else if (command === 0xd2) this.#put(value, From.keyboard);
    else if (command === 0xd3) this.#put(value, From.mouse);
    else this.#toMouse(value);
  }

  /** Sending to a device turns its interface on. */
  #toKeyboard(value: number): void {
    this.#setMode(this.#mode & ~Mode.keyboardOff);
    this.#options.keyboard.receive(value);
  }

  #toMouse(value: number): void {
    this.#setMode(this.#mode & ~Mode.mouseOff);
    this.#options.mouse?.receive(value);
  }

  #writeRam(at: number, value: number): void {
    if (at === 0) this.#setMode(value);
    else this.state.ram[at] = value;
  }

  #setMode(value: number): void {
    this.state.ram[0] = value;
    this.#interrupt();
    this.#listen();
  }

  /** Bits 4 and 5 are the interrupt lines and not written. Bit 0 low holds the CPU in reset. */
  #setOutputPort(value: number): void {
    this.state.outputPort = value;
    this.#options.a20((value & OutputPort.a20) !== 0);
    if (!(value & OutputPort.run)) this.#bus.request({ kind: 'reset' });
  }

  #readOutputPort(): number {
    const { outputPort, irqKeyboard, irqMouse } = this.state;
    const lines = (irqKeyboard ? OutputPort.keyboardFull : 0) | (irqMouse ? OutputPort.mouseFull : 0);
    return (outputPort & (OutputPort.run | OutputPort.a20)) | lines | OutputPort.lines;
  }

  #writeCommand(value: number): void {
    const { state } = this;
    state.command = 0;
    state.wroteCommand = 1;
    if (value >= 0x20 && value < 0x40) this.#put(state.ram[value & 0x1f]!, From.keyboard);
    else if ((value >= 0x60 && value < 0x80) || (value >= 0xd1 && value <= 0xd4)) state.command = value;
    else if (value >= 0xf0) this.#pulse(value);
    else this.#simpleCommand(value);
  }

  /** F0h to FFh pulse the output port bits that are 0 in the low nibble; bit 0 resets the CPU. */
  #pulse(value: number): void {
    if (!(value & 1)) this.#bus.request({ kind: 'reset' });
  }

  /** Commands without a data byte. Unknown ones do nothing. */
  #simpleCommand(value: number): void {
    if (value === 0xa7) this.#setMode(this.#mode | Mode.mouseOff);
    else if (value === 0xa8) this.#setMode(this.#mode & ~Mode.mouseOff);
    else if (value === 0xaa) this.#setMode(this.#mode | Mode.system);
    else if (value === 0xad) this.#setMode(this.#mode | Mode.keyboardOff);
    else if (value === 0xae) this.#setMode(this.#mode & ~Mode.keyboardOff);
    // A20 off and on, as many chipsets have it.
    else if (value === 0xdd) this.#setOutputPort(this.state.outputPort & ~OutputPort.a20);
    else if (value === 0xdf) this.#setOutputPort(this.state.outputPort | OutputPort.a20);
    const answer = value === 0xd0 ? this.#readOutputPort() : ANSWERS[value];
    if (answer !== undefined) this.#put(answer, From.keyboard);
  }
}

/** Commands that always answer the same. */
const ANSWERS: Readonly<Record<number, number>> = {
  /** Is a password installed? No. */
  [0xa4]: 0xf1,
  /** Test of the mouse interface: no error. */
  [0xa9]: 0x00,
  /** Self-test: passed. */
  [0xaa]: 0x55,
  /** Test of the keyboard interface: no error. */
  [0xab]: 0x00,
  [0xc0]: INPUT_PORT,
  /** Test inputs: both clock lines low. */
  [0xe0]: 0x00,
};

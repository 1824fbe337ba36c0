/**
 * A 101/102-key PS/2 keyboard, after the IBM PS/2 Hardware Interface Technical Reference, "Keyboards
 * (101- and 102-Key)": commands, scan code sets 1, 2 and 3, LEDs.
 *
 * Key presses come through input channel `keyboard` as pairs (HID usage, 1 for down or 0 for up; see
 * keys.ts) and wait in a queue of 2048 presses, which stands for the typist: one is taken every 8 ms, and
 * only when the last one's bytes are gone. Excess presses are dropped, newest first.
 *
 * Left out: typematic repeat (the rate is stored; who holds a key down repeats it), the make-only and
 * typematic-only key types of set 3 (accepted; every key is make/break). The power-on self-test counts
 * as done, its AAh as lost, when the machine starts.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { keyOfUsage, scanCodes } from './keys.js';
import { type Ps2Device, Ps2Reply, SELF_TEST_SECONDS } from './ps2Port.js';
import { Ring } from './ring.js';

export interface Ps2KeyboardOptions {
  readonly name: string;
  /** Input channel; default `keyboard`. */
  readonly channel?: string;
}

const QUEUE = 4096;
const BUFFER = 16;
const PRESS_SECONDS = 0.008;

const KEYBOARD = layout('PS/2 keyboard', {
  scanning: 'u8',
  set: 'u8',
  leds: 'u8',
  typematic: 'u8',
  /** The command whose argument comes next, 0 for none. */
  command: 'u8',
  /** The last byte sent, for "resend". */
  last: 'u8',
  replies: ['u8', BUFFER],
  repliesAt: ['u16', 2],
  codes: ['u8', BUFFER],
  codesAt: ['u16', 2],
  queue: ['u8', QUEUE],
  queueAt: ['u16', 2],
});

const Command = {
  leds: 0xed,
  echo: 0xee,
  scanSet: 0xf0,
  identify: 0xf2,
  typematic: 0xf3,
  enable: 0xf4,
  disable: 0xf5,
  defaults: 0xf6,
  /** Make-only and the like for single keys in set 3; a list of keys follows. */
  keyTypematic: 0xfb,
  keyMakeBreak: 0xfc,
  keyMake: 0xfd,
  resend: 0xfe,
  reset: 0xff,
} as const;
const TAKES_ARGUMENT: ReadonlySet<number> = new Set([
  Command.leds,
  Command.scanSet,
  Command.typematic,
  Command.keyTypematic,
  Command.keyMakeBreak,
  Command.keyMake,
]);
/** 10.9 characters a second after 500 ms. */
const DEFAULT_TYPEMATIC = 0x2b;

export class Ps2Keyboard implements Device, Ps2Device {
  readonly name: string;
  readonly state = KEYBOARD.create();
  readonly #bus: Bus;
  readonly #replies = new Ring(this.state.replies, this.state.repliesAt);
  readonly #codes = new Ring(this.state.codes, this.state.codesAt);
  readonly #queue = new Ring(this.state.queue, this.state.queueAt);
  readonly #typist: Timer;
  readonly #selfTest: Timer;
  #notify: () => void = () => {};

  constructor(bus: Bus, options: Ps2KeyboardOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#typist = bus.timer(this.name, 'typist', () => this.#press());
    this.#selfTest = bus.timer(this.name, 'self-test', () => this.#reply(Ps2Reply.selfTestPassed));
    bus.input(options.channel ?? 'keyboard', (data) => this.#deliver(data));
  }

  reset(): void {
    this.#replies.clear();
    this.#selfTest.cancel();
    this.state.command = 0;
    this.state.last = 0;
    this.state.leds = 0;
    this.#defaults();
    this.state.scanning = 1;
  }

  attach(notify: () => void): void {
    this.#notify = notify;
  }

  /** LEDs that are on: 1 scroll lock, 2 num lock, 4 caps lock. */
  get leds(): number {
    return this.state.leds;
  }

  // ---- typing ----

  #deliver(data: Uint8Array): void {
    for (let i = 0; i + 1 < data.length && this.#queue.room >= 2; i += 2) {
      this.#queue.push(data[i]!);
      this.#queue.push(data[i + 1]!);
    }
    if (this.#queue.count && this.#typist.due === Number.POSITIVE_INFINITY) this.#press();
  }

  /** Takes the next key press, if the last one's bytes have left, and sets the time for another. */
  #press(): void {
    if (!this.#codes.count) {
      const usage = this.#queue.shift();
      const down = this.#queue.shift() !== 0;
      if (this.state.scanning) this.#scan(usage, down);
    }
    if (this.#queue.count) this.#typist.set(this.#bus.now() + this.#clocks(PRESS_SECONDS));
  }

  #scan(usage: number, down: boolean): void {
    const key = keyOfUsage(usage);
    if (!key) return;
    this.#bus.note('key', this.name, down ? 'make' : 'break', usage);
    for (const byte of scanCodes(key, down, this.state.set as 1 | 2 | 3)) this.#codes.push(byte);
    this.#notify();
  }

  #clocks(seconds: number): number {
    return Math.ceil((seconds * this.#bus.frequency.num) / this.#bus.frequency.den);
  }

  // ---- the wire ----

  get ready(): boolean {
    return this.#replies.count + this.#codes.count > 0;
  }

  send(): number {
    const byte = this.#replies.count ? this.#replies.shift() : this.#codes.shift();
    if (byte !== Ps2Reply.resend) this.state.last = byte;
    return byte;
  }

  #reply(...bytes: number[]): void {
    for (const byte of bytes) this.#replies.push(byte);
    this.#notify();
  }

  receive(byte: number): void {
    const { command } = this.state;
    this.state.command = 0;
    // A command in the place of an argument is a command.
    const answer = command && byte < Command.leds ? this.#argument(command, byte) : this.#obey(byte);
    this.#reply(...answer);
  }

  /** Takes the argument of a command; returns the answer. */
  #argument(command: number, byte: number): number[] {
    const { state } = this;
    if (command === Command.scanSet) return this.#scanSet(byte);
    if (command === Command.leds) this.#setLeds(byte & 7);
    else if (command === Command.typematic) state.typematic = byte & 0x7f;
    else state.command = command;
    return [Ps2Reply.ack];
  }

  #setLeds(leds: number): void {
    this.state.leds = leds;
    this.#bus.note('key', this.name, 'leds', leds);
  }

  /** Argument 0 asks which set is in use. */
  #scanSet(set: number): number[] {
    if (set > 3) return [Ps2Reply.resend];
    if (set === 0) return [Ps2Reply.ack, this.state.set];
    this.#codes.clear();
    this.state.set = set;
    return [Ps2Reply.ack];
  }

  /** Executes a command; returns the answer. */
  #obey(byte: number): number[] {
    const { state } = this;
    if (byte === Command.echo) return [Command.echo];
    if (byte === Command.resend) return [state.last];
    if (byte === Command.identify) return [Ps2Reply.ack, 0xab, 0x83];
    if (byte < Command.leds || byte === 0xef || byte === 0xf1) return [Ps2Reply.resend];
    if (TAKES_ARGUMENT.has(byte)) state.command = byte;
    else if (byte === Command.reset) this.#selfTestCommand();
    else if (byte === Command.enable) this.#enable();
    else if (byte === Command.disable || byte === Command.defaults) {
      this.#defaults();
      state.scanning = byte === Command.defaults ? 1 : 0;
    }
    return [Ps2Reply.ack];
  }

  #enable(): void {
    this.#codes.clear();
    this.state.scanning = 1;
  }

  #defaults(): void {
    this.#codes.clear();
    this.state.set = 2;
    this.state.typematic = DEFAULT_TYPEMATIC;
  }

  #selfTestCommand(): void {
    this.reset();
    this.#selfTest.set(this.#bus.now() + this.#clocks(SELF_TEST_SECONDS));
  }
}

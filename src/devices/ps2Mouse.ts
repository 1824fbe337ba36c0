/**
 * A three-button PS/2 mouse with the IntelliMouse wheel, after the IBM PS/2 Hardware Interface Technical
 * Reference, "Mouse", and Microsoft's IntelliMouse identification (sample rates 200, 100, 80 in a row
 * turn the wheel on and the identity into 3).
 *
 * Movements come through input channel `mouse` in groups of four bytes: dx (right), dy (towards the
 * user), wheel (away from the user), all signed as in a USB report, and buttons (1 left, 2 right,
 * 4 middle). They wait in a queue of 256 groups; each report takes what fits of the next groups that
 * agree in their buttons, so no click is lost. Movement is counted as given, whatever the resolution.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { type Ps2Device, Ps2Reply, SELF_TEST_SECONDS } from './ps2Port.js';
import { Ring } from './ring.js';

export interface Ps2MouseOptions {
  readonly name: string;
  /** Input channel; default `mouse`. */
  readonly channel?: string;
}

const QUEUE = 1024;
const BUFFER = 16;
const GROUP = 4;

const MOUSE = layout('PS/2 mouse', {
  reporting: 'u8',
  remote: 'u8',
  wrap: 'u8',
  scaling: 'u8',
  resolution: 'u8',
  rate: 'u8',
  /** How much of the rate sequence 200, 100, 80 has been seen. */
  knocks: 'u8',
  wheel: 'u8',
  buttons: 'u8',
  /** Buttons changed since the last report. */
  clicked: 'u8',
  command: 'u8',
  last: 'u8',
  /** Movement not yet reported; dy and dz in the mouse's own sense (up, towards the user). */
  dx: 'i32',
  dy: 'i32',
  dz: 'i32',
  replies: ['u8', BUFFER],
  repliesAt: ['u16', 2],
  report: ['u8', BUFFER],
  reportAt: ['u16', 2],
  queue: ['u8', QUEUE],
  queueAt: ['u16', 2],
});

const Command = {
  scaleOneToOne: 0xe6,
  scaleTwoToOne: 0xe7,
  resolution: 0xe8,
  status: 0xe9,
  stream: 0xea,
  read: 0xeb,
  endWrap: 0xec,
  wrap: 0xee,
  remote: 0xf0,
  identify: 0xf2,
  rate: 0xf3,
  enable: 0xf4,
  disable: 0xf5,
  defaults: 0xf6,
  resend: 0xfe,
  reset: 0xff,
} as const;
const KNOCKS = [200, 100, 80] as const;
const WHEEL_IDENTITY = 3;
/** "Scaling 2:1" for movements of 0 to 5; more is doubled. */
const SCALED = [0, 1, 1, 3, 6, 9] as const;

export class Ps2Mouse implements Device, Ps2Device {
  readonly name: string;
  readonly state = MOUSE.create();
  readonly #bus: Bus;
  readonly #replies = new Ring(this.state.replies, this.state.repliesAt);
  readonly #report = new Ring(this.state.report, this.state.reportAt);
  readonly #queue = new Ring(this.state.queue, this.state.queueAt);
  readonly #sample: Timer;
  readonly #selfTest: Timer;
  #notify: () => void = () => {};

  constructor(bus: Bus, options: Ps2MouseOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#sample = bus.timer(this.name, 'sample', () => this.#stream());
    this.#selfTest = bus.timer(this.name, 'self-test', () => this.#reply(Ps2Reply.selfTestPassed, 0));
    bus.input(options.channel ?? 'mouse', (data) => this.#deliver(data));
  }

  reset(): void {
    const { state } = this;
    this.#replies.clear();
    this.#selfTest.cancel();
    for (const field of ['wrap', 'knocks', 'wheel', 'command', 'last'] as const) state[field] = 0;
    this.#defaults();
  }

  attach(notify: () => void): void {
    this.#notify = notify;
  }

  #defaults(): void {
    const { state } = this;
    state.reporting = 0;
    state.remote = 0;
    state.scaling = 0;
    state.resolution = 2;
    state.rate = 100;
    this.#forget();
  }

  /** Drops counted movement and the report under way, as most commands do. */
  #forget(): void {
    const { state } = this;
    state.dx = state.dy = state.dz = 0;
    state.clicked = 0;
    this.#report.clear();
  }

  // ---- movement ----

  #deliver(data: Uint8Array): void {
    for (let i = 0; i + GROUP <= data.length && this.#queue.room >= GROUP; i += GROUP) {
      for (let j = 0; j < GROUP; j++) this.#queue.push(data[i + j]!);
    }
    if (this.#sample.due === Number.POSITIVE_INFINITY) this.#stream();
  }

  get #moved(): boolean {
    const { dx, dy, dz, clicked } = this.state;
    return (dx | dy | dz | clicked) !== 0;
  }

  /** Takes groups off the queue up to the next change of buttons. */
  #take(): void {
    const { state } = this;
    while (this.#queue.count >= GROUP) {
      const buttons = state.queue[(state.queueAt[0]! + GROUP - 1) % QUEUE]! & 7;
      if (this.#moved && buttons !== state.buttons) return;
      state.dx += signed(this.#queue.shift());
      state.dy -= signed(this.#queue.shift());
      state.dz -= signed(this.#queue.shift());
      this.#queue.shift();
      if (buttons !== state.buttons) state.clicked = 1;
      state.buttons = buttons;
    }
  }

  /** While nobody wants reports, movement is lost; only the buttons are remembered. */
  #drain(): void {
    while (this.#queue.count) {
      this.#take();
      this.#forget();
    }
  }

  /** Stream mode: a report every sample period while there is something to tell. */
  #stream(): void {
    const { state } = this;
    if (!state.reporting && !state.remote) this.#drain();
    if (state.remote) return;
    if (!this.#report.count) {
      this.#take();
      if (this.#moved) this.#pack(state.scaling !== 0);
    }
    if (!this.#moved && !this.#queue.count) return;
    const { num, den } = this.#bus.frequency;
    this.#sample.set(this.#bus.now() + Math.ceil(num / (den * state.rate)));
  }

  /** A report of what nine bits can hold; the rest stays for the next. */
  #pack(scale: boolean): void {
    const { state } = this;
    const dx = clamp(state.dx, -128, 127);
    const dy = clamp(state.dy, -128, 127);
    const dz = state.wheel ? clamp(state.dz, -8, 7) : 0;
    state.dx -= dx;
    state.dy -= dy;
    state.dz = state.wheel ? state.dz - dz : 0;
    state.clicked = 0;
    const x = scale ? scaled(dx) : dx;
    const y = scale ? scaled(dy) : dy;
    const signs = (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0);
    const bytes = [8 | state.buttons | signs, x & 0xff, y & 0xff];
    if (state.wheel) bytes.push(dz & 0xff);
    for (const byte of bytes) this.#report.push(byte);
    this.#bus.note('mouse', this.name, 'report', x, y);
    this.#notify();
  }

  // ---- the wire ----

  get ready(): boolean {
    return this.#replies.count + this.#report.count > 0;
  }

  send(): number {
    const byte = this.#replies.count ? this.#replies.shift() : this.#report.shift();
    if (byte !== Ps2Reply.resend) this.state.last = byte;
    return byte;
  }

  #reply(...bytes: number[]): void {
    for (const byte of bytes) this.#replies.push(byte);
    this.#notify();
  }

  receive(byte: number): void {
    const { state } = this;
    const { command } = state;
    state.command = 0;
    if (state.wrap && byte !== Command.reset && byte !== Command.endWrap) this.#reply(byte);
    else this.#reply(...(command ? this.#argument(command, byte) : this.#obey(byte)));
  }

  /** Takes the argument of a command; returns the answer. */
  #argument(command: number, byte: number): number[] {
    if (command === Command.resolution) this.state.resolution = byte & 3;
    else this.#setRate(byte);
    return [Ps2Reply.ack];
  }

  /** A rate of 0 is not one; it leaves the old one. */
  #setRate(rate: number): void {
    const { state } = this;
    if (rate) state.rate = rate;
    if (rate === KNOCKS[state.knocks as 0 | 1 | 2]) state.knocks++;
    else state.knocks = rate === KNOCKS[0] ? 1 : 0;
    if (state.knocks < KNOCKS.length) return;
    state.wheel = 1;
    state.knocks = 0;
  }

  /** Executes a command; returns the answer. */
  #obey(byte: number): number[] {
    const { state } = this;
    if (byte === Command.resend) return [state.last];
    if (!COMMANDS.has(byte)) return [Ps2Reply.resend];
    if (byte === Command.status) return [Ps2Reply.ack, ...this.#status()];
    if (byte === Command.identify) return [Ps2Reply.ack, state.wheel ? WHEEL_IDENTITY : 0];
    if (byte === Command.reset) this.#selfTestCommand();
    else if (byte === Command.read) this.#readData();
    else this.#setMode(byte);
    return [Ps2Reply.ack];
  }

  #readData(): void {
    this.#report.clear();
    this.#take();
    this.#pack(false);
  }

  #setMode(byte: number): void {
    const { state } = this;
    if (byte === Command.rate || byte === Command.resolution) state.command = byte;
    else if (byte === Command.defaults) this.#defaults();
    else if (byte === Command.enable || byte === Command.disable) this.#setReporting(byte === Command.enable);
    else if (byte === Command.scaleOneToOne || byte === Command.scaleTwoToOne) {
      state.scaling = byte === Command.scaleTwoToOne ? 1 : 0;
    } else if (byte === Command.stream || byte === Command.remote) {
      state.remote = byte === Command.remote ? 1 : 0;
      this.#forget();
      this.#stream();
    } else state.wrap = byte === Command.wrap ? 1 : 0;
  }

  #setReporting(on: boolean): void {
    this.state.reporting = on ? 1 : 0;
    this.#forget();
  }

  /** "Status Request": mode bits and buttons (left and right swapped against reports), resolution, rate. */
  #status(): number[] {
    const { remote, reporting, scaling, buttons, resolution, rate } = this.state;
    const pressed = ((buttons & 1) << 2) | ((buttons & 2) >> 1) | ((buttons & 4) >> 1);
    return [(remote << 6) | (reporting << 5) | (scaling << 4) | pressed, resolution, rate];
  }

  #selfTestCommand(): void {
    const { num, den } = this.#bus.frequency;
    this.reset();
    this.#selfTest.set(this.#bus.now() + Math.ceil((SELF_TEST_SECONDS * num) / den));
  }
}

const COMMANDS: ReadonlySet<number> = new Set(Object.values(Command));

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function scaled(value: number): number {
  const size = Math.abs(value);
  const grown = size < SCALED.length ? SCALED[size as 0] : 2 * size;
  return value < 0 ? -grown : grown;
}

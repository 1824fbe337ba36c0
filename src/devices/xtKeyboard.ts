/**
 * The 83-key keyboard of the PC and PC/XT and the shift register that receives it, after the IBM PC/XT
 * Technical Reference ("Keyboard", and system board sheet 6 of 10): codes of scan set 1, nothing can be
 * sent to it but two levels.
 *
 * A code takes a frame of nine bits at about 100 us; its start bit, arriving at the end of the register,
 * raises IRQ1 and holds the data line low, by which the keyboard knows that it must wait. Port B bit 7
 * clears the register, bit 6 at 0 holds the clock line low: for some time, it resets the keyboard, which
 * then sends AAh and has forgotten the code that waited.
 *
 * Key presses come through input channel `keyboard` as for other keyboards (keys.ts) and wait in a queue
 * of 2048 presses, one taken every 20 ms. Keys that the 83 do not have send the code of the one from
 * which they descend (the cursor keys that of the keypad); those without one send nothing.
 *
 * Left out: typematic repeat (who holds a key down repeats it), the buffer overrun code FFh (excess presses
 * are dropped), what a clock line held low during a frame does to it (the frame waits).
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { microseconds } from './duration.js';
import { keyOfUsage, scanCodes } from './keys.js';
import { Ring } from './ring.js';

export interface XtKeyboardOptions {
  readonly name: string;
  readonly irq: Line;
}

const QUEUE = 4096;
/** Slower than at a PC's: programs take keys in their time, and the BIOS keeps only fifteen. */
const PRESS_US = 20_000;
const FRAME_US = 900;
/** BIOSes hold the clock line for 20 ms or more; the keyboard notices a little sooner. */
const RESET_US = 12_500;
const SELF_TEST_US = 15_000;
const SELF_TEST_PASSED = 0xaa;
const NO_CODE = 0;
/** The highest code of the 83 keys, Delete. */
const LAST_CODE = 0x53;
const RELEASED = 0x80;

const KEYBOARD = layout('83-key keyboard', {
  /** The shift register, and 1 if a code is in it: IRQ1. */
  register: 'u8',
  full: 'u8',
  /** Port B bit 7: the register is held clear. */
  clear: 'u8',
  /** Port B bit 6: the clock line is free, and the clock at which it was last taken low. */
  clockFree: 'u8',
  lowSince: 'f64',
  /** The code that is being sent, or waits for that; 0 for none. */
  sending: 'u8',
  queue: ['u8', QUEUE],
  queueAt: ['u16', 2],
});

export class XtKeyboard implements Device {
  readonly name: string;
  readonly state = KEYBOARD.create();
  readonly #bus: Bus;
  readonly #irq: Line;
  readonly #queue = new Ring(this.state.queue, this.state.queueAt);
  readonly #typist: Timer;
  readonly #frame: Timer;

  constructor(bus: Bus, options: XtKeyboardOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#irq = options.irq;
    this.#typist = bus.timer(this.name, 'typist', () => this.#press());
    this.#frame = bus.timer(this.name, 'frame', () => this.#arrive());
    bus.input('keyboard', (data) => this.#deliver(data));
  }

  /** The system board's reset; the keyboard itself is only reset by its clock line. */
  reset(): void {
    const { state } = this;
    state.sending = NO_CODE;
    this.#frame.cancel();
    state.clear = 0;
    state.clockFree = 1;
    this.#setFull(0);
    state.register = 0;
  }

  /** What port A shows. */
  get code(): number {
    return this.state.register;
  }

  // ---- the lines from port B ----

  /** Bit 7: clears the register and IRQ1, and keeps the data line low. */
  setClear(clear: boolean): void {
    const { state } = this;
    state.clear = clear ? 1 : 0;
    if (!clear) return this.#send();
    state.register = 0;
    this.#setFull(0);
  }

  /** Bit 6. */
  setClock(free: boolean): void {
    const { state } = this;
    if ((state.clockFree !== 0) === free) return;
    state.clockFree = free ? 1 : 0;
    if (!free) state.lowSince = this.#bus.now();
    else if (this.#bus.now() - state.lowSince >= this.#clocks(RESET_US)) this.#selfTest();
    else this.#send();
  }

  #selfTest(): void {
    this.state.sending = SELF_TEST_PASSED;
    this.#frame.set(this.#bus.now() + this.#clocks(SELF_TEST_US));
  }

  // ---- typing ----

  #deliver(data: Uint8Array): void {
    for (let i = 0; i + 1 < data.length && this.#queue.room >= 2; i += 2) {
      this.#queue.push(data[i]!);
      this.#queue.push(data[i + 1]!);
    }
    if (this.#queue.count && this.#typist.due === Number.POSITIVE_INFINITY) this.#press();
  }

  /** Takes the next key press, if the last one has left, and sets the time for another. */
  #press(): void {
    if (this.state.sending === NO_CODE) {
      const usage = this.#queue.shift();
      const down = this.#queue.shift() !== 0;
      this.#scan(usage, down);
    }
    if (this.#queue.count) this.#typist.set(this.#bus.now() + this.#clocks(PRESS_US));
  }

  #scan(usage: number, down: boolean): void {
    const code = codeOf(usage, down);
    if (code === NO_CODE) return;
    this.#bus.note('key', this.name, down ? 'make' : 'break', usage);
    this.state.sending = code;
    this.#send();
  }

  // ---- the wire ----

  get #lineFree(): boolean {
    const { full, clear, clockFree } = this.state;
    return !full && !clear && clockFree !== 0;
  }

  /** Starts the frame of the code that waits, if the lines are free. */
  #send(): void {
    const idle = this.#frame.due === Number.POSITIVE_INFINITY;
    if (this.state.sending === NO_CODE || !idle || !this.#lineFree) return;
    this.#frame.set(this.#bus.now() + this.#clocks(FRAME_US));
  }

  #arrive(): void {
    const { state } = this;
    if (!this.#lineFree) return;
    state.register = state.sending;
    state.sending = NO_CODE;
    this.#setFull(1);
  }

  #setFull(full: number): void {
    this.state.full = full;
    this.#irq(full === 1);
  }

  #clocks(us: number): number {
    return microseconds(this.#bus.frequency, us);
  }
}

/** Set 1 without the prefixes of later keyboards; 0 for keys that have no ancestor among the 83. */
function codeOf(usage: number, down: boolean): number {
  const key = keyOfUsage(usage);
  if (!key || (key.set1 & 0xff) > LAST_CODE || scanCodes(key, true, 1).length > 2) return NO_CODE;
  return (key.set1 & 0xff) | (down ? 0 : RELEASED);
}

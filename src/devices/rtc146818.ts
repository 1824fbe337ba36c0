/**
 * Motorola MC146818 real-time clock with 128 bytes of battery-backed RAM, as in a PC/AT at ports 70h
 * (index, and NMI mask in bit 7) and 71h; after data sheet ADI856R2. All timing is in ticks of its
 * 32768 Hz crystal. Nothing happens until somebody looks, or an enabled interrupt is due.
 *
 * The chip is on a battery: the constructor gives it its contents, `reset` is only the RESET# pin.
 * The time registers are the truth; each update adds a second to them.
 *
 * Left out: daylight saving (DSE is stored), the square wave output, crystals of 1 and 4 MHz (their
 * divider settings run as with 32768 Hz). Time registers read during an update are the old ones; the
 * data sheet calls them undefined.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { Rate } from '../core/time.js';
import { bytePorts, portRange } from './portSplit.js';
import {
  type Coding,
  readTime,
  SECONDS_A_DAY,
  secondsToAlarm,
  TimeRegister,
  weekdayOf,
  writeTime,
} from './rtcCalendar.js';

export interface Rtc146818Options {
  readonly name: string;
  /** Base of the two ports; default 70h. */
  readonly port?: number;
  /** IRQ8. */
  readonly irq: Line;
  /** Time at clock 0 in seconds since 1970-01-01 UTC. */
  readonly bootInstant: number;
  /** Contents of the 128 bytes; 00h to 0Dh and 32h are the chip's own. */
  readonly cmos?: Uint8Array;
}

const RTC = layout('MC146818', {
  /** 128 bytes as the guest sees them; register C holds flags only, IRQF is computed. */
  cmos: ['u8', 128],
  index: 'u8',
  nmiMasked: 'u8',
  irq: 'u8',
  /** A tick at which the divider chain began a second. */
  phase: 'f64',
  /** Tick up to which updates and flags have been computed. */
  synced: 'f64',
});

const Register = {
  alarmSecond: 1,
  alarmMinute: 3,
  alarmHour: 5,
  a: 0x0a,
  b: 0x0b,
  c: 0x0c,
  d: 0x0d,
} as const;
const B = {
  set: 0x80,
  periodic: 0x40,
  alarm: 0x20,
  update: 0x10,
  squareWave: 8,
  binary: 4,
  hours24: 2,
} as const;
const C = { irq: 0x80, periodic: 0x40, alarm: 0x20, update: 0x10 } as const;
const FLAGS = C.periodic | C.alarm | C.update;

const SECOND = 32768;
/** UIP rises 244 us before the update cycle, which takes 1984 us: 8 + 65 ticks. */
const UPDATE_IN_PROGRESS = 73;
const NEVER = Number.POSITIVE_INFINITY;

export class Rtc146818 implements Device {
  readonly name: string;
  readonly state = RTC.create();
  readonly #bus: Bus;
  readonly #irq: Line;
  readonly #rate: Rate;
  readonly #timer: Timer;

  constructor(bus: Bus, options: Rtc146818Options) {
    const { name, port = 0x70 } = options;
    this.name = name;
    this.#bus = bus;
    this.#irq = options.irq;
    this.#rate = new Rate({ num: SECOND, den: 1 }, bus.frequency);
    this.#timer = bus.timer(name, 'irq', () => this.#access(() => {}));
    const handler = bytePorts(
      (p) => (p === port ? 0xff : this.#read()),
      (p, value) => (p === port ? this.#select(value) : this.#write(value)),
      portRange(port, 2),
    );
    bus.ports(port, 2, handler);
    this.#fill(options);
  }

  #fill({ cmos, bootInstant }: Rtc146818Options): void {
    const { state } = this;
    const time = Math.floor(bootInstant);
    if (cmos) state.cmos.set(cmos.subarray(0, 128));
    state.cmos[Register.a] = 0x26;
    state.cmos[Register.b] = B.hours24;
    state.cmos[Register.c] = 0;
    state.cmos[Register.d] = 0x80;
    writeTime(state.cmos, time, this.#coding);
    state.cmos[TimeRegister.weekday] = weekdayOf(Math.floor(time / SECONDS_A_DAY));
  }

  /** RESET#: disables and clears interrupts; time, RAM and the divider go on ("RESET"). */
  reset(): void {
    this.#access(() => {
      this.#registers[Register.b]! &= ~(B.periodic | B.alarm | B.update | B.squareWave);
      this.#registers[Register.c] = 0;
    });
    this.state.nmiMasked = 0;
  }

  /** Bit 7 of port 70h: NMI does not reach the CPU. */
  get nmiMasked(): boolean {
    return this.state.nmiMasked !== 0;
  }

  // ---- time ----

  get #registers(): Uint8Array {
    return this.state.cmos;
  }

  get #coding(): Coding {
    const b = this.#registers[Register.b]!;
    return { binary: (b & B.binary) !== 0, hours24: (b & B.hours24) !== 0 };
  }

  /** The divider counts; DV of 3 and above holds it in reset (or is a test mode). */
  get #divides(): boolean {
    return (this.#registers[Register.a]! & 0x70) <= 0x20;
  }

  get #updates(): boolean {
    return this.#divides && !(this.#registers[Register.b]! & B.set);
  }

  /** Ticks between periodic interrupts, 0 for none ("Periodic Interrupt", table 5). */
  get #period(): number {
    const rs = this.#registers[Register.a]! & 15;
    if (rs === 0) return 0;
    return rs < 3 ? 64 << rs : 1 << (rs - 1);
  }

  #tick(): number {
    return this.#rate.ticks(this.#bus.now());
  }

  /** How many multiples of `period` the divider passed from `synced` to `tick`. */
  #passed(period: number, tick: number): number {
    const { phase, synced } = this.state;
    return Math.floor((tick - phase) / period) - Math.floor((synced - phase) / period);
  }

  /** Brings time registers and flags up to now, lets `change` act, then sees to the interrupt. */
  #access(change: () => void): void {
    const tick = this.#tick();
    this.#sync(tick);
    change();
    this.#interrupt(tick);
  }

  #sync(tick: number): void {
    const period = this.#period;
    if (period && this.#divides && this.#passed(period, tick)) this.#registers[Register.c]! |= C.periodic;
    const seconds = this.#updates ? this.#passed(SECOND, tick) : 0;
    if (seconds) this.#update(seconds);
    this.state.synced = tick;
  }

  #update(seconds: number): void {
    const registers = this.#registers;
    const before = readTime(registers, this.#coding);
    const flags = this.#secondsToAlarm() <= seconds ? C.update | C.alarm : C.update;
    registers[Register.c]! |= flags;
    writeTime(registers, before + seconds, this.#coding);
    const days = Math.floor((before + seconds) / SECONDS_A_DAY) - Math.floor(before / SECONDS_A_DAY);
    const weekday = registers[TimeRegister.weekday]!;
    if (days) registers[TimeRegister.weekday] = ((weekday + 6 + days) % 7) + 1;
  }

  #secondsToAlarm(): number {
    const r = this.#registers;
    const alarm = { s: r[Register.alarmSecond]!, m: r[Register.alarmMinute]!, h: r[Register.alarmHour]! };
    return secondsToAlarm(readTime(r, this.#coding), alarm, this.#coding);
  }

  // ---- interrupts ----

  #interrupt(tick: number): void {
    const { state } = this;
    const enabled = this.#registers[Register.b]! & FLAGS;
    const level = this.#registers[Register.c]! & enabled ? 1 : 0;
    const due = level ? NEVER : this.#nextFlag(tick, enabled);
    if (due === NEVER) this.#timer.cancel();
    else this.#timer.set(this.#rate.clockOf(due));
    if (level === state.irq) return;
    state.irq = level;
    this.#irq(level === 1);
  }

  /** The first tick after `tick` that sets one of the flags in `enabled`. */
  #nextFlag(tick: number, enabled: number): number {
    const next = (period: number, count: number) => {
      const { phase } = this.state;
      return phase + (Math.floor((tick - phase) / period) + count) * period;
    };
    let due = NEVER;
    if (enabled & C.periodic && this.#divides && this.#period) due = next(this.#period, 1);
    if (!this.#updates) return due;
    if (enabled & C.update) due = Math.min(due, next(SECOND, 1));
    const alarm = enabled & C.alarm ? this.#secondsToAlarm() : NEVER;
    return alarm === NEVER ? due : Math.min(due, next(SECOND, alarm));
  }

  // ---- registers ----

  #select(value: number): void {
    this.state.index = value & 0x7f;
    this.state.nmiMasked = value >> 7;
  }

  #read(): number {
    const { index } = this.state;
    let value = 0;
    this.#access(() => {
      value = this.#registers[index]!;
      if (index === Register.a) value |= this.#updateInProgress();
      if (index === Register.c) {
        if (value & this.#registers[Register.b]! & FLAGS) value |= C.irq;
        this.#registers[Register.c] = 0;
      }
    });
    return value;
  }

  #updateInProgress(): number {
    const { synced, phase } = this.state;
    return this.#updates && (synced - phase) % SECOND >= SECOND - UPDATE_IN_PROGRESS ? 0x80 : 0;
  }

  #write(value: number): void {
    const { index } = this.state;
    this.#access(() => {
      if (index === Register.a) this.#writeA(value);
      else if (index === Register.b) this.#writeB(value);
      else if (index !== Register.c && index !== Register.d) this.#registers[index] = value;
    });
  }

  /** "Divider Control": released from reset, the first update comes half a second later. */
  #writeA(value: number): void {
    const held = !this.#divides;
    this.#registers[Register.a] = value & 0x7f;
    if (held && this.#divides) this.state.phase = this.state.synced - SECOND / 2;
  }

  /** Setting SET clears UIE ("Register B"). */
  #writeB(value: number): void {
    this.#registers[Register.b] = value & B.set ? value & ~B.update : value;
  }
}

/**
 * Intel 8254 programmable interval timer (and its ancestor 8253 as an option), after the data sheet
 * (order number 231164-005). Counters are computed from the clock when somebody looks; the only events
 * are the changes of counter 0's OUT, which drives IRQ0.
 *
 * A count written between two CLK pulses is loaded by the next one. GATE takes effect at the current
 * pulse; the chip samples it half a pulse later, which software cannot tell. Counts of 1 in modes 2 and
 * 3 are illegal; here they leave OUT constant.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { PIT_FREQUENCY, Rate } from '../core/time.js';
import {
  countAt,
  decodeMode,
  idleOutput,
  isPeriodic,
  isTriggered,
  nextChange,
  nextReload,
  outputAt,
  PitMode,
  squareTakeover,
} from './pitModes.js';
import { bytePorts, portRange } from './portSplit.js';

export interface Pit8254Options {
  readonly name: string;
  /** Base of the four ports; default 40h. */
  readonly port?: number;
  /** OUT of counter 0: IRQ0. */
  readonly out0: Line;
  /** The older chip: no read-back command, other odd square wave counts. */
  readonly is8253?: boolean;
  /** Called before the guest reads or writes: `rises` still counts by the present programming. */
  readonly beforeAccess?: () => void;
}

const PIT = layout('8254', {
  /** Control word bits 5-0 as written: RW1 RW0 M2 M1 M0 BCD. */
  control: ['u8', 3],
  gate: ['u8', 3],
  /** The count register, as a number: 1 to 65536. */
  written: ['u32', 3],
  /** 1 once a count was written after the control word. */
  armed: ['u8', 3],
  /** The low byte, while the high byte is awaited. */
  lowByte: ['u8', 3],
  awaitsHigh: ['u8', 3],
  /** The next read of a two-byte count is the high byte. */
  readsHigh: ['u8', 3],
  nullCount: ['u8', 3],
  countLatched: ['u8', 3],
  countLatch: ['u16', 3],
  statusLatched: ['u8', 3],
  statusLatch: ['u8', 3],
  /** `Run`. */
  run: ['u8', 3],
  /** What the counting element holds while no run defines it. */
  idleCount: ['u16', 3],
  /** The count that the counting element was loaded with, and the tick of that. */
  loaded: ['u32', 3],
  start: ['f64', 3],
  /** Ticks counted when GATE stopped it. */
  held: ['f64', 3],
  /** Tick at which `written` will be loaded; Infinity if nothing is due. */
  loadAt: ['f64', 3],
  /** Tick of the next change of OUT 0. */
  edge: 'f64',
  /** Level last driven on OUT 0. */
  out0: 'u8',
});

const Run = { idle: 0, counting: 1, stopped: 2 } as const;
const Access = { latch: 0, low: 1, high: 2, both: 3 } as const;
const NEVER = Number.POSITIVE_INFINITY;

export class Pit8254 implements Device {
  readonly name: string;
  readonly state = PIT.create();
  readonly #bus: Bus;
  readonly #rate: Rate;
  readonly #out0: Line;
  readonly #is8253: boolean;
  readonly #timer: Timer;

  constructor(bus: Bus, options: Pit8254Options) {
    const { name, port = 0x40, beforeAccess = () => {} } = options;
    this.name = name;
    this.#bus = bus;
    this.#rate = new Rate(PIT_FREQUENCY, bus.frequency);
    this.#out0 = options.out0;
    this.#is8253 = options.is8253 ?? false;
    this.#timer = bus.timer(name, 'out0', () => this.#catchUp(this.#tick()));
    const handler = bytePorts(
      (p) => {
        beforeAccess();
        return this.#read((p - port) & 3);
      },
      (p, value) => {
        beforeAccess();
        this.#write((p - port) & 3, value);
      },
      portRange(port, 4),
    );
    bus.ports(port, 4, handler);
  }

  /** Power-on. The data sheet leaves everything undefined until programmed; here mode 0, uncounted. */
  reset(): void {
    const { state } = this;
    const { out0 } = state;
    const gate = state.gate.slice();
    state.bytes.fill(0);
    state.gate.set([1, 1, gate[2]!]);
    state.control.fill(Access.both << 4);
    state.nullCount.fill(1);
    state.loadAt.fill(NEVER);
    state.out0 = out0;
    this.#hear(this.#tick());
  }

  /** OUT of counter `i` now. */
  output(i: number): boolean {
    const tick = this.#tick();
    this.#sync(i, tick);
    return this.#outputAt(i, tick);
  }

  /**
   * How often OUT of counter `i` has risen after clock `from` until now, in the periodic modes; in the
   * others, which rise once, it is taken as never. To be asked before every access (`beforeAccess`).
   */
  rises(i: number, from: number): number {
    const { state } = this;
    const tick = this.#tick();
    const reload = state.loadAt[i]!;
    const before = this.#cycles(i, from, Math.min(tick, reload));
    this.#sync(i, tick);
    return reload > tick ? before : before + this.#cycles(i, this.#rate.clockOf(reload), tick);
  }

  /** Cycles of the present run that end after clock `from`, up to `tick`. */
  #cycles(i: number, from: number, tick: number): number {
    const { run, start, loaded } = this.state;
    if (run[i] !== Run.counting || !this.#cycling(i, loaded[i]!)) return 0;
    const done = (t: number) => Math.floor(Math.max(0, t - start[i]!) / loaded[i]!);
    return done(tick) - done(Math.min(tick, this.#rate.ticks(from)));
  }

  #cycling(i: number, n: number): boolean {
    return isPeriodic(this.#mode(i)) && n > 1;
  }

  /** The clock of the first rise of OUT of counter `i` after clock `after`, which is now or later. */
  nextRise(i: number, after: number): number {
    const { run, start, loaded, loadAt, written } = this.state;
    this.#sync(i, this.#tick());
    const idle = run[i] !== Run.counting;
    const [from, n] = idle ? [loadAt[i]!, written[i]!] : [start[i]!, loaded[i]!];
    if (from === NEVER || !this.#cycling(i, n)) return NEVER;
    const done = Math.floor(Math.max(0, this.#rate.ticks(after) - from) / n);
    return this.#rate.clockOf(from + (done + 1) * n);
  }

  /** Drives GATE of counter `i`. */
  setGate(i: number, level: boolean): void {
    const { state } = this;
    const tick = this.#tick();
    this.#sync(i, tick);
    if ((state.gate[i] !== 0) === level) return;
    state.gate[i] = level ? 1 : 0;
    const mode = this.#mode(i);
    if (isTriggered(mode) || isPeriodic(mode)) {
      if (level) this.#trigger(i, tick);
      else if (isPeriodic(mode)) this.#stop(i, tick);
    } else if (level) this.#resume(i, tick);
    else this.#stop(i, tick);
    if (i === 0) this.#hear(tick);
  }

  // ---- counting ----

  #tick(): number {
    return this.#rate.ticks(this.#bus.now());
  }

  #mode(i: number): number {
    return decodeMode((this.state.control[i]! >> 1) & 7);
  }

  #trigger(i: number, tick: number): void {
    if (this.state.armed[i]) this.state.loadAt[i] = tick + 1;
  }

  #stop(i: number, tick: number): void {
    const { state } = this;
    if (state.run[i] !== Run.counting) return;
    state.held[i] = tick - state.start[i]!;
    state.run[i] = Run.stopped;
  }

  #resume(i: number, tick: number): void {
    const { state } = this;
    if (state.run[i] !== Run.stopped) return;
    state.start[i] = tick - state.held[i]!;
    state.run[i] = Run.counting;
  }

  /** Brings counter `i` up to `tick`: processes changes of OUT 0 on the way, loads what is due. */
  #sync(i: number, tick: number): void {
    if (i === 0) this.#catchUp(tick);
    this.#load(i, tick);
  }

  #load(i: number, tick: number): void {
    const { state } = this;
    const at = state.loadAt[i]!;
    if (at > tick) return;
    const n = state.written[i]!;
    const mode = this.#mode(i);
    const takesOver = state.run[i] === Run.counting && mode === PitMode.squareWave;
    state.start[i] = takesOver ? at - squareTakeover(state.loaded[i]!, at - state.start[i]!, n) : at;
    state.loaded[i] = n;
    state.held[i] = 0;
    state.loadAt[i] = NEVER;
    state.nullCount[i] = 0;
    state.run[i] = state.gate[i] || isTriggered(mode) ? Run.counting : Run.stopped;
  }

  #elapsed(i: number, tick: number): number {
    const { run, start, held } = this.state;
    return run[i] === Run.counting ? tick - start[i]! : held[i]!;
  }

  #outputAt(i: number, tick: number): boolean {
    const { run, loaded } = this.state;
    const mode = this.#mode(i);
    if (run[i] === Run.idle) return idleOutput(mode);
    // "GATE = 0 disables counting. If GATE goes low during an output pulse, OUT is set high immediately."
    if (run[i] === Run.stopped && isPeriodic(mode)) return true;
    return outputAt(mode, loaded[i]!, this.#elapsed(i, tick));
  }

  /** The counting element as the guest reads it. */
  #count(i: number, tick: number): number {
    const { run, loaded, control, idleCount } = this.state;
    if (run[i] === Run.idle) return idleCount[i]!;
    const count = countAt(this.#mode(i), loaded[i]!, this.#elapsed(i, tick), this.#is8253);
    return control[i]! & 1 ? toBcd(modulo(count, 10000)) : modulo(count, 65536);
  }

  // ---- OUT 0 ----

  /** Processes every change of OUT 0 up to `tick`, each at its own tick. */
  #catchUp(tick: number): void {
    while (this.state.edge <= tick) this.#hear(this.state.edge);
  }

  /** Drives OUT 0 as it is at `tick` and waits for its next change. */
  #hear(tick: number): void {
    const { state } = this;
    this.#load(0, tick);
    state.edge = this.#nextEdge(tick);
    if (state.edge === NEVER) this.#timer.cancel();
    else this.#timer.set(this.#rate.clockOf(state.edge));
    const level = this.#outputAt(0, tick) ? 1 : 0;
    if (level === state.out0) return;
    state.out0 = level;
    this.#out0(level === 1);
  }

  #nextEdge(tick: number): number {
    const { run, loaded, start, loadAt } = this.state;
    if (run[0] !== Run.counting) return loadAt[0]!;
    const change = start[0]! + nextChange(this.#mode(0), loaded[0]!, tick - start[0]!);
    return Math.min(loadAt[0]!, change);
  }

  // ---- registers ----

  #write(port: number, value: number): void {
    const tick = this.#tick();
    this.#catchUp(tick);
    if (port < 3) {
      this.#sync(port, tick);
      this.#writeCount(port, value, tick);
    } else if (value >= 0xc0) this.#readBack(value, tick);
    else {
      this.#sync(value >> 6, tick);
      if (((value >> 4) & 3) === Access.latch) this.#latchCount(value >> 6, tick);
      else this.#program(value >> 6, value, tick);
    }
    this.#hear(tick);
  }

  #program(i: number, value: number, tick: number): void {
    const { state } = this;
    state.idleCount[i] = this.#count(i, tick);
    state.control[i] = value & 0x3f;
    state.run[i] = Run.idle;
    state.loadAt[i] = NEVER;
    for (const flag of [state.armed, state.awaitsHigh, state.readsHigh, state.countLatched]) flag[i] = 0;
    state.statusLatched[i] = 0;
    state.nullCount[i] = 1;
  }

  /** "Read-Back Command": bits 5 and 4 clear latch count and status of the counters in bits 3-1. */
  #readBack(value: number, tick: number): void {
    if (this.#is8253) return;
    for (let i = 0; i < 3; i++) {
      if (!(value & (2 << i))) continue;
      this.#sync(i, tick);
      if (!(value & 0x20)) this.#latchCount(i, tick);
      if (!(value & 0x10)) this.#latchStatus(i, tick);
    }
  }

  /** A latch holds until it is read; later commands are ignored. */
  #latchCount(i: number, tick: number): void {
    const { state } = this;
    if (state.countLatched[i]) return;
    state.countLatch[i] = this.#count(i, tick);
    state.countLatched[i] = 1;
  }

  #latchStatus(i: number, tick: number): void {
    const { state } = this;
    if (state.statusLatched[i]) return;
    const out = this.#outputAt(i, tick) ? 0x80 : 0;
    state.statusLatch[i] = out | (state.nullCount[i]! << 6) | state.control[i]!;
    state.statusLatched[i] = 1;
  }

  #access(i: number): number {
    return (this.state.control[i]! >> 4) & 3;
  }

  #writeCount(i: number, value: number, tick: number): void {
    const { state } = this;
    const access = this.#access(i);
    if (access === Access.both && !state.awaitsHigh[i]) {
      state.lowByte[i] = value;
      state.awaitsHigh[i] = 1;
      // "Writing the first byte disables counting. OUT is set low immediately."
      if (this.#mode(i) === PitMode.interruptOnTerminalCount) this.#disarm(i, tick);
      return;
    }
    state.awaitsHigh[i] = 0;
    const low = access === Access.both ? state.lowByte[i]! : 0;
    const count = access === Access.low ? value : (value << 8) | low;
    this.#newCount(i, count, tick);
  }

  #disarm(i: number, tick: number): void {
    const { state } = this;
    state.idleCount[i] = this.#count(i, tick);
    state.run[i] = Run.idle;
    state.loadAt[i] = NEVER;
  }

  #newCount(i: number, count: number, tick: number): void {
    const { state } = this;
    const mode = this.#mode(i);
    const bcd = (state.control[i]! & 1) !== 0;
    state.written[i] = (bcd ? fromBcd(count) : count) || (bcd ? 10000 : 65536);
    state.armed[i] = 1;
    state.nullCount[i] = 1;
    if (isTriggered(mode)) return;
    if (mode === PitMode.interruptOnTerminalCount) this.#disarm(i, tick);
    if (!isPeriodic(mode) || state.run[i] === Run.idle) state.loadAt[i] = tick + 1;
    else if (state.run[i] === Run.counting && state.loadAt[i] === NEVER) {
      const t = tick - state.start[i]!;
      state.loadAt[i] = state.start[i]! + nextReload(mode, state.loaded[i]!, t);
    }
  }

  #read(i: number): number {
    if (i === 3) return 0xff;
    const { state } = this;
    const tick = this.#tick();
    this.#sync(i, tick);
    if (state.statusLatched[i]) {
      state.statusLatched[i] = 0;
      return state.statusLatch[i]!;
    }
    return this.#readCount(i, tick);
  }

  #readCount(i: number, tick: number): number {
    const { state } = this;
    const count = state.countLatched[i] ? state.countLatch[i]! : this.#count(i, tick);
    const access = this.#access(i);
    const high = access === Access.high || (access === Access.both && state.readsHigh[i] !== 0);
    if (access === Access.both) state.readsHigh[i] = high ? 0 : 1;
    if (access !== Access.both || high) state.countLatched[i] = 0;
    return high ? count >> 8 : count & 0xff;
  }
}

function modulo(value: number, base: number): number {
  return ((value % base) + base) % base;
}

function toBcd(value: number): number {
  const digit = (power: number) => Math.floor(value / power) % 10;
  return (digit(1000) << 12) | (digit(100) << 8) | (digit(10) << 4) | digit(1);
}

/** Digits above 9, which the data sheet does not allow, count as what they are. */
function fromBcd(value: number): number {
  return (value >> 12) * 1000 + ((value >> 8) & 15) * 100 + ((value >> 4) & 15) * 10 + (value & 15);
}

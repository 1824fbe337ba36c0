/**
 * Intel 8259A programmable interrupt controller, after the data sheet (order number 231468-003); section
 * names in comments are its own. A PC has two: the slave's INT goes into the master's IR2.
 *
 * The chipset's edge/level control registers (ELCR, ports 4D0h and 4D1h; 82371AB data sheet, section
 * 4.2.5) are here too, as an option, because they choose how each IR input is sensed.
 *
 * Left out: MCS-80/85 mode (ICW4 bit 0 clear is treated as 8086 mode, its CALL bytes never appear) and
 * buffered mode (no effect that software could see).
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import { bytePorts, portRange } from './portSplit.js';

export interface Pic8259Options {
  readonly name: string;
  /** Base of the two ports: 20h for the master, A0h for the slave. */
  readonly port: number;
  /** INT output. */
  readonly int: Line;
  /** Chips whose INT output feeds this one's IR inputs; they answer the second INTA cycle themselves. */
  readonly cascade?: Readonly<Record<number, Pic8259>>;
  /** Edge/level control: its port, and the bits that can be set (F8h for the master, DEh for the slave). */
  readonly elcr?: { readonly port: number; readonly writable: number };
}

const PIC = layout('8259A', {
  /** IR inputs as they stand. */
  lines: 'u8',
  irr: 'u8',
  isr: 'u8',
  imr: 'u8',
  /** Inputs sensed by level whatever LTIM says. */
  elcr: 'u8',
  icw1: 'u8',
  icw2: 'u8',
  icw3: 'u8',
  icw4: 'u8',
  /** The ICW that the next write to the odd port is (2, 3 or 4); 0 in operation. */
  awaiting: 'u8',
  /** The IR of lowest priority: 7 until rotated. */
  lowest: 'u8',
  /** 1 if reading the even port gives ISR, else IRR. */
  readIsr: 'u8',
  /** 1 if the next read is a poll. */
  poll: 'u8',
  specialMask: 'u8',
  rotateOnAutoEoi: 'u8',
  int: 'u8',
});

const Icw1 = { needIcw4: 1, single: 2, level: 8, start: 0x10 } as const;
const Icw4 = { autoEoi: 2, fullyNested: 0x10 } as const;
const NONE = -1;

export class Pic8259 implements Device {
  readonly name: string;
  readonly state = PIC.create();
  readonly #int: Line;
  readonly #cascade: Readonly<Record<number, Pic8259>>;
  readonly #elcrWritable: number;

  constructor(bus: Bus, options: Pic8259Options) {
    this.name = options.name;
    this.#int = options.int;
    this.#cascade = options.cascade ?? {};
    this.#elcrWritable = options.elcr?.writable ?? 0;
    bus.ports(
      options.port,
      2,
      bytePorts(
        (port) => this.#read(port & 1),
        (port, value) => this.#write(port & 1, value),
        portRange(options.port, 2),
      ),
    );
    if (options.elcr) this.#claimElcr(bus, options.elcr.port);
  }

  #claimElcr(bus: Bus, port: number): void {
    const handler = bytePorts(
      () => this.state.elcr,
      (_port, value) => {
        this.state.elcr = value & this.#elcrWritable;
        this.#resample();
        this.#update();
      },
      portRange(port, 1),
    );
    bus.ports(port, 1, handler);
  }

  /** Power-on. The data sheet leaves it undefined; masked, so that nothing is delivered before ICW1. */
  reset(): void {
    const { state } = this;
    const { lines, int } = state;
    state.bytes.fill(0);
    state.lines = lines;
    state.int = int;
    state.imr = 0xff;
    state.lowest = 7;
    this.#update();
  }

  /** The wire to input `IR<n>`. */
  line(n: number): Line {
    const bit = 1 << n;
    return (level) => this.#setInput(bit, level);
  }

  /** Level of the INT output. */
  get requesting(): boolean {
    return this.state.int !== 0;
  }

  /**
   * The two INTA cycles; returns the vector. Without a request (it went away, or the guest's other
   * master asked) it is the spurious one, IR7, which sets no ISR bit ("Interrupt Sequence").
   */
  acknowledge(): number {
    const irq = this.#highestRequest();
    if (irq === NONE) return this.#vector(7);
    this.#serve(irq);
    const slave = this.#isCascade(irq) ? this.#cascade[irq] : undefined;
    const vector = slave ? slave.acknowledge() : this.#vector(irq);
    this.#update();
    return vector;
  }

  #vector(irq: number): number {
    return (this.state.icw2 & 0xf8) | irq;
  }

  #isCascade(irq: number): boolean {
    return !(this.state.icw1 & Icw1.single) && (this.state.icw3 & (1 << irq)) !== 0;
  }

  // ---- requests and priority ----

  #levelSensed(): number {
    return this.state.icw1 & Icw1.level ? 0xff : this.state.elcr;
  }

  /**
   * A rising edge latches a request; in both modes the request is gone when the input falls before it is
   * acknowledged ("Edge and Level Triggered Modes").
   */
  #setInput(bit: number, level: boolean): void {
    const { state } = this;
    const was = (state.lines & bit) !== 0;
    if (was === level) return;
    state.lines ^= bit;
    if (level) state.irr |= bit;
    else state.irr &= ~bit;
    this.#update();
  }

  /** Level-sensed inputs request as long as they are high. */
  #resample(): void {
    const level = this.#levelSensed();
    this.state.irr = (this.state.irr & ~level) | (this.state.lines & level);
  }

  /** Bits of `set` from the highest priority down, the first one's IR number; NONE if empty. */
  #highest(set: number): number {
    for (let i = 1; i <= 8; i++) {
      const irq = (this.state.lowest + i) & 7;
      if (set & (1 << irq)) return irq;
    }
    return NONE;
  }

  /** 0 for the highest priority, 7 for the lowest. */
  #rank(irq: number): number {
    return (irq - this.state.lowest - 1) & 7;
  }

  /** The IR that INT is raised for, or NONE. */
  #highestRequest(): number {
    const { state } = this;
    if (state.awaiting) return NONE;
    const irq = this.#highest(state.irr & ~state.imr);
    if (irq === NONE) return NONE;
    const inhibiting = state.specialMask ? state.isr & ~state.imr : state.isr;
    const serving = this.#highest(inhibiting);
    if (serving === NONE || this.#rank(irq) < this.#rank(serving)) return irq;
    const nests = (state.icw4 & Icw4.fullyNested) !== 0 && this.#isCascade(irq);
    return irq === serving && nests ? irq : NONE;
  }

  /** First INTA cycle: the request becomes an interrupt in service. */
  #serve(irq: number): void {
    const { state } = this;
    const bit = 1 << irq;
    if (!(this.#levelSensed() & bit)) state.irr &= ~bit;
    if (!(state.icw4 & Icw4.autoEoi)) state.isr |= bit;
    else if (state.rotateOnAutoEoi) state.lowest = irq;
  }

  #update(): void {
    const level = this.#highestRequest() !== NONE ? 1 : 0;
    if (level === this.state.int) return;
    this.state.int = level;
    this.#int(level === 1);
  }

  // ---- registers ----

  #read(a0: number): number {
    const { state } = this;
    if (state.poll) return this.#polled();
    if (a0) return state.imr;
    return state.readIsr ? state.isr : state.irr;
  }

  /** "Poll Command": the read is the INTA; bit 7 tells whether there was a request. */
  #polled(): number {
    this.state.poll = 0;
    const irq = this.#highestRequest();
    if (irq === NONE) return 7;
    this.#serve(irq);
    this.#update();
    return 0x80 | irq;
  }

  #write(a0: number, value: number): void {
    if (a0) this.#writeOdd(value);
    else if (value & Icw1.start) this.#icw1(value);
    else if (value & 8) this.#ocw3(value);
    else this.#ocw2(value);
    this.#update();
  }

  /** "Initialization Command Words 1 and 2": what ICW1 clears. */
  #icw1(value: number): void {
    const { state } = this;
    state.icw1 = value;
    state.icw3 = 0;
    state.icw4 = 0;
    state.imr = 0;
    state.isr = 0;
    state.irr = 0;
    state.lowest = 7;
    state.readIsr = 0;
    state.poll = 0;
    state.specialMask = 0;
    state.rotateOnAutoEoi = 0;
    state.awaiting = 2;
    this.#resample();
  }

  #writeOdd(value: number): void {
    const { state } = this;
    const { awaiting } = state;
    if (awaiting === 0) state.imr = value;
    else if (awaiting === 2) state.icw2 = value;
    else if (awaiting === 3) state.icw3 = value;
    else state.icw4 = value;
    state.awaiting = awaiting ? this.#nextIcw(awaiting) : 0;
  }

  #nextIcw(done: number): number {
    const { icw1 } = this.state;
    if (done === 2 && !(icw1 & Icw1.single)) return 3;
    if (done < 4 && icw1 & Icw1.needIcw4) return 4;
    return 0;
  }

  /** "Operation Control Word 2": bits 7-5 are R, SL and EOI, bits 2-0 the level if SL. */
  #ocw2(value: number): void {
    const { state } = this;
    const rotate = (value & 0x80) !== 0;
    const specific = (value & 0x40) !== 0;
    if (value & 0x20) this.#endOfInterrupt(specific ? value & 7 : this.#servedForEoi(), rotate);
    else if (specific && rotate) state.lowest = value & 7;
    else if (!specific) state.rotateOnAutoEoi = rotate ? 1 : 0;
  }

  /** What a non-specific EOI ends. "Special Mask Mode": it leaves masked levels alone. */
  #servedForEoi(): number {
    const { isr, imr, specialMask } = this.state;
    return this.#highest(specialMask ? isr & ~imr : isr);
  }

  #endOfInterrupt(irq: number, rotate: boolean): void {
    if (irq === NONE) return;
    this.state.isr &= ~(1 << irq);
    if (rotate) this.state.lowest = irq;
  }

  /** "Operation Control Word 3": ESMM SMM 0 1 P RR RIS. */
  #ocw3(value: number): void {
    const { state } = this;
    if (value & 0x40) state.specialMask = (value >> 5) & 1;
    if (value & 4) state.poll = 1;
    else if (value & 2) state.readIsr = value & 1;
  }
}

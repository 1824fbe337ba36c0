/**
 * National PC16550D (16550A) UART at 1.8432 MHz, after its data sheet (June 1995); section and table
 * names in comments are its own. A frame takes its time on the wire in both directions.
 *
 * What the guest sends leaves as notes `tx`, one at the end of each frame. What it receives comes
 * through an input channel into a queue of 4096 bytes, which stands for the sender at the other end: the
 * next frame starts when the one before has ended. Excess bytes are dropped, newest first.
 *
 * Without FIFOs it is the INS8250 of the first asynchronous adapters, which has no scratch register either.
 *
 * INTR reaches the bus only while OUT2 is active, as on the PC's asynchronous adapter (and OUT2 is not
 * active in loopback, whatever MCR says).
 *
 * Left out: parity and framing errors (the line has none), DMA mode 1 pins, the delay of the FIFO-empty
 * indication by one frame when fewer than two bytes were queued ("FIFO Interrupt Mode Operation").
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { Rate } from '../core/time.js';
import { bytePorts, portRange } from './portSplit.js';
import { Ring } from './ring.js';

export interface Uart16550Options {
  /** Also names the input channel, `serial:<name>`. */
  readonly name: string;
  /** Base of the eight ports; default 3F8h. */
  readonly port?: number;
  readonly irq: Line;
  /** The INS8250. */
  readonly is8250?: boolean;
  /** Modem inputs as MSR bits 7-4 (DCD, RI, DSR, CTS); default: a terminal that is on. */
  readonly modem?: number;
}

const QUEUE = 4096;
const FIFO = 16;

const UART = layout('16550A', {
  ier: 'u8',
  fcr: 'u8',
  lcr: 'u8',
  mcr: 'u8',
  /** Error bits of LSR (4-1); the others are computed. */
  errors: 'u8',
  /** Modem inputs (7-4) as last seen and their changes (3-0). */
  msr: 'u8',
  scratch: 'u8',
  divisor: 'u16',
  /** The interrupt "transmitter holding register empty" is pending. */
  thrEmpty: 'u8',
  /** The character timeout has expired. */
  timeout: 'u8',
  irq: 'u8',
  /** 1 while the transmitter shifts out `shift`. */
  sending: 'u8',
  shift: 'u8',
  tx: ['u8', FIFO],
  txAt: ['u16', 2],
  rx: ['u8', FIFO],
  rxAt: ['u16', 2],
  /** For each byte of `rx`, 1 if it is a break. */
  breaks: ['u8', FIFO],
  breaksAt: ['u16', 2],
  /** The sender at the other end. */
  queue: ['u8', QUEUE],
  queueAt: ['u16', 2],
});

const Ier = { received: 1, thrEmpty: 2, lineStatus: 4, modem: 8 } as const;
const Iir = { none: 1, modem: 0, thrEmpty: 2, received: 4, lineStatus: 6, timeout: 0x0c } as const;
const Fcr = { enable: 1, clearRx: 2, clearTx: 4 } as const;
const Lcr = { breakOut: 0x40, dlab: 0x80 } as const;
const Mcr = { dtr: 1, rts: 2, out1: 4, out2: 8, loop: 0x10 } as const;
const Lsr = { dataReady: 1, overrun: 2, breakIn: 0x10, thrEmpty: 0x20, idle: 0x40, fifoError: 0x80 } as const;
const Msr = { ringEnded: 4, ring: 0x40 } as const;
/** "FIFO Control Register": bytes at which the receiver interrupts, by FCR bits 7-6. */
const TRIGGER = [1, 4, 8, 14] as const;
const TERMINAL = 0xb0;

export class Uart16550 implements Device {
  readonly name: string;
  readonly state = UART.create();
  readonly #bus: Bus;
  readonly #irq: Line;
  readonly #modem: number;
  readonly #is8250: boolean;
  readonly #rate: Rate;
  readonly #tx = new Ring(this.state.tx, this.state.txAt);
  readonly #rx = new Ring(this.state.rx, this.state.rxAt);
  readonly #breaks = new Ring(this.state.breaks, this.state.breaksAt);
  readonly #queue = new Ring(this.state.queue, this.state.queueAt);
  readonly #sent: Timer;
  readonly #arrival: Timer;
  readonly #timeout: Timer;

  constructor(bus: Bus, options: Uart16550Options) {
    const { name, port = 0x3f8 } = options;
    this.name = name;
    this.#bus = bus;
    this.#irq = options.irq;
    this.#modem = (options.modem ?? TERMINAL) & 0xf0;
    this.#is8250 = options.is8250 ?? false;
    this.#rate = new Rate({ num: 1_843_200, den: 1 }, bus.frequency);
    this.#sent = bus.timer(name, 'sent', () => this.#frameSent());
    this.#arrival = bus.timer(name, 'arrival', () => this.#frameArrived());
    this.#timeout = bus.timer(name, 'timeout', () => this.#timedOut());
    const handler = bytePorts(
      (p) => this.#read((p - port) & 7),
      (p, value) => this.#write((p - port) & 7, value),
      portRange(port, 8),
    );
    bus.ports(port, 8, handler);
    bus.input(`serial:${name}`, (data) => this.#deliver(data));
    // The data sheet leaves the divisor latch undefined until it is written; 9600 baud, as firmware does.
    this.state.divisor = 12;
  }

  /** Master Reset (table I). The divisor, the scratch register and the sender are not affected. */
  reset(): void {
    const { state } = this;
    for (const register of [
      'ier',
      'fcr',
      'lcr',
      'mcr',
      'errors',
      'thrEmpty',
      'timeout',
      'sending',
    ] as const) {
      state[register] = 0;
    }
    state.msr = this.#modem;
    this.#clearRx();
    this.#tx.clear();
    this.#sent.cancel();
    this.#update();
  }

  // ---- time on the wire ----

  /** Input clocks that a frame takes: start, data, parity and stop bits of 16 x divisor each. */
  #frame(): number {
    const { lcr, divisor } = this.state;
    const dataBits = 5 + (lcr & 3);
    const parity = lcr & 8 ? 1 : 0;
    const longStop = dataBits === 5 ? 1.5 : 2;
    const bits = 1 + dataBits + parity + (lcr & 4 ? longStop : 1);
    return bits * 16 * (divisor || 65536);
  }

  #after(frames: number): number {
    return this.#rate.clockOf(this.#rate.ticks(this.#bus.now()) + frames * this.#frame());
  }

  #dataMask(): number {
    return 0xff >> (3 - (this.state.lcr & 3));
  }

  get #looping(): boolean {
    return (this.state.mcr & Mcr.loop) !== 0;
  }

  get #fifos(): boolean {
    return (this.state.fcr & Fcr.enable) !== 0;
  }

  // ---- transmitter ----

  #transmit(byte: number): void {
    const { state } = this;
    if (!this.#fifos) this.#tx.clear();
    this.#tx.push(byte);
    state.thrEmpty = 0;
    if (!state.sending) this.#startFrame();
  }

  #startFrame(): void {
    const { state } = this;
    state.shift = this.#tx.shift() & this.#dataMask();
    state.sending = 1;
    if (!this.#tx.count) state.thrEmpty = 1;
    this.#sent.set(this.#after(1));
  }

  #frameSent(): void {
    const { state } = this;
    if (this.#looping) this.#receive(state.shift, 0);
    else this.#bus.note('serial', this.name, 'tx', state.shift);
    state.sending = 0;
    if (this.#tx.count) this.#startFrame();
    this.#update();
  }

  // ---- receiver ----

  #deliver(data: Uint8Array): void {
    for (const byte of data) if (!this.#queue.push(byte)) break;
    if (this.#queue.count && this.#arrival.due === Number.POSITIVE_INFINITY)
      this.#arrival.set(this.#after(1));
  }

  /** In loopback "the receiver serial input is disconnected": the frame is lost. */
  #frameArrived(): void {
    const byte = this.#queue.shift() & this.#dataMask();
    if (!this.#looping) this.#receive(byte, 0);
    if (this.#queue.count) this.#arrival.set(this.#after(1));
    this.#update();
  }

  /** A FIFO that is full keeps its bytes; without FIFOs the new byte replaces the old ("Overrun Error"). */
  #receive(byte: number, isBreak: number): void {
    const { state } = this;
    const capacity = this.#fifos ? FIFO : 1;
    if (this.#rx.count >= capacity) {
      state.errors |= Lsr.overrun;
      if (this.#fifos) return;
      this.#clearRx();
    }
    this.#rx.push(byte);
    this.#breaks.push(isBreak);
    if (this.#rx.count === 1 && isBreak) state.errors |= Lsr.breakIn;
    this.#awaitTimeout();
  }

  #readData(): number {
    const byte = this.#rx.shift();
    const next = this.#breaks;
    next.shift();
    this.state.timeout = 0;
    if (this.#rx.count && this.state.breaks[this.state.breaksAt[0]!]) this.state.errors |= Lsr.breakIn;
    this.#awaitTimeout();
    return byte;
  }

  #clearRx(): void {
    this.#rx.clear();
    this.#breaks.clear();
    this.state.timeout = 0;
    this.#timeout.cancel();
  }

  /** Four frames without a byte coming or going while the FIFO holds one ("FIFO Interrupt Mode"). */
  #awaitTimeout(): void {
    if (this.#fifos && this.#rx.count && !this.state.timeout) this.#timeout.set(this.#after(4));
    else this.#timeout.cancel();
  }

  #timedOut(): void {
    this.state.timeout = 1;
    this.#update();
  }

  // ---- interrupts ----

  /** "Interrupt Identification Register", table III: the pending interrupt of highest priority. */
  #pending(): number {
    const { ier, errors, fcr, timeout, thrEmpty, msr } = this.state;
    const level = this.#fifos ? TRIGGER[(fcr >> 6) as 0 | 1 | 2 | 3] : 1;
    if (ier & Ier.lineStatus && errors) return Iir.lineStatus;
    if (ier & Ier.received && this.#rx.count >= level) return Iir.received;
    if (ier & Ier.received && timeout) return Iir.timeout;
    if (ier & Ier.thrEmpty && thrEmpty) return Iir.thrEmpty;
    if (ier & Ier.modem && msr & 0x0f) return Iir.modem;
    return Iir.none;
  }

  #update(): void {
    const { state } = this;
    const gated = (state.mcr & (Mcr.out2 | Mcr.loop)) === Mcr.out2;
    const level = gated && this.#pending() !== Iir.none ? 1 : 0;
    if (level === state.irq) return;
    state.irq = level;
    this.#irq(level === 1);
  }

  // ---- modem lines ----

  /** Looks at the modem inputs: in loopback CTS, DSR, RI and DCD are RTS, DTR, OUT1 and OUT2. */
  #sampleModem(): void {
    const { state } = this;
    const { mcr } = state;
    const looped =
      (mcr & Mcr.rts ? 0x10 : 0) |
      (mcr & Mcr.dtr ? 0x20 : 0) |
      (mcr & Mcr.out1 ? 0x40 : 0) |
      (mcr & Mcr.out2 ? 0x80 : 0);
    const inputs = this.#looping ? looped : this.#modem;
    const changed = (inputs ^ state.msr) & 0xf0;
    let deltas = (changed & ~Msr.ring) >> 4;
    if (changed & Msr.ring && !(inputs & Msr.ring)) deltas |= Msr.ringEnded;
    state.msr = inputs | (state.msr & 0x0f) | deltas;
  }

  // ---- registers ----

  #read(register: number): number {
    const value = this.#readRegister(register);
    this.#update();
    return value;
  }

  #readRegister(register: number): number {
    const { state } = this;
    const dlab = (state.lcr & Lcr.dlab) !== 0;
    switch (register) {
      case 0:
        return dlab ? state.divisor & 0xff : this.#readData();
      case 1:
        return dlab ? state.divisor >> 8 : state.ier;
      case 2:
        return this.#readIir();
      case 3:
        return state.lcr;
      case 4:
        return state.mcr;
      case 5:
        return this.#readLsr();
      case 6:
        return this.#readMsr();
      default:
        return this.#is8250 ? 0xff : state.scratch;
    }
  }

  /** Reading it clears the transmitter interrupt, if that is what it shows. */
  #readIir(): number {
    const pending = this.#pending();
    if (pending === Iir.thrEmpty) this.state.thrEmpty = 0;
    return pending | (this.#fifos ? 0xc0 : 0);
  }

  #readLsr(): number {
    const { state } = this;
    let value = state.errors;
    if (this.#rx.count) value |= Lsr.dataReady;
    if (!this.#tx.count) value |= state.sending ? Lsr.thrEmpty : Lsr.thrEmpty | Lsr.idle;
    if (this.#fifos && this.#holdsBreak()) value |= Lsr.fifoError;
    state.errors = 0;
    return value;
  }

  #holdsBreak(): boolean {
    const { breaks, breaksAt } = this.state;
    return breaks.some((b, i) => b !== 0 && (i - breaksAt[0]! + FIFO) % FIFO < breaksAt[1]!);
  }

  #readMsr(): number {
    const value = this.state.msr;
    this.state.msr &= 0xf0;
    return value;
  }

  #write(register: number, value: number): void {
    this.#writeRegister(register, value);
    this.#update();
  }

  #writeRegister(register: number, value: number): void {
    const { state } = this;
    const dlab = (state.lcr & Lcr.dlab) !== 0;
    if (register === 0 && dlab) state.divisor = (state.divisor & 0xff00) | value;
    else if (register === 0) this.#transmit(value);
    else if (register === 1 && dlab) state.divisor = (state.divisor & 0xff) | (value << 8);
    else if (register === 1) this.#writeIer(value);
    else if (register === 2) this.#writeFcr(value);
    else if (register === 3) this.#writeLcr(value);
    else if (register === 4) this.#writeMcr(value);
    else if (register === 7) state.scratch = value;
  }

  /** Enabling the transmitter interrupt while the holding register is empty raises it at once. */
  #writeIer(value: number): void {
    const { state } = this;
    const enabled = value & ~state.ier & Ier.thrEmpty;
    state.ier = value & 0x0f;
    if (enabled && !this.#tx.count) state.thrEmpty = 1;
  }

  /** "FIFO Control Register": a change of bit 0 clears both FIFOs; without it the rest is not written. */
  #writeFcr(value: number): void {
    const { state } = this;
    if (this.#is8250) return;
    const switched = ((value ^ state.fcr) & Fcr.enable) !== 0;
    if (switched || value & Fcr.clearRx) this.#clearRx();
    if ((switched || value & Fcr.clearTx) && this.#tx.count) {
      this.#tx.clear();
      state.thrEmpty = 1;
    }
    state.fcr = value & Fcr.enable ? value & 0xc9 : 0;
  }

  /** A break on the line while looping back is received as one. */
  #writeLcr(value: number): void {
    const began = value & ~this.state.lcr & Lcr.breakOut;
    this.state.lcr = value;
    if (!began) return;
    if (this.#looping) this.#receive(0, 1);
    else this.#bus.note('serial', this.name, 'break');
  }

  #writeMcr(value: number): void {
    this.state.mcr = value & 0x1f;
    this.#sampleModem();
  }
}

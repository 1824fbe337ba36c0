/**
 * The bus interface unit: T-states, bus cycles, prefetch queue, and who gets the bus next. One call of `clock`
 * is one clock. Follows the bus timing of Intel's iAPX 86/88 User's Manual (figures 4-5 and 4-9) and, for what
 * the manual does not tell, what captures of the chip show and the public microcode-level literature says:
 *
 * - a code fetch is decided in the clock after room was seen, starts one clock later, and follows a bus cycle
 *   without a gap if it was decided at T3;
 * - a fetch that fills the queue suspends fetching; it resumes in an idle clock when there is room, but not in
 *   the clock after the fetch's own T4 unless the queue is short;
 * - the execution unit takes the bus in steps (see `Chip.transfer`), and a fetch that has been decided and not
 *   started yet gives way to it.
 *
 * A clock has two halves here: its beginning, where the T-state acts, and its end, where the next one is chosen.
 * The execution unit's micro-instruction lies between them, that is between two calls of `clock`.
 */
import type { CpuPins } from '../../cpu.js';
import { PAGE_SHIFT, PageKind, type PhysicalMemory } from '../../memory.js';
import { BusStatus, QueueOp, Seg, T } from './state.js';

/** What distinguishes the two chips. */
export interface Model {
  /** Bytes the queue holds. */
  readonly queue: number;
  /** Bytes a bus cycle carries. */
  readonly width: 1 | 2;
}

export const I8086_MODEL: Model = { queue: 6, width: 2 };
export const I8088_MODEL: Model = { queue: 4, width: 1 };

/** The pins in one clock, as a logic analyser on a maximum-mode chip sees them. Read it, do not keep it. */
export interface BusClock {
  readonly clock: number;
  readonly ale: boolean;
  /** The address of the cycle under way (valid where `ale` is, and until the cycle ends). */
  readonly address: number;
  /** `BusStatus`: active from T1 until the transfer, passive from then on. */
  readonly status: number;
  /** `BusStatus` of the cycle under way, up to its T4. */
  readonly cycle: number;
  /** `T`. */
  readonly t: number;
  /** Both halves of the data bus, in the clock in which it is transferred. */
  readonly data: number;
  /** BHE#: true while the high half is not used. */
  readonly bhe: boolean;
  /** `Seg` of the cycle under way, as S4 and S3 tell it. */
  readonly segment: number;
  /** `QueueOp` and its byte: a clock after they happened. */
  readonly queueOp: number;
  readonly queueByte: number;
  readonly lock: boolean;
  /** Another master has the bus. */
  readonly held: boolean;
}

/** Sees every clock, changes nothing. */
export type BusObserver = (pins: BusClock) => void;

const QUEUE_MASK = 7;
/** Below this, the queue is short: a fetch is due even in the clock after a fetch. */
const SHORT = 3;
/** Never reached by the tick counter. */
const NEVER = 0x3fffffff;

export class Biu {
  readonly width: 1 | 2;
  /** Fetching needs the queue to hold at most this many bytes. */
  readonly room: number;
  readonly sreg: Uint16Array;
  readonly memory: PhysicalMemory;
  readonly pins: CpuPins;
  private readonly ram: Uint8Array;
  private readonly kind: Uint8Array;
  private readonly hasWaits: boolean;
  onClock: BusObserver | undefined = undefined;

  /** The clock is `base + tick`: the counter stays a small integer. */
  base = 0;
  tick = 0;
  /** The tick at which something other than the chip wants to act. */
  horizon = NEVER;

  /** A device was accessed or has acted: it may want the machine to stop. */
  disturbed = false;

  pc = 0;
  readonly queue = new Uint8Array(QUEUE_MASK + 1);
  queueHead = 0;
  queueCount = 0;
  queueFilled = false;
  prefetching = true;
  flushing = false;
  /** What was read, or done to the queue, last; and when. */
  queueOp = 0;
  queueByte = 0;
  queueTick = -2;

  t: number = T.idle;
  afterT4 = false;
  /** The execution unit wants the bus. */
  requested = false;
  /** What it wants it for. */
  wantedSegment = 0;
  wantedAddress = 0;
  wantedWord = false;
  wantedData = 0;
  ioType: number = BusStatus.passive;
  /** `BusStatus` of the cycle under way, or of the last one. */
  cycleType: number = BusStatus.passive;
  ioWord = false;
  ioSegment = 0;
  ioAddress = 0;
  ioData = 0;
  /** Bytes that the last code fetch brought: they lie behind those that count. */
  fetchBytes = 0;
  waits = 0;
  /** READY as it was in this clock, at T3 or in a wait state. */
  ready = true;
  stealAsked = 0;
  stealLeft = 0;
  lock = false;

  constructor(model: Model, sreg: Uint16Array, memory: PhysicalMemory, pins: CpuPins) {
    this.width = model.width;
    this.room = model.queue - model.width;
    this.sreg = sreg;
    this.memory = memory;
    this.pins = pins;
    this.ram = memory.ram;
    this.kind = memory.kind;
    this.hasWaits = pins.waits !== undefined;
  }

  get now(): number {
    return this.base + this.tick;
  }

  /** Ends the current clock and begins the next one. */
  clock(): void {
    switch (this.t) {
      case T.idle:
        this.endIdle();
        this.advance();
        if (this.queueFilled) this.resume();
        break;
      case T.t1:
        this.t = T.t2;
        this.advance();
        if (this.hasWaits || this.ioType === BusStatus.inta) this.beginT2();
        break;
      case T.t2:
        this.t = T.t3;
        this.advance();
        if (this.ioType === BusStatus.code) this.foresee();
        this.complete();
        break;
      case T.t4:
        this.endT4();
        this.advance();
        if (this.queueFilled) this.resume();
        break;
      default:
        this.endTransfer();
        this.advance();
        if (!this.ready) this.complete();
    }
    if (this.onClock !== undefined) this.show(this.onClock);
  }

  private advance(): void {
    if (++this.tick >= this.horizon) this.attend();
  }

  /** Several clocks in which the execution unit does nothing; at once, if the bus has nothing to do either. */
  clocks(n: number): void {
    if (this.isStill() && this.tick + n < this.horizon) this.tick += n;
    else for (let i = 0; i < n; i++) this.clock();
  }

  /** An idle bus that stays idle until the execution unit does something. */
  private isStill(): boolean {
    return (
      this.t === T.idle &&
      this.ioType === BusStatus.passive &&
      !this.afterT4 &&
      !this.flushing &&
      this.onClock === undefined &&
      (this.queueFilled ? this.queueCount > this.room : !this.prefetching)
    );
  }

  /** Makes the tick counter small again. */
  rebase(): void {
    this.base += this.tick;
    this.queueTick -= this.tick;
    this.tick = 0;
    this.refreshHorizon();
  }

  /** Time has passed while nothing happened on the bus. */
  setClock(clock: number): void {
    this.base = clock;
    this.tick = 0;
    this.queueTick = -2;
    this.refreshHorizon();
  }

  /** Nothing happens on the bus, nor will by itself. */
  get busAsleep(): boolean {
    return (
      this.t === T.idle &&
      this.ioType === BusStatus.passive &&
      this.queueTick < this.tick &&
      !this.afterT4 &&
      !this.canFetch() &&
      this.stealAsked === 0 &&
      this.stealLeft === 0
    );
  }

  /** Passes the time, with the bus asleep, to the next event or tick `end`. */
  sleep(end: number): void {
    const next = Math.min(end, this.horizon) - 1;
    if (next > this.tick) this.tick = next;
    this.clock();
  }

  askForBus(clocks: number): void {
    this.stealAsked += clocks;
    this.horizon = 0;
  }

  // ---- the end of a clock: what comes next ----

  private endIdle(): void {
    if (this.ioType !== BusStatus.passive) this.start();
    else {
      this.afterT4 = false;
      if (!this.queueFilled && this.prefetching && !this.requested) this.ioType = BusStatus.code;
    }
    if (this.flushing) this.resumeFetching();
  }

  private endTransfer(): void {
    if (!this.ready) {
      this.t = T.wait;
      return;
    }
    if (this.canFetch()) this.ioType = BusStatus.code;
    this.t = T.t4;
    if (this.flushing) this.resumeFetching();
  }

  /** The bytes of a fetch are the program's from here on. */
  private endT4(): void {
    if (this.fetchBytes !== 0) {
      this.queueCount += this.fetchBytes;
      this.pc = (this.pc + this.fetchBytes) & 0xffff;
      this.fetchBytes = 0;
    }
    if (this.ioType !== BusStatus.passive) this.start();
    else {
      this.t = T.idle;
      this.afterT4 = true;
    }
    if (this.flushing) this.resumeFetching();
  }

  private resumeFetching(): void {
    this.flushing = false;
    this.prefetching = true;
  }

  /** True if nothing speaks against a code fetch now. */
  canFetch(): boolean {
    return (
      this.ioType === BusStatus.passive &&
      !this.queueFilled &&
      this.prefetching &&
      !this.requested &&
      this.t !== T.t4
    );
  }

  /** T1 is next. */
  private start(): void {
    this.t = T.t1;
    this.afterT4 = false;
    this.cycleType = this.ioType;
    if (this.ioType === BusStatus.code) this.addressFetch();
    else if (this.ioType !== BusStatus.halt) {
      this.ioSegment = this.wantedSegment;
      this.ioAddress = this.wantedAddress;
      this.ioWord = this.wantedWord;
      this.ioData = this.wantedData;
    }
  }

  /** Puts the bus at T2 of a code fetch. */
  protected beginFetch(): void {
    this.ioType = BusStatus.code;
    this.start();
    this.t = T.t2;
  }

  private addressFetch(): void {
    this.ioSegment = Seg.cs;
    this.ioAddress = ((this.sreg[Seg.cs]! << 4) + this.pc) & 0xfffff;
    this.ioWord = this.width === 2 && (this.pc & 1) === 0;
  }

  // ---- the beginning of a clock: what the T-state does ----

  private beginT2(): void {
    if (this.hasWaits) this.waits = this.pins.waits!(this.ioType, this.ioAddress);
    if (this.ioType === BusStatus.inta) this.lock = !this.lock;
  }

  /** The fetch under way will leave no room for another. */
  private foresee(): void {
    if (this.queueCount + (this.ioWord ? 2 : 1) > this.room) this.queueFilled = true;
  }

  /** Fetching goes on when there is room, but not just after a fetch unless the queue is short. */
  private resume(): void {
    if (this.t !== T.idle || this.queueCount > this.room) return;
    if (this.queueCount < SHORT || this.cycleType !== BusStatus.code || !this.afterT4)
      this.queueFilled = false;
  }

  private complete(): void {
    if (this.waits > 0 || this.stealLeft > 0) {
      if (this.waits > 0) this.waits--;
      this.ready = false;
      return;
    }
    this.ready = true;
    this.transferData();
    this.ioType = BusStatus.passive;
  }

  private transferData(): void {
    switch (this.ioType) {
      case BusStatus.code:
        this.ioData = this.readMemory();
        this.bringBytes();
        break;
      case BusStatus.memoryRead:
        this.memory.hearRead(this.ioAddress, this.ioWord ? 2 : 1);
        this.ioData = this.readMemory();
        break;
      case BusStatus.memoryWrite:
        this.writeMemory();
        break;
      case BusStatus.ioRead:
        this.ioData = this.onHalf(this.pins.io.read(this.ioAddress, this.ioWord ? 2 : 1));
        this.refreshHorizon();
        break;
      case BusStatus.ioWrite:
        this.pins.io.write(this.ioAddress, this.fromHalf(), this.ioWord ? 2 : 1);
        this.refreshHorizon();
        break;
      default:
        this.acknowledge();
    }
  }

  private bringBytes(): void {
    const at = this.queueHead + this.queueCount;
    if (this.ioWord) {
      this.queue[at & QUEUE_MASK] = this.ioData;
      this.queue[(at + 1) & QUEUE_MASK] = this.ioData >> 8;
      this.fetchBytes = 2;
    } else {
      this.queue[at & QUEUE_MASK] = this.fromHalf();
      this.fetchBytes = 1;
    }
  }

  /** A byte at an odd address is on the high half of the 8086's bus. */
  private onHalf(value: number): number {
    return this.width === 2 && !this.ioWord && (this.ioAddress & 1) !== 0 ? value << 8 : value;
  }

  private fromHalf(): number {
    if (this.ioWord) return this.ioData;
    return this.width === 2 && (this.ioAddress & 1) !== 0 ? this.ioData >> 8 : this.ioData & 0xff;
  }

  private readMemory(): number {
    const at = this.ioAddress;
    const kind = this.kind[at >>> PAGE_SHIFT]!;
    if (kind === PageKind.ram || kind === PageKind.rom) {
      const low = this.ram[at]!;
      return this.ioWord ? low | (this.ram[at + 1]! << 8) : this.onHalf(low);
    }
    const value = this.onHalf(this.memory.read(at, this.ioWord ? 2 : 1));
    this.refreshHorizon();
    return value;
  }

  private writeMemory(): void {
    const at = this.ioAddress;
    this.memory.write(at, this.fromHalf(), this.ioWord ? 2 : 1);
    if (this.kind[at >>> PAGE_SHIFT] === PageKind.mmio) this.refreshHorizon();
  }

  /** The first of two acknowledge cycles freezes the controller, the second brings the vector. */
  private acknowledge(): void {
    if (this.lock) this.ioData = 0xff;
    else this.ioData = this.pins.acknowledge();
    this.refreshHorizon();
  }

  // ---- queue ----

  /** Takes the next byte; there must be one. */
  takeByte(op: number): number {
    const byte = this.queue[this.queueHead & QUEUE_MASK]!;
    this.queueHead = (this.queueHead + 1) & QUEUE_MASK;
    this.queueCount--;
    this.queueOp = op;
    this.queueByte = byte;
    this.queueTick = this.tick;
    return byte;
  }

  /** Empties the queue and lets fetching go on at PC, from the next clock. */
  flush(): void {
    this.queueCount = 0;
    this.queueHead = 0;
    this.queueFilled = false;
    this.flushing = true;
    this.queueOp = QueueOp.empty;
    this.queueByte = 0;
    this.queueTick = this.tick;
  }

  // ---- others who act at exact clocks ----

  /** A device may have changed when it wants to act next. */
  refreshHorizon(): void {
    this.disturbed = true;
    if (this.stealAsked > 0 || this.stealLeft > 0) this.horizon = 0;
    else if (this.pins.serve === undefined) this.horizon = NEVER;
    else this.horizon = Math.min(NEVER, this.pins.nextEvent() - this.base);
  }

  private attend(): void {
    const { pins } = this;
    if (pins.serve !== undefined && pins.nextEvent() <= this.now) pins.serve(this.now);
    if (this.stealLeft > 0) this.stealLeft--;
    else if (this.stealAsked > 0 && !this.lock && (this.t === T.t4 || this.ioType === BusStatus.passive)) {
      this.stealLeft = this.stealAsked;
      this.stealAsked = 0;
      pins.busGranted?.();
    }
    this.refreshHorizon();
  }

  /** Shows the current clock to the observer, who came after its beginning. */
  showClock(): void {
    if (this.onClock !== undefined) this.show(this.onClock);
  }

  private show(observer: BusObserver): void {
    const transfer = this.t === T.t3 || this.t === T.wait;
    const seen = this.queueTick === this.tick - 1;
    observer({
      clock: this.now,
      ale: this.t === T.t1,
      address: this.ioAddress,
      status: this.t === T.idle || this.t === T.t4 ? BusStatus.passive : this.ioType,
      cycle: this.t === T.idle ? BusStatus.passive : this.cycleType,
      t: this.t,
      data: transfer ? this.ioData : 0,
      bhe: this.width === 1 || !(this.ioWord || (this.ioAddress & 1) !== 0),
      segment: this.ioSegment,
      queueOp: seen ? this.queueOp : QueueOp.none,
      queueByte: seen ? this.queueByte : 0,
      lock: this.lock,
      held: this.stealLeft > 0,
    });
  }
}

/**
 * The execution unit's registers, and the steps that micro-instructions are made of: reading the queue, asking
 * for the bus, suspending and correcting the program counter, starting to fetch the next opcode. Each follows
 * the meaning that the published disassemblies of the 8086's microcode give the operation of the same name.
 *
 * A micro-instruction takes the clock it is in. Routines say what it does and then call `clock` to get to the
 * next one; a jump that is taken costs one clock more (`jump`).
 */
import type { CpuPins } from '../../cpu.js';
import type { PhysicalMemory } from '../../memory.js';
import { Biu, type Model } from './biu.js';
import {
  ARITHMETIC,
  BusStatus,
  Flag,
  type I8086State,
  isOpcodeLoaded,
  Next,
  Phase,
  QueueOp,
  Seg,
  T,
} from './state.js';

/** No segment override. */
export const NO_OVERRIDE = 255;

export class Chip extends Biu {
  readonly gpr: Uint16Array;
  /** AL CL DL BL AH CH DH BH are bytes 0 2 4 6 1 3 5 7. */
  readonly bytes: Uint8Array;
  flags = 0;
  ind = 0;
  opr = 0;
  tmpa = 0;
  tmpb = 0;
  tmpc = 0;
  latch = 0;
  phase: number = Phase.start;
  next: number = Next.opcode;
  opcode = 0;
  nextOpcode = 0;
  modrm = 0;
  prefixed = false;
  override = NO_OVERRIDE;
  f1 = false;
  repne = false;
  /** The instruction began with TF set. */
  trapping = false;
  /** All interrupts wait for the end of one more instruction. */
  shadow = false;
  /** INTR waits for the end of one more instruction. */
  stiShadow = false;
  intr = false;
  nmi = false;
  /** Waking from HLT takes a clock longer: the bus was busy when it began. */
  slowWake = false;
  /** Operands are words; else bytes. */
  word = false;
  /** The modrm byte names memory. */
  useMemory = false;
  /** The default segment of the effective address. */
  segment: number = Seg.ds;
  /** Instructions since power-on: a small integer on top of a base, as the clock is. */
  retiredBase = 0;
  retiredTicks = 0;
  /** The instruction under way has, or had, a prefix. */
  hasPrefixes = false;
  /** The loader has the next opcode already. */
  loaded = false;

  constructor(model: Model, state: I8086State, memory: PhysicalMemory, pins: CpuPins) {
    super(model, state.sreg, memory, pins);
    this.gpr = state.gpr;
    this.bytes = new Uint8Array(state.gpr.buffer, state.gpr.byteOffset, 16);
  }

  get retired(): number {
    return this.retiredBase + this.retiredTicks;
  }

  override rebase(): void {
    super.rebase();
    this.retiredBase += this.retiredTicks;
    this.retiredTicks = 0;
  }

  // ---- the loader ----

  /**
   * The interrupt to be taken at this boundary, if any; in the order of the User's Manual's figure "Interrupt
   * processing sequence": NMI, INTR, single step. (The order on silicon is unverified.)
   */
  private pendingInterrupt(): number {
    if (this.shadow || this.prefixed) return Next.opcode;
    if (this.nmi) return Next.nmi;
    if (this.intr && (this.flags & Flag.IF) !== 0 && !this.stiShadow) return Next.intr;
    return this.trapping ? Next.trap : Next.opcode;
  }

  /** INT: an interrupt waits, or single step; what ends repetitions, HLT and WAIT. */
  get interrupted(): boolean {
    return this.nmi || this.trapping || (this.intr && (this.flags & Flag.IF) !== 0);
  }

  /** HLT can be over one day. */
  get canWake(): boolean {
    return this.nmi || this.trapping || (this.flags & Flag.IF) !== 0;
  }

  /** Halted, and only something from outside can change that. */
  get canSleep(): boolean {
    return !this.interrupted && this.busAsleep;
  }

  /** Reads the next opcode, if there is one, or finds that an interrupt comes first. */
  loadNext(): boolean {
    if (this.intr || this.nmi || this.trapping) {
      const kind = this.pendingInterrupt();
      if (kind !== Next.opcode) {
        this.next = kind;
        if (kind === Next.nmi) this.nmi = false;
        this.loaded = true;
        return true;
      }
    }
    if (this.queueCount === 0) return false;
    this.next = Next.opcode;
    this.nextOpcode = this.takeByte(QueueOp.first);
    this.loaded = true;
    return true;
  }

  /** NX: the next micro-instruction is the last; the loader may begin with the next instruction. */
  nx(): void {
    this.loadNext();
  }

  /** At this boundary an instruction begins, or an iteration: not an interrupt, nor what follows a prefix. */
  get atInstruction(): boolean {
    if (this.phase !== Phase.start) return this.phase === Phase.repeat;
    return isOpcodeLoaded(this) && !this.prefixed;
  }

  /** What the queue holds, the next byte first. */
  queued(): number[] {
    return Array.from({ length: this.queueCount }, (_, i) => this.queue[(this.queueHead + i) & 7]!);
  }

  /** A boundary with an idle bus: `bytes` from `ip` on are prefetched, the first is with the loader already. */
  restart(ip: number, bytes: readonly number[]): void {
    this.clear();
    this.pc = (ip + bytes.length) & 0xffff;
    this.queueCount = bytes.length - 1;
    this.queue.set(bytes.slice(1));
    this.queueFilled = this.queueCount > this.room;
    this.nextOpcode = bytes[0]!;
    this.queueOp = QueueOp.first;
    this.queueByte = this.nextOpcode;
    this.queueTick = this.tick - 1;
    this.loaded = true;
  }

  /** As `restart` with one byte, but the fetch of the next one is at T2 already. */
  restartFetching(ip: number, byte: number): void {
    this.restart(ip, [byte]);
    this.beginFetch();
  }

  private clear(): void {
    this.phase = Phase.start;
    this.next = Next.opcode;
    this.loaded = false;
    this.prefixed = this.hasPrefixes = this.f1 = this.repne = this.lock = false;
    this.override = NO_OVERRIDE;
    this.trapping = this.shadow = this.stiShadow = false;
    this.queueHead = this.queueCount = 0;
    this.queueFilled = false;
    this.prefetching = true;
    this.flushing = false;
    this.requested = false;
    this.t = T.idle;
    this.afterT4 = false;
    this.fetchBytes = 0;
    this.waits = 0;
    this.slowWake = false;
    this.ind = this.opr = this.tmpa = this.tmpb = this.tmpc = 0;
    this.rebase();
    this.ioType = this.cycleType = BusStatus.passive;
  }

  // ---- queue and program counter ----

  /** Q: the next byte of the instruction, waiting for it if need be. */
  q(): number {
    while (this.queueCount === 0) this.clock();
    return this.takeByte(QueueOp.subsequent);
  }

  /** A jump in the microcode, to the clock of the micro-instruction jumped to. */
  jump(): void {
    this.clocks(2);
  }

  /** SUSP: no fetch begins any more; one under way is waited for. Ends in its own, or the last clock. */
  suspend(): void {
    this.prefetching = false;
    if (this.t !== T.t4 && this.t !== T.idle) {
      do this.clock();
      while (this.t !== T.t4);
    } else this.ioType = BusStatus.passive;
  }

  /** Waits for T4 of a fetch that is under way or has been decided. */
  awaitFetch(): void {
    while (this.t !== T.t4 && (this.t !== T.idle || this.ioType !== BusStatus.passive)) this.clock();
  }

  /** CORR: makes PC the address of the next byte that the program has not used. */
  correct(): void {
    do this.clock();
    while (this.ioType !== BusStatus.passive || this.t === T.t4);
    this.pc = (this.pc - this.queueCount) & 0xffff;
    this.queueCount = 0;
  }

  // ---- bus ----

  /** R: reads OPR at segment:IND. */
  read(segment: number): void {
    this.transfer(BusStatus.memoryRead, segment, this.word);
  }

  /** W: writes OPR at segment:IND. */
  write(segment: number): void {
    this.transfer(BusStatus.memoryWrite, segment, this.word);
  }

  readPort(): void {
    this.transfer(BusStatus.ioRead, Seg.none, this.word);
  }

  writePort(): void {
    this.transfer(BusStatus.ioWrite, Seg.none, this.word);
  }

  /** IRQ: the two acknowledge cycles; the vector is OPR's high byte then. */
  acknowledgeCycles(): void {
    this.transfer(BusStatus.inta, Seg.none, true);
  }

  /** The segment of a data access: the override, or the default of the effective address. */
  dataSegment(): number {
    return this.override !== NO_OVERRIDE ? this.override : this.segment;
  }

  private transfer(type: number, segment: number, word: boolean): void {
    this.claim();
    this.wantedSegment = segment;
    const whole = word && this.width === 2 && (this.ind & 1) === 0 && type !== BusStatus.inta;
    this.startCycle(type, this.ind, whole);
    this.clock();
    if (!word || whole) {
      this.requested = false;
      while (this.ioType !== BusStatus.passive) this.clock();
      this.opr = whole ? this.ioData : this.byteRead() | 0xff00;
      return;
    }
    while (this.ioType !== BusStatus.passive) this.clock();
    const high = this.opr >> 8;
    const low = this.byteRead();
    this.opr = (high << 8) | low;
    this.startCycle(type, (this.ind + 1) & 0xffff, false, high);
    this.clock();
    this.requested = false;
    while (this.ioType !== BusStatus.passive) this.clock();
    this.opr = low | (this.byteRead() << 8);
  }

  /** Waits until the bus is the execution unit's. */
  private claim(): void {
    const late = this.t === T.t3 || this.t === T.wait || this.canFetch();
    if (this.t === T.t4 || this.t === T.idle) this.ioType = BusStatus.passive;
    this.requested = true;
    this.clock();
    if (late) {
      while ((this.t === T.t3 || this.t === T.wait) && !this.ready) this.clock();
      this.clock();
    }
    while (this.t === T.t4) this.clock();
    this.clock();
    while (this.ioType !== BusStatus.passive) this.clock();
  }

  private startCycle(type: number, offset: number, word: boolean, data = this.opr): void {
    if (type === BusStatus.inta) this.wantedAddress = 0;
    else this.wantedAddress = ((this.sreg[this.wantedSegment]! << 4) + offset) & 0xfffff;
    this.wantedWord = word;
    this.ioType = type;
    if (word) this.wantedData = data;
    else this.wantedData = this.width === 2 && (offset & 1) !== 0 ? (data & 0xff) << 8 : data & 0xff;
  }

  private byteRead(): number {
    return this.width === 2 && (this.ioAddress & 1) !== 0 ? this.ioData >> 8 : this.ioData & 0xff;
  }

  // ---- flags ----

  /** F: the ALU's flags become the program's. */
  storeFlags(): void {
    this.flags = (this.flags & ~ARITHMETIC) | this.latch;
  }

  // ---- operands named by the opcode and the modrm byte ----

  byteRegister(n: number): number {
    return this.bytes[((n & 3) << 1) | (n >> 2)]!;
  }

  setByteRegister(n: number, value: number): void {
    this.bytes[((n & 3) << 1) | (n >> 2)] = value;
  }

  register(n: number): number {
    return this.word ? this.gpr[n]! : this.byteRegister(n);
  }

  setRegister(n: number, value: number): void {
    if (this.word) this.gpr[n] = value;
    else this.setByteRegister(n, value);
  }

  /** The operand that the r/m field names: a register, or what was read into OPR. */
  rm(): number {
    return this.useMemory ? this.opr : this.register(this.modrm & 7);
  }

  setRm(value: number): void {
    if (this.useMemory) this.opr = value & 0xffff;
    else this.setRegister(this.modrm & 7, value);
  }

  reg(): number {
    return this.register((this.modrm >> 3) & 7);
  }

  setReg(value: number): void {
    this.setRegister((this.modrm >> 3) & 7, value);
  }
}

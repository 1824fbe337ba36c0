/**
 * The ia32 core: ties state, memory, engines and helpers together and decides at every boundary between
 * two instructions what comes next: traps, NMI, interrupts, then the next instruction or block
 * (SDM volume 3A, 6.9). Follows the SDM volumes 1 to 3A and, for clocks, the i486 manual (240486).
 *
 * Two engines read the same rows: the WebAssembly interpreter, which runs whole blocks while nothing can
 * interrupt them and single instructions otherwise, and the evaluator. The state after a boundary is the
 * same whichever runs, and wherever a run is paused.
 *
 * Not modelled: MMX, SSE, PAE, SMM, machine checks, the local APIC, test registers, caches.
 */
import { asks, type Cpu, type CpuObserver, type CpuPins, type Stop, type VectorSource } from '../../cpu.js';
import { type PhysicalMemory, Watch } from '../../memory.js';
import { Access } from './access.js';
import type { Context, Size } from './context.js';
import { CodeCache, type CodeMode } from './engine/blocks.js';
import { Calls } from './engine/calls.js';
import { Evaluator } from './engine/evaluator.js';
import { composeFlags, wordsOf } from './engine/flagWords.js';
import { createInterpreter, type Interpreter } from './engine/interpreter.js';
import { Compiler } from './engine/jit/compiler.js';
import { deliverWithEscalation, type Event } from './helpers/interrupts.js';
import { TaskFault } from './helpers/tasks.js';
import { type Decoded, Decoder, MAX_LENGTH } from './isa/decode.js';
import { instructionSet } from './isa/table.js';
import { Mmu } from './mmu.js';
import { Exit, ITLB_BASE, ITLB_SET, Rec, RUN, RUN_BASE, type Space, TLB_BASE, TLB_SET } from './space.js';
import {
  ARITHMETIC,
  Fault,
  Flag,
  IA32,
  type Ia32State,
  Model,
  type ModelName,
  Seg,
  Vector,
} from './state.js';

export type EngineName = 'compiler' | 'interpreter' | 'evaluator';

export interface Ia32Options {
  readonly model: ModelName;
  readonly engine: EngineName;
  /** How often a block is entered until it is compiled; for tests. */
  readonly heat?: number;
}

/**
 * Entries of a block until it is compiled. Compiling costs as much time as the interpreter needs for some
 * thousand blocks.
 */
const HEAT = 1000;

/** Clocks from the end of an instruction to the first of a handler (i486: INT 30 to 71). */
const DELIVERY_CLOCKS = 40;
/** The engine counts down in 32 bits. */
const MAX_SLICE = 2 ** 30;
const RESET_EIP = 0xfff0;
const RESET_CS_BASE = 0xffff0000;
/** CPUID signature in EDX after reset (family, model, stepping). */
const SIGNATURE: Record<ModelName, number> = { i386: 0x308, i486: 0x480, i586: 0x52c, i686: 0x652 };
const BIG = 0x4000;
/** `halted` while shut down by a triple fault. */
const SHUTDOWN = 2;
const MOV_SS_SHADOW = 2;
const DR6_ONES = 0xffff0ff0;
const DR7_ONES = 0x400;
const DR6_SINGLE_STEP = 1 << 14;
const DR7_ENABLES = 0xff;

/** What a boundary led to. */
type Turn = 'go on' | Stop;

export class Ia32 implements Cpu, Context {
  readonly name = 'ia32';
  readonly family: number;
  readonly s: Ia32State;
  #observer: CpuObserver | undefined;
  /** Offsets in pages of the addresses at which the observer is asked. */
  #breakpoints: ReadonlySet<number> = new Set();
  readonly #options: Ia32Options;
  readonly #pins: CpuPins;
  readonly #space: Space;
  readonly #run: ReturnType<typeof RUN.create>;
  readonly #mmu: Mmu;
  readonly #access: Access;
  readonly #decoder: Decoder;
  readonly #code: CodeCache;
  readonly #interpreter: Interpreter;
  readonly #compiler: Compiler;
  readonly #calls: Calls;
  readonly #evaluator: Evaluator;
  readonly #memory: PhysicalMemory;
  #codeMode: CodeMode = 0;
  /** Behind an instruction that was executed alone, but stands in a block: how that goes on. */
  readonly #behind = { rec: 0, eip: 0, epoch: 0 };

  /** `space` holds the RAM that `memory` presents. */
  constructor(space: Space, memory: PhysicalMemory, pins: CpuPins, options: Ia32Options) {
    this.#options = options;
    this.#pins = pins;
    this.#space = space;
    this.#memory = memory;
    this.family = Model[options.model];
    this.s = IA32.create(space.buffer, 0);
    this.#run = RUN.create(space.buffer, RUN_BASE);
    this.#mmu = new Mmu(this.s, memory, space);
    this.#decoder = new Decoder(instructionSet(this.family));
    const wires = { access: () => this.#access, urgent: () => this.#observer?.urgent === true };
    this.#calls = new Calls(this, this.#run, this.#mmu, pins, wires);
    this.#interpreter = createInterpreter(this.family, space.memory, {
      slowLoad: (rec, seg, off, size, write) => this.#calls.slowLoad(rec, seg, off >>> 0, size, write !== 0),
      slowStore: (rec, seg, off, value, size) =>
        this.#calls.slowStore(rec, seg, off >>> 0, value >>> 0, size),
      helper: (name) => this.#calls.bind(name),
    });
    this.#compiler = new Compiler(space, this.#interpreter, this.family);
    this.#code = new CodeCache(memory, space, this.#decoder, this.#mmu, {
      handlers: this.#interpreter.handlers,
      heat: options.engine === 'compiler' ? (options.heat ?? HEAT) : 0,
      retired: () => this.s.retired,
      onDropAll: () => this.#compiler.dropAll(),
    });
    this.#access = new Access(this.s, this.#run, memory, this.#mmu, this.#code);
    this.#mmu.onCodeChanged = (address, length) => this.#codeWritten(address, length);
    this.#evaluator = new Evaluator(
      this,
      this.#run,
      (name, args) => (this.#calls.helper(name)(this, ...args) ?? 0) as number,
    );
    memory.onWatchedWrite = (address, length) => this.#watchedWrite(address, length);
    memory.onMappingChanged = () => this.#mmu.flush();
    memory.onDirtyCleared = () => this.#mmu.dropAllWriteTags();
    this.reset();
  }

  get state(): Ia32State {
    return this.s;
  }

  get retired(): number {
    return this.s.retired;
  }

  get observer(): CpuObserver | undefined {
    return this.#observer;
  }

  set observer(observer: CpuObserver | undefined) {
    this.#observer = observer;
    const { addresses = [], offsets = [] } = observer ?? {};
    this.#breakpoints = new Set([...[...addresses].map((address) => address & 0xfff), ...offsets]);
    this.#code.setBreakpoints(this.#breakpoints);
  }

  /** Regions compiled since power-on. */
  get regions(): number {
    return this.#compiler.regions;
  }

  get dead(): boolean {
    const { s } = this;
    return s.halted !== 0 && !(s.eflags & Flag.IF) && !s.nmiPending;
  }

  /** Exact: at a boundary the state's own, inside an engine that of the current instruction's start. */
  get clock(): number {
    if (this.#calls.deadline === undefined) return this.s.clock;
    return this.#calls.deadline - this.#run.left + this.#space.i32[(this.#run.rec + Rec.minusClocks) >>> 2]!;
  }

  set clock(value: number) {
    this.s.clock = value;
  }

  /** Linear address of the instruction that is being executed; at a boundary, of the next one. */
  get executing(): number {
    if (this.#calls.deadline === undefined) return this.#linearEip();
    return (this.#linearEip() + this.#space.u16[(this.#run.rec + Rec.here) >>> 1]!) >>> 0;
  }

  /** SDM volume 3A, 9.1.1 and table 9-1. Time and the count of instructions go on. */
  reset(): void {
    const { s } = this;
    const { clock, retired } = s;
    s.bytes.fill(0);
    s.clock = clock;
    s.retired = retired;
    s.eip = RESET_EIP;
    s.gpr[4] = SIGNATURE[this.#options.model];
    s.cr0 = this.family >= Model.i486 ? 0x60000010 : 0x10;
    s.access.fill(0x93);
    s.access[Seg.ldtr] = 0x82;
    s.access[Seg.tr] = 0x8b;
    s.limit.fill(0xffff);
    s.selector[Seg.cs] = 0xf000;
    s.base[Seg.cs] = RESET_CS_BASE;
    s.gdtLimit = s.idtLimit = 0xffff;
    s.dr[6] = DR6_ONES;
    s.dr[7] = DR7_ONES;
    s.a20 = 1;
    s.fpControl = 0x40;
    s.mxcsr = 0x1f80;
    this.setFlags(2);
    this.dropCaches();
  }

  interrupt(level: boolean): void {
    this.s.intr = level ? 1 : 0;
    this.#observer?.interruptLine?.(level);
  }

  nmi(): void {
    this.s.nmiPending = 1;
  }

  accept(vector: number): boolean {
    const { s } = this;
    if (s.halted === SHUTDOWN || s.shadow || s.debugPending || !(s.eflags & Flag.IF)) return false;
    return this.#deliver(vector, { kind: 'external' }, true);
  }

  /** The A20 gate. */
  setA20(open: boolean): void {
    if (this.s.a20 === (open ? 1 : 0)) return;
    this.s.a20 = open ? 1 : 0;
    this.#mmu.flush();
  }

  /** IGNNE#: x87 instructions no longer wait for the reported exception to be cleared. */
  ignoreCoprocessorError(): void {
    this.s.fpError = 0;
  }

  settle(): void {
    const { s } = this;
    s.eflags = this.getFlags();
    const { result, carry } = wordsOf(s.eflags);
    s.flagResult = result;
    s.flagCarry = carry;
  }

  dropCaches(): void {
    this.#code.dropAll();
    this.dropDerivedState();
  }

  dropDerivedState(): void {
    this.#mmu.flush();
    this.#refreshDerived();
  }

  #refreshDerived(): void {
    for (let seg = 0; seg < 8; seg++) this.#access.segmentChanged(seg);
    this.#run.stackMask = this.s.access[Seg.ss]! & BIG ? 0xffffffff : 0xffff;
    this.#codeMode = this.#modeOfCs();
    this.modeChanged(false);
  }

  // ---- running ----

  run(until: number): Stop {
    this.#behind.rec = 0;
    for (;;) {
      const turn = this.#turn(until);
      if (turn !== 'go on') return turn;
    }
  }

  /** What happens at one boundary, and then one instruction or many. */
  #turn(until: number): Turn {
    const { s } = this;
    if (s.halted === SHUTDOWN) return 'shutdown';
    if (s.clock >= until) return 'clock';
    const next = this.#pins.nextEvent();
    if (this.#pins.attention() || next <= s.clock) return 'attention';
    if (this.#serveBoundary()) return 'go on';
    if (s.halted) return 'halted';
    if (this.#isStopped()) return 'observer';
    const deadline = Math.min(until, next, s.clock + MAX_SLICE);
    if (this.#options.engine === 'evaluator') this.#evaluate();
    else if (this.#mustStep()) this.#step(deadline);
    else this.#runBlocks(deadline);
    return 'go on';
  }

  /** Something about the next instruction needs a look before or behind it. */
  #mustStep(): boolean {
    const { s } = this;
    this.#access.refreshChecks();
    return (
      s.shadow !== 0 ||
      (s.eflags & (Flag.TF | Flag.RF)) !== 0 ||
      this.#access.checksEveryAccess ||
      (this.#observer !== undefined && (!this.#observer.addresses || this.#isAtBreakpoint()))
    );
  }

  /** Asks the observer, if it wants to be asked here. */
  #isStopped(): boolean {
    const observer = this.#observer;
    if (!observer?.boundary || !asks(observer, this.#linearEip())) return false;
    return observer.boundary();
  }

  #linearEip(): number {
    return (this.s.base[Seg.cs]! + this.s.eip) >>> 0;
  }

  /** Blocks are left before the instruction: it must be executed without them. */
  #isAtBreakpoint(): boolean {
    return this.#breakpoints.has(this.#linearEip() & 0xfff);
  }

  /** Traps of the last instruction, NMI and interrupts, in that order; true if one was delivered. */
  #serveBoundary(): boolean {
    const { s } = this;
    if (s.shadow !== MOV_SS_SHADOW) {
      if (s.debugPending) return this.#serveDebugTrap();
      if (s.nmiPending && !s.nmiBlocked) {
        s.nmiPending = 0;
        s.nmiBlocked = 1;
        return this.#deliver(Vector.NMI, { kind: 'external' }, true);
      }
    }
    if (s.intr && s.eflags & Flag.IF && !s.shadow) {
      return this.#deliver(this.#pins.acknowledge(), { kind: 'external' }, true);
    }
    if (s.halted === 0 && s.dr[7]! & DR7_ENABLES && !(s.eflags & Flag.RF)) return this.#matchExecution();
    return false;
  }

  #serveDebugTrap(): boolean {
    const { s } = this;
    s.dr[6] = s.dr[6]! | s.debugPending;
    s.debugPending = 0;
    return this.#deliver(Vector.DB, { kind: 'exception' }, false);
  }

  /** Instruction breakpoints (SDM volume 3A, 17.3.1.1): a fault, before the instruction. */
  #matchExecution(): boolean {
    const { s } = this;
    const linear = (s.base[Seg.cs]! + s.eip) >>> 0;
    let hits = 0;
    for (let n = 0; n < 4; n++) {
      const enabled = (s.dr[7]! >>> (2 * n)) & 3;
      const kind = (s.dr[7]! >>> (16 + 4 * n)) & 3;
      if (enabled && kind === 0 && s.dr[n] === linear) hits |= 1 << n;
    }
    if (!hits) return false;
    s.dr[6] = s.dr[6]! | hits;
    return this.#deliver(Vector.DB, { kind: 'exception' }, false);
  }

  /** Enters a handler; always uses up the boundary. */
  #deliver(vector: number, event: Event, external: boolean): true {
    const { s } = this;
    s.halted = 0;
    s.shadow = 0;
    s.clock += DELIVERY_CLOCKS;
    this.#behind.rec = 0;
    if (deliverWithEscalation(this, vector, event) === 'shutdown') s.halted = SHUTDOWN;
    this.#pins.delivered(vector, external);
    return true;
  }

  #exception(fault: Fault): void {
    this.#deliver(fault.vector, { kind: 'exception', error: fault.error, address: fault.address }, false);
  }

  // ---- the interpreter ----

  #runBlocks(deadline: number): void {
    const { s } = this;
    const run = this.#run;
    run.left = deadline - s.clock;
    run.count = 0;
    run.exit = Exit.none;
    this.#calls.deadline = deadline;
    try {
      this.#enterBlock();
    } finally {
      this.#calls.deadline = undefined;
    }
    const exit = run.exit;
    if (exit === Exit.fault || exit === Exit.abort || exit >= Exit.hot) this.#backOut(run.rec);
    s.clock = deadline - run.left;
    s.retired += run.count;
    if (exit === Exit.fault) this.#exception(this.#recordedFault());
    else if (exit === Exit.hot) this.#compile(run.rec);
    else if (exit === Exit.breakpoint || s.clock >= deadline) return;
    // A block that cannot be entered may begin at a breakpoint: the observer is asked first.
    else if (this.#isAtBreakpoint()) return;
    else if (exit === Exit.lookup) this.#prepare(deadline);
    else if (exit === Exit.clock) this.#step(deadline);
    else if (exit === Exit.abort) this.#stepRecord(run.rec, deadline);
  }

  #enterBlock(): void {
    const { s } = this;
    const run = this.#run;
    const rec = this.#goesOn();
    if (rec === 0) return this.#interpreter.run(s.eip);
    this.#pay(rec, 1);
    if (run.left >= 0) {
      s.eip = (s.eip - this.#space.u16[(rec + Rec.here) >>> 1]!) >>> 0;
      return this.#interpreter.resume(rec);
    }
    this.#pay(rec, -1);
    run.exit = Exit.clock;
  }

  /** The record of the instruction at EIP, if the last one was executed alone and their block still holds. */
  #goesOn(): number {
    const { rec, eip, epoch } = this.#behind;
    return rec !== 0 && eip === this.s.eip && epoch === this.#epoch ? rec : 0;
  }

  /** Changes whenever decoded code or a translation of an address is dropped. */
  get #epoch(): number {
    return this.#code.epoch + this.#mmu.epoch;
  }

  /** Pays (or with -1 takes back) what it costs from the instruction at `rec` to the end of its block. */
  #pay(rec: number, sign: 1 | -1): void {
    const { i32 } = this.#space;
    this.#run.left += sign * i32[(rec + Rec.minusClocks) >>> 2]!;
    this.#run.count += sign * i32[(rec + Rec.instructions) >>> 2]!;
  }

  /** Makes the boundary before the instruction at `rec` the current one. */
  #backOut(rec: number): void {
    this.#pay(rec, -1);
    const { u16 } = this.#space;
    if (!this.#calls.taskFault) this.s.eip = (this.s.eip + u16[(rec + Rec.here) >>> 1]!) >>> 0;
    this.#calls.taskFault = false;
  }

  #recordedFault(): Fault {
    const run = this.#run;
    return new Fault(run.vector, run.hasError ? run.error : undefined, run.address);
  }

  /** Compiles the block at EIP, whose head is given, and what belongs to it. */
  #compile(head: number): void {
    const { s } = this;
    const linear = (s.base[Seg.cs]! + s.eip) >>> 0;
    const table = this.#code.tableOf(this.#mmu.translate(linear, false, s.cpl === 3), this.#codeMode)!;
    this.#compiler.compile(head, table, linear & 0xfff, this.#run.flat);
    if (this.#compiler.full) this.#code.dropAll();
  }

  /** Sees to it that the block at EIP can be entered, or executes one instruction without it. */
  #prepare(deadline: number): void {
    const rec = this.#find();
    if (rec === 'fault') return;
    if (rec === 0 || !this.#withinLimit(rec)) this.#step(deadline);
  }

  #withinLimit(rec: number): boolean {
    const { s } = this;
    return s.limit[Seg.cs]! - s.eip >= this.#space.u16[(rec + Rec.bytes) >>> 1]! - 1;
  }

  /** The block at EIP; 0 if it cannot be cached; 'fault' if it cannot be fetched and that was delivered. */
  #find(): number | 'fault' {
    const { s } = this;
    if (s.eip > s.limit[Seg.cs]!) {
      this.#exception(new Fault(Vector.GP, 0));
      return 'fault';
    }
    const linear = (s.base[Seg.cs]! + s.eip) >>> 0;
    const user = s.cpl === 3;
    try {
      const physical = this.#mmu.translate(linear, false, user);
      let table = this.#code.tableOf(physical, this.#codeMode);
      if (table === undefined) return 0;
      const rec = this.#code.block(physical, table, this.#codeMode);
      table = this.#code.tableOf(physical, this.#codeMode)!;
      this.#mmu.fillInstruction(linear, table, user);
      return rec;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#exception(fault);
      return 'fault';
    }
  }

  /** Executes exactly one instruction, or one iteration of a repeated one. */
  #step(deadline: number): void {
    const rec = this.#instruction();
    if (rec !== 0) this.#stepRecord(rec, deadline);
  }

  /** The record of the instruction at EIP; 0 if it cannot be fetched, which has been delivered. */
  #instruction(): number {
    const { s } = this;
    const behind = this.#goesOn();
    if (behind !== 0) return behind;
    const linear = (s.base[Seg.cs]! + s.eip) >>> 0;
    const room = 0x1000 - (linear & 0xfff);
    // What CS's limit forbids is not even translated: that would leave accessed bits.
    const first = s.eip > s.limit[Seg.cs]! ? undefined : this.#physicalOfCode(linear);
    const known = first === undefined ? 0 : this.#knownAt(first, linear + room);
    if (known !== 0) return known;
    const d = this.#decodeAtEip(first);
    if (!d) return 0;
    const second = d.length > room ? this.#physicalOfCode(linear + room) : undefined;
    return this.#code.keep(first!, second, this.#codeMode, d);
  }

  /** The record of the instruction at a physical address, if it is known and within CS; 0 if not. */
  #knownAt(first: number, nextPage: number): number {
    const rec = this.#code.firstOfBlock(first, this.#codeMode);
    if (rec !== 0 && this.#withinLimit(rec)) return rec;
    const single = this.#code.single(first, this.#codeMode);
    if (!single || !this.#withinLimit(single.rec)) return 0;
    const { second } = single;
    return second === undefined || second === this.#physicalOfCode(nextPage) ? single.rec : 0;
  }

  /** Undefined where a fetch would fault. */
  #physicalOfCode(linear: number): number | undefined {
    try {
      return this.#mmu.translate(linear >>> 0, false, this.s.cpl === 3);
    } catch (fault) {
      if (fault instanceof Fault) return undefined;
      throw fault;
    }
  }

  /**
   * Decodes the instruction at EIP, whose physical address may be given; if need be byte by byte through
   * segment limit and paging. Delivers the fault if that raises one.
   */
  #decodeAtEip(physical?: number): Decoded | undefined {
    const { s } = this;
    if (physical !== undefined && s.limit[Seg.cs]! - s.eip >= MAX_LENGTH) {
      const d = this.#code.decode(physical, this.#codeMode);
      if (d) return d;
    }
    const user = s.cpl === 3;
    const fetch = (i: number): number => {
      const offset = s.eip + i;
      if (offset > s.limit[Seg.cs]!) throw new Fault(Vector.GP, 0);
      const linear = (s.base[Seg.cs]! + offset) >>> 0;
      return this.#memory.read(this.#mmu.translate(linear, false, user), 1);
    };
    try {
      return this.#decoder.decode(fetch, this.#codeMode === 0 ? 16 : 32);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#exception(fault);
      return undefined;
    }
  }

  /** Executes the instruction at EIP, which is decoded at `rec`, perhaps in the middle of a block. */
  #stepRecord(rec: number, deadline: number): void {
    const { s } = this;
    const run = this.#run;
    const { u16 } = this.#space;
    const here = u16[(rec + Rec.here) >>> 1]!;
    const before = this.#beforeInstruction();
    const epoch = this.#epoch;
    this.#behind.rec = 0;
    run.left = deadline - s.clock;
    run.count = 0;
    this.#pay(rec, 1);
    // Handlers expect the start of the block.
    s.eip = (s.eip - here) >>> 0;
    run.exit = Exit.none;
    run.precise = 1;
    run.rec = rec;
    this.#calls.deadline = deadline;
    let next: number;
    try {
      next = this.#interpreter.step(rec);
    } finally {
      this.#calls.deadline = undefined;
      run.precise = 0;
    }
    if (run.exit === Exit.fault) {
      if (!this.#calls.taskFault) {
        s.eip = (s.eip + here) >>> 0;
        s.eflags |= before & Flag.RF;
      }
      this.#calls.taskFault = false;
      this.#exception(this.#recordedFault());
      return;
    }
    // Take back what was paid for instructions that have not been executed.
    if (next !== 0) {
      this.#pay(next, -1);
      if (next === rec + Rec.size) {
        s.eip = (s.eip + u16[(rec + Rec.next) >>> 1]!) >>> 0;
        const isInstruction = u16[(next + Rec.handler) >>> 1]! < this.#interpreter.handlers.end;
        if (isInstruction) Object.assign(this.#behind, { rec: next, eip: s.eip, epoch });
      }
    }
    s.clock = deadline - run.left;
    s.retired += run.count;
    this.#afterInstruction(before);
  }

  /** Interrupt shadow and RF last for one instruction. Returns EFLAGS as they were. */
  #beforeInstruction(): number {
    const { s } = this;
    const { eflags } = s;
    s.shadow = 0;
    s.eflags &= ~Flag.RF;
    this.#calls.delivered = false;
    return eflags;
  }

  #afterInstruction(before: number): void {
    if (before & Flag.TF && !this.#calls.delivered) this.s.debugPending |= DR6_SINGLE_STEP;
  }

  // ---- the evaluator ----

  #evaluate(): void {
    const { s } = this;
    this.#access.refreshChecks();
    const d = this.#decodeAtEip();
    if (!d) return;
    const registers = s.gpr.slice();
    const flags = this.getFlags();
    const before = this.#beforeInstruction();
    try {
      const { ending, clocks } = this.#evaluator.execute(d);
      if (ending === 'sequential') s.eip = (s.eip + d.length) >>> 0;
      s.clock += clocks;
      if (ending !== 'unfinished') s.retired++;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (!(fault instanceof TaskFault)) {
        s.gpr.set(registers);
        this.setFlags((flags & ~Flag.RF) | (before & Flag.RF));
      }
      this.#exception(fault);
      return;
    }
    this.#afterInstruction(before);
  }

  // ---- memory tells ----

  #watchedWrite(address: number, length: number): void {
    const watched = this.#memory.watched[address >>> 12]!;
    if (watched & Watch.code) this.#codeWritten(address, length);
    if (watched & Watch.pageTable) this.#mmu.tableWritten(address, length);
  }

  #codeWritten(address: number, length: number): void {
    this.#calls.codeWritten = true;
    this.#code.written(address, length);
  }

  // ---- Context: what helpers see ----

  read(seg: number, offset: number, size: Size): number {
    return this.#access.read(this.#access.linear(seg, offset, size, false), size, this.s.cpl === 3);
  }

  write(seg: number, offset: number, value: number, size: Size): void {
    this.#access.write(this.#access.linear(seg, offset, size, true), value, size, this.s.cpl === 3);
  }

  probeWrite(seg: number, offset: number, size: Size): void {
    this.#access.probeWrite(this.#access.linear(seg, offset, size, true), size, this.s.cpl === 3);
  }

  readSystem(linear: number, size: Size): number {
    return this.#access.read(linear >>> 0, size, false);
  }

  writeSystem(linear: number, value: number, size: Size): void {
    this.#access.write(linear >>> 0, value, size, false);
  }

  probeSystemWrite(linear: number, length: number): void {
    this.#access.probeWrite(linear >>> 0, length, false);
  }

  readLinear(linear: number, size: Size, user: boolean): number {
    return this.#access.read(linear >>> 0, size, user);
  }

  writeLinear(linear: number, value: number, size: Size, user: boolean): void {
    this.#access.write(linear >>> 0, value, size, user);
  }

  getFlags(): number {
    const { s } = this;
    return (s.eflags & ~ARITHMETIC) | composeFlags(s.flagResult | 0, s.flagCarry | 0) | 2;
  }

  setFlags(value: number): void {
    const { s } = this;
    s.eflags = value | 2;
    const { result, carry } = wordsOf(value);
    s.flagResult = result;
    s.flagCarry = carry;
  }

  segmentChanged(seg: number): void {
    this.#access.segmentChanged(seg);
    const size32 = (this.s.access[seg]! & BIG) !== 0;
    if (seg === Seg.ss) this.#run.stackMask = size32 ? 0xffffffff : 0xffff;
    if (seg !== Seg.cs || this.#codeMode === this.#modeOfCs()) return;
    this.#codeMode = this.#modeOfCs();
    this.#mmu.flushInstructions();
  }

  /** EIP begins again behind FFFFFFFFh: that must not be in the middle of a page where no limit is looked at. */
  #modeOfCs(): CodeMode {
    if (!(this.s.access[Seg.cs]! & BIG)) return 0;
    const endless = this.s.limit[Seg.cs] === 0xffffffff && (this.s.base[Seg.cs]! & 0xfff) === 0;
    return endless ? 1 : 2;
  }

  modeChanged(flush: boolean): void {
    const user = this.s.cpl === 3;
    this.#run.tlbBase = TLB_BASE + (user ? TLB_SET : 0);
    this.#run.itlbBase = ITLB_BASE + (user ? ITLB_SET : 0);
    if (flush) this.#mmu.flush();
    this.#observer?.control?.();
  }

  entered(vector: number, source: VectorSource): void {
    this.#observer?.vector?.(vector, source);
  }

  invalidatePage(linear: number): void {
    this.#mmu.invalidate(linear);
  }

  portIn(port: number, size: Size): number {
    return this.#pins.io.read(port & 0xffff, size);
  }

  portOut(port: number, value: number, size: Size): void {
    this.#pins.io.write(port & 0xffff, value, size);
  }
}

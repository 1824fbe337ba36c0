/**
 * When the handlers of interrupts run. A handler begins where the interrupt is delivered, and ends where the code that
 * it interrupted goes on; or where it has given the processor to somebody else: by an IRET to other code, to an
 * outer privilege level, or to nobody (HLT). While one runs, every instruction is looked at; else
 * the processor runs at its own speed. A handler without an end within some ten thousand instructions is given up.
 * Left out: handlers of exceptions and of INT.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import type { CpuObserver, VectorSource } from '../../core/cpu.js';
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import { PAGE_SHIFT, PAGE_SIZE } from '../../core/memory.js';
import { GuestMemory } from '../guest/guestMemory.js';
import { interrupted, type Thread } from '../guest/interruption.js';
import { type Registers, registersOf } from '../guest/registers.js';
import { signalOf } from '../signals.js';

export interface HandlerEvents {
  /** `interrupted`: where the code goes on that was interrupted; undefined if that cannot be read. */
  began(clock: number, vector: number, interrupted: Thread | undefined): void;
  /** The handler that began last has ended. */
  ended(clock: number, how: HandlerEnd): void;
  /** The privilege level or a control register may be another now. */
  control(): void;
}

export type HandlerEnd = 'returned' | 'switched' | 'outer privilege' | 'halted' | 'not seen';

interface Handler {
  readonly thread: Thread | undefined;
  readonly cpl: number;
  /** Handlers of exceptions and of INT within it. */
  inner: number;
}

const HLT = 0xf4;
const IRET = 0xcf;
const OPERAND_SIZE = 0x66;
const NOWHERE: ReadonlySet<number> = new Set();
/** Instructions within which a handler must end. */
const LONGEST = 2 ** 16;
/** Places of interrupted code that are remembered while it does not run, and stacks of each. */
const PLACES = 1024;
const STACKS = 64;

export class HandlerWatch {
  readonly #machine: Machine;
  readonly #events: HandlerEvents;
  readonly #registers: Registers;
  readonly #memory: GuestMemory;
  readonly #ia32: Ia32 | undefined;
  readonly #stepping: CpuObserver;
  readonly #running: CpuObserver;
  /** Those that have begun and not ended, the innermost last. */
  readonly #open: Handler[] = [];
  /** Code that was interrupted and has not been seen to go on: stacks, by the address of what it does next. */
  readonly #stopped = new Map<number, number[]>();
  /** Vectors that were delivered, and whose handlers are about to begin. */
  #arrived: { readonly vector: number; readonly clock: number }[] = [];
  #steps = 0;
  /** The instruction before this one was an IRET. */
  #returned = false;
  /** The page of the last instruction, and where it lies in physical memory. */
  #page = -1;
  #frame: number | undefined;

  constructor(machine: Machine, events: HandlerEvents) {
    this.#machine = machine;
    this.#events = events;
    this.#registers = registersOf(machine.cpu);
    this.#memory = new GuestMemory(machine);
    this.#ia32 = machine.cpu instanceof Ia32 ? machine.cpu : undefined;
    const control = () => {
      this.#page = -1;
      events.control();
    };
    const vector = (_: number, source: VectorSource) => this.#vector(source);
    this.#stepping = { boundary: () => this.#boundary(), control, vector };
    this.#running = { boundary: () => false, addresses: NOWHERE, control };
    this.#install();
  }

  /** Hears every note of the machine. */
  note(note: Note, clock: number): void {
    if (signalOf(note) === undefined) return;
    this.#arrived.push({ vector: note.a, clock });
    // An 8086 tells it before it has pushed the frame.
    if (this.#ia32) this.#begin();
    this.#install();
  }

  end(): void {
    this.#machine.cpu.observer = undefined;
  }

  get #idle(): boolean {
    return this.#open.length === 0 && this.#arrived.length === 0;
  }

  /** An 8086 takes note of another observer only now and then, and is as fast with this one. */
  #install(): void {
    const { cpu } = this.#machine;
    const wanted = this.#idle && this.#ia32 ? this.#running : this.#stepping;
    if (cpu.observer !== wanted) cpu.observer = wanted;
  }

  #begin(): void {
    for (const { vector, clock } of this.#arrived) {
      const thread = interrupted(this.#machine, vector);
      if (this.#open.length === 0) this.#steps = 0;
      this.#returned = false;
      this.#page = -1;
      this.#open.push({ thread, cpl: this.#cpl, inner: 0 });
      if (thread) this.#remember(thread);
      this.#events.began(clock, vector, thread);
    }
    this.#arrived = [];
  }

  #remember({ pc, stack }: Thread): void {
    const others = this.#stopped.get(pc)?.filter((known) => known !== stack) ?? [];
    this.#stopped.delete(pc);
    this.#stopped.set(pc, [...others.slice(1 - STACKS), stack]);
    const [oldest] = this.#stopped.keys();
    if (this.#stopped.size > PLACES) this.#stopped.delete(oldest!);
  }

  /** Was the code interrupted that goes on here? It does no longer wait then. */
  #goesOn(pc: number, stack: number): boolean {
    const stacks = this.#stopped.get(pc);
    const at = stacks?.indexOf(stack) ?? -1;
    if (at < 0) return false;
    stacks!.splice(at, 1);
    return true;
  }

  get #cpl(): number {
    return this.#ia32?.s.cpl ?? 0;
  }

  #vector(source: VectorSource): void {
    const handler = this.#open.at(-1);
    if (handler && source !== 'external') handler.inner++;
  }

  /** Before each instruction; never stops the run. */
  #boundary(): boolean {
    if (this.#arrived.length > 0) this.#begin();
    const handler = this.#open.at(-1);
    if (handler) this.#look(handler);
    return false;
  }

  #look(handler: Handler): void {
    const { thread, cpl } = handler;
    const [pc, stack] = [this.#registers.pc(), this.#registers.stack()];
    const returned = this.#returned;
    const opcode = this.#opcode(pc);
    this.#returned = opcode === IRET;
    if (this.#goesOn(pc, stack)) {
      this.#close(1, thread?.pc === pc && thread.stack === stack ? 'returned' : 'switched');
    } else if (this.#cpl > cpl) this.#close(this.#open.length, 'outer privilege');
    else if (returned && --handler.inner < 0) this.#close(1, 'switched');
    else if (opcode === HLT) this.#close(this.#open.length, 'halted');
    else if (++this.#steps > LONGEST) this.#close(this.#open.length, 'not seen');
  }

  /** The first byte of an instruction behind an operand size prefix. */
  #opcode(pc: number): number | undefined {
    const byte = this.#byte(pc);
    return byte === OPERAND_SIZE ? this.#byte((pc + 1) >>> 0) : byte;
  }

  /** A byte of code. Where its page is, is looked up when execution enters the page: this is done often. */
  #byte(linear: number): number | undefined {
    const page = linear >>> PAGE_SHIFT;
    if (page !== this.#page) {
      this.#page = page;
      this.#frame = this.#memory.translate((page << PAGE_SHIFT) >>> 0);
    }
    if (this.#frame === undefined) return undefined;
    const { memory } = this.#machine;
    return memory.ram[memory.backing(this.#frame + (linear & (PAGE_SIZE - 1)))];
  }

  #close(count: number, how: HandlerEnd): void {
    const { clock } = this.#machine.cpu;
    for (let i = 0; i < count; i++) {
      this.#open.pop();
      this.#events.ended(clock, how);
    }
    this.#install();
  }
}

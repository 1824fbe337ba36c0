/**
 * An 8086 or 8088 with a megabyte of memory and nothing else: what it is wired to is scripted by the clock, and
 * everything it does on its pins is written down.
 */
import type { BusClock } from '../../../../../src/core/cpu/i8086/biu.js';
import { I8086Cpu, type I8086Name } from '../../../../../src/core/cpu/i8086/cpu.js';
import { BusStatus } from '../../../../../src/core/cpu/i8086/state.js';
import type { CpuPins } from '../../../../../src/core/cpu.js';
import { PhysicalMemory } from '../../../../../src/core/memory.js';
import { assemble } from '../../../../../src/devices/firmware/assembler/assembler.js';

export const MIB = 1 << 20;
export const CODE = 0x10000;
/** The vector that the interrupt controller of the rig gives. */
export const IRQ_VECTOR = 0x20;
const INT3_VECTOR = 3;
const NMI_VECTOR = 2;
/** Handlers, each at its own paragraph of segment 50h. */
const HANDLERS = 0x500;
const CLI_HLT = [0xfa, 0xf4];
const IRET = 0xcf;

/** Something that happens at exactly this clock. */
export interface Happening {
  readonly at: number;
  readonly what: 'intr' | 'nmi' | 'steal';
  readonly clocks?: number;
}

export interface RigOptions {
  readonly model?: I8086Name;
  readonly waits?: (status: number, address: number) => number;
  readonly test?: () => boolean;
}

export class Rig {
  readonly memory = new PhysicalMemory(new Uint8Array(MIB));
  readonly cpu: I8086Cpu;
  readonly delivered: { readonly vector: number; readonly external: boolean; readonly clock: number }[] = [];
  readonly written: string[] = [];
  readonly granted: number[] = [];
  /** IP that each interrupt handler found on its stack, in order. */
  readonly returns: number[] = [];
  happenings: Happening[] = [];
  #pristine: Uint8Array | undefined;

  constructor(options: RigOptions = {}) {
    const pins: CpuPins = {
      io: {
        read: (_, size) => (size === 2 ? 0xffff : 0xff),
        write: (port, value, size) => void this.written.push(`${port} ${value} ${size}`),
      },
      acknowledge: () => {
        this.cpu.interrupt(false);
        return IRQ_VECTOR;
      },
      nextEvent: () => Math.min(Number.POSITIVE_INFINITY, ...this.happenings.map((h) => h.at)),
      attention: () => false,
      delivered: (vector, external) => void this.delivered.push({ vector, external, clock: this.cpu.clock }),
      serve: (clock) => this.#serve(clock),
      busGranted: () => void this.granted.push(this.cpu.clock),
      ...(options.waits && { waits: options.waits }),
      ...(options.test && { test: options.test }),
    };
    this.cpu = new I8086Cpu(options.model ?? 'i8086', this.memory, pins);
    this.cpu.observer = { boundary: () => this.#look() };
    this.fill();
  }

  /** At the first instruction of a handler: notes where it will return to. */
  #look(): false {
    const { cs, ip } = this.cpu.programCounter;
    if (cs === HANDLERS >> 4 && ip === 0) {
      const { sreg, gpr } = this.cpu.state;
      this.returns.push(this.word(((sreg[2]! << 4) + gpr[4]!) & (MIB - 1)));
    }
    return false;
  }

  /** INT3 everywhere, whose handler ends the program; interrupts do nothing. */
  fill(): void {
    if (this.#pristine) return this.memory.ram.set(this.#pristine);
    this.memory.ram.fill(0xcc);
    for (let vector = 0; vector < 256; vector++) this.handler(vector, [IRET], HANDLERS);
    this.handler(INT3_VECTOR, CLI_HLT, HANDLERS + 16);
    this.handler(NMI_VECTOR, [IRET], HANDLERS);
    this.handler(IRQ_VECTOR, [IRET], HANDLERS);
    this.#pristine = this.memory.ram.slice();
  }

  handler(vector: number, code: readonly number[], at: number): void {
    this.memory.ram.set([0, 0, (at >> 4) & 0xff, at >> 12], vector * 4);
    this.memory.ram.set(code, at);
  }

  /** Puts a program (assembly or bytes) at CS:IP and everything else into a known state. */
  load(program: string | readonly number[], registers: Partial<Record<string, number>> = {}): void {
    const bytes = typeof program === 'string' ? assemble(`bits 16\norg 0\n${program}\n`).bytes : program;
    const cs = registers['cs'] ?? CODE >> 4;
    const ip = registers['ip'] ?? 0;
    bytes.forEach((byte, i) => {
      this.memory.ram[(cs * 16 + ((ip + i) & 0xffff)) & (MIB - 1)] = byte;
    });
    this.cpu.reset();
    this.cpu.clock = 0;
    this.#set({ cs, ip, ...registers });
    this.delivered.length = 0;
    this.written.length = 0;
    this.returns.length = 0;
    this.granted.length = 0;
    this.happenings = [];
  }

  #set(registers: Partial<Record<string, number>>): void {
    const { state } = this.cpu;
    this.cpu.settle();
    ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'].forEach((name, i) => {
      state.gpr[i] = registers[name] ?? 0x1111 * (i + 1);
    });
    ['es', 'cs', 'ss', 'ds'].forEach((name, i) => {
      state.sreg[i] = registers[name] ?? 0x2000 + i * 0x1000;
    });
    state.flags = registers['flags'] ?? 0x200;
    state.pc = registers['ip']!;
    this.cpu.dropCaches();
  }

  #serve(clock: number): void {
    const due = this.happenings.filter((h) => h.at <= clock);
    this.happenings = this.happenings.filter((h) => h.at > clock);
    for (const { what, clocks } of due) {
      if (what === 'intr') this.cpu.interrupt(true);
      else if (what === 'nmi') this.cpu.nmi();
      else this.cpu.stealBus(clocks ?? 4);
    }
  }

  /** Runs to the HLT that ends every program. @throws if it does not come. */
  finish(most = 20_000): void {
    const stop = this.cpu.run(this.cpu.clock + most);
    if (stop !== 'halted' || !this.cpu.dead) throw new Error(`the program went on: ${stop}`);
  }

  /** Runs the loaded program to its end, with every clock of the bus. */
  record(most?: number): BusClock[] {
    const clocks: BusClock[] = [];
    this.cpu.busObserver = (pins) => clocks.push(pins);
    this.finish(most);
    this.cpu.busObserver = undefined;
    return clocks;
  }

  /** General and segment registers, flags and IP, as text. */
  registers(): string {
    this.cpu.settle();
    const { gpr, sreg, flags } = this.cpu.state;
    const { cs, ip } = this.cpu.programCounter;
    const all = [...gpr, ...sreg.slice(0, 4), flags, cs, ip];
    return all.map((n) => n.toString(16)).join(' ');
  }

  sameMemory(other: Rig): boolean {
    return Buffer.compare(this.memory.ram, other.memory.ram) === 0;
  }

  /** A word of memory. */
  word(at: number): number {
    return this.memory.ram[at]! | (this.memory.ram[at + 1]! << 8);
  }
}

/** Bus cycles of a recording: one entry for each T1. */
export function cyclesOf(
  clocks: readonly BusClock[],
): { status: number; address: number; bhe: boolean; at: number }[] {
  return clocks.flatMap((c, at) =>
    c.ale && c.status !== BusStatus.halt ? [{ status: c.status, address: c.address, bhe: c.bhe, at }] : [],
  );
}

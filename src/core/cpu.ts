/**
 * What any CPU core offers to the machine. Positions are clocks: a boundary between two instructions
 * (or two iterations of a repeated string instruction) has exactly one clock, and the clock strictly
 * increases from boundary to boundary.
 */

import type { PortHandler } from './device.js';
import type { State } from './layout.js';

/** Why `run` came back before the clock it was given. */
export type Stop =
  | 'clock' /** the clock given was reached */
  | 'halted' /** waiting for an interrupt; the machine may move the clock to the next event */
  | 'shutdown' /** triple fault */
  | 'attention' /** a device asked for the machine's attention (request, new earlier event) */
  | 'observer'; /** an observer asked to stop at this boundary */

/** What a CPU is wired to. */
export interface CpuPins {
  readonly io: PortHandler;
  /** The interrupt acknowledge cycle: the vector from the 8259A. */
  acknowledge(): number;
  /** The clock of the next scheduled event: `run` must not go past the first boundary at or after it. */
  nextEvent(): number;
  /** A device has asked to stop the machine at the next boundary. */
  attention(): boolean;
  /** An interrupt or exception was delivered (for the event list). */
  delivered(vector: number, external: boolean): void;
  /** FERR#: an unmasked x87 exception is to be reported by interrupt, not by #MF. */
  coprocessorError?(): void;
  /**
   * Fires the schedule's events that are due at `clock`, in the middle of an instruction. A core that times its
   * bus clock by clock calls it at exactly the clock of an event; others leave events to the boundaries.
   */
  serve?(clock: number): void;
  /** READY: how many wait states a bus cycle of this status (S2..S0) at this address gets. */
  waits?(status: number, address: number): number;
  /** The bus has just been granted to whoever asked for it with `stealBus`. */
  busGranted?(): void;
  /** TEST#: true while WAIT need not wait. */
  test?(): boolean;
}

/** What has made the processor enter a handler. */
export type VectorSource = 'external' | 'exception' | 'software';

/** Sees instructions before they are executed, changes nothing. */
export interface CpuObserver {
  /** Before the instruction at the current boundary; true stops here. */
  boundary?(): boolean;
  /**
   * Linear addresses: `boundary` is asked only before instructions that begin there. So the core need not
   * stop at all others; the set must not change while it is installed.
   */
  readonly addresses?: ReadonlySet<number>;
  /** With `addresses`: asked as well wherever an instruction begins at such an offset in a 4 KiB page. */
  readonly offsets?: ReadonlySet<number>;
  /** May be set in the midst of an instruction: `boundary` is asked at the next one, wherever that is. */
  urgent?: boolean;
  /** A handler is being entered, in the midst of an instruction or between two. */
  vector?(vector: number, source: VectorSource): void;
  /** A control register or the privilege level may have changed. */
  control?(): void;
  /** The INTR pin is driven. */
  interruptLine?(level: boolean): void;
}

/** Is an observer to be asked before the instruction at a linear address? */
export function asks(observer: CpuObserver, linear: number): boolean {
  const { addresses, offsets, urgent } = observer;
  return !addresses || urgent === true || addresses.has(linear) || offsets?.has(linear & 0xfff) === true;
}

export interface Cpu {
  readonly name: string;
  /** Architectural state; call `settle` before reading its bytes. */
  readonly state: State;
  /** Exact at boundaries and inside port and memory accesses. Assignable only while halted or at reset. */
  clock: number;
  /** Halted with interrupts disabled: only NMI or reset could end it. */
  readonly dead: boolean;
  /** Instructions retired since power-on. */
  readonly retired: number;
  reset(): void;
  /** INTR: level from the interrupt controller. */
  interrupt(level: boolean): void;
  /** NMI: rising edge. */
  nmi(): void;
  /**
   * Takes an external interrupt with this vector at the current boundary, without an acknowledge cycle. False if
   * it would take none there. Absent from cores whose boundaries lie within such a cycle.
   */
  accept?(vector: number): boolean;
  /**
   * HOLD: another master wants the bus for `clocks` clocks. A core that times its bus grants it when the bus is
   * passive and not locked (`CpuPins.busGranted`), and is held in wait states meanwhile if it needs the bus.
   */
  stealBus?(clocks: number): void;
  /** Executes until the first boundary at or after `until`, or another reason to stop. */
  run(until: number): Stop;
  /** Brings `state` into its canonical form, equal for every engine. */
  settle(): void;
  /** Drops everything derived from state and memory; call after loading either. Changes no state. */
  dropCaches(): void;
  /** Drops what is derived from state alone: after loading it, if memory was only written as devices do. */
  dropDerivedState(): void;
  observer: CpuObserver | undefined;
}

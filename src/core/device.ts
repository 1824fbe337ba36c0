/**
 * What a device is and what it may touch. A device is built with a `Bus` and with the wires the board
 * gives it (interrupt lines and the like); it keeps all its state in a layout; it is lazy, computing
 * from (state, now), and sets a timer only where the guest could notice.
 */

import type { Source } from './door.js';
import type { State } from './layout.js';
import type { PhysicalMemory } from './memory.js';
import type { PageStore } from './pages.js';
import type { Timer } from './schedule.js';
import type { Frequency } from './time.js';

export interface Device {
  /** Unique in the machine, e.g. `pic`, `com1`; what reports print. */
  readonly name: string;
  readonly state: State;
  /** State of unbounded size, if the device has any. */
  readonly pages?: PageStore;
  /** Power-on and RESET#. Wires to other devices may be driven here. */
  reset(): void;
  /** Recomputes caches derived from the state after it was loaded; most devices need none. */
  afterLoad?(): void;
}

/** A wire: a device drives it, the board decides what is at its other end. */
export type Line = (level: boolean) => void;

/** `size` is 1, 2 or 4 bytes; `port` is absolute. */
export interface PortHandler {
  read(port: number, size: number): number;
  write(port: number, value: number, size: number): void;
}

/** Ports that move at run time: an I/O base address register of a PCI function. */
export interface PortWindow {
  /** Decodes `count` ports from `first`; none if `count` is 0. To be called again in `afterLoad()`. */
  place(first: number, count: number): void;
}

/** `address` is physical and aligned or not, never crossing the end of the region. */
export interface MmioHandler {
  read(address: number, size: number): number;
  write(address: number, value: number, size: number): void;
}

/**
 * Something worth a line in the event list: it leaves the machine and never changes it.
 * `kind` groups for filters: irq, serial, disk, dma, key, mouse, screen, power, debug, net.
 */
export interface Note {
  readonly kind: NoteKind;
  readonly device: string;
  /** What happened, in the device's own terms, e.g. `tx`, `read`, `deliver`. */
  readonly what: string;
  readonly a: number;
  readonly b: number;
  /** What left the machine, if that is more than numbers: a frame. `b` then is a checksum of it. */
  readonly data?: Uint8Array;
}
export type NoteKind =
  | 'irq'
  | 'serial'
  | 'disk'
  | 'dma'
  | 'key'
  | 'mouse'
  | 'screen'
  | 'power'
  | 'debug'
  | 'net';

/** How a run ended, or why the guest asked for it to. */
export type Outcome =
  | { readonly kind: 'power-off' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'triple-fault' }
  | { readonly kind: 'halted' }
  | { readonly kind: 'exit'; readonly code: number };

/** A machine as its devices see it. */
export interface Bus {
  /** The current clock, exact even in the middle of a port access. */
  now(): number;
  readonly frequency: Frequency;
  readonly memory: PhysicalMemory;
  timer(device: string, event: string, fire: (arg: number) => void): Timer;
  /** Claims `count` ports from `first`. A later claim of the same port by another device is an error. */
  ports(first: number, count: number, handler: PortHandler): void;
  /**
   * Declares a movable window, at first nowhere. It wins over ports claimed with `ports` (PCI decodes
   * positively, the ISA bridge takes what is left); among windows the one declared first wins.
   */
  portWindow(handler: PortHandler): PortWindow;
  input(channel: string, deliver: (data: Uint8Array) => void): void;
  source(channel: string): Source;
  note(kind: NoteKind, device: string, what: string, a?: number, b?: number, data?: Uint8Array): void;
  /** Ends the run (or resets the machine) at the next instruction boundary. */
  request(outcome: Outcome): void;
}

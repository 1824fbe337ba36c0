/** Where a run forward or back may stop, and what was met there. */
import type { VectorSource } from '../../core/cpu.js';
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { Range } from '../../core/memory.js';

/** Ports `first` to `last`. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  /** Only reads, or only writes; both unless given. */
  readonly direction?: 'in' | 'out';
}

/** What the CPU's control state is made of; an 8086 has none. */
export const CONTROLS = ['cr0', 'cr3', 'cr4', 'cpl'] as const;
export type Control = (typeof CONTROLS)[number];

/**
 * A run stops at any of them: before an instruction at an address; else forwards before the first instruction behind
 * what has happened, backwards before the last one ahead of it.
 */
export interface Stops {
  /** Linear addresses of instructions. */
  readonly addresses?: ReadonlySet<number>;
  /** The same by physical addresses, whatever they are mapped to. */
  readonly physical?: ReadonlySet<number>;
  /** Writes to physical memory, that of devices included, whoever writes. */
  readonly writes?: readonly Range[];
  /** Reads of data there, by instructions and bus masters. */
  readonly reads?: readonly Range[];
  readonly ports?: readonly PortRange[];
  /** Handlers entered: interrupts, exceptions and INT n. */
  readonly vectors?: (vector: number, source: VectorSource) => boolean;
  /** Changes of these: CR3 is how a system changes to another process. */
  readonly controls?: ReadonlySet<Control>;
  /** What devices tell. */
  readonly notes?: (note: Note) => boolean;
  /** Inputs admitted on a channel. */
  readonly inputs?: (channel: string) => boolean;
  /** Hears of the processor's INTR pin, as it is driven; nothing to stop at. */
  readonly interruptLine?: (level: boolean) => void;
  /** Hears of what is met when it happens, often in the midst of an instruction; must change nothing. */
  readonly met?: (hit: Hit) => void;
  /**
   * Only if this holds behind what was met; it must change nothing. Alone: before any instruction where it holds.
   * Asked in the order of time, from where `begin` was called last.
   */
  readonly condition?: (machine: Machine, hits: readonly Hit[]) => boolean;
  /** Besides, before every instruction: a step that tells what it met. */
  readonly everywhere?: true;
  readonly begin?: (machine: Machine) => void;
  /** What of that which was met behind an instruction is to be stopped for; asked as `condition` is, before it. */
  readonly filter?: (hits: readonly Hit[]) => readonly Hit[];
}

/** One of the things that a run stopped for. */
export type Hit =
  /** Linear; of a stop at a physical address, that too. */
  | { readonly kind: 'address'; readonly address: number; readonly physical?: number }
  /** `master`: by a bus master. `value`: what an instruction writes; undefined of reads and of bus masters. */
  | {
      readonly kind: 'write' | 'read';
      readonly address: number;
      readonly length: number;
      readonly master: boolean;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'port';
      readonly port: number;
      readonly size: number;
      readonly write: boolean;
      readonly value: number;
    }
  | { readonly kind: 'vector'; readonly vector: number; readonly source: VectorSource }
  | { readonly kind: 'control'; readonly control: Control; readonly before: number; readonly after: number }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'input'; readonly channel: string };

/** What can be met; the rest of `Stops` says what of it counts, or only listens. */
const EVENTS = [
  ...(['addresses', 'physical', 'everywhere', 'writes', 'reads', 'ports'] as const),
  ...(['vectors', 'controls', 'notes', 'inputs'] as const),
];

/** Is there anything but a condition? */
export function watchesEvents(stops: Stops): boolean {
  return EVENTS.some((event) => stops[event] !== undefined);
}

/** If it stops at nothing but writes to memory: where. */
export function onlyWrites(stops: Stops): readonly Range[] | undefined {
  return EVENTS.some((event) => event !== 'writes' && stops[event] !== undefined) ? undefined : stops.writes;
}

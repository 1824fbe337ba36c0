/** Questions about a whole run, and what is found, as plain data: both travel between threads. */
import type { VectorSource } from '../../../core/cpu.js';
import type { Range } from '../../../core/memory.js';
import type { Code } from '../../guest/code.js';

export type Question =
  /** Whenever the instruction at one of these linear addresses is executed. */
  | { readonly kind: 'executions'; readonly addresses: readonly number[] }
  /** Whenever the function is called that begins there. */
  | { readonly kind: 'calls'; readonly address: number }
  /** Whoever writes to or reads from these places in physical memory. */
  | { readonly kind: 'writes' | 'reads'; readonly memory: readonly Range[] }
  | { readonly kind: 'ports'; readonly first: number; readonly last: number }
  /** Handlers entered; all unless one is given. */
  | { readonly kind: 'vectors'; readonly vector?: number }
  /** Interrupts from their request to the end of service. */
  | { readonly kind: 'latency' }
  /** Commands to a disk that write this sector. */
  | { readonly kind: 'sector'; readonly disk: string; readonly lba: number };

interface Found {
  /** When the instruction began in which it happened; of what happens between two, when it did. */
  readonly clock: number;
  /** The boundary behind it; of an instruction that is only met, the one before. */
  readonly behind?: number;
  /** Absent where no instruction did it. */
  readonly code?: Code;
}

export interface Execution extends Found {
  readonly kind: 'execution';
  readonly registers: Readonly<Record<string, number>>;
}

export interface Call extends Found {
  readonly kind: 'call';
  readonly registers: Readonly<Record<string, number>>;
  /** The words on the stack: what the call has pushed first. */
  readonly stack: readonly (number | undefined)[];
  /** The CALL: a linear address. */
  readonly site: number;
  /** Where the caller goes on: a linear address. */
  readonly returnAddress: number;
  /** `jump`: another function, which was called itself, has jumped there. */
  readonly how: 'call' | 'jump';
}

export interface MemoryAccess extends Found {
  readonly kind: 'write' | 'read';
  /** Physical. */
  readonly address: number;
  readonly length: number;
  /** Who: an instruction, the processor when it entered a handler, a bus master. */
  readonly by: 'instruction' | 'interrupt' | 'bus master';
  /** What was there, and of a write what is then; undefined of the memory of devices, where it cannot be known. */
  readonly before: number | undefined;
  readonly value: number | undefined;
}

export interface PortAccess extends Found {
  readonly kind: 'in' | 'out';
  readonly port: number;
  readonly size: number;
  readonly value: number;
}

export interface VectorEntry extends Found {
  readonly kind: 'vector';
  readonly vector: number;
  readonly source: VectorSource;
  /** The code that was interrupted, or that asked for it. */
  readonly code?: Code;
}

export interface Latency extends Found {
  readonly kind: 'interrupt';
  readonly vector: number;
  /** When INTR went high; `clock` is when the handler was entered. */
  readonly requested: number;
  /** When its bit in service was cleared; absent if that was not seen. */
  readonly served?: number;
}

export interface SectorWrite extends Found {
  readonly kind: 'sector';
  readonly disk: string;
  readonly first: number;
  readonly count: number;
}

export type Finding = Execution | Call | MemoryAccess | PortAccess | VectorEntry | Latency | SectorWrite;

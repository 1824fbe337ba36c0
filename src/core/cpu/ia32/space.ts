/**
 * The core's one WebAssembly memory and what lies where in it: the state block at 0 (a decoded
 * instruction holds register offsets in 8 bits), the derived run state, the software TLBs, the decoded
 * code, guest RAM.
 */
import { layout } from '../../layout.js';
import { IA32 } from './state.js';

/**
 * Run state: derived from the architectural state or meaningful only while an engine runs. Never saved.
 */
export const RUN = layout('ia32 run', {
  /** Instructions retired since the engine was entered, the whole current block included. */
  count: 'u32',
  /** Clocks to the deadline, after paying for the whole current block. With `count` one 64-bit word. */
  left: 'i32',
  /** Why compiled code came back: `Exit`. */
  exit: 'u32',
  /** The decoded instruction that is executing, where a slow path or an exit needs it. */
  rec: 'u32',
  vector: 'u32',
  error: 'u32',
  hasError: 'u32',
  /** Registers and flags as they were before the helper that is being called: see `SAVED_CELLS`. */
  saved: ['u32', 19],
  address: 'u32',
  /** Set by a port access after which the machine must be looked at before the next instruction. */
  attention: 'u32',
  /** 1 while single instructions are executed with an exact clock: devices may be touched. */
  precise: 'u32',
  /** TLB sets of the current privilege. */
  tlbBase: 'u32',
  itlbBase: 'u32',
  /** FFFFh or FFFFFFFFh by SS.B. */
  stackMask: 'u32',
  /** Bit n: segment register n is flat (base 0, 4 GiB, can be read and written), for SS also 32 bits wide. */
  flat: 'u32',
  /** For each segment: offsets below this can be read (written) 4 bytes wide without further checks. */
  fastRead: ['u32', 8],
  fastWrite: ['u32', 8],
});

export type RunState = ReturnType<typeof RUN.create>;

/** Bytes of general registers at the start of `saved`, and the cells that follow them. */
export const SAVED_REGISTERS = 64;
export const SAVED_CELLS = ['eflags', 'flagResult', 'flagCarry'] as const;

export const Exit = {
  none: 0,
  /** No decoded code is known for EIP. */
  lookup: 1,
  /** The next block might cross the deadline. */
  clock: 2,
  fault: 3,
  /** The instruction was abandoned before any effect; it must be executed precisely. */
  abort: 4,
  /** The instruction is complete, EIP is set. */
  next: 5,
  /** The block whose head is `rec` has been entered so often that it should be compiled. */
  hot: 6,
  /** The instruction whose breakpoint record is `rec` comes next. */
  breakpoint: 7,
} as const;

const align = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Entries of a TLB set; each is 16 bytes: tag for reads, tag for writes, addend, unused. */
export const TLB_ENTRIES = 1024;
const TLB_BYTES = TLB_ENTRIES * 16;
/** Entries of an instruction TLB set; each is 8 bytes: tag, address of the page's entry table. */
export const ITLB_ENTRIES = 512;
const ITLB_BYTES = ITLB_ENTRIES * 8;

/** Byte offsets in the WebAssembly memory. */
export const RUN_BASE = align(IA32.size, 64);
/** Two sets each: supervisor, then user. */
export const TLB_BASE = 0x2000;
export const TLB_SET = TLB_BYTES;
export const ITLB_BASE = TLB_BASE + 2 * TLB_BYTES;
export const ITLB_SET = ITLB_BYTES;
const ITLB_END = ITLB_BASE + 2 * ITLB_BYTES;

/** A page's entry table: for each of 4096 byte offsets the address of a decoded instruction, or 0. */
export const ENTRY_TABLE_BYTES = 4096 * 4;
export const ENTRY_TABLES = 1536;
export const ENTRY_BASE = align(ITLB_END, 0x10000);
export const RECORD_BASE = ENTRY_BASE + ENTRY_TABLES * ENTRY_TABLE_BYTES;
export const RECORDS = 1_000_000;

/** A decoded instruction, `Rec.size` bytes; offsets of its fields. */
export const Rec = {
  handler: 0,
  /** Bytes from the start of the block to this instruction, and to the next one. */
  here: 2,
  next: 4,
  /** Bytes from the start of this instruction to the end of the block. */
  bytes: 6,
  reg: 8,
  base: 9,
  index: 10,
  scale: 11,
  seg: 12,
  disp: 16,
  /** In direct jumps and at the end of a block, in place of `disp`: the record jumped to, or 0. */
  link: 16,
  imm: 20,
  /** In the head of a block, in place of `imm`: how often it can be entered until it is hot. */
  heat: 20,
  /** What `count` and `left` change by from the start of this instruction to the end of the block: 64 bits. */
  price: 24,
  /** The halves of `price`: instructions, and minus the clocks. */
  instructions: 24,
  minusClocks: 28,
  size: 32,
} as const;

export const RAM_BASE = align(RECORD_BASE + RECORDS * Rec.size, 0x10000);
const WASM_PAGE = 0x10000;

/** The memory of one core, with guest RAM of `ramSize` bytes in it. */
export class Space {
  readonly memory: WebAssembly.Memory;
  readonly buffer: ArrayBuffer;
  readonly ram: Uint8Array;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;

  constructor(ramSize: number) {
    const pages = Math.ceil((RAM_BASE + ramSize) / WASM_PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.buffer = this.memory.buffer;
    this.ram = new Uint8Array(this.buffer, RAM_BASE, ramSize);
    this.u8 = new Uint8Array(this.buffer);
    this.u16 = new Uint16Array(this.buffer);
    this.u32 = new Uint32Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
  }
}

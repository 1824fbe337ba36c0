/**
 * Decoded code: instructions of guest memory as records that the interpreter runs, in blocks, by
 * physical page and code size. A block ends where an instruction cannot be followed by another, or at
 * the end of its page. Derived from memory: it can be dropped at any boundary.
 *
 * A page that holds decoded code is watched; a write to a byte of it that was decoded drops the page's
 * entry tables. It goes by bytes because real-mode programs and small kernels keep variables between
 * their routines. Records are allocated upwards and freed all at once.
 */
import { PAGE_SHIFT, PAGE_SIZE, PageKind, type PhysicalMemory, Watch } from '../../../memory.js';
import type { Decoded, Decoder } from '../isa/decode.js';
import type { Mmu } from '../mmu.js';
import {
  ENTRY_BASE,
  ENTRY_TABLE_BYTES,
  ENTRY_TABLES,
  RECORD_BASE,
  RECORDS,
  Rec,
  type Space,
} from '../space.js';
import type { Handlers } from './interpreter.js';

/**
 * Code is decoded apart by what CS it runs in: 16-bit, 32-bit without a limit (4 GiB), 32-bit with one.
 * Only the second kind has its jumps linked.
 */
export type CodeMode = 0 | 1 | 2;
const MODES = 3;
const MAX_INSTRUCTIONS = 64;
/** Before the first block: room for one uncached instruction and its end. */
const SCRATCH_RECORDS = 2;
const SCRATCH = RECORD_BASE;
const FIRST = RECORD_BASE + SCRATCH_RECORDS * Rec.size;
const LIMIT = RECORD_BASE + RECORDS * Rec.size;

/** An instruction on two pages: its record, and the physical addresses of its bytes on each. */
interface Spread {
  readonly rec: number;
  readonly first: number;
  readonly second: number;
}

/** Thrown by the fetch of a block when an instruction runs over the end of its page. */
const PAGE_END = Symbol('end of page');

export interface CodeOptions {
  readonly handlers: Handlers;
  /** How often a block of code mode 1 is entered until it is hot; 0: blocks have no heads. */
  readonly heat: number;
  /** Every decoded instruction is gone. */
  readonly onDropAll: () => void;
}

export class CodeCache {
  readonly #memory: PhysicalMemory;
  readonly #space: Space;
  readonly #decoder: Decoder;
  readonly #mmu: Mmu;
  readonly #handlers: Handlers;
  readonly #heat: number;
  readonly #onDropAll: () => void;
  /** Entry table address by `page * MODES + mode`, or 0. */
  readonly #tables: Uint32Array;
  /** For each page that ever held decoded code, a bit for each byte that does now. */
  readonly #decoded: (Uint32Array | undefined)[];
  /** Instructions on two pages, by `first * MODES + mode`. */
  readonly #spread = new Map<number, Spread>();
  #tablesUsed = 0;
  #next = FIRST;
  #fetchFrom = 0;
  #fetchRoom = 0;
  readonly #fetch = (i: number): number => {
    if (i >= this.#fetchRoom) throw PAGE_END;
    return this.#memory.ram[this.#fetchFrom + i]!;
  };

  constructor(memory: PhysicalMemory, space: Space, decoder: Decoder, mmu: Mmu, options: CodeOptions) {
    this.#memory = memory;
    this.#space = space;
    this.#decoder = decoder;
    this.#mmu = mmu;
    this.#handlers = options.handlers;
    this.#heat = options.heat;
    this.#onDropAll = options.onDropAll;
    const pages = memory.size >>> PAGE_SHIFT;
    this.#tables = new Uint32Array(pages * MODES);
    this.#decoded = new Array(pages).fill(undefined);
  }

  /** The entry table of a RAM or ROM page, or undefined where code cannot be cached. */
  tableOf(physical: number, mode: CodeMode): number | undefined {
    const kind = this.#memory.kind[physical >>> PAGE_SHIFT]!;
    if (kind !== PageKind.ram && kind !== PageKind.rom) return undefined;
    const index = (this.#memory.backing(physical) >>> PAGE_SHIFT) * MODES + mode;
    if (index >= this.#tables.length) return undefined;
    if (this.#tables[index] === 0) this.#tables[index] = this.#newTable();
    return this.#tables[index];
  }

  #newTable(): number {
    if (this.#tablesUsed === ENTRY_TABLES) this.dropAll();
    const at = ENTRY_BASE + this.#tablesUsed++ * ENTRY_TABLE_BYTES;
    this.#space.u32.fill(0, at >>> 2, (at + ENTRY_TABLE_BYTES) >>> 2);
    return at;
  }

  /** The record for the block at a physical address, decoded if need be; 0 if it runs over its page. */
  block(physical: number, table: number, mode: CodeMode): number {
    const entry = (table >>> 2) + (physical & 0xfff);
    const known = this.#space.u32[entry]!;
    if (known !== 0) return known;
    if (this.#spread.has(physical * MODES + mode)) return 0;
    if (this.#next + (MAX_INSTRUCTIONS + 2) * Rec.size > LIMIT) {
      this.dropAll();
      return this.block(physical, this.tableOf(physical, mode)!, mode);
    }
    const rec = this.#decodeBlock(physical, mode);
    this.#space.u32[entry] = rec;
    return rec;
  }

  #decodeBlock(physical: number, mode: CodeMode): number {
    const at = this.#memory.backing(physical);
    const room = 0x1000 - (at & 0xfff);
    const size = mode === 0 ? 16 : 32;
    const head = this.#next;
    const hasHead = this.#heat > 0 && mode === 1;
    if (hasHead) this.#next += Rec.size;
    const first = this.#next;
    const clocks: number[] = [];
    let here = 0;
    for (let ended = false; !ended && clocks.length < MAX_INSTRUCTIONS && here < room; ) {
      const d = this.#decodeWithin(at + here, room - here, size);
      if (!d) break;
      this.#write(this.#next, d, here);
      this.#next += Rec.size;
      here += d.length;
      clocks.push(d.expanded.clocks);
      ended = d.expanded.ends;
    }
    if (clocks.length === 0) {
      this.#next = head;
      return 0;
    }
    this.#writeEnd(this.#next, here);
    this.#next += Rec.size;
    this.#sumUp(first, clocks, here);
    if (hasHead) this.#writeHead(head, first);
    this.#watch(physical, here);
    return head;
  }

  /** The record of the first instruction of a block. */
  firstOf(block: number): number {
    const handler = this.#space.u16[(block + Rec.handler) >>> 1]!;
    return handler > this.#handlers.end ? block + Rec.size : block;
  }

  /** A head costs what its block costs. */
  #writeHead(head: number, first: number): void {
    const { u16, u32 } = this.#space;
    this.#space.u8.copyWithin(head, first, first + Rec.size);
    u16[(head + Rec.handler) >>> 1] = this.#handlers.count;
    u32[(head + Rec.heat) >>> 2] = this.#heat;
  }

  #decodeWithin(at: number, room: number, size: 16 | 32): Decoded | undefined {
    this.#fetchFrom = at;
    this.#fetchRoom = room;
    try {
      return this.#decoder.decode(this.#fetch, size);
    } catch (e) {
      if (e === PAGE_END) return undefined;
      throw e;
    }
  }

  /** Puts one instruction where it can be executed without being remembered; returns its record. */
  scratch(d: Decoded): number {
    this.#single(SCRATCH, d);
    return SCRATCH;
  }

  /** What is kept of an instruction that begins at `first` and runs over the end of its page. */
  spread(first: number, mode: CodeMode): Spread | undefined {
    return this.#spread.get(first * MODES + mode);
  }

  /** Keeps such an instruction, which goes on at `second`, until a byte of it is written. */
  keepSpread(first: number, second: number, mode: CodeMode, d: Decoded): number {
    const onRam = [first, second].every((at) => this.#memory.kind[at >>> PAGE_SHIFT] === PageKind.ram);
    if (!onRam || this.#next + 2 * Rec.size > LIMIT) return this.scratch(d);
    const rec = this.#next;
    this.#next += 2 * Rec.size;
    this.#single(rec, d);
    this.#spread.set(first * MODES + mode, { rec, first, second });
    const room = PAGE_SIZE - (first & (PAGE_SIZE - 1));
    this.#watch(first, room);
    this.#watch(second, d.length - room);
    return rec;
  }

  #dropSpread(page: number): void {
    for (const [key, { first, second }] of this.#spread) {
      if (first >>> PAGE_SHIFT === page || second >>> PAGE_SHIFT === page) this.#spread.delete(key);
    }
  }

  #single(rec: number, d: Decoded): void {
    this.#write(rec, d, 0);
    this.#writeEnd(rec + Rec.size, d.length);
    this.#sumUp(rec, [d.expanded.clocks], d.length);
  }

  #write(rec: number, d: Decoded, here: number): void {
    const { u8, u16, u32 } = this.#space;
    u16[(rec + Rec.handler) >>> 1] = d.expanded.index;
    u8[rec + Rec.reg] = d.reg;
    u8[rec + Rec.base] = d.base;
    u8[rec + Rec.index] = d.index;
    u8[rec + Rec.scale] = d.scale;
    u8[rec + Rec.seg] = d.seg;
    u16[(rec + Rec.here) >>> 1] = here;
    u16[(rec + Rec.next) >>> 1] = here + d.length;
    u32[(rec + Rec.disp) >>> 2] = d.disp;
    u32[(rec + Rec.imm) >>> 2] = d.imm;
  }

  #writeEnd(rec: number, here: number): void {
    const { u16, u32 } = this.#space;
    u32.fill(0, rec >>> 2, (rec + Rec.size) >>> 2);
    u16[(rec + Rec.handler) >>> 1] = this.#handlers.end;
    u16[(rec + Rec.here) >>> 1] = here;
  }

  /** Clocks, instructions and bytes from each instruction to the end of the block. */
  #sumUp(first: number, clocks: readonly number[], end: number): void {
    const { u16, i32 } = this.#space;
    let sum = 0;
    for (let i = clocks.length - 1; i >= 0; i--) {
      const rec = first + i * Rec.size;
      sum += clocks[i]!;
      i32[(rec + Rec.minusClocks) >>> 2] = -sum;
      i32[(rec + Rec.instructions) >>> 2] = clocks.length - i;
      u16[(rec + Rec.bytes) >>> 1] = end - u16[(rec + Rec.here) >>> 1]!;
    }
  }

  // ---- keeping up with memory ----

  #watch(physical: number, length: number): void {
    // ROM too: the chipset can turn it into RAM.
    const page = this.#memory.backing(physical) >>> PAGE_SHIFT;
    const decoded = (this.#decoded[page] ??= new Uint32Array(PAGE_SIZE / 32));
    const first = physical & (PAGE_SIZE - 1);
    for (let word = first >>> 5; word << 5 < first + length; word++) {
      decoded[word] = decoded[word]! | bitsInWord(word, first, first + length);
    }
    if (this.#memory.watched[page]! & Watch.code) return;
    this.#memory.watched[page] = this.#memory.watched[page]! | Watch.code;
    this.#mmu.dropWriteTags(page);
  }

  /** Would a write hit decoded code? */
  overlaps(physical: number, length: number): boolean {
    const decoded = this.#decoded[physical >>> PAGE_SHIFT];
    if (!decoded) return false;
    const first = physical & (PAGE_SIZE - 1);
    const end = Math.min(first + length, PAGE_SIZE);
    for (let word = first >>> 5; word << 5 < end; word++) {
      if (decoded[word]! & bitsInWord(word, first, end)) return true;
    }
    return false;
  }

  /** A watched page is about to be written (within one page). */
  written(physical: number, length: number): void {
    if (this.overlaps(physical, length)) this.#dropPage(physical >>> PAGE_SHIFT);
  }

  #dropPage(page: number): void {
    for (const table of this.#tables.subarray(page * MODES, (page + 1) * MODES)) {
      if (table !== 0) this.#space.u32.fill(0, table >>> 2, (table + ENTRY_TABLE_BYTES) >>> 2);
    }
    this.#decoded[page]?.fill(0);
    this.#dropSpread(page);
    this.#memory.watched[page] = this.#memory.watched[page]! & ~Watch.code;
  }

  dropAll(): void {
    this.#tables.fill(0);
    this.#tablesUsed = 0;
    this.#next = FIRST;
    this.#spread.clear();
    for (let page = 0; page < this.#decoded.length; page++) {
      this.#memory.watched[page] = this.#memory.watched[page]! & ~Watch.code;
    }
    this.#decoded.fill(undefined);
    this.#mmu.flushInstructions();
    this.#onDropAll();
  }
}

/** The bits of a 32-byte word of a page that stand for its bytes `first` up to but not `end`. */
function bitsInWord(word: number, first: number, end: number): number {
  const from = Math.max(0, first - (word << 5));
  const below = end - (word << 5);
  const upTo = below >= 32 ? -1 : (1 << below) - 1;
  return upTo & (-1 << from);
}

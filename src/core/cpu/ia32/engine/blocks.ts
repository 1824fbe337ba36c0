/**
 * Decoded code: instructions of guest memory as records that the interpreter runs, in blocks, by
 * physical page and code size. A block ends where an instruction cannot be followed by another, or at
 * the end of its page. Derived from memory: it can be dropped at any boundary.
 *
 * Single instructions are kept beside them, for when one is executed alone: one that runs over the end of
 * its page, or comes just before a deadline, or while something watches every instruction.
 *
 * A page that holds decoded code is watched; a write to a byte of it that was decoded drops the page's
 * entry tables. It goes by bytes because real-mode programs and small kernels keep variables between
 * their routines. A page whose code is dropped again and again is restless: nothing of it is kept.
 */
import { PAGE_SHIFT, PAGE_SIZE, PageKind, type PhysicalMemory, Watch } from '../../../memory.js';
import { type Decoded, type Decoder, MAX_LENGTH } from '../isa/decode.js';
import type { Mmu } from '../mmu.js';
import { ENTRY_BASE, ENTRY_TABLE_BYTES, ENTRY_TABLES, Rec, type Space } from '../space.js';
import type { Handlers } from './interpreter.js';
import { type Price, priceOf, Records } from './records.js';
import { RestlessPages } from './restless.js';

/**
 * Code is decoded apart by what CS it runs in: 16-bit, 32-bit without a limit (4 GiB), 32-bit with one.
 * Only the second kind has its jumps linked.
 */
export type CodeMode = 0 | 1 | 2;
const MODES = 3;
const MAX_INSTRUCTIONS = 64;
/** Single instructions that are kept at most, for the host's memory. */
const MAX_SINGLES = 1 << 16;
/** Records of an instruction alone. */
const ALONE = 2;
const NO_PAGE = -1;
/** A record before an instruction at a breakpoint. */
const FREE: Price = { clocks: 0, instructions: 0 };

/**
 * An instruction kept alone: its record; where its bytes on a second page are, if it has any; and the
 * versions of its pages that it was decoded from.
 */
export interface Single {
  readonly rec: number;
  readonly second: number | undefined;
  readonly versions: readonly [number, number];
}

/** Thrown by the fetch of a block when an instruction runs over the end of its page. */
const PAGE_END = Symbol('end of page');

export interface CodeOptions {
  readonly handlers: Handlers;
  /** How often a block of code mode 1 is entered until it is hot; 0: blocks have no heads. */
  readonly heat: number;
  /** Instructions retired so far. */
  readonly retired: () => number;
  /** Every decoded instruction is gone. */
  readonly onDropAll: () => void;
}

export class CodeCache {
  readonly #memory: PhysicalMemory;
  readonly #space: Space;
  readonly #decoder: Decoder;
  readonly #mmu: Mmu;
  readonly #options: CodeOptions;
  readonly #records: Records;
  readonly #restless: RestlessPages;
  /** Entry table address by `page * MODES + mode`, or 0. */
  readonly #tables: Uint32Array;
  /** For each page that ever held decoded code, a bit for each byte that does now. */
  readonly #decoded: (Uint32Array | undefined)[];
  /** Changes whenever the code of a page is dropped. */
  readonly #versions: Uint32Array;
  /** By `first byte * MODES + mode`. */
  readonly #singles = new Map<number, Single>();
  /** Offsets in pages before whose instructions the interpreter is left. */
  #breakpoints: ReadonlySet<number> = new Set();
  /** Changes whenever decoded code is dropped. */
  epoch = 0;
  #tablesUsed = 0;
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
    this.#options = options;
    this.#records = new Records(space, options.handlers.end);
    const pages = memory.size >>> PAGE_SHIFT;
    this.#restless = new RestlessPages(pages);
    this.#tables = new Uint32Array(pages * MODES);
    this.#decoded = new Array(pages).fill(undefined);
    this.#versions = new Uint32Array(pages);
  }

  /** The page of RAM that holds what is at a physical address, or NO_PAGE. ROM: it can be turned into RAM. */
  #pageOf(physical: number): number {
    const kind = this.#memory.kind[physical >>> PAGE_SHIFT]!;
    if (kind !== PageKind.ram && kind !== PageKind.rom) return NO_PAGE;
    const page = this.#memory.backing(physical) >>> PAGE_SHIFT;
    return page < this.#versions.length ? page : NO_PAGE;
  }

  // ---- blocks ----

  /** The entry table of a page, or undefined where no blocks are kept. */
  tableOf(physical: number, mode: CodeMode): number | undefined {
    const page = this.#pageOf(physical);
    if (page === NO_PAGE || this.#restless.has(page)) return undefined;
    const index = page * MODES + mode;
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
    if (this.single(physical, mode)?.second !== undefined) return 0;
    if (!this.#records.hasRoomFor(2 * MAX_INSTRUCTIONS + 2)) {
      this.dropAll();
      return this.block(physical, this.tableOf(physical, mode)!, mode);
    }
    const rec = this.#decodeBlock(physical, mode);
    this.#space.u32[entry] = rec;
    return rec;
  }

  #decodeBlock(physical: number, mode: CodeMode): number {
    const records = this.#records;
    const at = this.#memory.backing(physical);
    const room = PAGE_SIZE - (at & (PAGE_SIZE - 1));
    const head = records.next;
    const hasHead = this.#options.heat > 0 && mode === 1;
    if (hasHead) records.allocate(1);
    const first = records.next;
    const prices: Price[] = [];
    let here = 0;
    for (let ended = false; !ended && prices.length < MAX_INSTRUCTIONS && here < room; ) {
      const d = this.#decodeWithin(at + here, room - here, mode);
      if (!d) break;
      if (this.#breakpoints.has((at + here) & (PAGE_SIZE - 1))) {
        records.writePseudo(records.allocate(1), this.#options.handlers.breakpoint, here);
        prices.push(FREE);
      }
      records.write(records.allocate(1), d, here);
      here += d.length;
      prices.push(priceOf(d));
      ended = d.expanded.ends;
    }
    if (here === 0) {
      records.freeFrom(head);
      return 0;
    }
    records.writeEnd(records.allocate(1), here);
    records.sumUp(first, prices, here);
    if (hasHead) this.#writeHead(head, first);
    this.#watch(physical, here);
    return head;
  }

  /** The record of the first instruction of a block. */
  #firstOf(block: number): number {
    const { u16 } = this.#space;
    let rec = block;
    while (u16[(rec + Rec.handler) >>> 1]! > this.#options.handlers.end) rec += Rec.size;
    return rec;
  }

  /** A head costs what its block costs. */
  #writeHead(head: number, first: number): void {
    const { u16, u32 } = this.#space;
    this.#space.u8.copyWithin(head, first, first + Rec.size);
    u16[(head + Rec.handler) >>> 1] = this.#options.handlers.count;
    u32[(head + Rec.heat) >>> 2] = this.#options.heat;
  }

  /** Undefined if the instruction runs over the end of its page. */
  #decodeWithin(at: number, room: number, mode: CodeMode): Decoded | undefined {
    this.#fetchFrom = at;
    this.#fetchRoom = room;
    try {
      return this.#decoder.decode(this.#fetch, mode === 0 ? 16 : 32);
    } catch (e) {
      if (e === PAGE_END) return undefined;
      throw e;
    }
  }

  /** From now on the interpreter is left before instructions at these offsets in their pages. */
  setBreakpoints(offsets: ReadonlySet<number>): void {
    const changed = [...new Set([...offsets, ...this.#breakpoints])].filter(
      (o) => offsets.has(o) !== this.#breakpoints.has(o),
    );
    this.#breakpoints = offsets;
    if (changed.length === 0) return;
    for (const [page, decoded] of this.#decoded.entries()) {
      if (decoded && changed.some((o) => decoded[o >>> 5]! & (1 << (o & 31)))) this.#dropPage(page);
    }
  }

  // ---- single instructions ----

  /** The record of the instruction at a physical address, if a block begins with it; else 0. */
  firstOfBlock(physical: number, mode: CodeMode): number {
    const page = this.#pageOf(physical);
    const table = page === NO_PAGE ? 0 : this.#tables[page * MODES + mode]!;
    const block = table === 0 ? 0 : this.#space.u32[(table >>> 2) + (physical & 0xfff)]!;
    return block === 0 ? 0 : this.#firstOf(block);
  }

  /** The instruction kept alone that begins at a physical address. */
  single(first: number, mode: CodeMode): Single | undefined {
    const single = this.#singles.get(first * MODES + mode);
    if (!single) return undefined;
    const { second, versions } = single;
    if (this.#versionAt(first) !== versions[0]) return undefined;
    return second === undefined || this.#versionAt(second) === versions[1] ? single : undefined;
  }

  /** Decodes the instruction at a physical address, if it lies in RAM and on one page for certain. */
  decode(first: number, mode: CodeMode): Decoded | undefined {
    if (this.#pageOf(first) === NO_PAGE || (first & (PAGE_SIZE - 1)) > PAGE_SIZE - MAX_LENGTH)
      return undefined;
    return this.#decodeWithin(this.#memory.backing(first), MAX_LENGTH, mode);
  }

  /**
   * Keeps an instruction that begins at `first` and goes on, perhaps, at `second` on another page; if there
   * is anything to keep it by. Returns its record in any case.
   */
  keep(first: number, second: number | undefined, mode: CodeMode, d: Decoded): number {
    if (!this.#mayKeep(first) || (second !== undefined && !this.#mayKeep(second)))
      return this.#records.scratch(d);
    const key = first * MODES + mode;
    if (this.#singles.size === MAX_SINGLES || !this.#records.hasRoomFor(ALONE)) this.dropAll();
    const rec = this.#singles.get(key)?.rec ?? this.#records.allocate(ALONE);
    this.#records.writeAlone(rec, d);
    const room = PAGE_SIZE - (first & (PAGE_SIZE - 1));
    this.#watch(first, Math.min(room, d.length));
    if (second !== undefined) this.#watch(second, d.length - room);
    this.#singles.set(key, {
      rec,
      second,
      versions: [this.#versionAt(first), this.#versionAt(second ?? first)],
    });
    return rec;
  }

  #mayKeep(physical: number): boolean {
    const page = this.#pageOf(physical);
    if (page === NO_PAGE) return false;
    if (!this.#restless.has(page)) return true;
    this.#restless.executed(page, this.#options.retired());
    return false;
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
    this.#versions[page] = this.#versions[page]! + 1;
    this.epoch++;
    this.#restless.dropped(page, this.#options.retired());
    this.#memory.watched[page] = this.#memory.watched[page]! & ~Watch.code;
  }

  #versionAt(physical: number): number {
    const page = this.#pageOf(physical);
    return page === NO_PAGE ? NO_PAGE : this.#versions[page]!;
  }

  dropAll(): void {
    this.#tables.fill(0);
    this.#tablesUsed = 0;
    this.#records.freeAll();
    this.#singles.clear();
    this.epoch++;
    for (let page = 0; page < this.#decoded.length; page++) {
      this.#memory.watched[page] = this.#memory.watched[page]! & ~Watch.code;
    }
    this.#decoded.fill(undefined);
    this.#mmu.flushInstructions();
    this.#options.onDropAll();
  }
}

/** The bits of a 32-byte word of a page that stand for its bytes `first` up to but not `end`. */
function bitsInWord(word: number, first: number, end: number): number {
  const from = Math.max(0, first - (word << 5));
  const below = end - (word << 5);
  const upTo = below >= 32 ? -1 : (1 << below) - 1;
  return upTo & (-1 << from);
}

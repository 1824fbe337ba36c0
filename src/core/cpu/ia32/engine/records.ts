/**
 * Decoded instructions as the interpreter reads them: records (`Rec`), one behind the other, each run of
 * them ended by a record that leads on. Allocated upwards and freed all at once.
 */
import type { Decoded } from '../isa/decode.js';
import { RECORD_BASE, RECORDS, Rec, type Space } from '../space.js';

/** Before all others: room for one instruction that is not kept, and its end. */
const SCRATCH_RECORDS = 2;
const SCRATCH = RECORD_BASE;
const FIRST = RECORD_BASE + SCRATCH_RECORDS * Rec.size;
const LIMIT = RECORD_BASE + RECORDS * Rec.size;

/** What one record costs. */
export interface Price {
  readonly clocks: number;
  /** 1, or 0 of a record that stands for no instruction. */
  readonly instructions: number;
}

export const priceOf = (d: Decoded): Price => ({ clocks: d.expanded.clocks, instructions: 1 });

export class Records {
  readonly #space: Space;
  /** Number of the handler that ends a block. */
  readonly #end: number;
  #next = FIRST;

  constructor(space: Space, end: number) {
    this.#space = space;
    this.#end = end;
  }

  /** Where the next record will be. */
  get next(): number {
    return this.#next;
  }

  hasRoomFor(records: number): boolean {
    return this.#next + records * Rec.size <= LIMIT;
  }

  allocate(records: number): number {
    const at = this.#next;
    this.#next += records * Rec.size;
    return at;
  }

  /** Frees what has been allocated last, from a record on. */
  freeFrom(rec: number): void {
    this.#next = rec;
  }

  freeAll(): void {
    this.#next = FIRST;
  }

  /** Puts one instruction where it can be executed without being kept; returns its record. */
  scratch(d: Decoded): number {
    this.writeAlone(SCRATCH, d);
    return SCRATCH;
  }

  /** An instruction, which takes two records, as a block of its own. */
  writeAlone(rec: number, d: Decoded): void {
    this.write(rec, d, 0);
    this.writeEnd(rec + Rec.size, d.length);
    this.sumUp(rec, [priceOf(d)], d.length);
  }

  /** An instruction that begins `here` bytes behind the start of its block. */
  write(rec: number, d: Decoded, here: number): void {
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

  writeEnd(rec: number, here: number): void {
    this.writePseudo(rec, this.#end, here);
  }

  /** A record that stands for no instruction. */
  writePseudo(rec: number, handler: number, here: number): void {
    const { u16, u32 } = this.#space;
    u32.fill(0, rec >>> 2, (rec + Rec.size) >>> 2);
    u16[(rec + Rec.handler) >>> 1] = handler;
    u16[(rec + Rec.here) >>> 1] = here;
  }

  /** Clocks, instructions and bytes from each instruction to the end of the block. */
  sumUp(first: number, prices: readonly Price[], end: number): void {
    const { u16, i32 } = this.#space;
    let clocks = 0;
    let instructions = 0;
    for (let i = prices.length - 1; i >= 0; i--) {
      const rec = first + i * Rec.size;
      clocks += prices[i]!.clocks;
      instructions += prices[i]!.instructions;
      i32[(rec + Rec.minusClocks) >>> 2] = -clocks;
      i32[(rec + Rec.instructions) >>> 2] = instructions;
      u16[(rec + Rec.bytes) >>> 1] = end - u16[(rec + Rec.here) >>> 1]!;
    }
  }
}

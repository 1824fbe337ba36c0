/**
 * Regions: what is compiled as one. From a hot block on, the blocks of its page that can be reached by
 * direct jumps and have been executed before, up to a size. Read from the decoded instructions, which
 * stay: an instruction that compiled code cannot do, or not now, is left to the interpreter.
 */
import type { Effect, FieldName, Value } from '../../isa/ir.js';
import * as ir from '../../isa/ir.js';
import type { Expanded } from '../../isa/table.js';
import { Rec, type Space } from '../../space.js';
import { IA32, Seg } from '../../state.js';
import type { Handlers } from '../interpreter.js';
import { distanceFromEip, type Known, Specialiser } from './specialise.js';

const MAX_BLOCKS = 24;
const MAX_INSTRUCTIONS = 200;
export const PAGE_SIZE = 0x1000;

export interface Instruction {
  readonly rec: number;
  readonly effects: readonly Effect[];
  /** Bytes from the start of the block to the next instruction. */
  readonly next: number;
  /** What was paid in advance for the instructions behind this one in its block. */
  readonly rest: bigint;
}

export interface Block {
  /** The record of its head. */
  readonly head: number;
  /** Distance of its first byte from that of the region's first block. */
  readonly offset: number;
  readonly price: bigint;
  readonly instructions: readonly Instruction[];
  /** The record to go on with in the interpreter; 0 if the block is compiled to its end. */
  readonly rejected: number;
  /** Distance from the region's first byte of what follows the block, and the record that ends it. */
  readonly behind: number;
  readonly end: number;
  /** Distances from the region's first byte that the block may jump or fall through to. */
  readonly targets: readonly number[];
}

export class RegionReader {
  readonly #space: Space;
  readonly #expanded: readonly Expanded[];
  readonly #handlers: Handlers;

  constructor(space: Space, expanded: readonly Expanded[], handlers: Handlers) {
    this.#space = space;
    this.#expanded = expanded;
    this.#handlers = handlers;
  }

  /**
   * The blocks of the region that begins with the block at `offset` in its page, that one first; none if
   * its first instruction cannot be compiled. `table` is the page's entry table; `flat` says which segments
   * may be taken as flat, as in the run state.
   */
  read(table: number, offset: number, flat: number): Block[] {
    const blocks: Block[] = [];
    const seen = new Set<number>();
    const queue = [0];
    let instructions = 0;
    for (const distance of queue) {
      const at = offset + distance;
      if (seen.has(distance) || at < 0 || at >= PAGE_SIZE) continue;
      seen.add(distance);
      const head = this.#space.u32[(table >>> 2) + at]!;
      if (head === 0 || (distance !== 0 && this.#isCompiled(head))) continue;
      const block = this.#block(head, distance, flat);
      if (block.instructions.length === 0) continue;
      blocks.push(block);
      instructions += block.instructions.length;
      if (blocks.length === MAX_BLOCKS || instructions > MAX_INSTRUCTIONS) break;
      queue.push(...block.targets);
    }
    return blocks[0]?.offset === 0 ? blocks : [];
  }

  /** Blocks that are compiled are linked to, not compiled again: hot loops come first, and stay whole. */
  #isCompiled(head: number): boolean {
    return this.#space.u16[(head + Rec.handler) >>> 1]! >= this.#handlers.regions;
  }

  #block(head: number, offset: number, flat: number): Block {
    const { u16 } = this.#space;
    const instructions: Instruction[] = [];
    const targets: number[] = [];
    let rec = head + Rec.size;
    let rejected = 0;
    for (; u16[(rec + Rec.handler) >>> 1] !== this.#handlers.end; rec += Rec.size) {
      if (u16[(rec + Rec.handler) >>> 1] === this.#handlers.breakpoint) {
        rejected = rec;
        break;
      }
      const instruction = this.#instruction(rec, flat);
      if (!instruction.effects.every(compilable) || !restartable(instruction.effects)) {
        rejected = rec;
        break;
      }
      instructions.push(instruction);
      for (const e of instruction.effects) targets.push(...targetsOf(e).map((d) => offset + d));
    }
    const behind = offset + u16[(rec + Rec.here) >>> 1]!;
    if (!rejected) targets.push(behind);
    const price = this.#price(head);
    return { head, offset, price, instructions, rejected, behind, end: rec, targets };
  }

  #instruction(rec: number, flat: number): Instruction {
    const expanded = this.#expanded[this.#space.u16[(rec + Rec.handler) >>> 1]!]!;
    // A record has more bytes than an instruction has temporaries: each gets numbers of its own.
    const effects = new Specialiser(this.#fields(rec), rec, knownWhen(flat)).effects(expanded.effects);
    const next = this.#space.u16[(rec + Rec.next) >>> 1]!;
    return { rec, effects, next, rest: expanded.ends ? 0n : this.#price(rec + Rec.size) };
  }

  /** The halves of a price are added as one 64-bit word. */
  #price(rec: number): bigint {
    const { i32 } = this.#space;
    const clocks = BigInt(i32[(rec + Rec.minusClocks) >>> 2]!);
    return (clocks << 32n) + BigInt(i32[(rec + Rec.instructions) >>> 2]!);
  }

  #fields(rec: number): Record<FieldName, number> {
    const { u8, u16, u32 } = this.#space;
    const base = u8[rec + Rec.base]!;
    return {
      reg: u8[rec + Rec.reg]!,
      rm: base,
      base,
      index: u8[rec + Rec.index]!,
      scale: u8[rec + Rec.scale]!,
      seg: u8[rec + Rec.seg]!,
      here: u16[(rec + Rec.here) >>> 1]!,
      next: u16[(rec + Rec.next) >>> 1]!,
      disp: u32[(rec + Rec.disp) >>> 2]!,
      imm: u32[(rec + Rec.imm) >>> 2]!,
    };
  }
}

/** Regions are of code mode 1, where CS has no limit; a flat SS is 32 bits wide. */
const knownWhen =
  (flat: number): Known =>
  (v) => {
    if (v.k === 'gpr') {
      const isZero = v.at.k === 'const' && v.at.v === IA32.at.zero;
      return isZero ? ir.constant(v.w, 0) : undefined;
    }
    const ofCs = v.index?.k === 'const' && v.index.v === Seg.cs;
    if (v.name === 'limit' && ofCs) return ir.constant(32, 0xffffffff);
    if (v.name === 'stackMask' && flat & (1 << Seg.ss)) return ir.constant(32, 0xffffffff);
    return undefined;
  };

/** Repetition is the interpreter's; so is all that sets EIP itself. */
function compilable(e: Effect): boolean {
  if (e.k === 'when') return e.then.every(compilable);
  if (e.k === 'setCell') return e.name !== 'eip';
  return e.k !== 'repeat' && !(e.k === 'leave' && e.transferred);
}

/**
 * Can the instruction be begun again wherever it may be left? Nothing that lasts comes before an access
 * or an exception.
 */
function restartable(list: readonly Effect[], begun = { value: false }): boolean {
  return list.every((e) => {
    if (e.k === 'when') return restartable(e.then, begun);
    const mayBeLeft = e.k === 'load' || e.k === 'store' || e.k === 'raise';
    if (mayBeLeft && begun.value) return false;
    begun.value ||= e.k !== 'let' && e.k !== 'load' && e.k !== 'raise';
    return true;
  });
}

/** Distances from the block's first byte that an effect may jump to. */
function targetsOf(e: Effect): number[] {
  if (e.k === 'when') return e.then.flatMap(targetsOf);
  const distance = e.k === 'jump' ? distanceFromEip(e.ip) : undefined;
  return distance === undefined ? [] : [distance];
}

/** Byte offsets of the registers that effects mention; `written` only those that they change. */
export function registersOf(list: readonly Effect[]): { used: Set<number>; written: Set<number> } {
  const used = new Set<number>();
  const written = new Set<number>();
  const place = (at: Value): number => ((at as { v: number }).v >>> 3) & 7;
  const value = (v: Value | undefined | boolean): void => {
    if (!v || typeof v === 'boolean') return;
    if (v.k === 'gpr') used.add(place(v.at));
    else if (v.k === 'op') v.args.forEach(value);
    else if (v.k === 'convert') value(v.arg);
    else if (v.k === 'select') [v.if, v.then, v.else].forEach(value);
  };
  const effect = (e: Effect): void => {
    if (e.k === 'setGpr') {
      used.add(place(e.at));
      written.add(place(e.at));
    }
    if (e.k === 'let' || e.k === 'store' || e.k === 'setGpr' || e.k === 'setCell') value(e.v);
    if (e.k === 'load' || e.k === 'store') [e.seg, e.off].forEach(value);
    if (e.k === 'raise' || e.k === 'when') value(e.if);
    if (e.k === 'jump') value(e.ip);
    if (e.k === 'call') e.args.forEach(value);
    if (e.k === 'flags') Object.values(e.f).flat().forEach(value);
    if (e.k === 'when') e.then.forEach(effect);
  };
  list.forEach(effect);
  return { used, written };
}

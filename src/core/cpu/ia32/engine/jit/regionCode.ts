/**
 * The code of one compiled region, `(rec) -> next rec` like a handler: fields are constants, registers and
 * flag words are local variables, jumps between its blocks are WebAssembly's own. Time is paid for block by
 * block, as in the interpreter, so a region is left at exactly the boundary where the interpreter would
 * have stopped. What is out of the ordinary (an access that misses the TLB, an exception) is done nowhere
 * here: the region is left before the instruction, and the interpreter executes it.
 *
 * Each way out is one place behind the code, where local variables are written back to memory; the code
 * itself stays short, which counts for more than anything else.
 */
import { type Code, I32, I64 } from '../../../../wasm/module.js';
import type { FieldName, FlagName, FlagsEffect, Value } from '../../isa/ir.js';
import * as ir from '../../isa/ir.js';
import { maskOf, type Width } from '../../isa/ops.js';
import { Exit, Rec } from '../../space.js';
import { type Cell, cellAddress, EffectCode, type Kind, Op, type Runtime } from '../effects.js';
import { type FlagWords, flagValue, lowerFlags } from '../flagWords.js';
import { relationOf, tempsOf } from './conditions.js';
import { type Block, type Instruction, PAGE_SIZE, registersOf } from './region.js';
import { distanceFromEip } from './specialise.js';
import { Structure } from './structure.js';

const ACCOUNT = cellAddress('count');
const FLAG_WORDS = ['flagResult', 'flagCarry'] as const;

/** The ways out of a region, as the numbers of WebAssembly labels outside all others. */
const Out = {
  /** On with the record in `to`, in the interpreter; EIP is the block's. */
  interpreter: 1,
  /** The next block might cross the deadline: EIP is at it. */
  clock: 2,
  /** The instruction that must be followed by a look around is complete: EIP is behind it. */
  next: 3,
  /** A direct jump within the page, by the record in `to`: EIP is its target. */
  direct: 4,
  /** A jump to the offset in `to`. */
  indirect: 5,
} as const;
type WayOut = (typeof Out)[keyof typeof Out];
const WAYS_OUT = Object.values(Out).toReversed();

/** Flags that have been set but not computed: two words over temporaries, which are kept for it. */
interface Pending {
  readonly words: { readonly result: Value; readonly carry: Value };
  readonly temps: ReadonlySet<number>;
  readonly compared: readonly [Value, Value] | undefined;
}

const NONE: ReadonlySet<number> = new Set();

export class RegionCode extends EffectCode {
  readonly #blocks: readonly Block[];
  readonly #structure: Structure;
  /** Offset of the region's first byte in its page. */
  readonly #start: number;
  /** Segments taken to be flat, as in the run state. */
  readonly #flat: number;
  readonly #used: ReadonlySet<number>;
  readonly #written: ReadonlySet<number>;
  readonly #registers: number[] = [];
  readonly #flagWords: Record<string, number> = {};
  readonly #account: number;
  /** EIP at the start of the region's first block. */
  readonly #eip: number;
  readonly #tlb: number;
  /** Where a way out leads, and EIP there as a distance from the region's first byte. */
  readonly #to: number;
  readonly #distance: number;
  /** WebAssembly labels open here, and by block the number that were when its own was opened. */
  #depth = 0;
  readonly #labels: number[] = [];
  #node = 0;
  #instruction: Instruction | undefined;
  #pending: Pending | undefined;
  /** `#depth` outside every `when`. */
  #blockDepth = 0;

  constructor(code: Code, runtime: Runtime, blocks: readonly Block[], start: number, flat: number) {
    super(code, runtime);
    this.#start = start;
    this.#blocks = blocks;
    this.#flat = flat;
    const place = new Map(blocks.map((b, i) => [b.offset, i]));
    this.#structure = new Structure(blocks.map((b) => b.targets.flatMap((t) => place.get(t) ?? [])));
    const { used, written } = registersOf(blocks.flatMap((b) => b.instructions.flatMap((i) => i.effects)));
    this.#used = used;
    this.#written = written;
    for (const r of used) this.#registers[r] = code.local(I32);
    for (const name of FLAG_WORDS) this.#flagWords[name] = code.local(I32);
    this.#account = code.local(I64);
    this.#eip = code.local(I32);
    this.#tlb = code.local(I32);
    this.#to = code.local(I32);
    this.#distance = code.local(I32);
  }

  /** Writes the whole function. */
  emit(): void {
    const { c } = this;
    this.#enter();
    for (const _ of WAYS_OUT) c.block();
    this.#depth = WAYS_OUT.length;
    this.#tree(0);
    c.op(Op.unreachable);
    for (const way of WAYS_OUT) {
      c.end();
      this.#depth--;
      this.#wayOut(way);
    }
  }

  get #block(): Block {
    return this.#blocks[this.#node]!;
  }

  // ---- in and out ----

  #enter(): void {
    const { c } = this;
    if (this.#flat) {
      c.i32(0).load32(cellAddress('flat')).i32(this.#flat).op(Op.i32And).i32(this.#flat).op(Op.i32Ne).if();
      c.i32(this.#block.head + Rec.size)
        .return()
        .end();
    }
    this.refresh();
    c.i32(0).load64(ACCOUNT).set(this.#account);
    c.i32(0).load32(cellAddress('eip')).set(this.#eip);
    c.i32(0).load32(cellAddress('tlbBase')).set(this.#tlb);
  }

  /** Memory gets what local variables hold, but for EIP. */
  #writeBack(): void {
    const { c } = this;
    for (const r of this.#written)
      c.i32(0)
        .get(this.#registers[r]!)
        .store32(r * 8);
    for (const name of FLAG_WORDS) c.i32(0).get(this.#flagWords[name]!).store32(cellAddress(name));
    c.i32(0).get(this.#account).store64(ACCOUNT);
  }

  #wayOut(way: WayOut): void {
    const { c } = this;
    this.#writeBack();
    if (way !== Out.indirect) {
      c.i32(0).get(this.#eip).get(this.#distance).op(Op.i32Add).store32(cellAddress('eip'));
    }
    if (way === Out.clock || way === Out.next) {
      c.i32(0)
        .i32(way === Out.clock ? Exit.clock : Exit.next)
        .store32(cellAddress('exit'))
        .i32(0);
    } else if (way === Out.direct) {
      c.i32(0).load32(cellAddress('eip')).get(this.#to).call(this.runtime.gotoDirect);
    } else {
      c.get(this.#to);
      if (way === Out.indirect) c.call(this.runtime.goto);
    }
    c.return();
  }

  /** Takes a way out from inside `inside` more labels than are counted. */
  #leaveBy(way: WayOut, distance: number, to = 0, inside = 0): void {
    const { c } = this;
    if (to !== 0) c.i32(to).set(this.#to);
    c.i32(distance).set(this.#distance);
    c.br(this.#depth + inside - way);
  }

  /** The instruction is the interpreter's. */
  #reject(inside: number): void {
    this.#settleFlags();
    this.#leaveBy(Out.interpreter, this.#block.offset, this.#instruction!.rec, inside);
  }

  protected raised(): void {
    this.#reject(1);
  }

  protected missedLoad(): void {
    this.#reject(1);
  }

  protected missedStore(): void {
    this.#reject(1);
  }

  // ---- helpers ----

  protected expose(): void {
    this.#dropPending();
    this.#writeBack();
    this.c.i32(0);
    this.#pushEip(this.#block.offset);
    this.c.store32(cellAddress('eip'));
  }

  protected refresh(): void {
    for (const r of this.#used)
      this.c
        .i32(0)
        .load32(r * 8)
        .set(this.#registers[r]!);
    for (const name of FLAG_WORDS) this.c.i32(0).load32(cellAddress(name)).set(this.#flagWords[name]!);
  }

  #pushEip(distance: number): void {
    this.c.get(this.#eip);
    if (distance !== 0) this.c.i32(distance).op(Op.i32Add);
  }

  // ---- control flow ----

  /** A block, and behind it the blocks that only it leads to. */
  #tree(node: number): void {
    const { c } = this;
    const isLoop = this.#structure.isLoop(node);
    if (isLoop) {
      c.loop();
      this.#labels[node] = ++this.#depth;
    }
    const children = this.#structure.children(node);
    for (const child of children.toReversed()) {
      c.block();
      this.#labels[child] = ++this.#depth;
    }
    this.#emitBlock(node);
    for (const child of children) {
      c.end();
      this.#depth--;
      this.#tree(child);
    }
    if (!isLoop) return;
    c.end();
    this.#depth--;
  }

  #emitBlock(node: number): void {
    this.#node = node;
    this.#blockDepth = this.#depth;
    const block = this.#block;
    for (const instruction of block.instructions) {
      this.#instruction = instruction;
      this.effects(instruction.effects);
      this.forgetTemps(this.#pending?.temps ?? NONE);
    }
    this.#dropPending();
    if (block.rejected) this.#leaveBy(Out.interpreter, block.offset, block.rejected);
    else this.#goto(block.behind, block.end, 0n);
  }

  protected override when(e: Kind<'when'>): void {
    // What changes the flags only sometimes finds them settled; a jump settles them for itself.
    if (!e.then.every((x) => x.k === 'jump' || x.k === 'leave')) this.#dropPending();
    this.#depth++;
    super.when(e);
    this.#depth--;
  }

  protected jump(e: Kind<'jump'>): void {
    this.#settleFlags();
    const { rec, rest } = this.#instruction!;
    const change = -rest - (BigInt(e.clocks) << 32n);
    const distance = distanceFromEip(e.ip);
    if (e.direct && distance !== undefined) return this.#goto(this.#block.offset + distance, rec, change);
    this.#addToAccount(change);
    this.value(e.ip);
    this.#leaveForOffset();
  }

  /** On to a distance from the region's first byte; `rec` jumps there, `change` is due besides the block. */
  #goto(distance: number, rec: number, change: bigint): void {
    const node = this.#blocks.findIndex((b) => b.offset === distance);
    if (node >= 0 && this.#structure.reaches(this.#node, node)) return this.#branch(node, change);
    this.#addToAccount(change);
    const at = this.#start + distance;
    if (at >= 0 && at < PAGE_SIZE) return this.#leaveBy(Out.direct, distance, rec);
    this.#pushEip(distance);
    this.#leaveForOffset();
  }

  /** Leaves for the offset on the stack. */
  #leaveForOffset(): void {
    this.c.set(this.#to).br(this.#depth - Out.indirect);
  }

  /** Pays for a block of the region and goes there; or leaves before it, if it might cross the deadline. */
  #branch(node: number, change: bigint): void {
    const { c } = this;
    const to = this.#blocks[node]!;
    this.#addToAccount(change + to.price);
    c.get(this.#account).i64(0n).op(Op.i64LtS).if();
    this.#addToAccount(-to.price);
    this.#leaveBy(Out.clock, to.offset, 0, 1);
    c.end();
    c.br(this.#depth - this.#labels[node]!);
  }

  #addToAccount(change: bigint): void {
    if (change !== 0n) this.c.get(this.#account).i64(change).op(Op.i64Add).set(this.#account);
  }

  /** The instruction is complete; the engine is left there. */
  protected leave(): void {
    this.#settleFlags();
    const { rest, next } = this.#instruction!;
    this.#addToAccount(-rest);
    this.#leaveBy(Out.next, this.#block.offset + next);
  }

  /** Repeated instructions are not compiled. */
  protected repeat(): void {
    throw new Error('a region does not repeat');
  }

  // ---- where state is: in local variables ----

  protected rec(): void {
    this.c.i32(this.#instruction!.rec);
  }

  protected field(name: FieldName): void {
    throw new Error(`${name} is not constant`);
  }

  protected gpr(at: Value, w: Width): void {
    const { c } = this;
    const byte = (at as { v: number }).v;
    c.get(this.#registers[byte >> 3]!);
    if (byte & 1) c.i32(8).op(Op.i32ShrU);
    this.mask(w);
  }

  protected setGpr(at: Value, v: Value): void {
    const { c } = this;
    const byte = (at as { v: number }).v;
    const register = this.#registers[byte >> 3]!;
    if (v.w === 32) {
      this.value(v);
      c.set(register);
      return;
    }
    const shift = byte & 1 ? 8 : 0;
    c.get(register)
      .i32(~(maskOf(v.w) << shift))
      .op(Op.i32And);
    this.value(v);
    if (shift) c.i32(shift).op(Op.i32Shl);
    c.op(Op.i32Or).set(register);
  }

  // ---- flags: computed where they are needed, if at all ----

  protected override flags(f: FlagsEffect): void {
    const words = lowerFlags(f);
    const temps = tempsOf([words.carry, words.result, ...(f.compared ?? [])]);
    if (words.result && temps && this.#depth === this.#blockDepth) {
      this.#pending = { words: { ...words, result: words.result }, temps, compared: f.compared };
      return;
    }
    this.#dropPending();
    this.setFlagWords(words);
  }

  protected setFlagWords({ result, carry }: FlagWords): void {
    const { c } = this;
    this.value(carry);
    if (result) {
      this.value(result);
      c.set(this.#flagWords.flagResult!);
    }
    c.set(this.#flagWords.flagCarry!);
  }

  /** Computes what has been put off; for this way on only. */
  #settleFlags(): void {
    if (this.#pending) this.setFlagWords(this.#pending.words);
  }

  #dropPending(): void {
    this.#settleFlags();
    this.#pending = undefined;
  }

  protected override flag(name: FlagName): void {
    const pending = this.#pending;
    if (!pending) return super.flag(name);
    const { compared, words } = pending;
    if (name === 'cf' && compared) this.value(ir.ltu(...compared));
    else if (name === 'zf' && compared) this.value(ir.eq(...compared));
    else this.value(flagValue(name, words.result, words.carry));
  }

  /** Conditions over the flags of a comparison are that comparison. */
  protected override operator(v: Extract<Value, { k: 'op' }>): void {
    const compared = this.#pending?.compared;
    const relation = compared && relationOf(v);
    if (relation) this.value(ir.op(relation, ...compared));
    else super.operator(v);
  }

  protected override cell(v: Cell): void {
    const local = this.#flagWords[v.name];
    if (local !== undefined) this.c.get(local);
    else if (v.name === 'eip') this.#pushEip(this.#block.offset);
    else super.cell(v);
  }

  protected override setCell(to: Cell, v: Value): void {
    const local = this.#flagWords[to.name];
    if (local === undefined) return super.setCell(to, v);
    this.value(v);
    this.c.set(local);
  }

  protected override tlbBase(): void {
    this.c.get(this.#tlb);
  }

  protected override linear(seg: Value, off: Value, write: boolean): void {
    const flat = seg.k === 'const' && this.#flat & (1 << (seg.v as number));
    if (flat) this.value(off);
    else super.linear(seg, off, write);
  }
}

/**
 * The WebAssembly reader of the rows: effects and values as WebAssembly code. What an effect list says
 * is written here once; where the machine's state lives while the code runs, and how the code is left,
 * is for those who extend this: the interpreter's handlers (handlers.ts), whose fields are loaded from a
 * decoded instruction at run time, and compiled regions (jit/regionCode.ts), whose fields are constants.
 *
 * A load or store tries the segment's fast limit and the TLB inline; anything unusual is a call.
 */
import { type Code, I32, I64, type ModuleWriter } from '../../../wasm/module.js';
import type { Effect, FieldName, FlagName, FlagsEffect, RepeatEffect, Temp, Value } from '../isa/ir.js';
import * as ir from '../isa/ir.js';
import { maskOf, OPERATORS, type Operator, type Width } from '../isa/ops.js';
import { RUN, RUN_BASE, SAVED_CELLS, SAVED_REGISTERS, TLB_ENTRIES } from '../space.js';
import { IA32 } from '../state.js';
import { type FlagWords, flagValue, lowerFlags } from './flagWords.js';

/** Indices of the functions that compiled code calls. */
export interface Runtime {
  /** (eip) -> rec: finds and pays for the block at EIP. */
  readonly goto: number;
  /** (eip, rec) -> rec: likewise for the direct jump `rec`, which may be linked to its target. */
  readonly gotoDirect: number;
  /** The function that calls a helper in TypeScript, by name. */
  readonly helper: ReadonlyMap<string, number>;
}

/** What handlers call besides. */
export interface SlowRuntime extends Runtime {
  /** (rec, vector, error, hasError). */
  readonly raise: number;
  /** (rec, seg, off, size, write intent) -> value. */
  readonly slowLoad: number;
  /** (rec, seg, off, value, size). */
  readonly slowStore: number;
}

export const NARROW_LOAD: Record<number, number> = { 8: 0x2d, 16: 0x2f, 32: 0x28 };
export const NARROW_STORE: Record<number, number> = { 8: 0x3a, 16: 0x3b, 32: 0x36 };

/** WebAssembly opcodes (core specification, 5.4.7). */
export const Op = {
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Ne: 0x47,
  i32LeS: 0x4c,
  i32GeU: 0x4f,
  i64LtS: 0x53,
  i32Add: 0x6a,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i32WrapI64: 0xa7,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  i32Extend8S: 0xc0,
  i32Extend16S: 0xc1,
  unreachable: 0x00,
} as const;

/** Every helper called anywhere, with the number of its arguments. */
export function helperArities(lists: readonly (readonly Effect[])[]): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (e: Effect): void => {
    if (e.k === 'when') e.then.forEach(visit);
    else if (e.k === 'repeat') e.body.forEach(visit);
    else if (e.k === 'call') {
      const before = found.get(e.helper);
      if (before !== undefined && before !== e.args.length) {
        throw new Error(`${e.helper} is called with ${before} and with ${e.args.length} arguments`);
      }
      found.set(e.helper, e.args.length);
    }
  };
  for (const list of lists) list.forEach(visit);
  return found;
}

/** Imports the helpers that effects call, as `helper NAME`; their indices by name. */
export function importHelpers(w: ModuleWriter, lists: readonly (readonly Effect[])[]): Map<string, number> {
  const indices = new Map<string, number>();
  for (const [name, args] of helperArities(lists)) {
    indices.set(name, w.import(`helper ${name}`, { params: new Array(args).fill(I32), results: [I32] }));
  }
  return indices;
}

/** A TLB entry is 16 bytes. */
const TLB_ENTRY_SHIFT = 4;
const PAGE_SHIFT = 12;

/** Byte address of a named 32-bit cell of the state or run state. */
export function cellAddress(name: string): number {
  const state = (IA32.at as Record<string, number>)[name];
  if (state !== undefined) return state;
  const run = (RUN.at as Record<string, number>)[name];
  if (run === undefined) throw new Error(`there is no cell ${name}`);
  return RUN_BASE + run;
}

export type Kind<K extends Effect['k']> = Extract<Effect, { k: K }>;
export type Cell = { readonly name: string; readonly index?: Value };

export abstract class EffectCode {
  protected readonly c: Code;
  protected readonly runtime: Runtime;
  readonly #temps = new Map<number, { readonly kind: 'narrow' | 'wide'; readonly local: number }>();
  readonly #free: { readonly narrow: number[]; readonly wide: number[] } = { narrow: [], wide: [] };
  readonly #lin: number;
  readonly #entry: number;

  constructor(code: Code, runtime: Runtime) {
    this.c = code;
    this.runtime = runtime;
    this.#lin = code.local(I32);
    this.#entry = code.local(I32);
  }

  // ---- where state is and how code is left: for those who extend this ----

  /** Pushes the address of the decoded instruction. */
  protected abstract rec(): void;
  protected abstract field(name: FieldName): void;
  protected abstract gpr(at: Value, w: Width): void;
  protected abstract setGpr(at: Value, v: Value): void;
  /** Both words are computed before either is stored: they may read the old ones. */
  protected abstract setFlagWords(words: FlagWords): void;
  /** Before a call that may look at the state, or leave for good: memory holds all of it. */
  protected abstract expose(): void;
  /** In the arm of an `if`: the exception is due. Must not come back. */
  protected abstract raised(e: Kind<'raise'>): void;
  /** In a `block`: the fast way is closed. What does come back has done the access. */
  protected abstract missedLoad(e: Kind<'load'>): void;
  protected abstract missedStore(e: Kind<'store'>): void;
  /** After a call that may have changed registers and flags. */
  protected abstract refresh(): void;
  protected abstract jump(e: Kind<'jump'>): void;
  protected abstract leave(transferred: boolean): void;
  protected abstract repeat(e: RepeatEffect): void;

  // ---- effects ----

  protected effects(list: readonly Effect[]): void {
    for (const e of list) this.#effect(e);
  }

  #effect(e: Effect): void {
    switch (e.k) {
      case 'let':
        this.value(e.v);
        this.c.set(this.temp(e.to));
        return;
      case 'load':
        return this.#load(e);
      case 'store':
        return this.#store(e);
      case 'setGpr':
        return this.setGpr(e.at, e.v);
      case 'setCell':
        return this.setCell(e, e.v);
      case 'flags':
        return this.flags(e.f);
      case 'raise':
        return this.#raise(e);
      case 'when':
        return this.when(e);
      case 'jump':
        return this.jump(e);
      case 'call':
        return this.#call(e);
      case 'leave':
        return this.leave(e.transferred);
      case 'repeat':
        return this.repeat(e);
    }
  }

  protected when(e: Kind<'when'>): void {
    this.value(e.if);
    this.c.if();
    this.effects(e.then);
    this.c.end();
  }

  protected flags(f: FlagsEffect): void {
    this.setFlagWords(lowerFlags(f));
  }

  #raise(e: Kind<'raise'>): void {
    this.value(e.if);
    this.c.if();
    this.raised(e);
    this.c.end();
  }

  #call(e: Kind<'call'>): void {
    const { c } = this;
    this.expose();
    c.i32(0);
    this.rec();
    c.store32(cellAddress('rec'));
    this.#save();
    for (const arg of e.args) this.value(arg);
    c.call(this.runtime.helper.get(e.helper)!);
    if (e.to) c.set(this.temp(e.to));
    else c.op(Op.drop);
    this.returnIfExit();
    this.refresh();
  }

  /** Keeps what a helper that raises an exception half-way must have left alone. */
  #save(): void {
    const { c } = this;
    const saved = cellAddress('saved');
    for (let at = 0; at < SAVED_REGISTERS; at += 8)
      c.i32(0)
        .i32(0)
        .load64(at)
        .store64(saved + at);
    for (const [i, name] of SAVED_CELLS.entries()) {
      c.i32(0)
        .i32(0)
        .load32(cellAddress(name))
        .store32(saved + SAVED_REGISTERS + i * 4);
    }
  }

  // ---- values ----

  /** The local variable of a temporary. */
  protected temp(t: Temp): number {
    let known = this.#temps.get(t.id);
    if (known === undefined) {
      const kind = t.w === 64 ? 'wide' : 'narrow';
      known = { kind, local: this.#free[kind].pop() ?? this.c.local(t.w === 64 ? I64 : I32) };
      this.#temps.set(t.id, known);
    }
    return known.local;
  }

  /** Lets go of temporaries that nothing will read any more: all but these. */
  protected forgetTemps(kept: ReadonlySet<number>): void {
    for (const [id, { kind, local }] of this.#temps) {
      if (kept.has(id)) continue;
      this.#free[kind].push(local);
      this.#temps.delete(id);
    }
  }

  protected value(v: Value): void {
    const { c } = this;
    switch (v.k) {
      case 'const':
        if (v.w === 64) c.i64(v.v as bigint);
        else c.i32(v.v as number);
        return;
      case 'field':
        return this.field(v.name);
      case 'gpr':
        return this.gpr(v.at, v.w);
      case 'cell':
        return this.cell(v);
      case 'temp':
        c.get(this.temp(v));
        return;
      case 'flag':
        return this.flag(v.name);
      case 'op':
        return this.operator(v);
      case 'convert':
        return this.#convert(v);
      case 'select':
        this.value(v.then);
        this.value(v.else);
        this.value(v.if);
        c.op(Op.select);
        return;
    }
  }

  protected flag(name: FlagName): void {
    this.value(flagValue(name));
  }

  protected cell(v: Cell): void {
    this.#cellAddress(v);
    this.c.load32(this.#cellOffset(v));
  }

  protected setCell(to: Cell, v: Value): void {
    this.#cellAddress(to);
    this.value(v);
    this.c.store32(this.#cellOffset(to));
  }

  /** Pushes the variable part of a cell's address. */
  #cellAddress(v: Cell): void {
    if (!v.index || v.index.k === 'const') this.c.i32(0);
    else {
      this.value(v.index);
      this.c.i32(2).op(Op.i32Shl);
    }
  }

  #cellOffset(v: Cell): number {
    const fixed = v.index?.k === 'const' ? (v.index.v as number) * 4 : 0;
    return cellAddress(v.name) + fixed;
  }

  protected operator(v: Extract<Value, { k: 'op' }>): void {
    const { c } = this;
    const operator: Operator = OPERATORS[v.op];
    const [a, b] = v.args as [Value, Value | undefined];
    const wide = a.w === 64;
    if (v.op === 'eq' && !wide && b?.k === 'const' && b.v === 0) {
      this.value(a);
      c.op(Op.i32Eqz);
      return;
    }
    for (const arg of v.args) {
      this.value(arg);
      if (operator.signed) this.#signExtend(arg.w);
    }
    c.op(operator.wasm[wide ? 1 : 0]);
    if (operator.wraps) this.mask(a.w);
  }

  protected mask(w: Width): void {
    if (w < 32) this.c.i32(maskOf(w)).op(Op.i32And);
  }

  #signExtend(w: Width): void {
    if (w === 8) this.c.op(Op.i32Extend8S);
    else if (w === 16) this.c.op(Op.i32Extend16S);
  }

  #convert(v: Extract<Value, { k: 'convert' }>): void {
    const { c } = this;
    const from = v.arg.w;
    this.value(v.arg);
    if (from === 64) {
      c.op(Op.i32WrapI64);
      this.mask(v.w);
    } else if (v.w === 64) {
      if (v.signed) this.#signExtend(from);
      c.op(v.signed ? Op.i64ExtendI32S : Op.i64ExtendI32U);
    } else if (v.w < from) this.mask(v.w);
    else if (v.signed) {
      this.#signExtend(from);
      this.mask(v.w);
    }
  }

  // ---- memory ----

  /** Pushes the linear address of an access; branches out of one block if its segment is no plain one. */
  protected linear(seg: Value, off: Value, write: boolean): void {
    this.value(off);
    this.cell(ir.cell(write ? 'fastWrite' : 'fastRead', seg) as Cell);
    this.c.op(Op.i32GeU).brIf(0);
    this.value(off);
    this.cell(ir.cell('base', seg) as Cell);
    this.c.op(Op.i32Add);
  }

  /** Pushes the address of the TLB set in use. */
  protected tlbBase(): void {
    this.cell({ name: 'tlbBase' });
  }

  /**
   * Opens two blocks and leaves the host address on the stack if the fast way is open; else branches
   * out of the inner block. The caller accesses, branches out of the outer one, and closes the inner.
   */
  #fastAddress(seg: Value, off: Value, bytes: number, write: boolean): void {
    const { c } = this;
    c.block().block();
    this.linear(seg, off, write);
    c.tee(this.#lin)
      .i32(PAGE_SHIFT - TLB_ENTRY_SHIFT)
      .op(Op.i32ShrU)
      .i32((TLB_ENTRIES - 1) << TLB_ENTRY_SHIFT)
      .op(Op.i32And);
    this.tlbBase();
    c.op(Op.i32Add)
      .tee(this.#entry)
      .load32(write ? 4 : 0);
    c.get(this.#lin);
    if (bytes > 1) c.i32(bytes - 1).op(Op.i32Add);
    c.i32(-1 << PAGE_SHIFT)
      .op(Op.i32And, Op.i32Ne)
      .brIf(0);
    c.get(this.#lin).get(this.#entry).load32(8).op(Op.i32Add);
  }

  #load(e: Kind<'load'>): void {
    const { c } = this;
    const bytes = e.to.w / 8;
    const write = e.intent === 'rw';
    this.#fastAddress(e.seg, e.off, bytes, write);
    c.memory(NARROW_LOAD[e.to.w]!, 0).set(this.temp(e.to)).br(1).end();
    this.missedLoad(e);
    c.end();
  }

  #store(e: Kind<'store'>): void {
    const { c } = this;
    const bytes = e.v.w / 8;
    this.#fastAddress(e.seg, e.off, bytes, true);
    this.value(e.v);
    c.memory(NARROW_STORE[e.v.w]!, 0).br(1).end();
    this.missedStore(e);
    c.end();
  }

  protected returnIfExit(): void {
    this.c.i32(0).load32(cellAddress('exit')).if().i32(0).return().end();
  }
}

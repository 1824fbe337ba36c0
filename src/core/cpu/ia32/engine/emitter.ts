/**
 * The WebAssembly reader of the rows: turns one effect list into one function `(rec) -> next rec`. `rec`
 * is the address of the decoded instruction, from which fields are loaded at run time; the result is
 * the address of the instruction to execute next, or 0 to leave compiled code (then `exit` says why).
 *
 * A load or store tries the segment's fast limit and the TLB inline; anything unusual is a call.
 */
import { type Code, I32, I64 } from '../../../wasm/module.js';
import type { Effect, FieldName, RepeatEffect, Temp, Value } from '../isa/ir.js';
import * as ir from '../isa/ir.js';
import { maskOf, OPERATORS, type Operator, type Width } from '../isa/ops.js';
import type { Expanded } from '../isa/table.js';
import { Exit, Rec, RUN, RUN_BASE, TLB_ENTRIES } from '../space.js';
import { IA32 } from '../state.js';
import { flagValue, lowerFlags } from './flagWords.js';

/** Indices of the functions that handlers call. */
export interface Runtime {
  /** (eip) -> rec: finds and pays for the block at EIP. */
  readonly goto: number;
  /** (eip, rec) -> rec: likewise for the direct jump `rec`, which may be linked to its target. */
  readonly gotoDirect: number;
  /** (rec, vector, error, hasError). */
  readonly raise: number;
  /** (rec, seg, off, size, write intent) -> value. */
  readonly slowLoad: number;
  /** (rec, seg, off, value, size). */
  readonly slowStore: number;
  readonly helper: (name: string, args: number) => number;
}

const REC = 0;
const NARROW_LOAD: Record<number, number> = { 8: 0x2d, 16: 0x2f, 32: 0x28 };
const NARROW_STORE: Record<number, number> = { 8: 0x3a, 16: 0x3b, 32: 0x36 };
const I32_AND = 0x71;
const I32_ADD = 0x6a;
const I64_ADD = 0x7c;
const I64_SUB = 0x7d;
const I32_SHL = 0x74;
const I32_SHR_U = 0x76;
const I32_EQZ = 0x45;
const I32_NE = 0x47;
const I32_LE_S = 0x4c;
const I32_GE_U = 0x4f;
const I32_OR = 0x72;
const DROP = 0x1a;
const SELECT = 0x1b;

const FIELD_LOAD: Record<FieldName, readonly [number, number]> = {
  reg: [0x2d, Rec.reg],
  rm: [0x2d, Rec.base],
  base: [0x2d, Rec.base],
  index: [0x2d, Rec.index],
  scale: [0x2d, Rec.scale],
  seg: [0x2d, Rec.seg],
  here: [0x2f, Rec.here],
  next: [0x2f, Rec.next],
  disp: [0x28, Rec.disp],
  imm: [0x28, Rec.imm],
};

/** Byte address of a named 32-bit cell of the state or run state. */
export function cellAddress(name: string): number {
  const state = (IA32.at as Record<string, number>)[name];
  if (state !== undefined) return state;
  const run = (RUN.at as Record<string, number>)[name];
  if (run === undefined) throw new Error(`there is no cell ${name}`);
  return RUN_BASE + run;
}

export class Emitter {
  readonly #c: Code;
  readonly #rt: Runtime;
  readonly #temps = new Map<number, number>();
  readonly #lin: number;
  readonly #entry: number;
  readonly #expanded: Expanded;

  constructor(code: Code, runtime: Runtime, expanded: Expanded) {
    this.#c = code;
    this.#rt = runtime;
    this.#expanded = expanded;
    this.#lin = code.local(I32);
    this.#entry = code.local(I32);
  }

  /** Writes the whole function. */
  emit(): void {
    this.#effects(this.#expanded.effects);
    this.#c.get(REC).i32(Rec.size).op(I32_ADD);
  }

  #effects(list: readonly Effect[]): void {
    for (const e of list) this.#effect(e);
  }

  #effect(e: Effect): void {
    const c = this.#c;
    switch (e.k) {
      case 'let':
        this.#value(e.v);
        c.set(this.#temp(e.to));
        return;
      case 'load':
        return this.#load(e);
      case 'store':
        return this.#store(e);
      case 'setGpr':
        return this.#setGpr(e.at, e.v);
      case 'setCell':
        return this.#setCell(e.name, e.index, e.v);
      case 'flags':
        return this.#flags(e.f);
      case 'raise':
        return this.#raise(e);
      case 'when':
        this.#value(e.if);
        c.if();
        this.#effects(e.then);
        c.end();
        return;
      case 'jump':
        return this.#jump(e);
      case 'call':
        return this.#call(e);
      case 'leave':
        return this.#leave(e.transferred);
      case 'repeat':
        return this.#repeat(e);
    }
  }

  // ---- values ----

  #temp(t: Temp): number {
    let local = this.#temps.get(t.id);
    if (local === undefined) {
      local = this.#c.local(t.w === 64 ? I64 : I32);
      this.#temps.set(t.id, local);
    }
    return local;
  }

  #value(v: Value): void {
    const c = this.#c;
    switch (v.k) {
      case 'const':
        if (v.w === 64) c.i64(v.v as bigint);
        else c.i32(v.v as number);
        return;
      case 'field': {
        const [opcode, offset] = FIELD_LOAD[v.name];
        c.get(REC).memory(opcode, offset);
        return;
      }
      case 'gpr':
        this.#at(v.at, NARROW_LOAD[v.w]!, 0);
        return;
      case 'cell':
        this.#cell(v);
        return;
      case 'temp':
        c.get(this.#temp(v));
        return;
      case 'flag':
        this.#value(flagValue(v.name));
        return;
      case 'op':
        this.#operator(v);
        return;
      case 'convert':
        this.#convert(v);
        return;
      case 'select':
        this.#value(v.then);
        this.#value(v.else);
        this.#value(v.if);
        c.op(SELECT);
        return;
    }
  }

  /** A load at a constant or computed byte address. */
  #at(address: Value, opcode: number, offset: number): void {
    if (address.k === 'const') this.#c.i32(0).memory(opcode, (address.v as number) + offset);
    else {
      this.#value(address);
      this.#c.memory(opcode, offset);
    }
  }

  #cell(v: { readonly name: string; readonly index?: Value }): void {
    this.#cellAddress(v);
    this.#c.load32(this.#cellOffset(v));
  }

  /** Pushes the variable part of a cell's address. */
  #cellAddress(v: { readonly index?: Value }): void {
    if (!v.index || v.index.k === 'const') this.#c.i32(0);
    else {
      this.#value(v.index);
      this.#c.i32(2).op(I32_SHL);
    }
  }

  #cellOffset(v: { readonly name: string; readonly index?: Value }): number {
    const fixed = v.index?.k === 'const' ? (v.index.v as number) * 4 : 0;
    return cellAddress(v.name) + fixed;
  }

  #operator(v: Extract<Value, { k: 'op' }>): void {
    const c = this.#c;
    const operator: Operator = OPERATORS[v.op];
    const [a, b] = v.args as [Value, Value | undefined];
    const wide = a.w === 64;
    if (v.op === 'eq' && !wide && b?.k === 'const' && b.v === 0) {
      this.#value(a);
      c.op(I32_EQZ);
      return;
    }
    for (const arg of v.args) {
      this.#value(arg);
      if (operator.signed) this.#signExtend(arg.w);
    }
    c.op(operator.wasm[wide ? 1 : 0]);
    if (operator.wraps) this.#mask(a.w);
  }

  #mask(w: Width): void {
    if (w < 32) this.#c.i32(maskOf(w)).op(I32_AND);
  }

  #signExtend(w: Width): void {
    if (w === 8) this.#c.op(0xc0);
    else if (w === 16) this.#c.op(0xc1);
  }

  #convert(v: Extract<Value, { k: 'convert' }>): void {
    const c = this.#c;
    const from = v.arg.w;
    this.#value(v.arg);
    if (from === 64) {
      c.op(0xa7);
      this.#mask(v.w);
    } else if (v.w === 64) {
      if (v.signed) this.#signExtend(from);
      c.op(v.signed ? 0xac : 0xad);
    } else if (v.w < from) this.#mask(v.w);
    else if (v.signed) {
      this.#signExtend(from);
      this.#mask(v.w);
    }
  }

  // ---- state ----

  #setGpr(at: Value, v: Value): void {
    const c = this.#c;
    if (at.k === 'const') c.i32(0);
    else this.#value(at);
    this.#value(v);
    c.memory(NARROW_STORE[v.w]!, at.k === 'const' ? (at.v as number) : 0);
  }

  #setCell(name: string, index: Value | undefined, v: Value): void {
    const target = index ? { name, index } : { name };
    this.#cellAddress(target);
    this.#value(v);
    this.#c.store32(this.#cellOffset(target));
  }

  #flags(f: ir.FlagsEffect): void {
    const { result, carry } = lowerFlags(f);
    const c = this.#c;
    this.#value(carry);
    if (result) {
      // Both are computed before either is stored: they may read the old words.
      this.#value(result);
      c.set(this.#lin).set(this.#entry);
      c.i32(0).get(this.#lin).store32(cellAddress('flagResult'));
    } else c.set(this.#entry);
    c.i32(0).get(this.#entry).store32(cellAddress('flagCarry'));
  }

  // ---- memory ----

  /**
   * Opens two blocks and leaves the host address on the stack if the fast way is open; else branches
   * out of the inner block. The caller accesses, branches out of the outer one, and closes the inner.
   */
  #fastAddress(seg: Value, off: Value, bytes: number, write: boolean): void {
    const c = this.#c;
    c.block().block();
    this.#value(off);
    this.#cell(ir.cell(write ? 'fastWrite' : 'fastRead', seg) as Extract<Value, { k: 'cell' }>);
    c.op(I32_GE_U).brIf(0);
    this.#value(off);
    this.#cell(ir.cell('base', seg) as Extract<Value, { k: 'cell' }>);
    c.op(I32_ADD).tee(this.#lin);
    c.i32(12)
      .op(I32_SHR_U)
      .i32(TLB_ENTRIES - 1)
      .op(I32_AND)
      .i32(4)
      .op(I32_SHL);
    c.i32(0).load32(cellAddress('tlbBase')).op(I32_ADD).tee(this.#entry);
    c.load32(write ? 4 : 0);
    c.get(this.#lin);
    if (bytes > 1) c.i32(bytes - 1).op(I32_ADD);
    c.i32(-4096).op(I32_AND).op(I32_NE).brIf(0);
    c.get(this.#lin).get(this.#entry).load32(8).op(I32_ADD);
  }

  #load(e: Extract<Effect, { k: 'load' }>): void {
    const c = this.#c;
    const bytes = e.to.w / 8;
    const write = e.intent === 'rw';
    this.#fastAddress(e.seg, e.off, bytes, write);
    c.memory(NARROW_LOAD[e.to.w]!, 0).set(this.#temp(e.to)).br(1).end();
    c.get(REC);
    this.#value(e.seg);
    this.#value(e.off);
    c.i32(bytes)
      .i32(write ? 1 : 0)
      .call(this.#rt.slowLoad)
      .set(this.#temp(e.to));
    this.#returnIfExit();
    c.end();
  }

  #store(e: Extract<Effect, { k: 'store' }>): void {
    const c = this.#c;
    const bytes = e.v.w / 8;
    this.#fastAddress(e.seg, e.off, bytes, true);
    this.#value(e.v);
    c.memory(NARROW_STORE[e.v.w]!, 0).br(1).end();
    c.get(REC);
    this.#value(e.seg);
    this.#value(e.off);
    this.#value(e.v);
    c.i32(bytes).call(this.#rt.slowStore);
    this.#returnIfExit();
    c.end();
  }

  #returnIfExit(): void {
    this.#c.i32(0).load32(cellAddress('exit')).if().i32(0).return().end();
  }

  // ---- control ----

  #setRun(name: string, value: () => void): void {
    this.#c.i32(0);
    value();
    this.#c.store32(cellAddress(name));
  }

  #raise(e: Extract<Effect, { k: 'raise' }>): void {
    const c = this.#c;
    this.#value(e.if);
    c.if()
      .get(REC)
      .i32(e.vector)
      .i32(e.error ?? 0);
    c.i32(e.error === undefined ? 0 : 1)
      .call(this.#rt.raise)
      .i32(0)
      .return()
      .end();
  }

  /** Takes back what was paid in advance for instructions behind this one in its block. */
  #refundRest(): void {
    if (this.#expanded.ends) return;
    const c = this.#c;
    this.#addToAccount(() =>
      c
        .i64(0n)
        .get(REC)
        .load64(Rec.size + Rec.price)
        .op(I64_SUB),
    );
  }

  /** Adds a 64-bit value to `count` and `left`. */
  #addToAccount(value: () => void): void {
    const c = this.#c;
    c.i32(0).i32(0).load64(cellAddress('count'));
    value();
    c.op(I64_ADD).store64(cellAddress('count'));
  }

  #pay(clocks: number): void {
    if (clocks !== 0) this.#addToAccount(() => this.#c.i64(BigInt(-clocks) << 32n));
  }

  #jump(e: Extract<Effect, { k: 'jump' }>): void {
    this.#refundRest();
    this.#pay(e.clocks);
    this.#value(e.ip);
    if (e.direct) this.#c.get(REC).call(this.#rt.gotoDirect).return();
    else this.#c.call(this.#rt.goto).return();
  }

  #call(e: Extract<Effect, { k: 'call' }>): void {
    const c = this.#c;
    this.#setRun('rec', () => c.get(REC));
    for (const arg of e.args) this.#value(arg);
    c.call(this.#rt.helper(e.helper, e.args.length));
    if (e.to) c.set(this.#temp(e.to));
    else c.op(DROP);
    this.#returnIfExit();
  }

  #leave(transferred: boolean): void {
    const c = this.#c;
    this.#refundRest();
    if (!transferred) this.#advanceEip('next');
    this.#setRun('exit', () => c.i32(Exit.next));
    c.i32(0).return();
  }

  #advanceEip(field: 'here' | 'next'): void {
    this.#setRun('eip', () => this.#value(ir.add(ir.cell('eip'), ir.field(field))));
  }

  #repeat(e: RepeatEffect): void {
    const c = this.#c;
    const at = (e.count as Extract<Value, { k: 'gpr' }>).at;
    c.block();
    this.#value(ir.isZero(e.count));
    c.brIf(0).loop();
    this.#effects(e.body);
    this.#setGpr(at, ir.sub(e.count, 1));
    this.#pay(e.clocks);
    if (e.zf !== undefined) {
      this.#value(ir.ne(ir.flag('zf'), e.zf));
      c.brIf(1);
    }
    this.#value(ir.isZero(e.count));
    c.brIf(1);
    this.#stopBetweenIterations(e);
    c.br(0).end().end();
    if (e.leaves) this.#leave(false);
  }

  /** At the deadline, or when every iteration counts, the instruction is left to be resumed. */
  #stopBetweenIterations(e: RepeatEffect): void {
    const c = this.#c;
    if (e.leaves) c.i32(1);
    else {
      c.i32(0).load32(cellAddress('left')).get(REC).load32(Rec.minusClocks).op(I32_LE_S);
      c.i32(0).load32(cellAddress('precise')).op(I32_OR);
    }
    c.if();
    this.#addToAccount(() => c.i64(0n).get(REC).load64(Rec.price).op(I64_SUB));
    this.#advanceEip('here');
    this.#setRun('exit', () => c.i32(Exit.next));
    c.i32(0).return().end();
  }
}

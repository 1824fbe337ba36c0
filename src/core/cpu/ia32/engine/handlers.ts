/**
 * The code of an interpreter's handlers: one function `(rec) -> next rec` per instruction variant. `rec`
 * is the address of the decoded instruction, from which fields are loaded; the result is the address of
 * the instruction to execute next, or 0 to leave compiled code (then `exit` says why). All state is in
 * memory all the time.
 */
import { type Code, I32 } from '../../../wasm/module.js';
import type { FieldName, RepeatEffect, Value } from '../isa/ir.js';
import * as ir from '../isa/ir.js';
import type { Width } from '../isa/ops.js';
import type { Expanded } from '../isa/table.js';
import { Exit, Rec } from '../space.js';
import {
  cellAddress,
  EffectCode,
  type Kind,
  NARROW_LOAD,
  NARROW_STORE,
  Op,
  type SlowRuntime,
} from './effects.js';
import type { FlagWords } from './flagWords.js';

const REC = 0;

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

export class HandlerCode extends EffectCode {
  readonly #slow: SlowRuntime;
  readonly #expanded: Expanded;
  readonly #carry: number;
  readonly #result: number;

  constructor(code: Code, runtime: SlowRuntime, expanded: Expanded) {
    super(code, runtime);
    this.#slow = runtime;
    this.#expanded = expanded;
    this.#carry = code.local(I32);
    this.#result = code.local(I32);
  }

  /** Writes the whole function. */
  emit(): void {
    this.effects(this.#expanded.effects);
    this.c.get(REC).i32(Rec.size).op(Op.i32Add);
  }

  // ---- where state is: in memory ----

  protected rec(): void {
    this.c.get(REC);
  }

  protected field(name: FieldName): void {
    const [opcode, offset] = FIELD_LOAD[name];
    this.c.get(REC).memory(opcode, offset);
  }

  protected gpr(at: Value, w: Width): void {
    if (at.k === 'const') this.c.i32(0).memory(NARROW_LOAD[w]!, at.v as number);
    else {
      this.value(at);
      this.c.memory(NARROW_LOAD[w]!, 0);
    }
  }

  protected setGpr(at: Value, v: Value): void {
    if (at.k === 'const') this.c.i32(0);
    else this.value(at);
    this.value(v);
    this.c.memory(NARROW_STORE[v.w]!, at.k === 'const' ? (at.v as number) : 0);
  }

  protected setFlagWords({ result, carry }: FlagWords): void {
    const { c } = this;
    this.value(carry);
    if (result) {
      this.value(result);
      c.set(this.#result).set(this.#carry);
      c.i32(0).get(this.#result).store32(cellAddress('flagResult'));
    } else c.set(this.#carry);
    c.i32(0).get(this.#carry).store32(cellAddress('flagCarry'));
  }

  protected expose(): void {}

  protected refresh(): void {}

  protected raised(e: Kind<'raise'>): void {
    this.rec();
    this.c
      .i32(e.vector)
      .i32(e.error ?? 0)
      .i32(e.error === undefined ? 0 : 1)
      .call(this.#slow.raise)
      .i32(0)
      .return();
  }

  protected missedLoad(e: Kind<'load'>): void {
    const { c } = this;
    this.rec();
    this.value(e.seg);
    this.value(e.off);
    c.i32(e.to.w / 8)
      .i32(e.intent === 'rw' ? 1 : 0)
      .call(this.#slow.slowLoad)
      .set(this.temp(e.to));
    this.returnIfExit();
  }

  protected missedStore(e: Kind<'store'>): void {
    this.rec();
    this.value(e.seg);
    this.value(e.off);
    this.value(e.v);
    this.c.i32(e.v.w / 8).call(this.#slow.slowStore);
    this.returnIfExit();
  }

  #setRun(name: string, value: () => void): void {
    this.c.i32(0);
    value();
    this.c.store32(cellAddress(name));
  }

  // ---- control ----

  /** Takes back what was paid in advance for instructions behind this one in its block. */
  #refundRest(): void {
    if (this.#expanded.ends) return;
    this.#addToAccount(() =>
      this.c
        .i64(0n)
        .get(REC)
        .load64(Rec.size + Rec.price)
        .op(Op.i64Sub),
    );
  }

  /** Adds a 64-bit value to `count` and `left`. */
  #addToAccount(value: () => void): void {
    const { c } = this;
    c.i32(0).i32(0).load64(cellAddress('count'));
    value();
    c.op(Op.i64Add).store64(cellAddress('count'));
  }

  #pay(clocks: number): void {
    if (clocks !== 0) this.#addToAccount(() => this.c.i64(BigInt(-clocks) << 32n));
  }

  protected jump(e: Kind<'jump'>): void {
    this.#refundRest();
    this.#pay(e.clocks);
    this.value(e.ip);
    if (e.direct) this.c.get(REC).call(this.runtime.gotoDirect).return();
    else this.c.call(this.runtime.goto).return();
  }

  protected leave(transferred: boolean): void {
    const { c } = this;
    this.#refundRest();
    if (!transferred) this.#advanceEip('next');
    this.#setRun('exit', () => c.i32(Exit.next));
    c.i32(0).return();
  }

  #advanceEip(field: 'here' | 'next'): void {
    this.#setRun('eip', () => this.value(ir.add(ir.cell('eip'), ir.field(field))));
  }

  protected repeat(e: RepeatEffect): void {
    const { c } = this;
    const at = (e.count as Extract<Value, { k: 'gpr' }>).at;
    c.block();
    this.value(ir.isZero(e.count));
    c.brIf(0).loop();
    this.effects(e.body);
    this.setGpr(at, ir.sub(e.count, 1));
    this.#pay(e.clocks);
    if (e.zf !== undefined) {
      this.value(ir.ne(ir.flag('zf'), e.zf));
      c.brIf(1);
    }
    this.value(ir.isZero(e.count));
    c.brIf(1);
    this.#stopBetweenIterations(e);
    c.br(0).end().end();
    if (e.leaves) this.leave(false);
  }

  /** At the deadline, or when every iteration counts, the instruction is left to be resumed. */
  #stopBetweenIterations(e: RepeatEffect): void {
    const { c } = this;
    if (e.leaves) c.i32(1);
    else {
      c.i32(0).load32(cellAddress('left')).get(REC).load32(Rec.minusClocks).op(Op.i32LeS);
      c.i32(0).load32(cellAddress('precise')).op(Op.i32Or);
    }
    c.if();
    this.#addToAccount(() => c.i64(0n).get(REC).load64(Rec.price).op(Op.i64Sub));
    this.#advanceEip('here');
    this.#setRun('exit', () => c.i32(Exit.next));
    c.i32(0).return().end();
  }
}

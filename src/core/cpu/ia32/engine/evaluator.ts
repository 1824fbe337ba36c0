/**
 * The evaluator: walks an instruction's effect list in plain TypeScript. It is the oracle that the
 * compiled engines are compared with, one instruction at a time; slow and simple. Arithmetic flags are
 * computed as six bits from their definitions, not by way of the flag words.
 */
import type { Context, Size } from '../context.js';
import type { Decoded } from '../isa/decode.js';
import type { Effect, FieldName, FlagsEffect, RepeatEffect, Value } from '../isa/ir.js';
import { apply, type Concrete, signed, truncate } from '../isa/ops.js';
import type { RUN } from '../space.js';
import { ARITHMETIC, Fault, Flag, IA32 } from '../state.js';

/** How an instruction ended. */
export type Ending =
  | 'sequential'
  /** EIP has been set. */
  | 'transferred'
  /** A repeated instruction with iterations left: EIP stays. */
  | 'unfinished';

type RunState = ReturnType<typeof RUN.create>;
type CallHelper = (name: string, args: readonly number[]) => number;

const BIT: Record<string, number> = {
  cf: Flag.CF,
  pf: Flag.PF,
  af: Flag.AF,
  zf: Flag.ZF,
  sf: Flag.SF,
  of: Flag.OF,
};

export class Evaluator {
  readonly #cpu: Context;
  readonly #run: RunState;
  readonly #call: CallHelper;
  readonly #view: DataView;
  readonly #temps: Concrete[] = [];
  #d!: Decoded;
  #ending: Ending = 'sequential';
  /** Clocks beyond the row's. */
  #extra = 0;

  constructor(cpu: Context, run: RunState, call: CallHelper) {
    this.#cpu = cpu;
    this.#run = run;
    this.#call = call;
    const { bytes } = cpu.s;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /**
   * Executes one decoded instruction (one iteration, if repeated) at EIP; may throw a Fault, with the
   * registers half changed. Gives how it ended and the clocks it took.
   */
  execute(d: Decoded): { readonly ending: Ending; readonly clocks: number } {
    this.#d = d;
    this.#ending = 'sequential';
    this.#extra = 0;
    this.#effects(d.expanded.effects);
    const ending = this.#ending as Ending;
    const clocks = (ending === 'unfinished' ? 0 : d.expanded.clocks) + this.#extra;
    return { ending, clocks };
  }

  /** True once the instruction has ended early. */
  #effects(list: readonly Effect[]): boolean {
    for (const e of list) if (this.#effect(e)) return true;
    return false;
  }

  #effect(e: Effect): boolean {
    switch (e.k) {
      case 'let':
        this.#temps[e.to.id] = this.#value(e.v);
        return false;
      case 'load':
        this.#temps[e.to.id] = this.#load(e);
        return false;
      case 'store':
        this.#cpu.write(this.#number(e.seg), this.#number(e.off), this.#number(e.v), (e.v.w / 8) as Size);
        return false;
      case 'setGpr':
        this.#setGpr(this.#number(e.at), e.v.w, this.#number(e.v));
        return false;
      case 'setCell':
        this.#setCell(e.name, e.index, this.#number(e.v));
        return false;
      case 'flags':
        this.#flags(e.f);
        return false;
      case 'raise':
        if (this.#number(e.if) !== 0) throw new Fault(e.vector, e.error);
        return false;
      case 'when':
        return this.#number(e.if) !== 0 && this.#effects(e.then);
      case 'jump':
        this.#cpu.s.eip = this.#number(e.ip);
        this.#extra += e.clocks;
        this.#ending = 'transferred';
        return true;
      case 'call': {
        const result = this.#call(
          e.helper,
          e.args.map((a) => this.#number(a)),
        );
        if (e.to) this.#temps[e.to.id] = result >>> 0;
        return false;
      }
      case 'leave':
        if (e.transferred) this.#ending = 'transferred';
        return true;
      case 'repeat':
        this.#repeat(e);
        return false;
    }
  }

  #repeat(e: RepeatEffect): void {
    if (this.#number(e.count) === 0) return;
    this.#effects(e.body);
    const left = truncate(e.count.w, this.#number(e.count) - 1);
    this.#setGpr(this.#number((e.count as Extract<Value, { k: 'gpr' }>).at), e.count.w, left);
    this.#extra += e.clocks;
    const zf = this.#cpu.getFlags() & Flag.ZF ? 1 : 0;
    if (left !== 0 && (e.zf === undefined || e.zf === zf)) this.#ending = 'unfinished';
  }

  #load(e: Extract<Effect, { k: 'load' }>): number {
    const [seg, off, size] = [this.#number(e.seg), this.#number(e.off), (e.to.w / 8) as Size];
    if (e.intent === 'rw') this.#cpu.probeWrite(seg, off, size);
    return this.#cpu.read(seg, off, size);
  }

  // ---- values ----

  #number(v: Value): number {
    return this.#value(v) as number;
  }

  #value(v: Value): Concrete {
    switch (v.k) {
      case 'const':
        return v.v;
      case 'field':
        return this.#field(v.name) >>> 0;
      case 'gpr':
        return this.#gpr(this.#number(v.at), v.w);
      case 'cell':
        return this.#cell(v.name, v.index);
      case 'temp':
        return this.#temps[v.id]!;
      case 'flag':
        return this.#cpu.getFlags() & BIT[v.name]! ? 1 : 0;
      case 'op':
        return apply(v.op, v.args[0]!.w, this.#value(v.args[0]!), v.args[1] && this.#value(v.args[1]));
      case 'convert':
        return this.#convert(v);
      case 'select':
        return this.#number(v.if) !== 0 ? this.#value(v.then) : this.#value(v.else);
    }
  }

  #field(name: FieldName): number {
    if (name === 'here') return 0;
    if (name === 'next') return this.#d.length;
    return this.#d[name === 'rm' ? 'base' : name];
  }

  #convert(v: Extract<Value, { k: 'convert' }>): Concrete {
    const x = this.#value(v.arg);
    const from = v.arg.w;
    if (v.w === 64) return BigInt.asUintN(64, BigInt(v.signed ? signed(from, x as number) : x));
    const n =
      from === 64
        ? Number(BigInt.asUintN(32, x as bigint))
        : v.signed
          ? signed(from, x as number)
          : (x as number);
    return truncate(v.w, n);
  }

  #gpr(at: number, w: number): number {
    if (w === 8) return this.#view.getUint8(at);
    return w === 16 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  #setGpr(at: number, w: number, v: number): void {
    if (w === 8) this.#view.setUint8(at, v);
    else if (w === 16) this.#view.setUint16(at, v, true);
    else this.#view.setUint32(at, v, true);
  }

  #cell(name: string, index: Value | undefined): number {
    const at = index ? this.#number(index) : undefined;
    const holder = name in IA32.at ? this.#cpu.s : this.#run;
    const v = (holder as unknown as Record<string, number | Uint32Array>)[name]!;
    return at === undefined ? (v as number) : (v as Uint32Array)[at]!;
  }

  #setCell(name: string, index: Value | undefined, value: number): void {
    const s = this.#cpu.s as unknown as Record<string, number | Uint32Array>;
    if (index) (s[name] as Uint32Array)[this.#number(index)] = value;
    else s[name] = value;
  }

  // ---- flags ----

  #flags(f: FlagsEffect): void {
    const { set, known } = this.#flagBits(f);
    const flags = this.#cpu.getFlags();
    this.#cpu.setFlags((flags & ~known) | (set & known));
  }

  #flagBits(f: FlagsEffect): { set: number; known: number } {
    let set = 0;
    let known = 0;
    const put = (name: string, on: boolean): void => {
      known |= BIT[name]!;
      set = on ? set | BIT[name]! : set & ~BIT[name]!;
    };
    if (f.result) {
      const r = this.#number(f.result);
      put('zf', r === 0);
      put('sf', ((r >>> (f.result.w - 1)) & 1) === 1);
      put('pf', parityEven(r & 0xff));
    }
    if (f.carries) {
      const c = this.#number(f.carries);
      const top = (c >>> (f.carries.w - 1)) & 1;
      put('cf', top === 1);
      put('of', top !== ((c >>> (f.carries.w - 2)) & 1));
      put('af', ((c >>> 3) & 1) === 1);
      if (f.keepCf) known &= ~Flag.CF;
    }
    for (const name of ['cf', 'pf', 'af', 'zf', 'sf', 'of'] as const) {
      const v = f[name];
      if (v) put(name, this.#number(v) !== 0);
    }
    return { set, known: known & ARITHMETIC };
  }
}

function parityEven(byte: number): boolean {
  let ones = 0;
  for (let i = 0; i < 8; i++) ones += (byte >>> i) & 1;
  return ones % 2 === 0;
}

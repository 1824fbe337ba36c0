/**
 * Builds the effect list of one variant of one row. It owns the order of what an instruction does:
 * effective address, loads, meaning, stores, registers, flags, then EIP. A shape (shapes.ts) says which
 * of these a row has; a meaning (sem/) says what is computed.
 */
import { Flag, Reg, Seg, Vector } from '../state.js';
import type { Effect, FlagsEffect, Intent, Value } from './ir.js';
import * as ir from './ir.js';
import type { Width } from './ops.js';

/** How the ModRM operand is encoded: a register, or an address of one of three kinds. */
export type Form = 'reg' | 'm16' | 'm32' | 'sib';
export type RepPrefix = 'none' | 'rep' | 'repne';

export interface Variant {
  readonly opsize: 16 | 32;
  readonly addrsize: 16 | 32;
  readonly form: Form;
  readonly rep: RepPrefix;
}

/** One operand of an instruction: where it is, and how wide. */
export interface Operand {
  readonly code: string;
  readonly w: Width;
  read(intent?: Intent): Value;
  /** Must come after every load and raise of the instruction. */
  write(v: Value): void;
}

export class Builder {
  readonly effects: Effect[] = [];
  /** Set once the operand or address size has been asked for: variants that never ask are shared. */
  usedOpsize = false;
  usedAddrsize = false;
  usedRep = false;
  readonly form: Form;
  readonly #variant: Variant;
  #nextTemp = 0;
  #ea: Value | undefined;

  constructor(variant: Variant) {
    this.#variant = variant;
    this.form = variant.form;
  }

  get opsize(): 16 | 32 {
    this.usedOpsize = true;
    return this.#variant.opsize;
  }

  get addrsize(): 16 | 32 {
    this.usedAddrsize = true;
    return this.#variant.addrsize;
  }

  get rep(): RepPrefix {
    this.usedRep = true;
    return this.#variant.rep;
  }

  // ---- values ----

  /** Pins a value where it is first computed; constants and temporaries stay themselves. */
  let = (v: Value): Value => {
    if (v.k === 'const' || v.k === 'temp' || v.k === 'field') return v;
    const to = this.#temp(v.w);
    this.effects.push({ k: 'let', to, v });
    return to;
  };

  #temp(w: Width): ir.Temp {
    return { k: 'temp', w, id: this.#nextTemp++ };
  }

  /** Register `n` by number; for width 8, numbers 4..7 are AH CH DH BH. */
  reg(n: number, w: Width): Value {
    return ir.gpr(w, registerOffset(n, w));
  }

  setReg(n: number, v: Value): void {
    this.setGpr(registerOffset(n, v.w), v);
  }

  setGpr(at: Value, v: Value): void {
    this.effects.push({ k: 'setGpr', at, v });
  }

  setCell(name: string, v: Value | number, index?: Value): void {
    const value = typeof v === 'number' ? ir.constant(32, v) : v;
    this.effects.push(index ? { k: 'setCell', name, v: value, index } : { k: 'setCell', name, v: value });
  }

  /** EIP of the next instruction, not yet cut to the operand size. */
  nextIp(): Value {
    return ir.add(ir.cell('eip'), ir.field('next'));
  }

  /** Offset of the memory operand in its segment, computed once. */
  ea(): Value {
    this.#ea ??= this.let(this.#address());
    return this.#ea;
  }

  #address(): Value {
    const base = ir.gpr(32, ir.field('base'));
    const disp = ir.field('disp');
    if (this.form === 'm32') return ir.add(base, disp);
    const index = ir.gpr(32, ir.field('index'));
    if (this.form === 'm16') return ir.and(ir.add(ir.add(base, index), disp), 0xffff);
    return ir.add(ir.add(base, ir.shl(index, ir.field('scale'))), disp);
  }

  // ---- memory ----

  load(seg: Value | number, off: Value, w: Width, intent: Intent = 'r'): Value {
    const to = this.#temp(w);
    this.effects.push({ k: 'load', to, seg: segment(seg), off, intent });
    return to;
  }

  store(seg: Value | number, off: Value, v: Value): void {
    this.effects.push({ k: 'store', seg: segment(seg), off, v });
  }

  /** The segment of the memory operand, overrides applied by the decoder. */
  get seg(): Value {
    return ir.field('seg');
  }

  // ---- the stack; its width is the B bit of SS, as a mask in the run state ----

  /** Writes `v` to the new top; ESP moves only after the store has succeeded. */
  push(v: Value): void {
    const mask = this.let(ir.cell('stackMask'));
    const esp = this.let(this.reg(Reg.esp, 32));
    const top = this.let(ir.and(ir.sub(esp, v.w / 8), mask));
    this.store(Seg.ss, top, v);
    this.setReg(Reg.esp, ir.or(ir.and(esp, ir.not(mask)), top));
  }

  /** Reads the top; call `drop` to commit ESP once nothing can fault any more. */
  top(w: Width, skip = 0): Value {
    return this.load(Seg.ss, this.let(ir.and(ir.add(this.reg(Reg.esp, 32), skip), ir.cell('stackMask'))), w);
  }

  drop(bytes: Value | number): void {
    this.setReg(Reg.esp, this.dropped(bytes));
  }

  /** ESP as it will be after `drop`, pinned now. */
  dropped(bytes: Value | number): Value {
    const mask = this.let(ir.cell('stackMask'));
    const esp = this.let(this.reg(Reg.esp, 32));
    const moved = ir.and(ir.add(esp, bytes), mask);
    return this.let(ir.or(ir.and(esp, ir.not(mask)), moved));
  }

  // ---- flags and control ----

  flags(f: FlagsEffect): void {
    this.effects.push({ k: 'flags', f });
  }

  raiseIf(cond: Value, vector: number, error?: number): void {
    this.effects.push({ k: 'raise', if: cond, vector, error });
  }

  when(cond: Value, body: () => void): void {
    const outer = this.effects.length;
    body();
    const then = this.effects.splice(outer);
    this.effects.push({ k: 'when', if: cond, then });
  }

  /** A near jump: cuts to the operand size, checks CS's limit (#GP(0) before anything is changed). */
  target(ip: Value): Value {
    const cut = this.let(this.opsize === 16 ? ir.and(ip, 0xffff) : ip);
    this.raiseIf(ir.ltu(ir.cell('limit', ir.constant(32, Seg.cs)), cut), Vector.GP, 0);
    return cut;
  }

  /** Goes to an IP that `target` has checked; `clocks` in addition to the row's. */
  jump(ip: Value, clocks = 0): void {
    this.effects.push({ k: 'jump', ip, clocks, direct: false });
  }

  /** The same for a relative target; a 16-bit IP wraps, so its distance depends on where it is. */
  jumpRelative(ip: Value, clocks = 0): void {
    this.effects.push({ k: 'jump', ip, clocks, direct: this.opsize === 32 });
  }

  call(helper: string, args: readonly (Value | number)[]): void {
    this.effects.push({ k: 'call', helper, args: args.map(word) });
  }

  callFor(w: Width, helper: string, args: readonly (Value | number)[]): Value {
    const to = this.#temp(32);
    this.effects.push({ k: 'call', helper, args: args.map(word), to });
    return ir.low(to, w);
  }

  leave(transferred = false): void {
    this.effects.push({ k: 'leave', transferred });
  }

  /** Leaves only if a port access has changed what comes next: an interrupt, an earlier event. */
  leaveIfNeeded(): void {
    this.when(ir.cell('attention'), () => this.leave());
  }

  /** Leaves while FERR# is active: it may interrupt at once. */
  leaveOnError(): void {
    this.when(ir.cell('fpError'), () => this.leave());
  }

  repeat(r: { zf: 0 | 1 | undefined; clocks: number; leaves: boolean }, body: () => void): void {
    const outer = this.effects.length;
    body();
    const effects = this.effects.splice(outer);
    const count = this.reg(Reg.ecx, this.addrsize);
    this.effects.push({ k: 'repeat', count, ...r, body: effects });
  }

  // ---- checks that several rows share ----

  requirePrivilege0(): void {
    this.raiseIf(ir.ne(ir.cell('cpl'), 0), Vector.GP, 0);
  }

  /** #UD in real and virtual-8086 mode. */
  requireProtected(): void {
    const protectedMode = ir.and(ir.cell('cr0'), 1);
    const v86 = ir.and(ir.cell('eflags'), Flag.VM);
    this.raiseIf(ir.isZero(ir.and(protectedMode, ir.isZero(v86))), Vector.UD);
  }
}

function registerOffset(n: number, w: Width): Value {
  return ir.constant(32, w === 8 && n >= 4 ? (n - 4) * 8 + 1 : n * 8);
}

const segment = (s: Value | number): Value => (typeof s === 'number' ? ir.constant(32, s) : s);
const word = (v: Value | number): Value => (typeof v === 'number' ? ir.constant(32, v) : ir.zext(v, 32));

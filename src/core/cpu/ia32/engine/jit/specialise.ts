/**
 * An effect list with what is known filled in: the fields of one decoded instruction, and cells that
 * cannot change while a region runs. Constructing values anew folds what has become constant; names for
 * constants and for places relative to EIP disappear, so that the target of a jump can be read off.
 */
import type { Effect, FieldName, FlagsEffect, Temp, Value } from '../../isa/ir.js';
import * as ir from '../../isa/ir.js';

/** What is known besides the fields: a value for a register or cell, or undefined. */
export type Known = (v: Extract<Value, { k: 'gpr' } | { k: 'cell' }>) => Value | undefined;

export class Specialiser {
  readonly #fields: Readonly<Record<FieldName, number>>;
  readonly #firstTemp: number;
  readonly #known: Known;
  readonly #aliases = new Map<number, Value>();

  /** Temporaries are numbered from `firstTemp` on. */
  constructor(fields: Readonly<Record<FieldName, number>>, firstTemp: number, known: Known) {
    this.#fields = fields;
    this.#firstTemp = firstTemp;
    this.#known = known;
  }

  effects(list: readonly Effect[]): Effect[] {
    return list.flatMap((e) => this.#effect(e));
  }

  #effect(e: Effect): readonly Effect[] {
    switch (e.k) {
      case 'let':
        return this.#let(e);
      case 'load':
        return [{ ...e, to: this.#temp(e.to), seg: this.#value(e.seg), off: this.#value(e.off) }];
      case 'store':
        return [{ ...e, seg: this.#value(e.seg), off: this.#value(e.off), v: this.#value(e.v) }];
      case 'setGpr':
        return [{ ...e, at: this.#value(e.at), v: this.#value(e.v) }];
      case 'setCell':
        return [{ ...e, ...(e.index && { index: this.#value(e.index) }), v: this.#value(e.v) }];
      case 'flags':
        return [{ k: 'flags', f: this.#flags(e.f) }];
      case 'raise':
        return this.#if(e.if, (cond) => [{ ...e, if: cond }]);
      case 'when':
        return this.#if(e.if, (cond) => this.#when(e, cond));
      case 'jump':
        return [{ ...e, ip: this.#value(e.ip) }];
      case 'call':
        return [{ ...e, args: e.args.map((a) => this.#value(a)), ...(e.to && { to: this.#temp(e.to) }) }];
      case 'leave':
        return [e];
      case 'repeat':
        return [{ ...e, body: this.effects(e.body) }];
    }
  }

  #let(e: Extract<Effect, { k: 'let' }>): readonly Effect[] {
    const v = this.#value(e.v);
    const alias = v.k === 'const' || v.k === 'temp' || distanceFromEip(v) !== undefined;
    if (!alias) return [{ k: 'let', to: this.#temp(e.to), v }];
    this.#aliases.set(e.to.id, v);
    return [];
  }

  #when(e: Extract<Effect, { k: 'when' }>, cond: Value): readonly Effect[] {
    const then = this.effects(e.then);
    return then.length > 0 ? [{ ...e, if: cond, then }] : [];
  }

  /** Nothing at all if the condition is known to be false. */
  #if(condition: Value, then: (cond: Value) => readonly Effect[]): readonly Effect[] {
    const cond = this.#value(condition);
    return cond.k === 'const' && cond.v === 0 ? [] : then(cond);
  }

  #flags(f: FlagsEffect): FlagsEffect {
    const out: Record<string, Value | boolean> = {};
    for (const [name, v] of Object.entries(f)) {
      if (name !== 'compared') out[name] = typeof v === 'boolean' ? v : this.#value(v);
    }
    const compared = f.compared && ([this.#value(f.compared[0]), this.#value(f.compared[1])] as const);
    return { ...out, ...(compared && { compared }) };
  }

  #temp(t: Temp): Temp {
    return { ...t, id: t.id + this.#firstTemp };
  }

  #value(v: Value): Value {
    switch (v.k) {
      case 'const':
      case 'flag':
        return v;
      case 'field':
        return ir.constant(32, this.#fields[v.name]);
      case 'gpr': {
        const place = ir.gpr(v.w, this.#value(v.at)) as Extract<Value, { k: 'gpr' }>;
        return this.#known(place) ?? place;
      }
      case 'cell': {
        const place = ir.cell(v.name, v.index && this.#value(v.index)) as Extract<Value, { k: 'cell' }>;
        return this.#known(place) ?? place;
      }
      case 'temp':
        return this.#aliases.get(v.id) ?? this.#temp(v);
      case 'op':
        return ir.op(v.op, this.#value(v.args[0]!), v.args[1] && this.#value(v.args[1]));
      case 'convert':
        return v.signed ? ir.sext(this.#value(v.arg), v.w) : ir.zext(this.#value(v.arg), v.w);
      case 'select':
        return ir.select(this.#value(v.if), this.#value(v.then), this.#value(v.else));
    }
  }
}

/** `n` if the value is EIP at the start of the block plus n (modulo 2^32, read as signed); else undefined. */
export function distanceFromEip(v: Value): number | undefined {
  if (v.k === 'cell' && v.name === 'eip') return 0;
  if (v.k !== 'op' || v.op !== 'add') return undefined;
  const [a, b] = v.args as [Value, Value];
  return a.k === 'cell' && a.name === 'eip' && b.k === 'const' ? (b.v as number) | 0 : undefined;
}

/**
 * Law: an operator means in WebAssembly what it means in TypeScript, at every width, for all pairs of
 * edges and for noise; so do changes of width, and folding, of all or of some arguments.
 */
import { describe, expect, it } from 'vitest';
import type { SlowRuntime } from '../../../../src/core/cpu/ia32/engine/effects.js';
import { HandlerCode } from '../../../../src/core/cpu/ia32/engine/handlers.js';
import type { Effect, Value } from '../../../../src/core/cpu/ia32/isa/ir.js';
import * as ir from '../../../../src/core/cpu/ia32/isa/ir.js';
import {
  apply,
  type Concrete,
  OPERATORS,
  type OperatorName,
  type Width,
} from '../../../../src/core/cpu/ia32/isa/ops.js';
import type { Expanded } from '../../../../src/core/cpu/ia32/isa/table.js';
import { I32, ModuleWriter } from '../../../../src/core/wasm/module.js';
import { Chance } from './support/chance.js';

const WIDTHS: readonly Width[] = [8, 16, 32, 64];
const NOISE = 40;
/** Byte offsets of the arguments and the result, 8 bytes each. */
const [A, B, R] = [0, 8, 16];
const noRuntime: SlowRuntime = {
  goto: 0,
  raise: 0,
  slowLoad: 0,
  slowStore: 0,
} as unknown as SlowRuntime;

/** Edges of a width: around zero, around the sign, around the end. */
function samples(w: Width, chance: Chance): bigint[] {
  const top = 1n << BigInt(w);
  const half = top >> 1n;
  const edges = [0n, 1n, 2n, 3n, 7n, 8n, 31n, 32n, 33n, 63n, half - 1n, half, half + 1n, top - 2n, top - 1n];
  const noise = Array.from({ length: NOISE }, () => (BigInt(chance.bits()) << 32n) | BigInt(chance.bits()));
  return [...edges, ...noise].map((v) => BigInt.asUintN(w, v));
}

function load(w: Width, at: number): Value {
  const half = (offset: number): Value => ir.gpr(32, ir.constant(32, at + offset));
  if (w !== 64) return ir.gpr(w, ir.constant(32, at));
  return ir.or(ir.zext(half(0), 64), ir.shl(ir.zext(half(4), 64), 32));
}

function storeResult(v: Value): Effect[] {
  const put = (offset: number, part: Value): Effect => ({
    k: 'setGpr',
    at: ir.constant(32, R + offset),
    v: part,
  });
  if (v.w !== 64) return [put(0, ir.zext(v, 32)), put(4, ir.constant(32, 0))];
  return [put(0, ir.low(v, 32)), put(4, ir.low(ir.shr(v, 32), 32))];
}

/** A compiled function of one value tree over the two arguments. */
function compile(tree: Value): (a: bigint, b: bigint) => bigint {
  const w = new ModuleWriter();
  const { index, code } = w.function({ params: [I32], results: [I32] });
  const to = { k: 'temp', w: tree.w, id: 0 } as const;
  const effects: Effect[] = [{ k: 'let', to, v: tree }, ...storeResult(to)];
  new HandlerCode(code, noRuntime, { effects } as unknown as Expanded).emit();
  w.export('f', index);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(w.encode(1)), { env: { memory } });
  const view = new DataView(memory.buffer);
  return (a, b) => {
    view.setBigUint64(A, a, true);
    view.setBigUint64(B, b, true);
    (exports.f as (rec: number) => number)(0);
    return view.getBigUint64(R, true);
  };
}

const concrete = (w: Width, v: bigint): Concrete => (w === 64 ? v : Number(v));
const isShift = (name: OperatorName): boolean => name === 'shl' || name === 'shr' || name === 'sar';
const divides = (name: OperatorName): boolean => /^(div|rem)/.test(name);

/** Pairs that meanings never let reach an operator: they raise #DE before. */
const excluded = (name: OperatorName, w: Width, a: bigint, b: bigint): boolean =>
  divides(name) && (b === 0n || (BigInt.asIntN(w, b) === -1n && a === 1n << BigInt(w - 1)));

describe.each(Object.keys(OPERATORS) as OperatorName[])('%s', (name) => {
  it.each(WIDTHS)('in %i bits', (w) => {
    const unary = OPERATORS[name].arity === 1;
    // The carrier's own idea of a shift count, or of leading zeros, is only used at its own width.
    const run = compile(unary ? ir.op(name, load(w, A)) : ir.op(name, load(w, A), load(w, B)));
    const chance = new Chance(w);
    for (const a of samples(w, chance)) {
      for (const b of unary ? [0n] : samples(w, chance)) {
        const count = isShift(name) ? b % BigInt(w === 64 ? 64 : 32) : b;
        if (excluded(name, w, a, b)) continue;
        const meant = apply(name, w, concrete(w, a), concrete(w, count));
        const folded = unary
          ? ir.op(name, ir.constant(w, concrete(w, a)))
          : ir.op(name, ir.constant(w, concrete(w, a)), ir.constant(w, concrete(w, count)));
        const got = run(a, count);
        if (got !== BigInt(meant))
          expect.fail(`${name}${w}(${a}, ${count}) is ${got} compiled, ${meant} evaluated`);
        expect(folded).toMatchObject({ k: 'const', v: meant });
      }
    }
  });
});

describe.each(Object.keys(OPERATORS) as OperatorName[])('%s with a constant', (name) => {
  it.each(WIDTHS)('in %i bits', (w) => {
    const edges = [0n, 1n, (1n << BigInt(w)) - 1n];
    for (const edge of OPERATORS[name].arity === 1 ? [] : edges) {
      const constant = ir.constant(w, concrete(w, edge));
      const onTheLeft = compile(ir.op(name, constant, load(w, A)));
      const onTheRight = compile(ir.op(name, load(w, A), constant));
      for (const a of samples(w, new Chance(w))) {
        const count = isShift(name) ? a % BigInt(w === 64 ? 64 : 32) : a;
        if (!excluded(name, w, edge, count))
          expect(onTheLeft(count, 0n)).toBe(BigInt(apply(name, w, concrete(w, edge), concrete(w, count))));
        if (!excluded(name, w, a, edge) && !(isShift(name) && edge > 63n))
          expect(onTheRight(a, 0n)).toBe(BigInt(apply(name, w, concrete(w, a), concrete(w, edge))));
      }
    }
  });
});

describe.each(WIDTHS)('from %i bits', (from) => {
  it.each(WIDTHS)('to %i bits', (to) => {
    for (const signed of [false, true]) {
      const convert = signed ? ir.sext : ir.zext;
      const run = compile(convert(load(from, A), to));
      for (const a of samples(from, new Chance(to))) {
        const want = BigInt.asUintN(to, signed ? BigInt.asIntN(from, a) : a);
        expect(run(a, 0n)).toBe(want);
        expect(convert(ir.constant(from, concrete(from, a)), to)).toMatchObject({
          k: 'const',
          v: concrete(to, want),
        });
      }
    }
  });
});

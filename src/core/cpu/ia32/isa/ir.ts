/**
 * The intermediate form: what an instruction does, as data. A list of effects, in order, over value
 * trees. Every engine reads this and nothing else; it can be printed, checked and folded.
 *
 * Values are pure but for reads of registers and cells, which happen where the effect that contains
 * them stands; `Builder.let` pins a value at its place.
 */
import { apply, type Concrete, maskOf, OPERATORS, type OperatorName, type Width } from './ops.js';

/**
 * What varies between two encodings of the same row: known at run time to the interpreter, when
 * compiling to a JIT. `reg`, `rm`, `base`, `index` are byte offsets of registers in the state block
 * (`base` and `rm` share a place: no encoding has both); `next` is the offset of the following
 * instruction from the start of the block, `here` of this one.
 */
export type FieldName = 'reg' | 'rm' | 'base' | 'index' | 'scale' | 'seg' | 'disp' | 'imm' | 'here' | 'next';

export type FlagName = 'cf' | 'pf' | 'af' | 'zf' | 'sf' | 'of';

export type Value =
  | { readonly k: 'const'; readonly w: Width; readonly v: Concrete }
  | { readonly k: 'field'; readonly w: 32; readonly name: FieldName }
  /** A general register, or part of one, by its byte offset in the state block. */
  | { readonly k: 'gpr'; readonly w: Width; readonly at: Value }
  /** A 32-bit field of the state, or of the derived run state, by name; of an array, with an index. */
  | { readonly k: 'cell'; readonly w: 32; readonly name: string; readonly index?: Value }
  | { readonly k: 'temp'; readonly w: Width; readonly id: number }
  /** One arithmetic flag as 0 or 1. */
  | { readonly k: 'flag'; readonly w: 32; readonly name: FlagName }
  | { readonly k: 'op'; readonly w: Width; readonly op: OperatorName; readonly args: readonly Value[] }
  /** Change of width: widening is by zero or by sign, narrowing drops bits. */
  | { readonly k: 'convert'; readonly w: Width; readonly signed: boolean; readonly arg: Value }
  | {
      readonly k: 'select';
      readonly w: Width;
      readonly if: Value;
      readonly then: Value;
      readonly else: Value;
    };

export type Temp = Extract<Value, { k: 'temp' }>;

/**
 * What happens to the arithmetic flags. `result` gives ZF, SF and PF; `carries` (the carry, or borrow,
 * out of each bit of the result) gives CF, AF and OF; a flag named by itself overrides both; `keepCf`
 * leaves CF alone. What is not given stays.
 */
export interface FlagsEffect {
  /** The flags are those of comparing these two (of subtracting the second): a hint, to test them cheaply. */
  readonly compared?: readonly [Value, Value];
  readonly result?: Value;
  readonly carries?: Value;
  readonly keepCf?: boolean;
  readonly cf?: Value;
  readonly pf?: Value;
  readonly af?: Value;
  readonly zf?: Value;
  readonly sf?: Value;
  readonly of?: Value;
}

/** `rw`: a load that a store to the same place follows, so it must fault as the store would. */
export type Intent = 'r' | 'rw';

export type Effect =
  | { readonly k: 'let'; readonly to: Temp; readonly v: Value }
  | {
      readonly k: 'load';
      readonly to: Temp;
      readonly seg: Value;
      readonly off: Value;
      readonly intent: Intent;
    }
  | { readonly k: 'store'; readonly seg: Value; readonly off: Value; readonly v: Value }
  | { readonly k: 'setGpr'; readonly at: Value; readonly v: Value }
  | { readonly k: 'setCell'; readonly name: string; readonly index?: Value; readonly v: Value }
  | { readonly k: 'flags'; readonly f: FlagsEffect }
  /** Raises an exception if the condition is not zero. */
  | { readonly k: 'raise'; readonly if: Value; readonly vector: number; readonly error: number | undefined }
  | { readonly k: 'when'; readonly if: Value; readonly then: readonly Effect[] }
  /**
   * Ends the instruction at an offset in CS (already checked against the limit). `direct`: always at the
   * same distance from the instruction, wherever that lies in CS.
   */
  | { readonly k: 'jump'; readonly ip: Value; readonly clocks: number; readonly direct: boolean }
  /** Calls a TypeScript helper by name. */
  | { readonly k: 'call'; readonly helper: string; readonly args: readonly Value[]; readonly to?: Temp }
  /** The instruction is complete; the engine must look around before the next. `transferred`: EIP has been set. */
  | { readonly k: 'leave'; readonly transferred: boolean }
  | RepeatEffect;

/**
 * A repeated string instruction (SDM 2A, REP). `body` is one iteration. Each iteration costs `clocks`;
 * the last one also ends the instruction. Between two iterations is a boundary like any other.
 */
export interface RepeatEffect {
  readonly k: 'repeat';
  /** Byte offset and width of the count: CX or ECX. */
  readonly count: Value;
  /** Ends also when ZF is not this; undefined for plain REP. */
  readonly zf: 0 | 1 | undefined;
  readonly clocks: number;
  /** Devices are touched: look around after each iteration. */
  readonly leaves: boolean;
  readonly body: readonly Effect[];
}

// ---- constructors, folding what is constant ----

export function constant(w: Width, v: Concrete): Value {
  return {
    k: 'const',
    w,
    v: w === 64 ? BigInt.asUintN(64, BigInt(v)) : (Number(BigInt.asUintN(32, BigInt(v))) & maskOf(w)) >>> 0,
  };
}

export const field = (name: FieldName): Value => ({ k: 'field', w: 32, name });
export const gpr = (w: Width, at: Value): Value => ({ k: 'gpr', w, at });
export const flag = (name: FlagName): Value => ({ k: 'flag', w: 32, name });
export const cell = (name: string, index?: Value): Value =>
  index ? { k: 'cell', w: 32, name, index } : { k: 'cell', w: 32, name };

type Arg = Value | number;

function coerce(like: Value, arg: Arg): Value {
  return typeof arg === 'number' ? constant(like.w, arg) : arg;
}

/** Applies an operator; numbers take the width of the first argument. */
export function op(name: OperatorName, a: Value, b?: Arg): Value {
  const row = OPERATORS[name];
  const args = b === undefined ? [a] : [a, coerce(a, b)];
  if (args.some((x) => x.w !== a.w)) throw new Error(`${name}: widths ${args.map((x) => x.w)} differ`);
  if (args.length !== row.arity) throw new Error(`${name} takes ${row.arity} arguments`);
  const w = 'compares' in row && row.compares ? 32 : a.w;
  const folded = fold(name, args);
  if (folded !== undefined) return constant(w, folded);
  return identity(name, args) ?? { k: 'op', w, op: name, args: constantLast(name, args) };
}

function fold(name: OperatorName, args: readonly Value[]): Concrete | undefined {
  const [a, b] = args as [Value, Value | undefined];
  if (a.k !== 'const' || (b && b.k !== 'const')) return undefined;
  const divides = name === 'divu' || name === 'divs' || name === 'remu' || name === 'rems';
  if (divides && Number((b as { v: Concrete }).v) === 0) return undefined;
  return apply(name, a.w, a.v, b?.k === 'const' ? b.v : 0);
}

const COMMUTES: readonly OperatorName[] = ['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne'];

/** Constants stand on the right where that makes no difference. */
function constantLast(name: OperatorName, args: readonly Value[]): readonly Value[] {
  const [a, b] = args;
  return b && a!.k === 'const' && COMMUTES.includes(name) ? [b, a!] : args;
}

/** What is simpler than the operator: x + 0 is x, x & 0 is 0, (x + m) + n is x + (m + n), and the like. */
function identity(name: OperatorName, args: readonly Value[]): Value | undefined {
  const [a, b] = constantLast(name, args) as [Value, Value | undefined];
  // Nothing is above the greatest: the limit of a segment of 4 GiB.
  if (name === 'ltu' && a.k === 'const' && a.w < 64 && a.v === maskOf(a.w)) return constant(32, 0);
  if (b?.k !== 'const') return undefined;
  if (Number(b.v) === 0) {
    if (name === 'and') return b;
    return ['add', 'sub', 'or', 'xor', 'shl', 'shr', 'sar'].includes(name) ? a : undefined;
  }
  if (name === 'and' && a.w < 64 && b.v === maskOf(a.w)) return a;
  if (name !== 'add' || a.k !== 'op' || a.op !== 'add') return undefined;
  const [x, m] = a.args as [Value, Value];
  return m.k === 'const' ? op('add', x, op('add', m, b)) : undefined;
}

export const add = (a: Value, b: Arg): Value => op('add', a, b);
export const sub = (a: Value, b: Arg): Value => op('sub', a, b);
export const mul = (a: Value, b: Arg): Value => op('mul', a, b);
export const and = (a: Value, b: Arg): Value => op('and', a, b);
export const or = (a: Value, b: Arg): Value => op('or', a, b);
export const xor = (a: Value, b: Arg): Value => op('xor', a, b);
export const shl = (a: Value, b: Arg): Value => op('shl', a, b);
export const shr = (a: Value, b: Arg): Value => op('shr', a, b);
export const sar = (a: Value, b: Arg): Value => op('sar', a, b);
export const eq = (a: Value, b: Arg): Value => op('eq', a, b);
export const ne = (a: Value, b: Arg): Value => op('ne', a, b);
export const ltu = (a: Value, b: Arg): Value => op('ltu', a, b);
export const leu = (a: Value, b: Arg): Value => op('leu', a, b);
export const lts = (a: Value, b: Arg): Value => op('lts', a, b);
export const les = (a: Value, b: Arg): Value => op('les', a, b);
export const not = (a: Value): Value => xor(a, constant(a.w, -1));
export const neg = (a: Value): Value => sub(constant(a.w, 0), a);
/** Logical negation of 0 or 1. */
export const isZero = (a: Value): Value => eq(a, 0);

function convert(arg: Value, w: Width, signed: boolean): Value {
  if (arg.w === w) return arg;
  if (arg.k !== 'const') return { k: 'convert', w, signed, arg };
  const v = BigInt(arg.v);
  return constant(w, signed ? BigInt.asUintN(w, BigInt.asIntN(arg.w, v)) : BigInt.asUintN(w, v));
}

export const zext = (arg: Value, w: Width): Value => convert(arg, w, false);
export const sext = (arg: Value, w: Width): Value => convert(arg, w, true);
/** The low `w` bits. */
export const low = (arg: Value, w: Width): Value => convert(arg, w, false);

export function select(cond: Value, then: Value, otherwise: Arg): Value {
  const other = coerce(then, otherwise);
  if (cond.k === 'const') return Number(cond.v) !== 0 ? then : other;
  return { k: 'select', w: then.w, if: cond, then, else: other };
}

/** The top bit, as 0 or 1 of width 32. */
export const msb = (a: Value): Value => low(shr(a, a.w - 1), 32);

/** Bit `n` (below the width) as 0 or 1 of width 32. */
export function bit(a: Value, n: number): Value {
  return zext(and(shr(a, n), 1), 32);
}

// ---- printing, for golden files and humans ----

export function printValue(v: Value): string {
  switch (v.k) {
    case 'const':
      return `${v.v.toString(16)}h:${v.w}`;
    case 'field':
      return v.name;
    case 'gpr':
      return `gpr${v.w}[${printValue(v.at)}]`;
    case 'cell':
      return v.index ? `${v.name}[${printValue(v.index)}]` : v.name;
    case 'temp':
      return `t${v.id}`;
    case 'flag':
      return v.name.toUpperCase();
    case 'op':
      return `${v.op}${v.args[0]!.w}(${v.args.map(printValue).join(', ')})`;
    case 'convert':
      return `${v.signed ? 's' : 'z'}${v.arg.w}to${v.w}(${printValue(v.arg)})`;
    case 'select':
      return `(${printValue(v.if)} ? ${printValue(v.then)} : ${printValue(v.else)})`;
  }
}

export function printEffect(e: Effect, indent = ''): string {
  const nested = (body: readonly Effect[]) => body.map((x) => `\n${printEffect(x, `${indent}  `)}`).join('');
  switch (e.k) {
    case 'let':
      return `${indent}${printValue(e.to)} = ${printValue(e.v)}`;
    case 'load':
      return `${indent}${printValue(e.to)} = load${e.to.w}.${e.intent} [${printValue(e.seg)}:${printValue(e.off)}]`;
    case 'store':
      return `${indent}store${e.v.w} [${printValue(e.seg)}:${printValue(e.off)}] = ${printValue(e.v)}`;
    case 'setGpr':
      return `${indent}gpr${e.v.w}[${printValue(e.at)}] = ${printValue(e.v)}`;
    case 'setCell':
      return `${indent}${printValue(cell(e.name, e.index))} = ${printValue(e.v)}`;
    case 'flags':
      return `${indent}flags ${Object.entries(e.f)
        .filter(([n]) => n !== 'compared')
        .map(([n, v]) => `${n}=${typeof v === 'boolean' ? v : printValue(v)}`)
        .join(' ')}`;
    case 'raise':
      return `${indent}raise #${e.vector}${e.error === undefined ? '' : `(${e.error})`} if ${printValue(e.if)}`;
    case 'when':
      return `${indent}when ${printValue(e.if)}${nested(e.then)}`;
    case 'jump':
      return `${indent}jump ${e.direct ? 'direct ' : ''}${printValue(e.ip)}, ${e.clocks} clocks`;
    case 'call': {
      const call = `${e.helper}(${e.args.map(printValue).join(', ')})`;
      return `${indent}${e.to ? `${printValue(e.to)} = ` : ''}${call}`;
    }
    case 'leave':
      return `${indent}leave${e.transferred ? ' transferred' : ''}`;
    case 'repeat': {
      const zf = e.zf === undefined ? '' : ` while ZF=${e.zf}`;
      return `${indent}repeat ${printValue(e.count)}${zf}, ${e.clocks} clocks${nested(e.body)}`;
    }
  }
}

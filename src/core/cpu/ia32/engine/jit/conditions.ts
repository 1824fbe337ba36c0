/**
 * Reading conditions back: which comparison a value over the flags stands for (the conditions of Jcc,
 * SETcc and CMOVcc, isa/sem/condition.ts), and whether a value can be computed later than where it stands.
 */
import type { FlagName, Value } from '../../isa/ir.js';

type Relation = 'lts' | 'les' | 'leu';

/** After a comparison, the relation of its operands that a condition over its flags says; if any. */
export function relationOf(v: Extract<Value, { k: 'op' }>): Relation | undefined {
  const [a, b] = v.args as [Value, Value | undefined];
  if (v.op === 'xor') return isFlag(a, 'sf') && isFlag(b, 'of') ? 'lts' : undefined;
  if (v.op !== 'or' || !isFlag(b, 'zf')) return undefined;
  if (isFlag(a, 'cf')) return 'leu';
  return a.k === 'op' && relationOf(a) === 'lts' ? 'les' : undefined;
}

const isFlag = (v: Value | undefined, name: FlagName): boolean => v?.k === 'flag' && v.name === name;

/** The temporaries in values; undefined if there is anything else in them that may change. */
export function tempsOf(values: readonly (Value | undefined)[]): ReadonlySet<number> | undefined {
  const temps = new Set<number>();
  const lasting = (v: Value | undefined): boolean => {
    if (!v || v.k === 'const') return true;
    if (v.k === 'temp') return temps.add(v.id).size > 0;
    if (v.k === 'op') return v.args.every(lasting);
    if (v.k === 'convert') return lasting(v.arg);
    return v.k === 'select' && lasting(v.if) && lasting(v.then) && lasting(v.else);
  };
  return values.every(lasting) ? temps : undefined;
}

/** Expressions that a front end asks for again and again: parsed once, and never an error but a text. */
import type { Debugger } from '../debug/debugger.js';
import type { Expression } from '../expression/expression.js';
import { ExpressionError } from '../expression/tokens.js';

/** Either a value or why there is none. */
export type Found = { readonly value: bigint } | { readonly error: string };

const MOST = 256;

const parsed = new WeakMap<Debugger, Map<string, Expression | ExpressionError>>();

export function evaluate(debug: Debugger, source: string): Found {
  const expression = parse(debug, source);
  if (expression instanceof ExpressionError) return { error: expression.message };
  const value = expression.value();
  return value === undefined ? { error: 'no value here' } : { value };
}

function parse(debug: Debugger, source: string): Expression | ExpressionError {
  const known = parsed.get(debug) ?? new Map<string, Expression | ExpressionError>();
  parsed.set(debug, known);
  const found = known.get(source);
  if (found) return found;
  if (known.size >= MOST) known.clear();
  const made = attempt(debug, source);
  known.set(source, made);
  return made;
}

function attempt(debug: Debugger, source: string): Expression | ExpressionError {
  try {
    return debug.expression(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

/** Registers that are offsets, and the segment register that they go with. */
const SEGMENT_OF: Readonly<Record<string, string>> = {
  ip: 'cs',
  eip: 'cs',
  sp: 'ss',
  esp: 'ss',
  bp: 'ss',
  ebp: 'ss',
};
const OFFSETS = /^e?(ax|bx|cx|dx|si|di)$/;
const WITH_SEGMENT = /^([c-gs]s)\s*:(.+)$/;

/**
 * The linear address that an expression stands for. A symbol stands for its own address, a register for where it
 * points by its segment register, `es:di` for what it says.
 */
export function addressOf(debug: Debugger, text: string): Found {
  const source = text.trim();
  const { all, segmentBase, lineEnd } = debug.registers;
  const symbol = all.has(source) ? undefined : debug.symbols.address(source);
  if (symbol !== undefined) return { value: BigInt(symbol) };
  const [, segment, offset] = WITH_SEGMENT.exec(source) ?? [];
  const named = segment ?? SEGMENT_OF[source] ?? (OFFSETS.test(source) ? 'ds' : '');
  const base = segmentBase(named);
  if (base === undefined && segmentBase(source)) return { value: BigInt(segmentBase(source)!()) };
  const found = evaluate(debug, base && offset !== undefined ? offset : source);
  if ('error' in found) return found;
  return { value: (found.value + BigInt(base?.() ?? 0)) & BigInt(lineEnd - 1) };
}

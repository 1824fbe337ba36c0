/**
 * Expressions, after the NASM manual, section 3.5: 64-bit arithmetic, C's operators, `$` (this line),
 * `$$` (the section's start). A value is a number plus how often it counts the section's origin (a label
 * is one origin plus an offset, the difference of two labels is a plain number) plus, inside square
 * brackets, registers with their factors.
 */
import { Fault } from './errors.js';
import { isRegister } from './registers.js';
import { isMark, stringValue, type Token } from './tokens.js';

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'here' }
  | { readonly kind: 'base' }
  | { readonly kind: 'unary'; readonly op: string; readonly arg: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

/** One register of an effective address. */
export interface Term {
  readonly register: string;
  readonly factor: bigint;
  /** Written with a `*`, if only `*1`: wants to be the index. */
  readonly scaled: boolean;
}

export interface Value {
  readonly n: bigint;
  /** How many origins are in it: 0 is a plain number, 1 an address. */
  readonly origins: number;
  /** False while it depends on a label no pass has placed yet. */
  readonly known: boolean;
  readonly terms: readonly Term[];
}

/** What names mean at one place of the source. */
export interface Scope {
  readonly here: Value;
  readonly base: Value;
  lookup(name: string): Value | undefined;
}

export function plain(n: bigint): Value {
  return { n: BigInt.asIntN(64, n), origins: 0, known: true, terms: [] };
}

export function address(n: bigint): Value {
  return { n: BigInt.asIntN(64, n), origins: 1, known: true, terms: [] };
}

const UNKNOWN: Value = { n: 0n, origins: 0, known: false, terms: [] };

/** Binary operators, loosest first; operators of one row bind equally, from the left. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['^^'],
  ['&&'],
  ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '<=>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '<<<', '>>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '%%'],
];

/** Reads tokens from left to right; what the expression and operand parsers share. */
export class Reader {
  readonly tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  /** Takes the mark if it comes next. */
  take(mark: string): boolean {
    if (!isMark(this.peek(), mark)) return false;
    this.at++;
    return true;
  }

  /** The next name in lower case, if a name comes next; it is not taken. */
  word(): string | undefined {
    const token = this.peek();
    return token?.kind === 'name' ? token.text.toLowerCase() : undefined;
  }

  expect(mark: string): void {
    if (!this.take(mark)) throw new Fault(`expected ${mark}${this.found()}`);
  }

  expectEnd(): void {
    if (!this.done) throw new Fault(`did not expect ${this.peek()!.text} here`);
  }

  found(): string {
    return this.done ? ' at the end of the line' : ` before ${this.peek()!.text}`;
  }
}

/** `resolve` turns a written name into a symbol's full name (local labels). */
export function parseExpression(reader: Reader, resolve: (name: string) => string): Expression {
  const test = parseLevel(reader, resolve, 0);
  if (!reader.take('?')) return test;
  const yes = parseExpression(reader, resolve);
  reader.expect(':');
  return { kind: 'choice', test, yes, no: parseExpression(reader, resolve) };
}

function parseLevel(reader: Reader, resolve: (name: string) => string, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return parseUnary(reader, resolve);
  let left = parseLevel(reader, resolve, level + 1);
  for (;;) {
    const token = reader.peek();
    if (token?.kind !== 'mark' || !operators.includes(token.text)) return left;
    reader.at++;
    left = { kind: 'binary', op: token.text, left, right: parseLevel(reader, resolve, level + 1) };
  }
}

function parseUnary(reader: Reader, resolve: (name: string) => string): Expression {
  for (const op of ['-', '+', '~', '!']) {
    if (reader.take(op)) return { kind: 'unary', op, arg: parseUnary(reader, resolve) };
  }
  return parsePrimary(reader, resolve);
}

function parsePrimary(reader: Reader, resolve: (name: string) => string): Expression {
  if (reader.take('(')) {
    const inner = parseExpression(reader, resolve);
    reader.expect(')');
    return inner;
  }
  if (reader.take('$')) return { kind: 'here' };
  if (reader.take('$$')) return { kind: 'base' };
  const token = reader.peek();
  if (token?.kind === 'number') {
    reader.at++;
    return { kind: 'number', value: token.value! };
  }
  if (token?.kind === 'string') {
    reader.at++;
    return { kind: 'number', value: stringValue(token.bytes!) };
  }
  if (token?.kind === 'name') {
    reader.at++;
    const name = token.text.toLowerCase();
    if (isRegister(name)) return { kind: 'register', name };
    return { kind: 'symbol', name: resolve(token.text.replace(/^\$/, '')) };
  }
  throw new Fault(`expected an expression${reader.found()}`);
}

export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return plain(expression.value);
    case 'here':
      return scope.here;
    case 'base':
      return scope.base;
    case 'symbol':
      return scope.lookup(expression.name) ?? UNKNOWN;
    case 'register':
      return { ...plain(0n), terms: [{ register: expression.name, factor: 1n, scaled: false }] };
    case 'unary':
      return unary(expression.op, evaluate(expression.arg, scope));
    case 'binary':
      return binary(expression.op, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'choice': {
      const test = evaluate(expression.test, scope);
      if (!test.known) return UNKNOWN;
      return evaluate(scalar(test, '?') !== 0n ? expression.yes : expression.no, scope);
    }
  }
}

function unary(op: string, arg: Value): Value {
  if (op === '+') return arg;
  if (op === '-') return scale(arg, -1n, false);
  if (!arg.known) return UNKNOWN;
  const n = scalar(arg, op);
  return plain(op === '~' ? ~n : n === 0n ? 1n : 0n);
}

function binary(op: string, left: Value, right: Value): Value {
  if (op === '+') return sum(left, right);
  if (op === '-') return sum(left, scale(right, -1n, false));
  if (op === '*' && left.terms.length > 0) return scale(left, scalar(right, op), true);
  if (op === '*' && right.terms.length > 0) return scale(right, scalar(left, op), true);
  if (!left.known || !right.known) return UNKNOWN;
  return plain(arithmetic(op, scalar(left, op), scalar(right, op)));
}

function sum(left: Value, right: Value): Value {
  return {
    n: BigInt.asIntN(64, left.n + right.n),
    origins: left.origins + right.origins,
    known: left.known && right.known,
    terms: [...left.terms, ...right.terms],
  };
}

function scale(value: Value, by: bigint, scaled: boolean): Value {
  return {
    n: BigInt.asIntN(64, value.n * by),
    origins: value.origins * Number(by),
    known: value.known,
    terms: value.terms.map((t) => ({ register: t.register, factor: t.factor * by, scaled })),
  };
}

/** The number of a value that is neither an address nor has registers. */
export function scalar(value: Value, what: string): bigint {
  if (value.terms.length > 0) throw new Fault(`a register cannot stand at ${what}`);
  if (value.origins !== 0) throw new Fault(`${what} needs plain numbers; an address is not one`);
  return value.n;
}

function arithmetic(op: string, a: bigint, b: bigint): bigint {
  const ua = BigInt.asUintN(64, a);
  const ub = BigInt.asUintN(64, b);
  if (b === 0n && ['/', '//', '%', '%%'].includes(op)) throw new Fault('division by zero');
  switch (op) {
    case '*':
      return a * b;
    case '/':
      return ua / ub;
    case '//':
      return a / b;
    case '%':
      return ua % ub;
    case '%%':
      return a % b;
    case '<<':
    case '<<<':
      return ub < 64n ? a << ub : 0n;
    case '>>':
      return ub < 64n ? ua >> ub : 0n;
    case '>>>':
      return a >> (ub < 64n ? ub : 63n);
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return compare(op, a, b);
  }
}

function compare(op: string, a: bigint, b: bigint): bigint {
  if (op === '<=>') return a < b ? -1n : a > b ? 1n : 0n;
  const truth: Readonly<Record<string, boolean>> = {
    '=': a === b,
    '==': a === b,
    '!=': a !== b,
    '<>': a !== b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
    '&&': a !== 0n && b !== 0n,
    '||': a !== 0n || b !== 0n,
    '^^': (a !== 0n) !== (b !== 0n),
  };
  return truth[op] ? 1n : 0n;
}

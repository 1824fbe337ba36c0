/** The words of an expression (docs/expressions.md), each with its place, so that a message can point at it. */

import { numberFrom } from '../guest/numbers.js';

/** What is wrong with an expression, in one line, and where. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
  readonly source: string;
  /** Offset of the offending word in the source. */
  readonly at: number;

  constructor(source: string, at: number, what: string) {
    super(`${what}, at column ${at + 1}`);
    this.source = source;
    this.at = at;
  }

  /** A line with a caret under the place, to be printed below the source. */
  get caret(): string {
    return `${' '.repeat(this.at)}^`;
  }
}

export interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  /** As written; of a text, what it stands for. */
  readonly text: string;
  /** Of a number. */
  readonly value: bigint;
  readonly at: number;
  readonly end: number;
}

/** Nobody writes longer ones, and what is shorter cannot exhaust the host's stack. */
const MAX_LENGTH = 4096;
const MAX_VALUE = 0xffff_ffff_ffff_ffffn;

const BLANK = /\s*/y;
const NUMBER = /\d\w*/y;
/** Names of symbols may have dots, as compilers and assemblers make them. */
const NAME = /[A-Za-z_$@][\w$@]*(\.[\w$@]+)*/y;
const TEXT = /"((?:[^"\\]|\\.)*)"/y;
const SIGN = /<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>?:()[\]]/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** All of them, and one of kind `end`. */
export function tokensOf(source: string): Token[] {
  if (source.length > MAX_LENGTH) {
    throw new ExpressionError(source, MAX_LENGTH, `expressions have at most ${MAX_LENGTH} characters`);
  }
  const out: Token[] = [];
  for (let at = after(BLANK, source, 0); at < source.length; at = after(BLANK, source, out.at(-1)!.end)) {
    out.push(tokenAt(source, at));
  }
  return [...out, { kind: 'end', text: 'the end', value: 0n, at: source.length, end: source.length }];
}

function tokenAt(source: string, at: number): Token {
  const token = (kind: Token['kind'], end: number, text = source.slice(at, end), value = 0n): Token => {
    return { kind, text, value, at, end };
  };
  let end = after(NUMBER, source, at);
  if (end > at) return token('number', end, source.slice(at, end), numberOf(source, at, end));
  end = after(NAME, source, at);
  if (end > at) return token('name', end);
  end = after(TEXT, source, at);
  if (end > at) return token('text', end, withEscapes(source.slice(at + 1, end - 1)));
  end = after(SIGN, source, at);
  if (end > at) return token('sign', end);
  throw new ExpressionError(source, at, unreadable(source[at]!));
}

function after(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

function numberOf(source: string, at: number, end: number): bigint {
  const text = source.slice(at, end);
  const value = numberFrom(text);
  if (value === undefined) {
    throw new ExpressionError(source, at, `"${text}" is no number; there are 12, 0x1f, 1fh and 0b101`);
  }
  if (value > MAX_VALUE) throw new ExpressionError(source, at, 'the number has more than 64 bits');
  return value;
}

function withEscapes(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? code;
  });
}

function unreadable(character: string): string {
  if (character === '"') return 'a text without its closing quote';
  if (character === '=') return 'to compare is written ==';
  return `"${character}" has no meaning here`;
}

/**
 * Words of the assembly language, after the NASM manual (chapter 3.1 to 3.4: source lines, numeric
 * constants, character strings). A line is cut into tokens once; the preprocessor works on tokens.
 * Left out: packed BCD, 80-bit and 128-bit floating constants, Unicode string functions.
 */
import { Fault } from './errors.js';

export type TokenKind =
  | 'name'
  | 'number'
  | 'float'
  | 'string'
  | 'mark'
  /** `%1`, `%0`: an argument of a multi-line macro. */
  | 'parameter'
  /** `%%name`: a label of one expansion of a macro. */
  | 'local'
  /** `%define` and the like, at the start of a line. */
  | 'directive'
  /** `%+`, which glues its neighbours together. */
  | 'paste';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** White space stands before it. */
  readonly spaced: boolean;
  /** Of a number. */
  readonly value?: bigint;
  /** Of a string. */
  readonly bytes?: readonly number[];
}

const NAME = /\$?[A-Za-z_.?@][\w.$#@~?]*/y;
const FLOAT = /\d[\d_]*\.\d*(?:[eE][+-]?\d+)?/y;
const NUMBER = /\$\d\w*|\d\w*/y;
const PARAMETER = /%(?:\d+|\{\d+\})/y;
const LOCAL = /%%[A-Za-z_.?@][\w.$#@~?]*/y;
const DIRECTIVE = /%[A-Za-z]\w*/y;
const MARK = /<<<|>>>|<=>|<<|>>|<=|>=|==|!=|<>|&&|\|\||\^\^|\/\/|%%|\$\$|[-+*/%&|^~!<>=()[\]{},:$?]/y;

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

export function nameToken(text: string, spaced = true): Token {
  return { kind: 'name', text, spaced };
}

export function numberToken(value: bigint, spaced = true): Token {
  return { kind: 'number', text: value.toString(), spaced, value };
}

/** Cuts one logical line; a comment ends it. */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = false;
  while (at < line.length) {
    const c = line[at]!;
    if (c === ';') break;
    if (/\s/.test(c)) {
      at++;
      spaced = true;
      continue;
    }
    const token = next(line, at, spaced, tokens.length === 0);
    tokens.push(token.token);
    at = token.end;
    spaced = false;
  }
  return tokens;
}

interface Cut {
  readonly token: Token;
  readonly end: number;
}

function next(line: string, at: number, spaced: boolean, first: boolean): Cut {
  const c = line[at]!;
  if (c === "'" || c === '"' || c === '`') return cutString(line, at, spaced);
  if (c === '%') {
    if (line[at + 1] === '+') return { token: { kind: 'paste', text: '%+', spaced }, end: at + 2 };
    const kinds: [TokenKind, RegExp][] = [
      ['local', LOCAL],
      ['parameter', PARAMETER],
    ];
    if (first) kinds.push(['directive', DIRECTIVE]);
    for (const [kind, pattern] of kinds) {
      const text = match(pattern, line, at);
      if (text) return { token: { kind, text: text.replace(/[{}]/g, ''), spaced }, end: at + text.length };
    }
  }
  const float = match(FLOAT, line, at);
  if (float) return { token: { kind: 'float', text: float, spaced }, end: at + float.length };
  const number = match(NUMBER, line, at);
  if (number) {
    const token: Token = { kind: 'number', text: number, spaced, value: parseNumber(number) };
    return { token, end: at + number.length };
  }
  const name = match(NAME, line, at);
  if (name && name !== '?') return { token: { kind: 'name', text: name, spaced }, end: at + name.length };
  const mark = match(MARK, line, at);
  if (mark) return { token: { kind: 'mark', text: mark, spaced }, end: at + mark.length };
  throw new Fault(`unexpected character ${c}`);
}

function match(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

/** Prefix or suffix letter of a radix, and the digits it allows (section 3.4.1). */
const RADIXES: readonly [letters: string, radix: string, digits: RegExp][] = [
  ['xh', '0x', /^[0-9a-f]+$/],
  ['oq', '0o', /^[0-7]+$/],
  ['by', '0b', /^[01]+$/],
  ['dt', '', /^[0-9]+$/],
];

/** The value of `10`, `0x1f`, `1fh`, `$1f`, `1010b`, `0b1010`, `17o`, `0o17`, `10d`; `_` separates. */
function parseNumber(written: string): bigint {
  const text = written.replaceAll('_', '').toLowerCase();
  if (/^\d+$/.test(text)) return BigInt(text);
  if (text.startsWith('$')) return radixValue(text.slice(1), '0x', /^[0-9a-f]+$/, written);
  for (const [letters, radix, digits] of RADIXES) {
    if (text[0] === '0' && letters.includes(text[1]!) && digits.test(text.slice(2))) {
      return radixValue(text.slice(2), radix, digits, written);
    }
  }
  for (const [letters, radix, digits] of RADIXES) {
    if (letters.includes(text.at(-1)!)) return radixValue(text.slice(0, -1), radix, digits, written);
  }
  throw new Fault(`${written} is not a number`);
}

function radixValue(digits: string, radix: string, allowed: RegExp, written: string): bigint {
  if (!allowed.test(digits)) throw new Fault(`${written} is not a number`);
  return BigInt(radix + digits);
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  e: 27,
};

function cutString(line: string, at: number, spaced: boolean): Cut {
  const quote = line[at]!;
  let end = at + 1;
  while (end < line.length && line[end] !== quote) {
    if (quote === '`' && line[end] === '\\') end++;
    end++;
  }
  if (end >= line.length) throw new Fault('the string is not closed');
  const inner = line.slice(at + 1, end);
  const bytes = quote === '`' ? readEscapes(inner) : utf8(inner);
  return { token: { kind: 'string', text: line.slice(at, end + 1), spaced, bytes }, end: end + 1 };
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

/** Back-quoted strings know C's escapes (section 3.4.2). */
function readEscapes(text: string): number[] {
  const bytes: number[] = [];
  const parts = text.match(/\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|\\.|[^\\]+/g) ?? [];
  for (const part of parts) {
    if (part[0] !== '\\') bytes.push(...utf8(part));
    else if (part[1] === 'x') bytes.push(Number.parseInt(part.slice(2), 16));
    else if (/[0-7]/.test(part[1]!)) bytes.push(Number.parseInt(part.slice(1), 8) & 0xff);
    else bytes.push(...(ESCAPES[part[1]!] !== undefined ? [ESCAPES[part[1]!]!] : utf8(part.slice(1))));
  }
  return bytes;
}

/** A string used as a number: its bytes little-endian, as it would lie in memory (section 3.4.3). */
export function stringValue(bytes: readonly number[]): bigint {
  let value = 0n;
  for (const byte of bytes.slice(0, 8).toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
}

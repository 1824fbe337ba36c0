/**
 * How addresses are written in the protocol: memory references are texts that a client hands back as it got them, or
 * as the user typed them. Here they are linear addresses in hexadecimal; an expression is taken, too.
 */
import type { Debugger } from '../debug/debugger.js';
import { type Arguments, RequestError } from './arguments.js';

const NUMBER = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i;

export function hex(value: number | bigint, digits = 8): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Throws an `ExpressionError` or a `RequestError`. */
export function addressOf(debug: Debugger, reference: string): number {
  const text = reference.trim();
  if (NUMBER.test(text)) return Number(text) >>> 0;
  const symbol = debug.symbols.address(text);
  if (symbol !== undefined) return symbol;
  const value = debug.expression(text).value();
  if (value === undefined) throw new RequestError(`"${text}" has no value here`);
  return Number(BigInt.asUintN(32, value));
}

/** What `name` refers to, and `offset` bytes behind it. */
export function referenceIn(debug: Debugger, request: Arguments, name: string): number {
  return addressOf(debug, request.word(name)) + request.whole('offset', 0);
}

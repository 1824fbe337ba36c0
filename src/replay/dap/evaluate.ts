/** The request `evaluate` of hovers, watches and the like: expressions of docs/expressions.md, and names of symbols. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from '../debug/debugger.js';
import { valueText } from '../debug/valueText.js';
import { RequestError } from './arguments.js';
import { hex } from './references.js';

/** Throws an `ExpressionError`, or a `RequestError` where it has no value. */
export function evaluate(debug: Debugger, source: string): DebugProtocol.EvaluateResponse['body'] {
  const expression = debug.expression(source);
  const value = expression.value();
  if (value === undefined) throw new RequestError(`"${source.trim()}" has no value here`);
  const location = expression.location();
  // Memory can be looked at where it is; a value, as the address that it may be.
  const address = location ? !location.physical && location.address : Number(BigInt.asUintN(32, value));
  return {
    result: valueText(value),
    variablesReference: 0,
    ...(address !== false && { memoryReference: hex(address) }),
  };
}

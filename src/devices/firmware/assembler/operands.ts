/**
 * Operands as written: registers, immediates, far pointers and effective addresses, with the size and
 * distance words before them (NASM manual, sections 3.1, 3.3 and 3.7).
 */
import { Fault } from './errors.js';
import { type Expression, parseExpression, type Reader } from './expressions.js';
import { type Register, registerNamed } from './registers.js';

export type Distance = 'short' | 'near' | 'far';

interface Written {
  /** Bits, of `byte` ... `tword`. */
  readonly size?: number;
  readonly distance?: Distance;
  /** Do not shorten. */
  readonly strict?: boolean;
  /** `to`, of x87 instructions. */
  readonly to?: boolean;
}

export interface RegisterOperand extends Written {
  readonly kind: 'register';
  readonly register: Register;
}
export interface ImmediateOperand extends Written {
  readonly kind: 'immediate';
  readonly value: Expression;
}
export interface FarOperand extends Written {
  readonly kind: 'far';
  readonly segment: Expression;
  readonly value: Expression;
}
export interface MemoryOperand extends Written {
  readonly kind: 'memory';
  readonly segment?: string;
  readonly value: Expression;
  /** `[byte ebx+1]`: bits of the displacement; `[word ...]`, `[dword ...]` without registers: of the address. */
  readonly displacementSize?: number;
  /** `nosplit`: [eax*2] stays an index. */
  readonly whole: boolean;
}
export type Operand = RegisterOperand | ImmediateOperand | FarOperand | MemoryOperand;

const SIZES: ReadonlyMap<string, number> = new Map([
  ['byte', 8],
  ['word', 16],
  ['dword', 32],
  ['qword', 64],
  ['tword', 80],
]);

type Resolve = (name: string) => string;

export function parseOperands(reader: Reader, resolve: Resolve): Operand[] {
  if (reader.done) return [];
  const operands = [parseOperand(reader, resolve)];
  while (reader.take(',')) operands.push(parseOperand(reader, resolve));
  reader.expectEnd();
  return operands;
}

function parseOperand(reader: Reader, resolve: Resolve): Operand {
  const written = parseWritten(reader);
  if (reader.take('[')) return { ...written, ...parseMemory(reader, resolve) };
  const register = registerNamed(reader.word() ?? '');
  if (register) {
    reader.at++;
    return { ...written, kind: 'register', register };
  }
  const value = parseExpression(reader, resolve);
  if (!reader.take(':')) return { ...written, kind: 'immediate', value };
  return { ...written, kind: 'far', segment: value, value: parseExpression(reader, resolve) };
}

function parseWritten(reader: Reader): Written {
  const written: { -readonly [K in keyof Written]: Written[K] } = {};
  for (; ; reader.at++) {
    const word = reader.word();
    if (word === undefined) return written;
    if (SIZES.has(word)) written.size = SIZES.get(word)!;
    else if (word === 'short' || word === 'near' || word === 'far') written.distance = word;
    else if (word === 'strict') written.strict = true;
    else if (word === 'to') written.to = true;
    else return written;
  }
}

/** After `[`. */
function parseMemory(reader: Reader, resolve: Resolve): MemoryOperand {
  let displacementSize: number | undefined;
  let segment: string | undefined;
  let whole = false;
  for (;;) {
    const word = reader.word();
    if (word !== undefined && SIZES.has(word)) displacementSize = SIZES.get(word)!;
    else if (word === 'nosplit') whole = true;
    else if (registerNamed(word ?? '')?.group === 'segment') {
      segment = word!;
      reader.at++;
      if (!reader.take(':')) throw new Fault(`expected : after ${segment}`);
      continue;
    } else break;
    reader.at++;
  }
  const value = parseExpression(reader, resolve);
  reader.expect(']');
  return {
    kind: 'memory',
    value,
    whole,
    ...(segment !== undefined && { segment }),
    ...(displacementSize !== undefined && { displacementSize }),
  };
}

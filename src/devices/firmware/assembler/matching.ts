/**
 * Which encoding an instruction takes: the first whose operand codes fit what is written, sizes included.
 * A size not written is taken from another operand; if nothing says it and it matters, that is an error.
 */
import type { Encoding, OperandCode } from './encodings.js';
import { Fault } from './errors.js';
import type { Value } from './expressions.js';
import type { Operand } from './operands.js';

/** An operand with its expressions worked out. */
export interface Resolved {
  readonly operand: Operand;
  /** Of an immediate, a memory operand's address, a far pointer's offset. */
  readonly value: Value;
  /** A far pointer's segment. */
  readonly segment: Value;
}

export interface MatchContext {
  /** Operand size unless an operand says otherwise: by `bits` or an o16/o32 prefix. */
  readonly defaultSize: number;
  /** True if a jump with this many bytes of opcode and one of displacement reaches `target`. */
  reaches(target: Value, opcodeBytes: number): boolean;
}

export interface Match {
  readonly encoding: Encoding;
  /** 16 or 32 if the encoding follows the operand size, else 0. */
  readonly operandSize: number;
}

/** `pinned`: this operand fixes the operand size; `loose`: it would take either. */
type Fit = 'pinned' | 'loose' | undefined;

export function chooseEncoding(
  encodings: readonly Encoding[],
  operands: readonly Resolved[],
  context: MatchContext,
): Match {
  const matches = encodings.flatMap((encoding) => fitting(encoding, encodings, operands, context));
  const first = matches[0];
  if (!first) throw new Fault('no such combination of instruction and operands');
  if (!isBranch(first.encoding)) checkSizes(matches, operands);
  return first;
}

function fitting(
  encoding: Encoding,
  all: readonly Encoding[],
  operands: readonly Resolved[],
  context: MatchContext,
): Match[] {
  if (encoding.operands.length !== operands.length) return [];
  const sizes = encoding.sized ? [context.defaultSize, 48 - context.defaultSize] : [0];
  return sizes.flatMap((operandSize) => {
    const fits = encoding.operands.map((code, i) =>
      fitOperand(code, operands[i]!, { encoding, all, operandSize, context, operands }),
    );
    if (fits.includes(undefined)) return [];
    const justified = fits.includes('pinned') || operands.some(isUnsizedMemory);
    if (encoding.sized && operandSize !== context.defaultSize && !justified) return [];
    return [{ encoding, operandSize }];
  });
}

interface Row {
  readonly encoding: Encoding;
  readonly all: readonly Encoding[];
  readonly operandSize: number;
  readonly context: MatchContext;
  readonly operands: readonly Resolved[];
}

function fitOperand(code: OperandCode, resolved: Resolved, row: Row): Fit {
  const { operand, value } = resolved;
  if (code.kind === 'number') {
    const unsized = operand.kind === 'immediate' && operand.size === undefined;
    return unsized && isPlain(value) && value.n === code.value ? 'loose' : undefined;
  }
  if (code.kind === 'stack') {
    const float = operand.kind === 'register' && operand.register.group === 'float';
    return float && (operand.to ?? false) === code.to ? 'loose' : undefined;
  }
  if (code.kind === 'fixed') return fitFixed(code, operand, row.operandSize);
  switch (operand.kind) {
    case 'register':
      return fitRegister(code, operand.register, row.operandSize);
    case 'memory':
      return fitMemory(code, resolved, row);
    case 'immediate':
      return code.method === 'J' ? fitTarget(code, resolved, row) : fitImmediate(code, resolved, row);
    case 'far':
      if (code.method !== 'A') return undefined;
      return operand.size === undefined ? 'loose' : exact(operand.size, row.operandSize);
  }
}

type Coded = Extract<OperandCode, { kind: 'coded' }>;
type Fixed = Extract<OperandCode, { kind: 'fixed' }>;

function isPlain(value: Value): boolean {
  return value.known && value.origins === 0 && value.terms.length === 0;
}

function exact(size: number, wanted: number): Fit {
  return size === wanted ? 'pinned' : undefined;
}

/** The width in bits a code asks for; 0 takes any. */
function widthOf(code: Coded, operandSize: number): number {
  return typeof code.size === 'number' ? code.size : operandSize;
}

function fitFixed(code: Fixed, operand: Operand, operandSize: number): Fit {
  if (operand.kind !== 'register') return undefined;
  const { register } = operand;
  if (code.width === 'own') return register === code.register ? 'loose' : undefined;
  if (register.group !== 'general' || register.number !== code.register.number) return undefined;
  return exact(register.bits, operandSize);
}

const GROUP_OF = { S: 'segment', C: 'control', D: 'debug', T: 'test' } as const;

function fitRegister(
  code: Coded,
  register: { readonly group: string; readonly bits: number },
  operandSize: number,
): Fit {
  const { method } = code;
  if (method in GROUP_OF) {
    return GROUP_OF[method as keyof typeof GROUP_OF] === register.group ? 'loose' : undefined;
  }
  if (!'ERGZ'.includes(method) || register.group !== 'general') return undefined;
  if (register.bits !== widthOf(code, operandSize)) return undefined;
  return code.size === 'v' ? 'pinned' : 'loose';
}

function fitMemory(code: Coded, resolved: Resolved, row: Row): Fit {
  const operand = resolved.operand;
  if (!'EMO'.includes(code.method)) return undefined;
  if (code.method === 'O' && resolved.value.terms.length > 0) return undefined;
  const far = isBranch(row.encoding) && code.size === 'p';
  if (operand.distance === 'short' || (operand.distance === 'far') !== far) return undefined;
  if (operand.distance === 'near' && !isBranch(row.encoding)) return undefined;
  if (operand.size === undefined || code.size === 0) return 'loose';
  if (operand.size !== widthOf(code, row.operandSize)) return undefined;
  return typeof code.size === 'number' ? 'loose' : 'pinned';
}

function isBranch(encoding: Encoding): boolean {
  return encoding.mnemonic === 'jmp' || encoding.mnemonic === 'call';
}

/** Jumps: the short form if it was asked for, is the only one, or reaches. */
function fitTarget(code: Coded, { operand, value }: Resolved, row: Row): Fit {
  const { distance, size } = operand;
  if (distance === 'far') return undefined;
  if (code.size !== 8) {
    if (distance === 'short' || (size !== undefined && distance !== 'near' && !isBranch(row.encoding))) {
      return undefined;
    }
    return size === undefined ? 'loose' : exact(size, row.operandSize);
  }
  const isSaid = distance !== undefined || size !== undefined;
  if (!row.all.some(isLongJump)) return isSaid ? undefined : 'loose';
  if (distance === 'short' && size === undefined) return 'loose';
  return !isSaid && !operand.strict && row.context.reaches(value, row.encoding.opcode.length)
    ? 'loose'
    : undefined;
}

function isLongJump(encoding: Encoding): boolean {
  return encoding.operands.some((c) => c.kind === 'coded' && c.method === 'J' && c.size !== 8);
}

function fitImmediate(code: Coded, { operand, value }: Resolved, row: Row): Fit {
  if (code.method !== 'I' || operand.distance !== undefined) return undefined;
  if (code.extended) return fitExtended(operand, value, row);
  if (operand.size === undefined) return 'loose';
  if (operand.size !== widthOf(code, row.operandSize)) return undefined;
  return typeof code.size === 'number' ? 'loose' : 'pinned';
}

/** A byte that is sign-extended: asked for with `byte`, or the number allows it. */
function fitExtended(operand: Operand, value: Value, row: Row): Fit {
  if (operand.size === 8) {
    const unsure =
      row.operands.every((o) => o.operand.kind !== 'register') && row.operands.some(isUnsizedMemory);
    return unsure ? undefined : 'loose';
  }
  if (operand.strict || !isPlain(value)) return undefined;
  if (value.n >= 1n << BigInt(row.operandSize)) return undefined;
  const n = BigInt.asIntN(row.operandSize, value.n);
  if (n < -128n || n > 127n) return undefined;
  return operand.size === undefined ? 'loose' : exact(operand.size, row.operandSize);
}

function isUnsizedMemory(resolved: Resolved): boolean {
  return resolved.operand.kind === 'memory' && resolved.operand.size === undefined;
}

/** An unwritten size must not matter: everything that fits must mean the same width. */
function checkSizes(matches: readonly Match[], operands: readonly Resolved[]): void {
  const i = operands.findIndex(isUnsizedMemory);
  if (i < 0) return;
  const widths = new Set(
    matches.map(({ encoding, operandSize }) => {
      const code = encoding.operands[i]!;
      return code.kind === 'coded' ? widthOf(code, operandSize) : 0;
    }),
  );
  if (widths.size > 1) throw new Fault('the operand needs a size: byte, word, dword ...');
}

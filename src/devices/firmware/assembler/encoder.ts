/**
 * From an instruction as written to its bytes: prefixes, opcode, ModRM, SIB, displacement, immediates
 * (Intel SDM volume 2, chapter 2.1).
 */
import { type EffectiveAddress, encodeAddress } from './addressing.js';
import type { Encoding, OperandCode } from './encodings.js';
import { Fault } from './errors.js';
import { evaluate, plain, type Scope, type Value } from './expressions.js';
import { INSTRUCTIONS } from './instructions.js';
import { chooseEncoding, type Match, type Resolved } from './matching.js';
import type { Operand } from './operands.js';

export interface Instruction {
  readonly mnemonic: string;
  /** Prefixes written before it, in lower case. */
  readonly prefixes: readonly string[];
  readonly operands: readonly Operand[];
}

export interface EncodeContext {
  /** 16 or 32. */
  readonly bits: number;
  readonly scope: Scope;
  /** Jumps may be long only: set when sizes would otherwise never settle. */
  readonly longJumps: boolean;
  /** Notes a problem that a later pass may not have. */
  report(problem: string): void;
}

/** Prefixes by name, and the place they take in front of the opcode. */
const PREFIX_BYTES: ReadonlyMap<string, readonly [order: number, byte: number]> = new Map([
  ['lock', [0, 0xf0]],
  ['rep', [0, 0xf3]],
  ['repe', [0, 0xf3]],
  ['repz', [0, 0xf3]],
  ['repne', [0, 0xf2]],
  ['repnz', [0, 0xf2]],
  ['es', [1, 0x26]],
  ['cs', [1, 0x2e]],
  ['ss', [1, 0x36]],
  ['ds', [1, 0x3e]],
  ['fs', [1, 0x64]],
  ['gs', [1, 0x65]],
]);
const OPERAND_SIZE = [2, 0x66] as const;
const ADDRESS_SIZE = [3, 0x67] as const;
const WAIT = 0x9b;

export function isPrefix(word: string): boolean {
  return PREFIX_BYTES.has(word) || /^[oa](16|32)$/.test(word);
}

export function encodeInstruction(instruction: Instruction, context: EncodeContext): number[] {
  const encodings = INSTRUCTIONS.get(instruction.mnemonic);
  if (!encodings) throw new Fault(`${instruction.mnemonic} is not an instruction`);
  const operands = instruction.operands.map((operand) => resolve(operand, context.scope));
  const written = instruction.prefixes.flatMap((p) => PREFIX_BYTES.get(p) ?? []).length / 2;
  const match = chooseEncoding(encodings, operands, {
    defaultSize: writtenSize(instruction, 'o') || context.bits,
    reaches: (target, opcodeBytes) => reaches(target, written + opcodeBytes + 1, context),
  });
  return emit(instruction, match, operands, context);
}

const NOTHING = plain(0n);

function resolve(operand: Operand, scope: Scope): Resolved {
  const value = operand.kind === 'register' ? NOTHING : evaluate(operand.value, scope);
  if (operand.kind !== 'memory' && value.terms.length > 0)
    throw new Fault('a register cannot be calculated with');
  const segment = operand.kind === 'far' ? evaluate(operand.segment, scope) : NOTHING;
  return { operand, value, segment };
}

/** The size an o16, o32, a16 or a32 prefix asks for; 0 without one. */
function writtenSize(instruction: Instruction, letter: 'o' | 'a'): number {
  const prefix = instruction.prefixes.find((p) => p[0] === letter && p.length === 3);
  return prefix ? Number(prefix.slice(1)) : 0;
}

/** A label no pass has placed yet is hoped to be near. A jump out of the section is never short. */
function reaches(target: Value, length: number, { scope, longJumps }: EncodeContext): boolean {
  if (longJumps) return false;
  if (!target.known) return true;
  const distance = target.n - scope.here.n - BigInt(length);
  return target.origins === scope.here.origins && distance >= -128n && distance <= 127n;
}

function emit(
  instruction: Instruction,
  match: Match,
  operands: readonly Resolved[],
  context: EncodeContext,
): number[] {
  const { encoding } = match;
  const memory = operands.find((o) => o.operand.kind === 'memory');
  const viaModrm = memory && encoding.operands[operands.indexOf(memory)];
  const writtenBits = writtenSize(instruction, 'a');
  const ea = memory && effectiveAddress(memory, context.bits, writtenBits);
  checkWritten(writtenBits, ea ? 0 : encoding.addressSize);
  const addressBits = ea?.addressBits ?? (encoding.addressSize || writtenBits || context.bits);
  const wait = encoding.opcode[0] === WAIT && encoding.opcode.length > 1;
  const out = [
    ...(wait ? [WAIT] : []),
    ...prefixBytes(instruction, match, addressBits, operands, context.bits),
    ...opcodeBytes(encoding, operands).slice(wait ? 1 : 0),
  ];
  if (encoding.modrm) out.push(...modrmBytes(encoding, operands, ea));
  if (ea && memory && viaModrm) {
    const offset = viaModrm.kind === 'coded' && viaModrm.method === 'O';
    const size = offset ? ea.addressBits / 8 : ea.displacementBytes;
    out.push(...number(memory.value, size * 8, 'the displacement', context));
  }
  encoding.operands.forEach((code, i) => {
    out.push(...immediateBytes(code, operands[i]!, match.operandSize, out.length, context));
  });
  return out;
}

function effectiveAddress(
  { operand, value }: Resolved,
  defaultBits: number,
  writtenBits: number,
): EffectiveAddress {
  if (operand.kind !== 'memory') throw new Fault('not a memory operand');
  return encodeAddress({
    value,
    defaultBits,
    writtenBits,
    displacementSize: operand.displacementSize,
    whole: operand.whole,
  });
}

function prefixBytes(
  instruction: Instruction,
  { encoding, operandSize }: Match,
  addressBits: number,
  operands: readonly Resolved[],
  bits: number,
): number[] {
  const written = writtenSize(instruction, 'o');
  const wanted = operandSize || encoding.operandSize || written || bits;
  checkWritten(written, wanted);
  const names = [...instruction.prefixes];
  for (const { operand } of operands) {
    if (operand.kind === 'memory' && operand.segment) names.push(operand.segment);
  }
  if (names.filter((n) => PREFIX_BYTES.get(n)?.[0] === 1).length > 1)
    throw new Fault('two segments are named');
  const bytes: (readonly [number, number])[] = names.flatMap((n) => {
    const prefix = PREFIX_BYTES.get(n);
    return prefix ? [prefix] : [];
  });
  if (wanted !== bits) bytes.push(OPERAND_SIZE);
  if (addressBits !== bits) bytes.push(ADDRESS_SIZE);
  return bytes.sort((a, b) => a[0] - b[0]).map(([, byte]) => byte);
}

/** A size prefix must not contradict the operands; 0 says nothing. */
function checkWritten(written: number, wanted: number): void {
  if (written !== 0 && wanted !== 0 && written !== wanted) {
    throw new Fault('the prefix and the operands differ in size');
  }
}

function numberOf({ operand }: Resolved): number {
  return operand.kind === 'register' ? operand.register.number : 0;
}

function opcodeBytes(encoding: Encoding, operands: readonly Resolved[]): number[] {
  const bytes = [...encoding.opcode];
  if (!encoding.plus) return bytes;
  const i = encoding.operands.findIndex(
    (c) => c.kind === 'stack' || (c.kind === 'coded' && c.method === 'Z'),
  );
  bytes[bytes.length - 1]! += numberOf(operands[i]!);
  return bytes;
}

/** ModRM and SIB. Without an operand for r/m the register stands there too (IMUL Gv,Iz). */
function modrmBytes(
  encoding: Encoding,
  operands: readonly Resolved[],
  ea: EffectiveAddress | undefined,
): number[] {
  const find = (methods: string) =>
    operands.find((_, i) => {
      const code = encoding.operands[i]!;
      return code.kind === 'coded' && methods.includes(code.method);
    });
  const register = find('GSCDT');
  const reg = register ? numberOf(register) : encoding.digit;
  if (ea) return [(ea.mod << 6) | (reg << 3) | ea.rm, ...(ea.sib === undefined ? [] : [ea.sib])];
  const rm = find('ER') ?? register!;
  return [0xc0 | (reg << 3) | numberOf(rm)];
}

/** What an operand adds after the address; `before`: bytes of the instruction so far. */
function immediateBytes(
  code: OperandCode,
  { operand, value, segment }: Resolved,
  operandSize: number,
  before: number,
  context: EncodeContext,
): number[] {
  if (code.kind !== 'coded') return [];
  const bits = typeof code.size === 'number' ? code.size : operandSize;
  switch (code.method) {
    case 'I':
      return number(value, bits, 'the immediate', context, code.extended ? operandSize : bits);
    case 'A':
      return [...number(value, bits, 'the offset', context), ...number(segment, 16, 'the segment', context)];
    case 'J':
      return relative(value, bits, before, operand.distance === 'short', context);
    default:
      return [];
  }
}

function relative(
  target: Value,
  bits: number,
  before: number,
  asked: boolean,
  context: EncodeContext,
): number[] {
  const distance = target.n - context.scope.here.n - BigInt(before + bits / 8);
  if (bits === 8 && target.known && (distance < -128n || distance > 127n)) {
    context.report(`the ${asked ? 'short ' : ''}jump does not reach: ${distance} bytes`);
  }
  return littleEndian(distance, bits);
}

/** A number in `bits`; `range`: in how many bits it may be written (a sign-extended byte: 0xffff). */
function number(value: Value, bits: number, what: string, context: EncodeContext, range = bits): number[] {
  if (bits > 0) checkRange(value.n, range, what, context);
  return littleEndian(value.n, bits);
}

export function checkRange(
  n: bigint,
  bits: number,
  what: string,
  context: Pick<EncodeContext, 'report'>,
): void {
  const limit = 1n << BigInt(bits);
  if (n < -limit || n >= limit) context.report(`${what} ${n} does not fit in ${bits} bits`);
}

export function littleEndian(n: bigint, bits: number): number[] {
  const bytes: number[] = [];
  for (let shift = 0; shift < bits; shift += 8) bytes.push(Number((n >> BigInt(shift)) & 0xffn));
  return bytes;
}

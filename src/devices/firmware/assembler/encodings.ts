/**
 * What the encoder wants to know of an instruction's encoding, in the terms of Intel's opcode maps
 * (SDM volume 2, appendix A.2): opcode bytes, the digit in ModRM's reg field, and operand codes such as
 * `Eb`, `Gv`, `Iz`. Any table that says this much can be read: run the other way round, a decoder's
 * table is an assembler.
 *
 * Operand codes: a method letter and a size letter.
 *   E register or memory, M memory, R register: ModRM's r/m      G general register: ModRM's reg
 *   S C D T segment, control, debug, test register: ModRM's reg  Z general register: opcode's low bits
 *   I immediate, J relative target, A far pointer, O address without ModRM
 *   b w d q t 8 16 32 64 80 bits, v z y the operand size, p a far pointer, none any
 *   Ibs a byte, sign-extended to the operand size                STi x87 register: opcode's low bits
 *   AL eAX DX ES ST0 1 ... that very register or number
 */
import { Fault } from './errors.js';
import { type Register, registerNamed } from './registers.js';

export type Method = 'E' | 'M' | 'R' | 'G' | 'S' | 'C' | 'D' | 'T' | 'Z' | 'I' | 'J' | 'A' | 'O';

export type OperandCode =
  | {
      readonly kind: 'coded';
      readonly method: Method;
      /** Bits; 'v' the operand size; 0 any; 'p' a far pointer. */
      readonly size: number | 'v' | 'p';
      readonly extended: boolean;
    }
  /** `width` 'v': the register of that number in the operand size (eAX). */
  | { readonly kind: 'fixed'; readonly register: Register; readonly width: 'v' | 'own' }
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'stack'; readonly to: boolean };

export interface Encoding {
  readonly mnemonic: string;
  readonly opcode: readonly number[];
  readonly operands: readonly OperandCode[];
  /** The last opcode byte's low three bits hold a register. */
  readonly plus: boolean;
  /** ModRM follows; its reg field is `digit`, or a register operand. */
  readonly modrm: boolean;
  readonly digit: number;
  /** Operand and address size it needs whatever its operands are; 0 if it does not care. */
  readonly operandSize: number;
  readonly addressSize: number;
  /** One of its operands follows the operand size. */
  readonly sized: boolean;
}

const SIZE_LETTERS: Readonly<Record<string, number | 'v' | 'p'>> = {
  b: 8,
  w: 16,
  d: 32,
  q: 64,
  t: 80,
  v: 'v',
  z: 'v',
  y: 'v',
  p: 'p',
  s: 0,
  a: 0,
  '': 0,
};

const MODRM_METHODS = 'EMRGSCDT';

/** Reads a line of the tables: mnemonic, operand codes (`-` for none), opcode. */
export function parseEncoding(line: string): Encoding {
  const [mnemonic, operands, ...opcode] = line.trim().split(/\s+/);
  if (!mnemonic || !operands || opcode.length === 0) throw new Fault(`not an encoding: ${line}`);
  return describe(mnemonic, opcode.join(' '), operands === '-' ? [] : operands.split(','));
}

/**
 * From generic columns. `opcode`: hex bytes; `+` after the last: its low bits are a register; `/n` the
 * digit; `/r` and a last `m` or `r` say nothing the operands do not; o16 o32 a16 a32: sizes needed.
 */
function describe(mnemonic: string, opcode: string, operands: readonly string[]): Encoding {
  const words = opcode.split(' ');
  const bytes = words.filter((w) => /^[0-9A-Fa-f]{2}\+?$/.test(w));
  const digit = words.find((w) => /^\/[0-7]$/.test(w));
  const codes = operands.map(parseCode);
  const size = (letter: string) =>
    Number(words.find((w) => w[0] === letter && w.length === 3)?.slice(1) ?? 0);
  return {
    mnemonic: mnemonic.toLowerCase(),
    opcode: bytes.map((b) => Number.parseInt(b, 16)),
    operands: codes,
    plus: bytes.at(-1)!.endsWith('+'),
    modrm: digit !== undefined || codes.some((c) => c.kind === 'coded' && MODRM_METHODS.includes(c.method)),
    digit: digit ? Number(digit[1]) : 0,
    operandSize: size('o'),
    addressSize: size('a'),
    sized: codes.some((c) => (c.kind === 'coded' && sizedCode(c.method, c.size)) || isWide(c)),
  };
}

function isWide(code: OperandCode): boolean {
  return (code.kind === 'fixed' && code.width === 'v') || (code.kind === 'coded' && code.extended);
}

function sizedCode(method: Method, size: number | 'v' | 'p'): boolean {
  return size === 'v' || (size === 'p' && (method === 'A' || method === 'M'));
}

function parseCode(text: string): OperandCode {
  if (/^\d+$/.test(text)) return { kind: 'number', value: BigInt(text) };
  if (text === 'STi' || text === 'toSTi') return { kind: 'stack', to: text.startsWith('to') };
  if (text === 'Ibs') return { kind: 'coded', method: 'I', size: 8, extended: true };
  const found = /^([EMRGSCDTZIJAO])([bwdqtvzypsa]?)$/.exec(text);
  if (found) {
    const method = found[1] as Method;
    return { kind: 'coded', method, size: SIZE_LETTERS[found[2]!]!, extended: false };
  }
  const wide = /^e[A-Z]{2}$/.test(text);
  const register = registerNamed(text.toLowerCase());
  if (!register) throw new Fault(`unknown operand code ${text}`);
  return { kind: 'fixed', register, width: wide ? 'v' : 'own' };
}

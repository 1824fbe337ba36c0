/** Many instructions with many operands, for comparison with another assembler. */
import type { Encoding, OperandCode } from '../../../../src/devices/firmware/assembler/encodings.js';
import { ENCODINGS } from '../../../../src/devices/firmware/assembler/instructions.js';

const REGISTERS: Readonly<Record<number, readonly string[]>> = {
  8: 'al cl dl bl ah ch dh bh'.split(' '),
  16: 'ax cx dx bx sp bp si di'.split(' '),
  32: 'eax ecx edx ebx esp ebp esi edi'.split(' '),
};
const SIZE_WORDS: Readonly<Record<number, string>> = {
  8: 'byte ',
  16: 'word ',
  32: 'dword ',
  64: 'qword ',
  80: 'tword ',
};

const ADDRESSES = [
  ...[
    'bx+si',
    'bp+di+5',
    'si',
    'bp',
    'bp-128',
    'bx+127',
    'bx+128',
    'di-129',
    'bx+back',
    'byte bx+1',
    '1234h',
  ],
  ...['ahead', 'back+4', 'es:bx', 'fs:1234h', 'dword 12345678h', 'word 1234h', 'ahead-back', 'cs:edi'],
  ...['eax', 'ebp', 'esp', 'esp+4', 'ecx+127', 'ebx-129', 'esi+ahead', 'dword edx+1', 'edi+edi', 'ebp*1'],
  ...['eax*2', 'nosplit eax*2', 'ecx*4', 'ebp*8+5', 'edx*3', 'ebx*5+1000h', 'esi*9', 'ebx+ecx', 'ecx+ebx'],
  ...['ebp+esi', 'esi+ebp*4', 'ebp+ebp*2', 'eax+esp', 'esp+edx*8-4', 'ss:eax+edi*4+ahead', 'edi*1+eax'],
];
const NUMBERS = [
  '0',
  '1',
  '5',
  '-1',
  '127',
  '128',
  '-128',
  '-129',
  '255',
  "'A'",
  '7fffh',
  '0ffffh',
  '0ffffffffh',
];
const LABELS = ['ahead', 'back', '$', 'ahead-back', '$-back', 'far_ahead-ahead', 'strict back'];
const TARGETS = ['ahead', 'back', '$', '$+2', '$+200', 'far_ahead', 'near ahead', '1234h'];

/** Lines of one encoding. `n` varies the choice. */
export function linesOf(encoding: Encoding, n: number): string {
  const size = encoding.sized ? (n % 2 === 0 ? 16 : 32) : 0;
  const sized = encoding.operands.some((code) => pinsSize(code, n));
  const operands = encoding.operands.map((code, i) => operandOf(code, n * 7 + i * 3, size, sized));
  return `${encoding.mnemonic} ${operands.join(', ')}`.trim();
}

function pinsSize(code: OperandCode, n: number): boolean {
  if (code.kind === 'fixed') return code.width === 'v';
  return code.kind === 'coded' && ('GZR'.includes(code.method) || (code.method === 'E' && n % 3 === 0));
}

function operandOf(code: OperandCode, n: number, size: number, sized: boolean): string {
  if (code.kind === 'number') return code.value.toString();
  if (code.kind === 'stack') return `${code.to ? 'to ' : ''}st${n % 8}`;
  if (code.kind === 'fixed') {
    return code.width === 'v' ? REGISTERS[size]![code.register.number]! : code.register.name;
  }
  const bits = typeof code.size === 'number' ? code.size : size;
  const register = () => pick(REGISTERS[bits || 32]!, n);
  switch (code.method) {
    case 'E':
      return n % 3 === 0 && sized ? register() : memory(code.size === 'p' ? 0 : bits, n);
    case 'M':
      return code.size === 'p' || code.size === 0 ? memory(0, n) : memory(bits, n);
    case 'O':
      return `${SIZE_WORDS[bits] ?? ''}[${pick(['1234h', 'ahead', 'gs:back'], n)}]`;
    case 'S':
      return pick(['es', 'ss', 'ds', 'fs', 'gs'], n);
    case 'C':
      return pick(['cr0', 'cr2', 'cr3', 'cr4'], n);
    case 'D':
      return `dr${n % 8}`;
    case 'T':
      return pick(['tr3', 'tr6', 'tr7'], n);
    case 'I':
      return immediate(code.extended ? size : bits, n, code.extended);
    case 'J':
      return pick(TARGETS, n);
    case 'A':
      return `${SIZE_WORDS[size]}${pick(['8:1234h', '0f000h:0fff0h', '8:ahead'], n)}`;
    default:
      return register();
  }
}

function memory(bits: number, n: number): string {
  return `${SIZE_WORDS[bits] ?? ''}[${pick(ADDRESSES, n)}]`;
}

function immediate(bits: number, n: number, extended: boolean): string {
  if (bits > 8 && n % 4 === 0) return pick(LABELS, n >> 2);
  const number = pick(bits > 16 ? NUMBERS : NUMBERS.slice(0, bits > 8 ? -1 : -3), n >> 1);
  return extended && n % 5 === 0 && /^-?\d{1,2}$/.test(number) ? `byte ${number}` : number;
}

function pick<T>(items: readonly T[], n: number): T {
  return items[n % items.length]!;
}

/** `each` lines of every encoding, without repetition, and prefixed ones. */
export function corpus(each: number): string[] {
  const lines = new Set<string>();
  for (const [i, encoding] of ENCODINGS.entries()) {
    for (let n = 0; n < each; n++) lines.add(linesOf(encoding, n + i));
  }
  for (const prefix of ['lock', 'rep', 'repne', 'es', 'fs', 'a16', 'a32']) {
    for (const line of ['movsb', 'lodsw', 'stosd', 'inc word [1234h]', 'xlatb', 'add [ecx], al']) {
      lines.add(`${prefix} ${line}`);
    }
  }
  for (const prefix of ['o16', 'o32']) {
    for (const line of ['ret', 'retf', 'iret', 'lgdt [back]', 'leave', 'pusha'])
      lines.add(`${prefix} ${line}`);
  }
  return [...lines];
}

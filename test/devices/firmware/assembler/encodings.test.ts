/**
 * Bytes of single instructions, worked out by hand from the opcode maps and ModRM tables of the Intel SDM,
 * volume 2, so that they need no other assembler.
 */
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../src/devices/firmware/assembler/assembler.js';

function hex(bits: number, source: string): string {
  const { bytes } = assemble(`bits ${bits}\n${source}`);
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
}

/** Source, its bytes in 16-bit code, its bytes in 32-bit code. */
const BOTH: readonly [source: string, in16: string, in32: string][] = [
  ['nop', '90', '90'],
  ['mov al, 5', 'b0 05', 'b0 05'],
  ['mov ax, 1234h', 'b8 34 12', '66 b8 34 12'],
  ['mov eax, 12345678h', '66 b8 78 56 34 12', 'b8 78 56 34 12'],
  ['mov eax, ebx', '66 89 d8', '89 d8'],
  ['mov ds, ax', '8e d8', '8e d8'],
  ['mov ax, ds', '8c d8', '66 8c d8'],
  ['mov eax, cr0', '0f 20 c0', '0f 20 c0'],
  ['mov cr3, ecx', '0f 22 d9', '0f 22 d9'],
  ['mov dr7, eax', '0f 23 f8', '0f 23 f8'],
  ['add ax, 1', '83 c0 01', '66 83 c0 01'],
  ['add ax, 0ffffh', '83 c0 ff', '66 83 c0 ff'],
  ['add ax, 128', '05 80 00', '66 05 80 00'],
  ['add ax, strict word 1', '05 01 00', '66 05 01 00'],
  ['add al, 1', '04 01', '04 01'],
  ['cmp bl, 1', '80 fb 01', '80 fb 01'],
  ['xor edx, edx', '66 31 d2', '31 d2'],
  ['test eax, 8', '66 a9 08 00 00 00', 'a9 08 00 00 00'],
  ['shl ax, 1', 'd1 e0', '66 d1 e0'],
  ['sal ax, cl', 'd3 e0', '66 d3 e0'],
  ['shr ecx, 5', '66 c1 e9 05', 'c1 e9 05'],
  ['shld eax, edx, 3', '66 0f a4 d0 03', '0f a4 d0 03'],
  ['imul ax, 3', '6b c0 03', '66 6b c0 03'],
  ['imul eax, ecx, 300', '66 69 c1 2c 01 00 00', '69 c1 2c 01 00 00'],
  ['xchg ax, bx', '93', '66 93'],
  ['xchg cl, dh', '86 ce', '86 ce'],
  ['bswap esi', '66 0f ce', '0f ce'],
  ['movzx eax, cl', '66 0f b6 c1', '0f b6 c1'],
  ['movsx eax, cx', '66 0f bf c1', '0f bf c1'],
  ['setnz al', '0f 95 c0', '0f 95 c0'],
  ['cmovc eax, ebx', '66 0f 42 c3', '0f 42 c3'],
  ['push 5', '6a 05', '6a 05'],
  ['push word 1234h', '68 34 12', '66 68 34 12'],
  ['push es', '06', '06'],
  ['pop gs', '0f a9', '0f a9'],
  ['pushad', '66 60', '60'],
  ['iret', 'cf', 'cf'],
  ['iretd', '66 cf', 'cf'],
  ['pushfw', '9c', '66 9c'],
  ['rep movsd', 'f3 66 a5', 'f3 a5'],
  ['repne scasb', 'f2 ae', 'f2 ae'],
  ['cs lodsw', '2e ad', '2e 66 ad'],
  ['a32 lodsb', '67 ac', 'ac'],
  ['in eax, dx', '66 ed', 'ed'],
  ['out 0f4h, al', 'e6 f4', 'e6 f4'],
  ['int 3', 'cd 03', 'cd 03'],
  ['int3', 'cc', 'cc'],
  ['enter 8, 1', 'c8 08 00 01', 'c8 08 00 01'],
  ['o32 retf', '66 cb', 'cb'],
  ['jmp 0f000h:0fff0h', 'ea f0 ff 00 f0', 'ea f0 ff 00 00 00 f0'],
  ['jmp dword 8:100000h', '66 ea 00 00 10 00 08 00', 'ea 00 00 10 00 08 00'],
  ['cpuid', '0f a2', '0f a2'],
  ['rdtsc', '0f 31', '0f 31'],
  ['wrmsr', '0f 30', '0f 30'],
  ['sysenter', '0f 34', '0f 34'],
  ['lmsw ax', '0f 01 f0', '0f 01 f0'],
  ['ltr ax', '0f 00 d8', '0f 00 d8'],
  ['fninit', 'db e3', 'db e3'],
  ['finit', '9b db e3', '9b db e3'],
  ['fld st1', 'd9 c1', 'd9 c1'],
  ['fadd st0, st3', 'd8 c3', 'd8 c3'],
  ['fadd st3, st0', 'dc c3', 'dc c3'],
  ['fsub to st2', 'dc ea', 'dc ea'],
  ['fdivp st1, st0', 'de f9', 'de f9'],
  ['fnstsw ax', 'df e0', 'df e0'],
  ['fstsw ax', '9b df e0', '9b df e0'],
  ['fcmovnbe st0, st4', 'db d4', 'db d4'],
];

/** Effective addresses; bits, operand, what follows the opcode 8B of `mov eax, ...`. */
const ADDRESSES: readonly [bits: number, operand: string, bytes: string][] = [
  [16, '[bx+si]', '66 8b 00'],
  [16, '[si+bx+5]', '66 8b 40 05'],
  [16, '[bp]', '66 8b 46 00'],
  [16, '[bx-129]', '66 8b 87 7f ff'],
  [16, '[byte bx]', '66 8b 47 00'],
  [16, '[es:di]', '26 66 8b 05'],
  [16, '[esp+8]', '66 67 8b 44 24 08'],
  [32, '[ebx]', '8b 03'],
  [32, '[ebp]', '8b 45 00'],
  [32, '[esp]', '8b 04 24'],
  [32, '[12345678h+ecx]', '8b 81 78 56 34 12'],
  [32, '[ebx+ecx*4]', '8b 04 8b'],
  [32, '[ecx*4+8]', '8b 04 8d 08 00 00 00'],
  [32, '[ecx*2]', '8b 04 09'],
  [32, '[nosplit ecx*2]', '8b 04 4d 00 00 00 00'],
  [32, '[ecx*5]', '8b 04 89'],
  [32, '[eax+esp]', '8b 04 04'],
  [32, '[ebp+edx]', '8b 44 15 00'],
  [32, '[edx+ebp]', '8b 04 2a'],
  [32, '[dword ebx+1]', '8b 83 01 00 00 00'],
  [32, '[bx]', '67 8b 07'],
];

describe('instructions', () => {
  test.each(BOTH)('%s', (source, in16, in32) => {
    expect(hex(16, source)).toBe(in16);
    expect(hex(32, source)).toBe(in32);
  });
});

describe('effective addresses', () => {
  test.each(ADDRESSES)('%i bits: %s', (bits, operand, bytes) => {
    expect(hex(bits, `mov eax, ${operand}`)).toBe(bytes);
  });

  test('the accumulator at a plain address needs no ModRM', () => {
    expect(hex(32, 'mov [1234h], eax')).toBe('a3 34 12 00 00');
    expect(hex(16, 'mov al, [es:1234h]')).toBe('26 a0 34 12');
  });

  test("a label's displacement is never shortened: the image may be loaded anywhere", () => {
    expect(hex(32, 'here: mov ecx, [ebx+here]')).toBe('8b 8b 00 00 00 00');
  });
});

describe('sizes', () => {
  test.each([
    ['mov [ebx], 1', 'size'],
    ['push dword [ebx+esp*2]', 'esp'],
    ['inc [ebx]', 'size'],
    ['shl [ebx], cl', 'size'],
    ['movzx eax, [ebx]', 'size'],
    ['fld [ebx]', 'size'],
    ['mov eax, bx', 'no such combination'],
    ['mov [bx+cx], al', '16-bit address'],
    ['mov al, [ebx+bx]', 'different sizes'],
    ['mov al, 300', 'fit'],
    ['a16 mov al, [ebx]', 'differ in size'],
  ])('%s is refused', (source, reason) => {
    expect(() => hex(32, source)).toThrow(reason);
  });

  test('another operand gives the size of memory', () => {
    expect(hex(32, 'mov [ebx], word 1')).toBe('66 c7 03 01 00');
    expect(hex(32, 'add [ebx], cx')).toBe('66 01 0b');
    expect(hex(32, 'call [ebx]')).toBe('ff 13');
    expect(hex(16, 'jmp far [bx]')).toBe('ff 2f');
  });
});

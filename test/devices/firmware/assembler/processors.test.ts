/** `cpu 8086`: what it refuses, and how far conditional jumps reach. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../src/devices/firmware/assembler/assembler.js';

/** Instructions that the 80186, 80286 or 80386 brought. */
const LATER = [
  'push 1',
  'push word 1234h',
  'shl ax, 3',
  'ror byte [bx], 2',
  'imul ax, bx, 2',
  'imul ax, bx',
  'pusha',
  'enter 4, 0',
  'leave',
  'bound ax, [bx]',
  'rep insw',
  'outsb',
  'movzx ax, bl',
  'mov eax, 1',
  'mov ax, [fs:2]',
  'mov fs, ax',
  'push gs',
  'setz al',
  'bt ax, 1',
  'lfs si, [bx]',
  'mov ax, [eax]',
];
const FIRST = [
  'push ax',
  'shl ax, 1',
  'shl ax, cl',
  'mov es, ax',
  'pop ds',
  'rep movsw',
  'xlatb',
  'aam',
  'fld1',
];

const source = (line: string, cpu = '8086') => `cpu ${cpu}\nbits 16\n${line}\n`;

describe('cpu 8086', () => {
  test.each(LATER)('refuses %s', (line) => {
    expect(() => assemble(source(line))).toThrow(/the 8086 has no such instruction/);
    expect(() => assemble(source(line, '386'))).not.toThrow();
  });

  test.each(FIRST)('takes %s', (line) => {
    expect(assemble(source(line)).bytes).toEqual(assemble(source(line, '386')).bytes);
  });

  test('jumps around a jump where the target is far', () => {
    const { bytes } = assemble(source('jz far_away\ntimes 200 nop\nfar_away:'));
    // JNZ over the JMP; JMP 200 bytes on.
    expect([...bytes.subarray(0, 6)]).toEqual([0x75, 3, 0xe9, 200, 0, 0x90]);
    expect(assemble(source('jz near_by\nnear_by:')).bytes).toEqual(Uint8Array.of(0x74, 0));
  });
});

const hasNasm = spawnSync('nasm', ['-v']).status === 0;

test.runIf(hasNasm)('conditional jumps become what NASM makes of them', () => {
  const conditions = 'o no c nc z nz be a s ns p np l ge le g'.split(' ');
  const lines = conditions.map((cc) => `j${cc} back\nj${cc} ahead`);
  const text = source(`back:\n${lines.join('\ntimes 40 nop\n')}\ntimes 100 nop\nahead:`);
  const folder = mkdtempSync(join(tmpdir(), 'cpu-'));
  writeFileSync(join(folder, 'source'), text);
  execFileSync('nasm', ['-f', 'bin', '-o', join(folder, 'image'), join(folder, 'source')]);
  const expected = new Uint8Array(readFileSync(join(folder, 'image')));
  rmSync(folder, { recursive: true });
  expect(assemble(text).bytes).toEqual(expected);
});

/** The BIOS image: what other programs look for at fixed places, and what the board relies on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assembleFile, FIRMWARE } from '../../../scripts/firmware.js';
import { biosImage, biosSymbols, xtBiosImage } from '../../../src/devices/firmware/image.js';

const bios = biosImage();
const word = (at: number) => bios[at]! | (bios[at + 1]! << 8);

describe('BIOS image', () => {
  test('is 64 KiB with a far jump into F000h at the reset vector', () => {
    expect(bios.length).toBe(0x10000);
    expect(bios[0xfff0]).toBe(0xea);
    expect(word(0xfff3)).toBe(0xf000);
  });

  test('says that it is a PC/AT, and when it was made (IBM PC/AT Technical Reference)', () => {
    expect(bios[0xfffe]).toBe(0xfc);
    expect(String.fromCharCode(...bios.subarray(0xfff5, 0xfffd))).toMatch(/^\d\d\/\d\d\/\d\d$/);
  });

  test('has the tables that programs find by address', () => {
    expect(word(0xe6f5)).toBe(8); // configuration table's length
    expect(bios[0xe6f7]).toBe(0xfc);
    expect([...bios.subarray(0xefc7 + 3, 0xefc7 + 5)]).toEqual([2, 18]); // 512 bytes, 18 sectors
    expect(bios[0xff53]).toBe(0xcf); // IRET
    expect(bios.subarray(0xfa6e, 0xfa6e + 8).every((b) => b === 0)).toBe(true); // character 0
    expect(bios.subarray(0xfa6e + 65 * 8, 0xfa6e + 66 * 8).some((b) => b !== 0)).toBe(true); // "A"
  });

  test('takes the ACPI root pointer on a paragraph, and no longer one', () => {
    const rsdp = new Uint8Array(20).fill(0x5a);
    const at = biosImage(rsdp).indexOf(0x5a);
    expect(at % 16).toBe(0);
    expect(biosImage(rsdp).subarray(at, at + 20)).toEqual(rsdp);
    expect(bios.subarray(at, at + 36).every((b) => b === 0)).toBe(true);
    expect(() => biosImage(new Uint8Array(37))).toThrow(/36 bytes/);
  });

  test('has its labels', () => {
    expect(biosSymbols()).toMatch(/^[0-9a-f]{8} t int13$/m);
  });
});

describe('BIOS image of the xt board', () => {
  const xt = xtBiosImage();

  test('is 64 KiB with a far jump into F000h at the reset vector, and says PC/XT', () => {
    expect([xt.length, xt[0xfff0], xt[0xfff3]! | (xt[0xfff4]! << 8), xt[0xfffe]]).toEqual([
      0x10000, 0xea, 0xf000, 0xfb,
    ]);
  });

  test('has the tables that programs find by address (IBM PC/XT Technical Reference)', () => {
    expect(xt[0xe6f7]).toBe(0xfb);
    expect([...xt.subarray(0xefc7 + 3, 0xefc7 + 5)]).toEqual([2, 18]);
    expect([...xt.subarray(0xf0a4, 0xf0a7)]).toEqual([0x38, 0x28, 0x2d]); // 40 columns
    expect(xt[0xff53]).toBe(0xcf);
    expect(xt.subarray(0xfa6e, 0xfe6e)).toEqual(bios.subarray(0xfa6e, 0xfe6e)); // the same font
  });
});

const hasNasm = spawnSync('nasm', ['-v']).status === 0;

describe.runIf(hasNasm)('NASM', () => {
  test.each(FIRMWARE)('assembles $source to the same bytes', (firmware) => {
    const root = new URL('../../../', import.meta.url).pathname;
    const folder = mkdtempSync(join(tmpdir(), 'firmware-'));
    for (const [name, bytes] of firmware.binaries?.() ?? []) writeFileSync(join(folder, name), bytes);
    const source = join(root, firmware.source);
    const output = join(folder, 'image');
    execFileSync('nasm', ['-f', 'bin', '-I', join(source, '..'), '-I', folder, '-o', output, source]);
    const expected = new Uint8Array(readFileSync(output));
    rmSync(folder, { recursive: true });
    expect(assembleFile(firmware, (path) => readFileSync(join(root, path))).bytes).toEqual(expected);
  });
});

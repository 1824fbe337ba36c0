/**
 * Byte for byte the same as NASM, where NASM is installed: a corpus of instructions in both modes, and the
 * firmware that the project carries.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { assembleFile, FIRMWARE } from '../../../../scripts/firmware.js';
import { type Assembly, assemble } from '../../../../src/devices/firmware/assembler/assembler.js';
import { corpus } from './corpus.js';

const installed = spawnSync('nasm', ['-v']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'nasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every line with labels of its own around it. Few enough of them lie within 64 KiB. */
const CHUNK = 150;
/** Of the first instruction, and from one to the next. */
const FIRST_LINE = 4;
const LINES_EACH = 5;
function program(lines: readonly string[], bits: number): string {
  const around = lines.map((line, i) => {
    const own = line.replace(/\b(far_ahead|ahead|back)\b/g, `$1_${i}`);
    return `back_${i}: dd 1, 2\n${own}\nahead_${i}: dd 1\nresb 300\nfar_ahead_${i}:`;
  });
  return `bits ${bits}\norg 100h\n${around.join('\n')}\n`;
}

/** What NASM makes of it, or the numbers of the lines it refuses. */
function nasm(source: string): { bytes: Uint8Array; refused: Set<number> } {
  const [input, output] = [join(folder, 'in.asm'), join(folder, 'out.bin')];
  writeFileSync(input, source);
  const run = spawnSync('nasm', ['-w-all', '-f', 'bin', '-o', output, input], { encoding: 'utf8' });
  const refused = new Set([...run.stderr.matchAll(/:(\d+): error:/g)].map((m) => Number(m[1])));
  return { bytes: run.status === 0 ? readFileSync(output) : new Uint8Array(), refused };
}

/** Why a line is refused; undefined if it is not. */
function refusal(line: string, bits: number): string | undefined {
  try {
    assemble(program([line], bits));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) =>
    items.slice(i * CHUNK, (i + 1) * CHUNK),
  );
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Lines of the listing that the other assembler made something else of. */
function differences(ours: Assembly, theirs: Uint8Array): string[] {
  return ours.listing.flatMap(({ offset, length, text }) => {
    const [a, b] = [ours.bytes, theirs].map((bytes) => hex(bytes.subarray(offset, offset + length)));
    return a === b ? [] : [`${text}: ${a}, NASM ${b}`];
  });
}

describe.skipIf(!installed)('like NASM', () => {
  const lines = corpus(8);

  test.each([16, 32])('the corpus in %i-bit code', (bits) => {
    const refusals = lines.map((line) => refusal(line, bits));
    const accepted = lines.filter((_, i) => refusals[i] === undefined);
    expect(accepted.length).toBeGreaterThan(lines.length * 0.9);
    for (const chunk of chunks(accepted)) {
      const source = program(chunk, bits);
      const theirs = nasm(source);
      expect([...theirs.refused].map((n) => source.split('\n')[n - 1])).toEqual([]);
      expect(differences(assemble(source), theirs.bytes).slice(0, 5)).toEqual([]);
    }
    // NASM warns of numbers that do not fit, and complains of distances only if nothing else is wrong.
    const refused = lines.filter((_, i) => refusals[i] && !/does not (fit|reach)/.test(refusals[i]));
    for (const chunk of chunks(refused)) {
      const theirs = nasm(program(chunk, bits)).refused;
      const others = chunk.filter((_, i) => !theirs.has(FIRST_LINE + i * LINES_EACH));
      expect(others.filter((line) => nasm(program([line], bits)).refused.size === 0)).toEqual([]);
    }
  });

  test.each(FIRMWARE)('$source', (firmware) => {
    const { source } = firmware;
    const root = new URL('../../../../', import.meta.url).pathname;
    const slash = source.lastIndexOf('/');
    const output = join(folder, 'firmware.bin');
    for (const [name, bytes] of firmware.binaries?.() ?? []) writeFileSync(join(folder, name), bytes);
    const search = ['-i', `${folder}/`];
    execFileSync('nasm', ['-w-all', '-f', 'bin', ...search, '-o', output, source.slice(slash + 1)], {
      cwd: join(root, source.slice(0, slash)),
    });
    const ours = assembleFile(firmware, (path) => readFileSync(join(root, path)));
    expect(differences(ours, readFileSync(output)).slice(0, 5)).toEqual([]);
    expect(ours.bytes.length).toBe(readFileSync(output).length);
  });
});

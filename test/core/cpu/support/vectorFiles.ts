/**
 * Where hardware vectors are, and what is in them. The folder is not part of the project; REWIND86_VECTORS names
 * it (it has a subfolder a chip), else it is looked for beside the project.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readMoo, type VectorTest } from '../../../../src/core/vectors/moo.js';

export const FOLDER =
  process.env.REWIND86_VECTORS ?? resolve(import.meta.dirname, '../../../../../shared/hardware-vectors');

export const missing = `no hardware vectors in ${FOLDER} (set REWIND86_VECTORS to a folder that has them)`;

/** One file of vectors: an opcode, or one operation of a group. */
export interface Form {
  readonly name: string;
  /** Flags that are defined after it, by the suite's own metadata. */
  readonly definedFlags: number;
  tests(): readonly VectorTest[];
}

/** The forms of a chip, or undefined where the vectors are not there. */
export function forms(chip: string): readonly Form[] | undefined {
  const folder = join(FOLDER, chip);
  if (!existsSync(folder)) return undefined;
  const { opcodes } = JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.MOO.gz'))
    .map((file) => {
      const name = file.replace('.MOO.gz', '');
      const [opcode, digit] = name.split('.');
      const entry = digit === undefined ? opcodes[opcode!] : opcodes[opcode!].reg[digit];
      return {
        name,
        definedFlags: entry?.['flags-mask'] ?? 0xffff,
        tests: () => readMoo(gunzipSync(readFileSync(join(folder, file)))).tests,
      };
    });
}

/** A test as a failing expectation should show it. */
export function describeVector(test: VectorTest): string {
  const bytes = [...test.bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  const exception = test.exception ? ` (exception ${test.exception.number})` : '';
  return `#${test.index} ${test.name} [${bytes}]${exception}`;
}

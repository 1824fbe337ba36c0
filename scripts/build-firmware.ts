/**
 * Assembles the firmware and writes the generated modules: `npm run firmware`. With a folder
 * as argument, writes images and symbol files (.bin, .sym) there as well, to be run elsewhere.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { assembleFile, FIRMWARE, generate, symbolLines } from './firmware.js';

process.chdir(join(dirname(new URL(import.meta.url).pathname), '..'));
const read = (path: string) => readFileSync(path);
const folder = process.argv[2];

for (const firmware of FIRMWARE) {
  mkdirSync(dirname(firmware.output), { recursive: true });
  writeFileSync(firmware.output, generate(firmware, read));
  console.log(`${firmware.source} -> ${firmware.output}`);
  if (!folder) continue;
  const assembly = assembleFile(firmware, read);
  const name = join(folder, basename(firmware.source, '.asm'));
  writeFileSync(`${name}.bin`, assembly.bytes);
  writeFileSync(`${name}.sym`, `${symbolLines(assembly).join('\n')}\n`);
}

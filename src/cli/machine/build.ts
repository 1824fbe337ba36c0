/**
 * Which build of the program this is, as far as the machine goes: a fingerprint of the modules that make and replay one.
 * Two builds of one version may differ in what their machines do, which is what an index (machine/traceIndex.ts) holds.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../version.js';

/** Folders of the program beside this one's parent. */
const MACHINE = ['core', 'devices', 'replay'];
const HEX_DIGITS = 16;

let known: string | undefined;

/** The program's name and version, and its fingerprint. */
export function build(): string {
  known ??= `${PROGRAM}, build ${fingerprint()}`;
  return known;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of MACHINE) {
    const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
    for (const file of modulesIn(root)) hash.update(`${file}\n`).update(readFileSync(root + file));
  }
  return hash.digest('hex').slice(0, HEX_DIGITS);
}

/** In an order that is the same everywhere. */
function modulesIn(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

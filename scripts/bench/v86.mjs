/** The same guest on v86, in a process of its own. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node } from './rewind86.mjs';

const BIOS = ['/usr/share/seabios/bios.bin', '/usr/share/seabios/vgabios.bin'];

/** The folder of the package's build, or undefined if v86 or its BIOS is not there. */
export function findV86() {
  const build = process.env.V86 ? join(process.env.V86, 'build') : packaged();
  const needed = build ? [join(build, 'libv86.mjs'), join(build, 'v86.wasm'), ...BIOS] : [];
  return needed.length && needed.every((path) => existsSync(path)) ? build : undefined;
}

function packaged() {
  try {
    return dirname(createRequire(import.meta.url).resolve('v86'));
  } catch {
    return undefined;
  }
}

export async function v86(build, guest) {
  const child = join(dirname(fileURLToPath(import.meta.url)), 'v86-child.mjs');
  const setting = JSON.stringify({ build, bios: BIOS, ...guest });
  const { out, code, wall, cpu } = await node([child, setting]);
  const right = code === 0 && JSON.parse(out).right;
  return { wall, cpu, ...(right ? {} : { failed: code === 0 ? 'wrong hash' : `exit code ${code}` }) };
}

/** Guests that scripts/guests make, run under a script by the built program. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { GUEST, rewind86, type Said } from './program.js';

/** A file below .cache/guests. */
export function guestFile(name: string): string {
  return join(dirname(GUEST), name);
}

/** A suite that is skipped, with the reason on the console, where one of its files is not there. */
export function describeGuest(name: string, files: readonly string[], hint: string, suite: () => void): void {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length) console.log(`${name} skipped: no ${missing.join(', ')}; ${hint}`);
  describe.skipIf(missing.length > 0)(name, suite);
}

/** Runs a machine under a script, given as the lines of its YAML. */
export function run(machine: readonly string[], script: readonly string[]): Promise<Said> {
  return inFolder((folder) => rewind86('run', ...machine, '--script', scriptFile(folder, script)));
}

/** Records a machine under a script, and verifies the trace if the script came to its end. */
export function recordAndVerify(
  machine: readonly string[],
  script: readonly string[],
): Promise<{ recorded: Said; verified: Said | undefined }> {
  return inFolder(async (folder) => {
    const trace = join(folder, 'trace.rewind');
    const recorded = await rewind86(
      'record',
      ...machine,
      '--script',
      scriptFile(folder, script),
      '-o',
      trace,
    );
    return { recorded, verified: recorded.code === 0 ? await rewind86('verify', trace) : undefined };
  });
}

function scriptFile(folder: string, script: readonly string[]): string {
  const path = join(folder, 'script.yaml');
  writeFileSync(path, script.map((line) => `${line}\n`).join(''));
  return path;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rewind86-guests-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

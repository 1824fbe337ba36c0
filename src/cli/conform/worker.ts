/** What a thread of `conform` does: reads a file of single-step tests, runs them, and gives the ledger. */
import { gunzipSync } from 'node:zlib';
import { formRunner } from '../../core/vectors/ledger.js';
import { readVectors, VectorError } from '../../core/vectors/suite.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { readWhole } from '../host/files.js';
import type { ConformAnswer, ConformTask } from './task.js';

const runForm = formRunner();

/** gzip's first bytes (RFC 1952). */
const GZIP = [0x1f, 0x8b];
const MAX_UNPACKED = 2 ** 30;

export default function work(task: ConformTask): ConformAnswer {
  try {
    const { form, path, chip, cpu, flags, strict, limit } = task;
    const vectors = readVectors(unpack(readWhole(path)), { chip, cpu });
    const tests = vectors.tests.slice(0, limit);
    return runForm(form, { chip: vectors.chip, tests }, { flags, strict });
  } catch (error) {
    if (error instanceof CliError) return { code: error.code, error: error.message };
    if (error instanceof VectorError) {
      return { code: ExitCode.badInput, error: `${task.path} ${error.message}` };
    }
    throw error;
  }
}

function unpack(bytes: Uint8Array): Uint8Array {
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    throw new VectorError(`cannot be unpacked (${(error as Error).message})`);
  }
}

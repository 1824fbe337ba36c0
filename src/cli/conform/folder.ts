/** A folder of single-step tests: a file per form, named after it, and the suite's metadata. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Metadata, readMetadata, VectorError } from '../../core/vectors/suite.js';
import { CliError, cannotRead, usage } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { readWhole } from '../host/files.js';

export interface FormFile {
  /** An opcode, or one operation of a group: `00`, `F7.4`. */
  readonly form: string;
  readonly path: string;
}

export interface TestFolder {
  /** In the order of their names. */
  readonly files: readonly FormFile[];
  readonly metadata: Metadata | undefined;
}

const FORM_FILE = /^((?:0F)?[0-9A-F]{2}(?:\.[0-7])?)\.(?:MOO|json)(?:\.gz)?$/i;
const METADATA = 'metadata.json';

/** `wanted`: only these forms; an opcode stands for all operations of its group. */
export function openTestFolder(folder: string, wanted: readonly string[] | undefined): TestFolder {
  const names = list(folder);
  const files = names.flatMap((name) => {
    const form = FORM_FILE.exec(name)?.[1]?.toUpperCase();
    return form === undefined ? [] : [{ form, path: path.join(folder, name) }];
  });
  if (files.length === 0) {
    const message = `${folder} holds no single-step tests (files such as 00.MOO.gz or F7.4.json)`;
    throw new CliError(ExitCode.badInput, message);
  }
  const metadata = names.includes(METADATA) ? metadataOf(path.join(folder, METADATA)) : undefined;
  return { files: wanted ? choose(files, wanted, folder) : files, metadata };
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw cannotRead(folder, code === 'ENOTDIR' ? { code: 'it is not a folder' } : error);
  }
}

function choose(files: readonly FormFile[], wanted: readonly string[], folder: string): FormFile[] {
  const is = (form: string, name: string) => form === name || form.startsWith(`${name}.`);
  const missing = wanted.find((name) => !files.some(({ form }) => is(form, name)));
  if (missing !== undefined) throw usage(`there is no form ${missing} in ${folder}`);
  return files.filter(({ form }) => wanted.some((name) => is(form, name)));
}

function metadataOf(at: string): Metadata {
  try {
    return readMetadata(new TextDecoder().decode(readWhole(at)));
  } catch (error) {
    if (error instanceof VectorError) throw new CliError(ExitCode.badInput, `${at} ${error.message}`);
    throw error;
  }
}

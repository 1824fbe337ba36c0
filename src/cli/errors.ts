/** Errors that are the user's to mend: one line that says what is wrong and, where it is not plain, what to do. */
import { ScriptError } from '../replay/script/parse.js';
import { TraceError } from '../replay/trace/format.js';
import { ExitCode } from './exitCodes.js';

export class CliError extends Error {
  override name = 'CliError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function usage(message: string): CliError {
  return new CliError(ExitCode.usage, message);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EIO: 'input/output error',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'too many symbolic links',
};

function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return REASONS[code ?? ''] ?? code ?? message ?? String(error);
}

export function cannotRead(path: string, error: unknown): CliError {
  return new CliError(ExitCode.noInput, `cannot read ${path}: ${reason(error)}`);
}

export function cannotWrite(path: string, error: unknown): CliError {
  return new CliError(ExitCode.noOutput, `cannot write ${path}: ${reason(error)}`);
}

/** The exit code and the one line for anything thrown. */
export function explain(error: unknown): { readonly code: number; readonly line: string } {
  if (error instanceof CliError) return { code: error.code, line: error.message };
  if (error instanceof TraceError) return { code: ExitCode.badTrace, line: error.message };
  if (error instanceof ScriptError) return { code: ExitCode.badInput, line: error.message };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: ExitCode.internal, line: `a defect of rewind86, please report it: ${text.split('\n')[0]}` };
}

/** Names of addresses for the commands that show them: those that the project knows, and the user's. */
import { bundledSymbols } from '../../replay/guest/bundledSymbols.js';
import { readSymbols, type Symbols } from '../../replay/guest/symbols.js';
import type { Trace } from '../../replay/trace/reader.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { readWhole } from '../host/files.js';

export const SYMBOLS_HELP = 'System.map, output of nm, or an ELF file with symbols';

/** The user's own come first. */
export function symbolsFor(trace: Trace, file: string | undefined): Symbols {
  const bundled = bundledSymbols(trace);
  if (file === undefined) return bundled;
  try {
    return readSymbols(readWhole(file)).with(bundled);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError(ExitCode.badInput, `${file}: ${error.message}`);
  }
}

/** All encodings by mnemonic, in the order in which they are tried. */
import { type Encoding, parseEncoding } from './encodings.js';
import { INTEGER } from './tables/integer.js';
import { SYSTEM } from './tables/system.js';
import { X87 } from './tables/x87.js';

/** Groups encodings by mnemonic. */
function byMnemonic(encodings: readonly Encoding[]): ReadonlyMap<string, readonly Encoding[]> {
  const groups = new Map<string, Encoding[]>();
  for (const encoding of encodings) {
    const group = groups.get(encoding.mnemonic);
    if (group) group.push(encoding);
    else groups.set(encoding.mnemonic, [encoding]);
  }
  return groups;
}

/** Lines of the tables that hold an encoding. */
export const ENCODINGS: readonly Encoding[] = [INTEGER, SYSTEM, X87]
  .join('\n')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map(parseEncoding);

export const INSTRUCTIONS = byMnemonic(ENCODINGS);

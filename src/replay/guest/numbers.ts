/** Numbers as people read and write them: what is shown can be put in where a number is asked for. */

const WRITTEN = /^(?:0x[\da-f]+|0b[01]+|\d[\d_]*)$/i;
/** As assemblers write it: it begins with a digit, so that it is no name. */
const SUFFIXED = /^(\d[\da-f]*)h$/i;

/** `4c58h`, `0e8h`. */
export function hexText(value: number | bigint): string {
  const digits = value.toString(16);
  return `${/^\d/.test(digits) ? '' : '0'}${digits}h`;
}

/** An address, in a column: `001003ach`, `0c01003ach`. */
export function addressText(address: number): string {
  return hexText(address).padStart(9, '0');
}

/** `12`, `1_000`, `0x1f`, `1fh`, `0b101`; undefined of anything else. */
export function numberFrom(text: string): bigint | undefined {
  const [, digits] = SUFFIXED.exec(text) ?? [];
  if (digits !== undefined) return BigInt(`0x${digits}`);
  return WRITTEN.test(text) ? BigInt(text.replaceAll('_', '')) : undefined;
}

/** The same of a number that a double holds exactly. */
export function wholeFrom(text: string): number | undefined {
  const value = Number(numberFrom(text) ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** In JSON: a number where a double holds it exactly, else `"0x..."`; null of none. */
export function numberJson(value: number | bigint | undefined): number | string | null {
  if (value === undefined) return null;
  return typeof value === 'number' || value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : `0x${value.toString(16)}`;
}

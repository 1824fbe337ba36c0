/** Texts that a terminal can show as they are, and numbers. */

export const hex = (value: number, digits = 8): string => value.toString(16).padStart(digits, '0');

/** Without control characters, line ends, and characters that change the direction of what follows. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');
}

export function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hex(byte, 2)).join(' ');
}

/** Names of the bits that are set, in the order of the table; a bit of several counts if all are. */
export function bitNames(value: number, bits: Readonly<Record<string, number>>): string {
  const set = Object.entries(bits).filter(([, bit]) => (value & bit) >>> 0 === bit >>> 0);
  return set.map(([name]) => name).join(' ');
}

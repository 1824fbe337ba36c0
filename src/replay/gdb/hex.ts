/** Bytes and numbers as gdb's remote protocol writes them: two lower-case digits a byte. */

export function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Of a text in UTF-8. */
export function hexOfText(text: string): string {
  return hexOf(new TextEncoder().encode(text));
}

/** Undefined if it is no whole number of bytes. */
export function bytesOfHex(hex: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) return undefined;
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

/** As `bytesOfHex`, of a text in UTF-8. */
export function textOfHex(hex: string): string | undefined {
  const bytes = bytesOfHex(hex);
  return bytes && new TextDecoder().decode(bytes);
}

/** A number, most significant digit first; undefined if it is none, or has more than 64 bits. */
export function numberOf(hex: string): number | undefined {
  return /^[0-9a-f]{1,16}$/i.test(hex) ? Number.parseInt(hex, 16) : undefined;
}

/** Several, with something between them: `address,length`. */
export function numbersOf(text: string, count: number, separator = ','): number[] | undefined {
  const numbers = text.split(separator).map(numberOf);
  return numbers.length === count && numbers.every((n) => n !== undefined) ? numbers : undefined;
}

/** A number as the target stores it: least significant byte first. */
export function littleEndian(value: number | bigint, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = 0; i < size; i++) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

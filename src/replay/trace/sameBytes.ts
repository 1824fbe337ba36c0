/** Are two sequences of bytes equal? Compares four at a time where they are aligned, as large ones are. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const isAligned = ((a.byteOffset | b.byteOffset | a.length) & 3) === 0;
  const [x, y] = isAligned ? [words(a), words(b)] : [a, b];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

const words = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

/** What a guest said on its serial console, as lines with the clocks at which they began. */

export interface SpokenLine {
  readonly clock: number;
  readonly text: string;
}

const NEWLINE = 10;
const RETURN = 13;

/** Lines end with a line feed; carriage returns before it are none of their text. The last one need not end. */
export function* spokenLines(
  bytes: Uint8Array,
  clocks: readonly number[],
): Generator<SpokenLine, void, void> {
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== NEWLINE) continue;
    let end = i;
    while (end > start && bytes[end - 1] === RETURN) end--;
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    if (i < bytes.length || text !== '') yield { clock: clocks[start]!, text };
    start = i + 1;
  }
}

/** Memory in hexadecimal and as text. What cannot be read is shown as such. */
import type { MemoryLine } from '../../replay/view/view.js';
import type { State } from '../state.js';
import { fit, type Line, line, type Role, type Span, span } from '../text.js';
import { BYTES_A_ROW } from '../wanted.js';

export function memoryLines(state: State, rows: number, columns: number): Line[] {
  const { memory } = state.view ?? {};
  if (!memory) return [];
  if (memory.error !== undefined) return [fit(line(memory.error, 'error'), columns)];
  const skew = (memory.at ?? 0) - (memory.lines[0]?.address ?? 0);
  const cursor = state.focus === 'memory' ? skew + state.memory.cursor : -1;
  return memory.lines.slice(0, rows).map((one, i) => fit(memoryLine(one, cursor - i * BYTES_A_ROW), columns));
}

function memoryLine({ address, bytes, changed }: MemoryLine, cursor: number): Line {
  const roleOf = (i: number): Role | undefined =>
    i === cursor ? 'here' : changed.includes(i) ? 'changed' : undefined;
  const digits: Span[] = bytes.flatMap((byte, i) => [
    span(byte?.toString(16).padStart(2, '0') ?? '??', roleOf(i) ?? (byte === 0 ? 'dim' : undefined)),
    // Dim spaces are spaces: a row of zeros is one piece.
    span(i === BYTES_A_ROW / 2 - 1 ? '  ' : ' ', byte === 0 && !roleOf(i) ? 'dim' : undefined),
  ]);
  const text = bytes.map((byte, i) => span(printable(byte), roleOf(i)));
  return [span(address.toString(16).padStart(8, '0'), 'address'), span(' '), ...digits, ...text];
}

function printable(byte: number | undefined): string {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

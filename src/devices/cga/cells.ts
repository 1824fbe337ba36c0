/**
 * A text screen of a 6845 adapter as text: two bytes a cell, character and attribute, from the start
 * address on, one row after the other.
 */
import { CP437 } from '../vga/cp437.js';
import type { ScreenCursor, ScreenText } from '../vga/text.js';
import { Crtc, type CrtcState, columns, cursorAddress, rowHeight, rows, startAddress } from './crtc6845.js';

/** Address of a cell, in cells. */
export function cellAddress(s: CrtcState, row: number, column: number): number {
  return startAddress(s) + row * columns(s) + column;
}

/** `memory`: a power of two of bytes, in which addresses wrap. */
export function textOf(s: CrtcState, memory: Uint8Array, blank: boolean): ScreenText {
  const attributes = new Uint8Array(rows(s) * columns(s));
  const lines = Array.from({ length: rows(s) }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns(s); column++) {
      const at = (2 * cellAddress(s, row, column)) & (memory.length - 1);
      line += CP437[memory[at]!];
      attributes[row * columns(s) + column] = memory[at + 1]!;
    }
    return line;
  });
  return { columns: columns(s), rows: rows(s), lines, attributes, cursor: findCursor(s, memory), blank };
}

function findCursor(s: CrtcState, memory: Uint8Array): ScreenCursor | undefined {
  const offset = (cursorAddress(s) - startAddress(s)) & (memory.length / 2 - 1);
  if (offset >= rows(s) * columns(s)) return undefined;
  const start = s.crtc[Crtc.cursorStart]! & 0x1f;
  const end = s.crtc[Crtc.cursorEnd]!;
  const on = (s.crtc[Crtc.cursorStart]! & 0x60) !== 0x20;
  const visible = on && start <= end && start < rowHeight(s);
  return { row: Math.floor(offset / columns(s)), column: offset % columns(s), visible, start, end };
}

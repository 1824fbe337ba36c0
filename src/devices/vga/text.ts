/**
 * The screen of a text mode as text. Honours start address, row pitch, height of the cells, preset row
 * scan and line compare; a row of which only some scan lines show counts as a row.
 */
import { CP437 } from './cp437.js';
import { cellHeight, coding, counterAt, display, isBlank, planeIndex, scanLine } from './display.js';
import { Crtc, cursorAddress, type VgaState } from './registers.js';

export interface ScreenCursor {
  readonly row: number;
  readonly column: number;
  /** Switched on and of a shape that shows. It blinks all the same. */
  readonly visible: boolean;
  /** First and last line of the cell that it covers. */
  readonly start: number;
  readonly end: number;
}

export interface ScreenText {
  readonly columns: number;
  readonly rows: number;
  /** One string of `columns` characters a row. */
  readonly lines: string[];
  /** rows x columns attribute bytes. */
  readonly attributes: Uint8Array;
  /** Undefined if the cursor is nowhere on the screen. */
  readonly cursor: ScreenCursor | undefined;
  /** The text is there, but the monitor shows nothing. */
  readonly blank: boolean;
}

/** Undefined in graphics modes. */
export function screenText(vga: { readonly state: VgaState }): ScreenText | undefined {
  const s = vga.state;
  if (coding(s) !== 'text') return undefined;
  const { columns } = display(s);
  const rows = textRows(s);
  const attributes = new Uint8Array(rows.length * columns);
  const lines = rows.map((cells, row) => {
    let line = '';
    cells.forEach((counter, column) => {
      const at = planeIndex(s, counter, 0);
      line += CP437[s.planes[at]!];
      attributes[row * columns + column] = s.planes[at + 1]!;
    });
    return line;
  });
  return { columns, rows: rows.length, lines, attributes, cursor: findCursor(s, rows), blank: isBlank(s) };
}

/** The address counter at each cell, row by row from the top. */
function textRows(s: VgaState): number[][] {
  const { columns, scanLines } = display(s);
  const rows: number[][] = [];
  let last = -1;
  let lastRow = 0;
  for (let y = 0; y < scanLines; y++) {
    const line = scanLine(s, y);
    if (line.counter !== last || line.row < lastRow) {
      rows.push(Array.from({ length: columns }, (_, column) => counterAt(s, line, column)));
    }
    last = line.counter;
    lastRow = line.row;
  }
  return rows;
}

/** Skew (cursor end bits 5, 6) moves the cursor to the right of the addressed cell. */
function findCursor(s: VgaState, rows: readonly number[][]): ScreenCursor | undefined {
  const address = cursorAddress(s);
  const skew = (s.crtc[Crtc.cursorEnd]! >> 5) & 3;
  const row = rows.findIndex((cells) => cells.includes(address));
  if (row < 0) return undefined;
  const start = s.crtc[Crtc.cursorStart]! & 0x1f;
  const end = s.crtc[Crtc.cursorEnd]! & 0x1f;
  const on = (s.crtc[Crtc.cursorStart]! & 0x20) === 0;
  const visible = on && start <= end && start < cellHeight(s);
  return { row, column: rows[row]!.indexOf(address) + skew, visible, start, end };
}

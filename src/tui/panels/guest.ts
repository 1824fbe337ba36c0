/** What the guest shows: its screen, in its own colours, and the last lines of its serial console. */
import type { ScreenRow, ScreenView } from '../../replay/view/view.js';
import type { State } from '../state.js';
import { cut, fit, type Line, line, type Span, wrap } from '../text.js';

export function screenLines({ view }: State, rows: number, columns: number): Line[] {
  const screen = view?.screen;
  if (!screen || screen.rows.length === 0) return [fit(line('nothing on the screen', 'dim'), columns)];
  const from = firstRow(screen, rows);
  return screen.rows.slice(from, from + rows).map((row, i) => fit(rowLine(row, screen, i + from), columns));
}

/** If not all fits, where the cursor is: that is where the news are. */
function firstRow({ rows: all, cursor, text }: ScreenView, rows: number): number {
  if (!text || all.length <= rows) return 0;
  return Math.max(0, Math.min(all.length - rows, (cursor?.row ?? 0) - rows + 1));
}

function rowLine(row: ScreenRow, { cursor }: ScreenView, i: number): Line {
  const spans = row.map(({ text, foreground, background }) => ({ text, paint: { foreground, background } }));
  return cursor?.row === i ? withCursor(spans, cursor.column) : spans;
}

/** A guest's screen has a character a column. */
function withCursor(spans: readonly Span[], column: number): Line {
  let at = 0;
  return spans.flatMap((one) => {
    const from = column - at;
    at += one.text.length;
    if (from < 0 || from >= one.text.length || !one.paint) return [one];
    const parts = [one.text.slice(0, from), one.text[from]!, one.text.slice(from + 1)];
    return parts.map((text, i) => ({ text, paint: { ...one.paint!, inverse: i === 1 } }));
  });
}

export function serialLines({ view, serial }: State, rows: number, columns: number): Line[] {
  const said = view?.serial ?? [];
  if (said.length === 0) return [fit(line('nothing sent yet', 'dim'), columns)];
  const end = Math.max(Math.min(rows, said.length), said.length - serial.back);
  const lines = said.slice(0, end).flatMap((text) => (text === '' ? [''] : wrap(text, columns)));
  return lines.slice(-rows).map((text) => fit(line(cut(text, columns)), columns));
}

/** The log as rows of its panel: lines that are longer than the panel is wide are wrapped, so that all is read. */
import { type LogState, layoutFor, type State } from './state.js';
import { wrap } from './text.js';

type LogLine = LogState['lines'][number];

export interface LogRow extends LogLine {
  /** Not the first of its line. */
  readonly more: boolean;
}

/** Columns before what was asked, and before rows that go on. */
export const LOG_INDENT = 2;

export function logRows(lines: readonly LogLine[], columns: number): LogRow[] {
  const width = Math.max(1, columns - LOG_INDENT);
  return lines.flatMap(({ text, kind }) => {
    // Tables keep their columns unless they are too wide.
    const parts = kind !== 'asked' && text.length <= columns ? [text] : wrap(text, width);
    return parts.map((part, i) => ({ text: part, kind, more: i > 0 }));
  });
}

/** How the panel is placed; as on all of the terminal while it is not. */
function sizeOf(state: State): { readonly columns: number; readonly rows: number } {
  const placed = layoutFor(state)?.panels.find(({ name }) => name === 'log');
  if (!placed) return { columns: state.columns, rows: state.rows };
  return { columns: placed.rect.width, rows: placed.rect.height - 1 };
}

/** Rows back that there are at most. */
export function mostBack(state: State): number {
  const { columns, rows } = sizeOf(state);
  return Math.max(0, logRows(state.log.lines, columns).length - rows);
}

/** How far back the last lines, with the question before them, begin at the top; 0 if all of them fit. */
export function logTop(state: State, lines: number): number {
  const { columns, rows } = sizeOf(state);
  return Math.max(0, logRows(state.log.lines.slice(-lines - 1), columns).length - rows);
}

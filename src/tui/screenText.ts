/** What is shown, as plain text: for copies in files. */
import { headerLine, promptLine } from './bars.js';
import type { Layout, PanelName, Rect } from './layout.js';
import { panelLines, panelTitle } from './panels/index.js';
import { layoutFor, type State } from './state.js';
import { type Line, plainText } from './text.js';
import { timelineLines } from './timelineBar.js';

/** Rows that a panel has in a copy if it is not on the screen. */
const ROWS = 24;

export function panelText(state: State, name: PanelName): string {
  const rect = layoutFor(state)?.panels.find((panel) => panel.name === name)?.rect;
  const [rows, columns] = [rect ? rect.height - 1 : ROWS, rect?.width ?? state.columns];
  return text([panelTitle(state, name, columns), ...panelLines(state, name, rows, columns)]);
}

export function screenText(state: State): string {
  const layout = layoutFor(state);
  if (!layout) return '';
  const rows: string[] = Array.from({ length: state.rows }, () => ' '.repeat(state.columns));
  for (const { rect, lines } of partsOf(state, layout)) {
    for (const [i, one] of lines.entries())
      rows[rect.y + i] = over(rows[rect.y + i]!, rect.x, plainText(one));
  }
  return `${rows.map((row) => row.trimEnd()).join('\n')}\n`;
}

function partsOf(
  state: State,
  { header, panels, timeline, prompt }: Layout,
): { rect: Rect; lines: Line[] }[] {
  return [
    { rect: header, lines: [headerLine(state, header.width)] },
    ...panels.map(({ name, rect }) => ({
      rect,
      lines: [panelTitle(state, name, rect.width), ...panelLines(state, name, rect.height - 1, rect.width)],
    })),
    { rect: timeline, lines: timelineLines(state, timeline.height, timeline.width) },
    { rect: prompt, lines: [promptLine(state, prompt.width)] },
  ];
}

const over = (row: string, x: number, part: string): string =>
  row.slice(0, x) + part + row.slice(x + part.length);

const text = (lines: readonly Line[]): string =>
  `${lines.map((one) => plainText(one).trimEnd()).join('\n')}\n`;

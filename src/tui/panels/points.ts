/** Expressions that are shown all the time, breakpoints, and marks; and the log. */
import { LOG_INDENT, logRows } from '../logText.js';
import type { State } from '../state.js';
import { cut, fit, type Line, line, type Span, span, wholly, widthOf } from '../text.js';

export function pointLines(state: State, rows: number, columns: number): Line[] {
  const { watches: values = [], breakpoints = [], marks = [] } = state.view ?? {};
  const lines: Line[] = [
    ...state.points.watches.map((source, i): Line => {
      const value = values.find((watch) => watch.source === source)?.value ?? '';
      const room = Math.max(1, columns - widthOf(`${i + 1}  = ${value}`));
      const name = widthOf(source) <= room ? source : `${cut(source, room - 1)}\u2026`;
      return [span(`${i + 1} `, 'dim'), span(name), span(' = '), span(value, 'changed')];
    }),
    ...breakpoints.map(({ number, text, enabled, address }): Line => {
      const where = address === undefined ? '' : ` ${address.toString(16)}`;
      return [span(`\u25cf ${number} `, enabled ? 'breakpoint' : 'dim'), span(text), span(where, 'address')];
    }),
    ...marks.map(({ name, clock }): Line => {
      return [span('\u2691 ', 'mark'), span(name, 'mark'), span(` ${clock}`, 'address')];
    }),
  ];
  if (lines.length === 0) return advice(columns);
  const { cursor } = state.points;
  const top = Math.max(0, cursor - rows + 1);
  const isCursor = (i: number) => state.focus === 'points' && i === cursor;
  return lines.slice(top, top + rows).map((one, i) => {
    return isCursor(i + top) ? wholly(one, 'cursor', columns) : fit(one, columns);
  });
}

const ADVICE: readonly (readonly [string, string])[] = [
  ['d', ' an expression to show'],
  ['b', ' a breakpoint'],
  ['w', ' a watchpoint'],
  ['m', ' a mark here'],
];

function advice(columns: number): Line[] {
  return ADVICE.map(([key, text]) => {
    const spans: Span[] = [span(key, 'key'), span(text, 'dim')];
    return fit(spans, columns);
  });
}

/** What commands were asked, and what they said. */
export function logLines({ log }: State, rows: number, columns: number): Line[] {
  const all = logRows(log.lines, columns);
  const end = Math.max(Math.min(rows, all.length), all.length - log.back);
  return all.slice(Math.max(0, end - rows), end).map(({ text, kind, more }) => {
    const indent = ' '.repeat(LOG_INDENT);
    if (kind === 'asked') return fit([span(more ? indent : ': ', 'key'), span(text, 'label')], columns);
    return fit(line(more ? indent + text : text, kind === 'failed' ? 'error' : undefined), columns);
  });
}

/** The stack, with what its slots look like, below the functions that are being executed. */
import type { FrameLine } from '../../replay/view/view.js';
import type { State } from '../state.js';
import { fit, type Line, span, wholly } from '../text.js';

export function stackLines(state: State, rows: number, columns: number): Line[] {
  const { stack = [], frames = [] } = state.view ?? {};
  const above = frames.slice(0, Math.max(0, Math.floor(rows / 3)));
  const slots = stack.slice(0, rows - above.length).map(({ address, value, note = '' }, i) => {
    const spans = [
      span(address.toString(16).padStart(8, '0'), 'address'),
      span(` ${value}`),
      span(` ${note}`, 'note'),
    ];
    const isCursor = state.focus === 'stack' && i === state.stack.cursor;
    return isCursor ? wholly(spans, 'cursor', columns) : fit(spans, columns);
  });
  return [...above.map((frame, i) => fit(frameLine(frame, i), columns)), ...slots];
}

function frameLine({ pc, name, certain }: FrameLine, i: number): Line {
  return [
    span(`#${i} `, 'dim'),
    span(name, 'label'),
    span(certain ? '' : '?', 'dim'),
    span(` ${pc.toString(16)}`, 'address'),
  ];
}

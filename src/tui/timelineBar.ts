/**
 * The whole run across the bottom, or the part of it that is zoomed to: how many events, where checkpoints, marks and
 * hits of searches are, and the position.
 */
import type { State } from './state.js';
import { fit, type Line, type Role, type Span, span } from './text.js';
import { columnOf } from './timeline.js';

const BARS = ' \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588';
const POSITION = '\u25b2';

export function timelineLines(state: State, columns: number): Line[] {
  return [densityLine(state, columns), marksLine(state, columns), legend(state, columns)];
}

/** By the logarithm, so that a few events are seen beside many. */
function densityLine(state: State, columns: number): Line {
  const counts = density(state, columns);
  const most = Math.log1p(Math.max(1, ...counts));
  const bars = counts.map((count) => BARS[Math.ceil((Math.log1p(count) / most) * (BARS.length - 1))]!);
  return [span(bars.join(''), 'note')];
}

/** Events in each column. */
function density({ events, zoom }: State, columns: number): number[] {
  const known = events.columns;
  if (!known) return Array<number>(columns).fill(0);
  const span = Math.max(1, zoom.to - zoom.from);
  const edges = Array.from({ length: columns + 1 }, (_, i) => {
    return lowerBound(known.clocks, known.count, zoom.from + (span * (i - 0.5)) / (columns - 1));
  });
  return Array.from({ length: columns }, (_, i) => edges[i + 1]! - edges[i]!);
}

function lowerBound(sorted: Float64Array, count: number, value: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Sign {
  readonly text: string;
  readonly role: Role;
}

/** Later ones hide earlier ones; the position hides all. */
function marksLine(state: State, columns: number): Line {
  const { view, zoom, hits, running, events, facts } = state;
  const known = Math.min(events.upTo, facts.end);
  const cells = Array.from({ length: columns }, (_, i): Sign => {
    const learned = columnOf(zoom, known, columns) >= i;
    return { text: learned ? '\u2500' : '\u2504', role: 'dim' };
  });
  const put = (clock: number, text: string, role: Role) => {
    const column = columnOf(zoom, clock, columns);
    if (column >= 0 && column < columns) cells[column] = { text, role };
  };
  for (const clock of view?.position.checkpoints ?? []) put(clock, '\u253c', 'dim');
  for (const clock of hits) put(clock, '\u25c6', 'hit');
  for (const { clock, name } of view?.marks ?? []) put(clock, name.slice(0, 1), 'mark');
  if (running?.clock !== undefined) put(running.clock, '\u25c7', 'changed');
  if (view) put(view.position.clock, POSITION, 'changed');
  return cells.map(({ text, role }): Span => ({ text, role }));
}

/** From where to where, and where between them. */
function legend({ view, zoom, facts }: State, columns: number): Line {
  const seconds = (clock: number) => `${(clock / facts.frequency).toFixed(6)} s`;
  const from = seconds(zoom.from);
  const to = seconds(zoom.to);
  const position = view?.position;
  const here = position
    ? `${seconds(position.clock)}, ${((100 * position.clock) / Math.max(1, facts.end)).toFixed(2)} %`
    : '';
  const room = Math.max(0, columns - from.length - to.length);
  const middle = here.length <= room - 2 ? here : '';
  const left = Math.floor((room - middle.length) / 2);
  const text = `${from}${' '.repeat(left)}${middle}${' '.repeat(Math.max(0, room - left - middle.length))}${to}`;
  return fit([span(text, 'dim')], columns);
}

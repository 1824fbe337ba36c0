/**
 * The whole run across the bottom, or the part of it that is zoomed to: how many events and instructions, where
 * checkpoints, marks and hits of searches are, and the position.
 */
import type { Pace } from '../replay/view/events.js';
import type { State, Zoom } from './state.js';
import { fit, type Line, type Role, type Span, span } from './text.js';
import { columnOf } from './timeline.js';

const BARS = ' \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588';
const POSITION = '\u25b2';
const UNREAD = '\u2504';
const READ = '\u2500';
const BUSY = '\u2501';
const CHECKPOINT = '\u253c';
const BUSY_CHECKPOINT = '\u253f';

/** A row for instructions if there are so many; else the line below the events is thick where there are many. */
const ROWS_WITH_INSTRUCTIONS = 4;

export function timelineLines(state: State, rows: number, columns: number): Line[] {
  const instructions = instructionsOf(state, columns);
  const own = rows >= ROWS_WITH_INSTRUCTIONS;
  return [
    bars(eventsOf(state, columns).map(Math.log1p), 'note'),
    ...(own ? [bars(instructions, 'address')] : []),
    marksLine(state, columns, own ? [] : instructions),
    legend(state, columns),
  ];
}

/** The highest is the tallest; what is there at all is seen. */
function bars(counts: readonly number[], role: Role): Line {
  const most = Math.max(...counts) || 1;
  const text = counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))]!);
  return [span(text.join(''), role)];
}

/** Events in each column; shown by the logarithm, so that a few are seen beside many. */
function eventsOf({ events, zoom }: State, columns: number): number[] {
  const known = events.columns;
  return inColumns(zoom, columns, (clock) => (known ? lowerBound(known.clocks, known.count, clock) : 0));
}

/** Instructions in each column: few where the guest sleeps. */
function instructionsOf({ events, zoom }: State, columns: number): number[] {
  const pace = events.columns?.pace;
  return inColumns(zoom, columns, (clock) => (pace ? retiredAt(pace, clock) : 0));
}

/** How much comes to each column of what there is `before` a clock. */
function inColumns({ from, to }: Zoom, columns: number, before: (clock: number) => number): number[] {
  const span = Math.max(1, to - from);
  const edges = Array.from({ length: columns + 1 }, (_, i) => {
    return before(from + (span * (i - 0.5)) / (columns - 1));
  });
  return Array.from({ length: columns }, (_, i) => edges[i + 1]! - edges[i]!);
}

/** Between two samples, as if they were executed evenly. */
function retiredAt({ clocks, retired, count }: Pace, clock: number): number {
  const next = lowerBound(clocks, count, clock);
  if (next === count) return retired[count - 1] ?? 0;
  const [fromClock, from] = next === 0 ? [0, 0] : [clocks[next - 1]!, retired[next - 1]!];
  const part = (Math.max(0, clock) - fromClock) / Math.max(1, clocks[next]! - fromClock);
  return from + (retired[next]! - from) * part;
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
function marksLine(state: State, columns: number, instructions: readonly number[]): Line {
  const { view, zoom, hits, running, events, facts } = state;
  const known = Math.min(events.upTo, facts.end);
  const many = Math.max(0, ...instructions) / 2;
  const isBusy = (column: number) => instructions[column]! > many;
  const cells = Array.from({ length: columns }, (_, i): Sign => {
    if (columnOf(zoom, known, columns) < i) return { text: UNREAD, role: 'dim' };
    return { text: isBusy(i) ? BUSY : READ, role: 'dim' };
  });
  const put = (clock: number, text: string, role: Role) => {
    const column = columnOf(zoom, clock, columns);
    if (column >= 0 && column < columns) cells[column] = { text, role };
  };
  for (const clock of view?.position.checkpoints ?? []) {
    put(clock, isBusy(columnOf(zoom, clock, columns)) ? BUSY_CHECKPOINT : CHECKPOINT, 'dim');
  }
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

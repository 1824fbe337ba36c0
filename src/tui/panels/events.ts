/** What happened in the run: interrupts, disk, serial line, keys ..., around the position or the cursor. */
import { centre, firstFrom, indexOf, shownCount, topOf } from '../eventList.js';
import type { State } from '../state.js';
import { fit, type Line, line, span, wholly } from '../text.js';

export function eventLines(state: State, rows: number, columns: number): Line[] {
  const { events, view } = state;
  const count = shownCount(events);
  if (count === 0) return [fit(line(nothing(state), 'dim'), columns)];
  const top = topOf(state, rows);
  const next = firstFrom(events, view?.position.clock ?? 0);
  const cursor = state.focus === 'events' ? centre(state) : -1;
  const out: Line[] = [];
  for (let i = top; i < Math.min(top + rows, count); i++) {
    const index = indexOf(events, i);
    const clock = events.columns!.clocks[index]!;
    const spans = [
      span(i === next ? '>' : ' ', 'changed'),
      span(String(clock).padStart(13), 'address'),
      span(` ${events.texts.get(index) ?? '...'}`, i < next ? 'dim' : undefined),
    ];
    out.push(i === cursor ? wholly(spans, 'cursor', columns) : fit(spans, columns));
  }
  return out;
}

function nothing({ events, facts }: State): string {
  if (events.upTo < facts.end) return 'the run is being read ...';
  return events.filter.length > 0 ? 'no events of these kinds' : 'no events';
}

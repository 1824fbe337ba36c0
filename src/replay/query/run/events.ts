/**
 * The events of a run that pass a filter, in order of time, heard by passing the run: of stretches that an index knows,
 * only those in which there are some. Inputs are where the trace says.
 */
import { type EventFilter, type EventKind, eventListener, type RunEvent } from '../../events.js';
import type { KnownStretch } from '../../timeline/storedIndex.js';
import type { Timeline } from '../../timeline/timeline.js';
import { inputsOf } from '../inputs.js';
import { type Span, stretchesWhere } from './stretches.js';

/** What happens at a clock happens behind the boundary before: no instruction takes so many clocks. */
const MARGIN = 2 ** 12;

/** Moves the timeline, and leaves it anywhere; gives clocks on the way. */
export function* hearEvents(
  timeline: Timeline,
  filter: EventFilter,
  emit: (event: RunEvent) => void,
): Generator<number, void, void> {
  const { from = 0, to = timeline.end } = filter;
  // What is told at a clock is told within the instruction that begins there at the latest.
  const span = { from: Math.max(0, from - MARGIN), to: Math.min(to + 1, timeline.end) };
  const listener = eventListener({ ...filter, to }, emit);
  let at: number | undefined;
  for (const stretch of stretchesOf(timeline, filter.kinds, span)) {
    if (at !== stretch.from) yield* timeline.seeking(stretch.from);
    const unlisten = timeline.listen(listener);
    try {
      yield* timeline.playing(stretch.to);
    } finally {
      unlisten();
    }
    if (timeline.divergence) return;
    at = stretch.to;
  }
}

function stretchesOf(timeline: Timeline, kinds: ReadonlySet<EventKind> | undefined, span: Span): Span[] {
  const inputs = kinds?.has('input') ? Array.from(inputsOf(timeline.trace), ({ clock }) => clock) : [];
  // Stretches are asked about in order of time.
  let next = 0;
  const hasInput = ({ from, to }: KnownStretch): boolean => {
    while (from > 0 && inputs[next]! <= from) next++;
    return inputs[next]! <= to;
  };
  const mayHold = (stretch: KnownStretch): boolean =>
    !kinds || [...kinds].some((kind) => (kind === 'input' ? hasInput : hasNotes(kind))(stretch));
  return stretchesWhere(timeline.index, span, mayHold);
}

/** Of a kind that the index does not count, anything is possible. */
const hasNotes = (kind: EventKind) => (stretch: KnownStretch) => stretch.notes.get(kind) !== 0;

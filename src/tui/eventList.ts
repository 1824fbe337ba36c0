/** The list of a run's events: which pass the filter, and where in it the debugger stands. */
import { EVENT_KINDS, type EventKind } from '../replay/events.js';
import type { EventSearch } from '../replay/view/events.js';
import type { EventColumns } from './session.js';
import { become, type Change, type EventsState, type State } from './state.js';

/** How many there are to be shown. */
export function shownCount({ columns, passing }: EventsState): number {
  return passing?.length ?? columns?.count ?? 0;
}

/** The event's own index. */
export const indexOf = ({ passing }: EventsState, shown: number): number => passing?.[shown] ?? shown;

/** The first one at or behind a clock, counted among those shown. */
export function firstFrom(events: EventsState, clock: number): number {
  const { columns } = events;
  if (!columns) return 0;
  return firstAt(shownCount(events), (shown) => columns.clocks[indexOf(events, shown)]! >= clock);
}

/** The first of so many, in order, of which it holds, as of all behind it. */
function firstAt(count: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the list is: the cursor's event, or where the debugger stands. */
export function centre({ events, view }: State): number {
  const last = Math.max(0, shownCount(events) - 1);
  return Math.min(last, events.cursor ?? firstFrom(events, view?.position.clock ?? 0));
}

/** The first that a panel of so many rows shows. */
export function topOf(state: State, rows: number): number {
  const most = Math.max(0, shownCount(state.events) - rows);
  return Math.max(0, Math.min(most, centre(state) - Math.floor(rows / 2)));
}

/** Looks for a text in their lines, from the cursor on. */
export function lookFor(state: State, text: string, direction: EventSearch['direction']): Change {
  const { events } = state;
  const next = centre(state) + (direction === 'forward' ? 1 : -1);
  if (next < 0 || next >= shownCount(events)) return become(nowhere(state, text));
  const kinds = new Set(events.filter as readonly EventKind[]);
  const search = { text, direction, from: indexOf(events, next), ...(kinds.size > 0 && { kinds }) };
  return become({ ...state, events: { ...events, sought: text } }, { kind: 'find-event', search });
}

/** The cursor goes to the event that was found. */
export function found(state: State, index: number | undefined): State {
  if (index === undefined) return nowhere(state, state.events.sought);
  const { passing } = state.events;
  const cursor = passing ? firstAt(passing.length, (i) => passing[i]! >= index) : index;
  return {
    ...state,
    focus: 'events',
    tab: 'events',
    events: { ...state.events, cursor },
    message: undefined,
  };
}

function nowhere(state: State, text: string): State {
  return { ...state, message: { text: `no event with "${text}" there`, failed: true } };
}

/** The clock of the next of those listed, or the last; undefined if there is none. */
export function neighbour(state: State, direction: EventSearch['direction']): number | undefined {
  const { events, view } = state;
  const clock = view?.position.clock ?? 0;
  const shown = direction === 'forward' ? firstFrom(events, clock + 1) : firstFrom(events, clock) - 1;
  return shown < 0 || shown >= shownCount(events)
    ? undefined
    : events.columns?.clocks[indexOf(events, shown)];
}

/** More events are known. */
export function learn(state: State, columns: EventColumns, upTo: number): Change {
  const { events } = state;
  if (events.passing) addPassing(events.passing, columns, events.filter, events.columns?.count ?? 0);
  return become({ ...state, events: { ...events, columns, upTo } });
}

/** Shows only some kinds; all if none are named. */
export function filtered(state: State, text: string): Change {
  const filter = text.split(/[\s,]+/).filter(Boolean);
  const { columns } = state.events;
  const kinds: readonly string[] = EVENT_KINDS;
  const unknown = filter.find((kind) => !kinds.includes(kind));
  if (unknown !== undefined) {
    const message = { text: `"${unknown}" is no kind; there are ${kinds.join(', ')}`, failed: true };
    return become({ ...state, message });
  }
  const passing: number[] | undefined = filter.length > 0 ? [] : undefined;
  if (passing && columns) addPassing(passing, columns, filter, 0);
  const events = { ...state.events, filter, passing, cursor: undefined };
  return become({ ...state, events, focus: 'events', tab: 'events' });
}

/** In place: there may be very many, and more come many times a second. */
function addPassing(
  passing: number[],
  { kind, kinds, count }: EventColumns,
  filter: readonly string[],
  from: number,
): void {
  const wanted = new Set(filter.map((name) => kinds.indexOf(name)));
  for (let i = from; i < count; i++) if (wanted.has(kind[i]!)) passing.push(i);
}

/** What happens to the interface, one thing after the other: a pure function from state and action to state and effects. */
import type { View } from '../replay/view/view.js';
import { focusOn, moveRows } from './cursor.js';
import { found, learn } from './eventList.js';
import { helpKey, scrolledHelp } from './help.js';
import { advanceHint, THANKS } from './hints.js';
import type { MouseEvent, TerminalEvent } from './input.js';
import { ask, finished, tell } from './jobs.js';
import { arrivedAt } from './jumps.js';
import { clickRow, keyPressed } from './keys.js';
import type { Rect } from './layout.js';
import { answered } from './leaving.js';
import { completed, pastedInto, promptKey } from './prompts.js';
import { typed } from './running.js';
import type { CommandResult, EventColumns, Progress, SessionFacts } from './session.js';
import { become, type Change, HINT_STEPS, layoutFor, NO_EVENTS, NO_JUMPS, type State } from './state.js';
import { tabAt } from './tabs.js';
import { clockAt, following } from './timeline.js';

export type Action =
  | { readonly kind: 'terminal'; readonly event: TerminalEvent }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'run'; readonly line: string }
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'done'; readonly result: CommandResult }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'events'; readonly columns: EventColumns; readonly upTo: number }
  | { readonly kind: 'texts'; readonly texts: ReadonlyMap<number, string> }
  | { readonly kind: 'found'; readonly index: number | undefined }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'told'; readonly text: string; readonly failed: boolean }
  | { readonly kind: 'facts'; readonly facts: SessionFacts }
  /** Sent by the terminal while the machine runs. */
  | { readonly kind: 'typed'; readonly text: string };

/** Texts of events that are kept. */
const MOST_TEXTS = 4096;
const WHEEL_ROWS = 3;
/** Hits of searches that the timeline shows. */
const MOST_HITS = 256;

export function update(state: State, action: Action): Change {
  switch (action.kind) {
    case 'terminal':
      return heard(state, action.event);
    case 'resized':
      return become({ ...state, columns: action.columns, rows: action.rows });
    case 'run':
      return ask(state, action.line);
    case 'view':
      return become(seen(state, action.view));
    case 'done':
      return hinted(state, action.result);
    case 'progress':
      return become(
        state.running ? { ...state, running: { ...state.running, clock: action.progress.clock } } : state,
      );
    case 'events':
      return learn(state, action.columns, action.upTo);
    case 'texts':
      return become(withTexts(state, action.texts));
    case 'found':
      return become(found(state, action.index));
    case 'names':
      return completed(state, action.names);
    case 'told':
      return become(tell(state, action.text, action.failed));
    case 'facts':
      return become(learned(state, action.facts));
    case 'typed':
      return typed(state, action.text);
  }
}

/** Another trace, or more of this one; the machine runs, or has been paused. */
function learned(state: State, facts: SessionFacts): State {
  const isOther = facts.path !== state.facts.path;
  const { zoom } = state;
  const whole = isOther || (zoom.from === 0 && zoom.to >= state.facts.end);
  return {
    ...state,
    facts,
    stamp: state.stamp + 1,
    zoom: whole ? { from: 0, to: facts.end } : zoom,
    ...(isOther && { events: NO_EVENTS, hits: [], jumps: NO_JUMPS }),
  };
}

function heard(state: State, event: TerminalEvent): Change {
  switch (event.kind) {
    case 'key':
      return pressed(state, event.key);
    case 'paste':
      return pasted(state, event.text);
    case 'mouse':
      return moused({ ...state, interrupted: false }, event);
  }
}

function pressed(state: State, key: string): Change {
  const calm = key === 'ctrl-c' ? state : { ...state, interrupted: false };
  if (calm.asking) return answered(calm, key);
  if (calm.prompt) return promptKey(calm, calm.prompt, key);
  if (calm.help !== undefined) return become(helpKey(calm, key));
  return keyPressed(calm, key);
}

/** Text, not keys: outside of prompts it would be commands that nobody meant. */
function pasted(state: State, text: string): Change {
  if (state.prompt) return become({ ...state, prompt: pastedInto(state.prompt, text) });
  return become(tell(state, 'pasted text is for the command line: press : first', true));
}

function seen(state: State, view: View): State {
  const hits = state.pendingHit ? [...state.hits, view.position.clock].slice(-MOST_HITS) : state.hits;
  const jumps = arrivedAt(state.jumps, view.position.clock);
  return following({ ...state, view, hits, jumps, pendingHit: false });
}

function hinted(state: State, result: CommandResult): Change {
  const { running } = state;
  const { state: after, effects } = finished(state, result);
  if (!running || result.failed || result.cancelled) return become(after, ...effects);
  const advanced = advanceHint(after, running.line);
  const last = advanced.hint === HINT_STEPS && after.hint < HINT_STEPS;
  return become(last ? tell(advanced, THANKS) : advanced, ...effects);
}

function withTexts(state: State, added: ReadonlyMap<number, string>): State {
  const kept = state.events.texts.size < MOST_TEXTS ? state.events.texts : [];
  return { ...state, events: { ...state.events, texts: new Map([...kept, ...added]) } };
}

// ---- mouse ----

function moused(state: State, event: MouseEvent): Change {
  const layout = layoutFor(state);
  if (!layout || state.prompt || state.asking) return become(state);
  const { column, row } = event;
  const placed = layout.panels.find(({ rect }) => inside(rect, column, row));
  if (event.what === 'wheel-up' || event.what === 'wheel-down') {
    const by = event.what === 'wheel-up' ? -WHEEL_ROWS : WHEEL_ROWS;
    if (state.help !== undefined) return become(scrolledHelp(state, by));
    return become(placed ? moveRows(focusOn(state, placed.name), by) : state);
  }
  if (event.what !== 'press') return become(state);
  if (inside(layout.timeline, column, row)) {
    return ask(state, `seek ${clockAt(state.zoom, column, layout.timeline.width)}`);
  }
  const tab = inside(layout.tabs, column, row) ? tabAt(state.facts.board, column) : undefined;
  if (tab) return become(focusOn(state, tab));
  return become(placed ? clickRow(state, placed.name, row - placed.rect.y - 1) : state);
}

function inside({ x, y, width, height }: Rect, column: number, row: number): boolean {
  return column >= x && column < x + width && row >= y && row < y + height;
}

/**
 * What every key does, in one table: keys are handled by it, and help is printed from it. Small letters go forward
 * in time, capital ones back, as gdb's commands and vi's keys do.
 */
import { focusOn, moveColumns, movePages, moveRows, nextPanel, panelOfKey } from './cursor.js';
import { neighbour, topOf } from './eventList.js';
import { ask, tell } from './jobs.js';
import type { PanelName } from './layout.js';
import { leave } from './leaving.js';
import { runLocal } from './localCommands.js';
import { placeOf } from './place.js';
import { openPrompt } from './prompts.js';
import { RUNS } from './runKeys.js';
import { become, type Change, type PromptKind, rowsOf, type State } from './state.js';
import { panned, zoomed } from './timeline.js';

type Action = (state: State, key: string) => Change;

export interface Binding {
  readonly keys: readonly string[];
  /** The keys as help shows them, if not as they are called. */
  readonly shown?: string;
  /** What it does, in a line. */
  readonly help: string;
  readonly action: Action;
}

export interface KeyGroup {
  readonly title: string;
  readonly bindings: readonly Binding[];
}

const command =
  (line: string): Action =>
  (state) =>
    ask(state, line);

const prompt =
  (kind: PromptKind): Action =>
  (state) =>
    openPrompt(state, kind);

/** In the list of events it is these that are searched. */
const search =
  (kind: PromptKind, inEvents: PromptKind): Action =>
  (state) =>
    openPrompt(state, state.focus === 'events' ? inEvents : kind);

const still =
  (move: (state: State) => State): Action =>
  (state) =>
    become(move(state));

const bind = (keys: string, help: string, action: Action, shown?: string): Binding => {
  return { keys: keys.split(' '), help, action, ...(shown !== undefined && { shown }) };
};

const TIME: KeyGroup = {
  title: 'Through time',
  bindings: [
    bind('s', 'step: one instruction forward', command('step')),
    bind('S', 'step back: one instruction', command('reverse-step')),
    bind('n', 'next: forward over calls and interrupts', command('next')),
    bind('N', 'the same back', command('reverse-next')),
    bind('f', 'finish: forward out of this function', command('finish')),
    bind('F', 'back to where this function was called', command('reverse-finish')),
    bind('c', 'continue to a breakpoint, or the end', command('continue')),
    bind('C', 'back to a breakpoint, or the beginning', command('reverse-continue')),
    bind(']', 'to the next event of those listed', (state) => toEvent(state, 'forward')),
    bind('[', 'back to the last of them', (state) => toEvent(state, 'back')),
    bind('G end', 'to the end of the run', command('seek end'), 'G End'),
    bind('home', 'to the beginning', command('seek start'), 'Home'),
    bind('ctrl-o', 'back to where you were before a jump', (state) => goAlong(state, 'back'), 'Ctrl-O'),
    bind('ctrl-p', 'ahead again, after Ctrl-O', (state) => goAlong(state, 'ahead'), 'Ctrl-P'),
    bind('g', 'go to a clock, 12%, 1.5s, i:INSTRUCTION, a mark', prompt('goto')),
    bind('/', 'forward to what the guest sends; or shows: screen TEXT', search('find', 'find-event')),
    bind(
      '\\',
      'back to it (in events, both look for a text in them)',
      search('find-back', 'find-event-back'),
    ),
  ],
};

const QUESTIONS: KeyGroup = {
  title: 'Questions',
  bindings: [
    bind('u', 'who wrote this? back to the last write of what the cursor is on', who),
    bind('U', 'who wrote something else', prompt('who')),
    bind('B', 'bisect: find where an expression becomes true', prompt('bisect')),
    bind('b', "breakpoint at the cursor's instruction, or none", breakpoint),
    bind('w', 'watchpoint on what the cursor is on', watchpoint),
    bind('x delete', 'in points: forget what the cursor is on', forget, 'x Del'),
    bind('p', 'page walk of the address under the cursor', walk),
    bind('m', 'mark this position with a name', prompt('mark')),
    bind('d', 'show the value of an expression all the time', prompt('display')),
    bind('enter', 'go there: an event, a mark, the memory at a register', enter, 'Enter'),
  ],
};

const PLACES: KeyGroup = {
  title: 'Panels',
  bindings: [
    bind(
      'tab',
      'next panel',
      still((state) => nextPanel(state, 1)),
      'Tab',
    ),
    bind(
      'shift-tab',
      'previous panel',
      still((state) => nextPanel(state, -1)),
      'Shift-Tab',
    ),
    bind('1 2 3 4 5 6 7 8 9 0 o', 'a panel, as the tabs say; o: what commands said', panel, '1..9 0 o'),
    bind(
      'k up',
      'up',
      still((state) => moveRows(state, -1)),
      'k Up',
    ),
    bind(
      'j down',
      'down',
      still((state) => moveRows(state, 1)),
      'j Down',
    ),
    bind(
      'h left',
      'left; the page of registers, the device before',
      still((state) => moveColumns(state, -1)),
      'h Left',
    ),
    bind(
      'l right',
      'right; the next of those',
      still((state) => moveColumns(state, 1)),
      'l Right',
    ),
    bind(
      'pageup ctrl-b ctrl-u',
      'a page up',
      still((state) => movePages(state, -1)),
      'PgUp',
    ),
    bind(
      'pagedown ctrl-f ctrl-d',
      'a page down',
      still((state) => movePages(state, 1)),
      'PgDn',
    ),
    bind('a', 'look at an address in code, memory, pages', prompt('address')),
    bind('v', 'the other way: Intel or AT&T, linear or physical', still(other)),
    bind('e', 'only some kinds of events', prompt('filter')),
  ],
};

const REST: KeyGroup = {
  title: 'Timeline and the rest',
  bindings: [
    bind(
      '{',
      'see more of the run in the timeline',
      still((state) => zoomed(state, 2)),
    ),
    bind(
      '}',
      'see less of it, closer',
      still((state) => zoomed(state, 1 / 2)),
    ),
    bind(
      '<',
      'earlier in the timeline',
      still((state) => panned(state, -1)),
    ),
    bind(
      '>',
      'later in the timeline',
      still((state) => panned(state, 1)),
    ),
    bind(
      'z',
      'the whole run in the timeline',
      still((state) => zoomed(state, Number.POSITIVE_INFINITY)),
    ),
    bind(':', 'a command (:help lists them); Tab completes', prompt('command')),
    bind('escape ctrl-c', 'give up a long search', giveUp, 'Esc'),
    bind('ctrl-l', 'draw everything anew', (state) => become(state, { kind: 'redraw' }), 'Ctrl-L'),
    bind(
      '?',
      'this help',
      still((state) => ({ ...state, help: 0 })),
    ),
    bind('q', 'leave (so does Ctrl-C, twice)', leave),
  ],
};

export const KEY_GROUPS: readonly KeyGroup[] = [TIME, QUESTIONS, PLACES, RUNS, REST];

const BY_KEY: ReadonlyMap<string, Binding> = new Map(
  KEY_GROUPS.flatMap(({ bindings }) => bindings).flatMap((one) => one.keys.map((key) => [key, one] as const)),
);

export function keyPressed(state: State, key: string): Change {
  return BY_KEY.get(key)?.action(state, key) ?? become(tell(state, 'no such key: ? helps', true));
}

export const keysText = ({ keys, shown }: Binding): string => shown ?? keys.join(' ');

// ---- actions ----

/** Along the list of jumps: to where one was before the last; or ahead, to where one was before going back. */
function goAlong(state: State, way: 'back' | 'ahead'): Change {
  // Not while something is under way: where that leads is not known yet.
  if (state.running) return become(tell(state, 'not before this is done; Esc gives it up', true));
  const { past, ahead } = state.jumps;
  const clock = way === 'back' ? past.at(-1) : ahead.at(-1);
  if (clock === undefined) {
    return become(tell(state, way === 'back' ? 'no jump to go back from' : 'nothing to go ahead to', true));
  }
  return ask(state, `seek ${clock}`, { way });
}

/** Of some kinds only, those of the list are meant: their clocks are known. */
function toEvent(state: State, direction: 'forward' | 'back'): Change {
  if (state.events.passing === undefined) {
    return ask(state, direction === 'forward' ? 'next-event' : 'previous-event');
  }
  const clock = neighbour(state, direction);
  return clock === undefined
    ? become(tell(state, 'no more events of these kinds', true))
    : ask(state, `seek ${clock}`);
}

function who(state: State): Change {
  const { written } = placeOf(state);
  if (written === undefined) {
    const text = 'nothing under the cursor was written: choose a register, memory, the stack';
    return become(tell(state, text, true));
  }
  return ask(state, `who ${written}`);
}

function breakpoint(state: State): Change {
  const { code } = placeOf(state);
  if (code === undefined) return become(tell(state, 'the cursor is on no instruction (1: code)', true));
  const there = state.view?.breakpoints.find(({ address }) => address === code);
  return ask(state, there ? `delete ${there.number}` : `break 0x${code.toString(16)}`);
}

function watchpoint(state: State): Change {
  const { watched, written } = placeOf(state);
  if (watched !== undefined) return ask(state, `watch ${watched}`);
  const text =
    written === undefined
      ? 'no memory under the cursor: choose memory, the stack, a value in points'
      : `only memory is watched; that at the value of ${written}: :watch [${written}]`;
  return become(tell(state, text, true));
}

/** A value that is shown, a breakpoint, a mark. */
function forget(state: State): Change {
  const { points, view } = state;
  const { breakpoints = [], marks = [] } = view ?? {};
  const behind = points.cursor - points.watches.length;
  if (state.focus !== 'points') return become(tell(state, 'x is for points: 0 goes there', true));
  if (behind < 0) return runLocal(state, `undisplay ${points.cursor + 1}`);
  const breakpoint = breakpoints[behind];
  if (breakpoint) return ask(state, `delete ${breakpoint.number}`);
  const mark = marks[behind - breakpoints.length];
  return mark ? ask(state, `unmark ${mark.name}`) : become(tell(state, 'there is nothing to forget', true));
}

function walk(state: State): Change {
  const { address } = placeOf(state);
  const panel: PanelName = state.facts.board === 'xt' ? 'memory' : 'pages';
  if (panel === 'memory') return become(tell(state, 'an 8086 has no page tables', true));
  return become({ ...focusOn(state, panel), pages: { of: address } });
}

function panel(state: State, key: string): Change {
  const name = panelOfKey(state.facts.board, key);
  return become(name ? focusOn(state, name) : state);
}

function enter(state: State): Change {
  const { clock, address, code } = placeOf(state);
  if (clock !== undefined) return ask(state, `seek ${clock}`);
  if (state.focus === 'code' || address === undefined) {
    return code === undefined ? become(state) : lookAt(state, code);
  }
  const memory = { ...state.memory, base: address, offset: 0, cursor: 0 };
  return become({ ...focusOn(state, 'memory'), memory });
}

/** Where a jump leads; where a breakpoint is. */
function lookAt(state: State, code: number): Change {
  const lines = state.view?.code ?? [];
  const target = lines[lines.find(({ address }) => address === code)?.jumpsTo ?? -1];
  const address = state.focus === 'code' ? target?.address : code;
  if (address === undefined) return become(state);
  const at = `0x${address.toString(16)}`;
  return become({ ...focusOn(state, 'code'), code: { ...state.code, at, cursor: address } });
}

function other(state: State): State {
  if (state.focus === 'memory') {
    return { ...state, memory: { ...state.memory, physical: !state.memory.physical } };
  }
  const syntax = state.code.syntax === 'intel' ? 'att' : 'intel';
  return { ...state, code: { ...state.code, syntax } };
}

function giveUp(state: State, key: string): Change {
  if (state.running) return become({ ...state, queue: [] }, { kind: 'cancel' });
  if (key === 'ctrl-c') {
    if (state.interrupted) return leave(state);
    return become(tell({ ...state, interrupted: true }, 'q leaves; so does another Ctrl-C'));
  }
  const code = { ...state.code, at: undefined, cursor: undefined };
  return become({ ...state, message: undefined, code, events: { ...state.events, cursor: undefined } });
}

/** The row of a panel that was clicked becomes the cursor's. */
export function clickRow(state: State, name: PanelName, row: number): State {
  const focused = focusOn(state, name);
  if (name === 'events') {
    return { ...focused, events: { ...focused.events, cursor: topOf(state, rowsOf(state, name)) + row } };
  }
  if (name === 'stack') return moveRows({ ...focused, stack: { cursor: 0 } }, row);
  if (name === 'points') return moveRows({ ...focused, points: { ...focused.points, cursor: 0 } }, row);
  return focused;
}

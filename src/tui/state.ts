/** All that the interface knows, as data; what happens to it is in update.ts. */
import type { EventSearch } from '../replay/view/events.js';
import type { RegisterPage, View } from '../replay/view/view.js';
import { type Layout, layoutOf, PANELS, type PanelName } from './layout.js';
import type { EventColumns, GuestAction, SessionFacts } from './session.js';

export interface State {
  readonly columns: number;
  readonly rows: number;
  readonly facts: SessionFacts;
  /** The last that is known; it may be of before what is being done. */
  readonly view: View | undefined;
  /** Goes up with whatever may have changed what is to be seen. */
  readonly stamp: number;
  readonly running: Running | undefined;
  readonly queue: readonly Job[];
  readonly focus: PanelName;
  /** The panel last shown in the slot that changes. */
  readonly tab: PanelName;
  readonly code: CodeState;
  readonly registers: { readonly page: RegisterPage; readonly cursor: number };
  readonly memory: MemoryState;
  readonly stack: { readonly cursor: number };
  readonly devices: { readonly name: string | undefined; readonly top: number };
  readonly pages: { readonly of: string | undefined };
  readonly points: { readonly cursor: number; readonly watches: readonly string[] };
  readonly events: EventsState;
  /** Lines back from the last. */
  readonly serial: { readonly back: number };
  readonly log: LogState;
  readonly prompt: Prompt | undefined;
  readonly history: readonly string[];
  readonly message: Message | undefined;
  readonly zoom: Zoom;
  /** Where searches have arrived. */
  readonly hits: readonly number[];
  /** What the next view shows is where a search arrived. */
  readonly pendingHit: boolean;
  /** The first line of the help that is shown, if it is. */
  readonly help: number | undefined;
  /** The step of the first-run hints; behind the last there are none. */
  readonly hint: number;
  readonly marks: MarksState;
  readonly guest: GuestState;
  /** Something would be lost, and the user is asked. */
  readonly asking: Question | undefined;
  /** The last key was a Ctrl-C that had nothing to give up: another one leaves. */
  readonly interrupted: boolean;
  readonly jumps: Jumps;
}

export interface Question {
  readonly text: string;
  /** The command line that is done if the answer is yes. */
  readonly line: string;
}

/** Clocks where one was before a jump, the last one last; and those one has come back from. */
export interface Jumps {
  readonly past: readonly number[];
  readonly ahead: readonly number[];
  /** A jump has been made from here: it counts once it is seen to have led elsewhere. */
  readonly from: number | undefined;
}

/** Of a machine that is running. */
export interface GuestState {
  /** What is shown, and where keys go. */
  readonly on: 'serial' | 'screen';
  /** Ctrl-A has been pressed. */
  readonly escaped: boolean;
  readonly help: boolean;
}

export interface Job {
  readonly line: string;
  /** The user typed it: all that it says is shown. */
  readonly typed: boolean;
  /** Along the list of jumps. */
  readonly way?: 'back' | 'ahead';
}

export interface Running extends Job {
  /** Where it is searching, once it takes long. */
  readonly clock?: number;
}

export interface CodeState {
  /** Where to look, if not where it stands. */
  readonly at: string | undefined;
  /** An instruction's address, if not where it stands. */
  readonly cursor: number | undefined;
  readonly syntax: 'intel' | 'att';
}

export interface MemoryState {
  /** An expression. */
  readonly base: string;
  /** Bytes behind it. */
  readonly offset: number;
  readonly physical: boolean;
  /** The byte that the cursor is on, counted from there. */
  readonly cursor: number;
}

export interface EventsState {
  readonly columns: EventColumns | undefined;
  readonly upTo: number;
  /** Kinds that are shown; all if there are none. */
  readonly filter: readonly string[];
  /** Indices of events that pass the filter; undefined if all do. Those that become known are added to it. */
  readonly passing: number[] | undefined;
  /** The one the cursor is on, counted among those that pass; where the debugger stands if undefined. */
  readonly cursor: number | undefined;
  /** What was last looked for in their lines. */
  readonly sought: string;
  /** Of those that were asked for. */
  readonly texts: ReadonlyMap<number, string>;
}

export interface LogState {
  readonly lines: readonly { readonly text: string; readonly kind: 'asked' | 'said' | 'failed' }[];
  /** Lines back from the last. */
  readonly back: number;
}

export type PromptKind =
  | 'command'
  | 'goto'
  | 'find'
  | 'find-back'
  | 'find-event'
  | 'find-event-back'
  | 'who'
  | 'bisect'
  | 'mark'
  | 'display'
  | 'address'
  | 'poke'
  | 'filter';

export interface Prompt {
  readonly kind: PromptKind;
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
  /** How far back in the history; -1 for what is being typed. */
  readonly past: number;
  readonly completions: readonly string[];
  /** It stands there as a proposal: what is typed takes its place. */
  readonly proposed: boolean;
}

export interface Message {
  readonly text: string;
  readonly failed: boolean;
}

/** Clocks that the timeline shows. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

export interface MarksState {
  /** Those that are in a file. */
  readonly saved: string;
}

/** What is to be done outside. */
export type Effect =
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'complete'; readonly line: string }
  | { readonly kind: 'find-event'; readonly search: EventSearch }
  | { readonly kind: 'save'; readonly file: string; readonly text: string }
  /** A panel, or all that is shown. */
  | { readonly kind: 'copy'; readonly file: string; readonly panel: PanelName | undefined }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'guest'; readonly action: GuestAction }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'quit' };

export interface Change {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const become = (state: State, ...effects: readonly Effect[]): Change => ({ state, effects });

export interface InitialOptions {
  readonly columns: number;
  readonly rows: number;
  /** Expressions that are shown from the beginning. */
  readonly watches?: readonly string[];
  /** Marks that were read from a file, as `marksText` writes them. */
  readonly marks?: string;
  /** What a running machine shows at first. */
  readonly display?: GuestState['on'];
}

/** A run of the demo is told by its trace: it has these. */
const DEMO_WATCHES = [
  'counter',
  'worker_a.additions + worker_b.additions',
  'counter < worker_a.additions + worker_b.additions',
];

export function initialState(facts: SessionFacts, options: InitialOptions): State {
  const { columns, rows, watches = facts.demo ? DEMO_WATCHES : [], marks = '' } = options;
  return {
    columns,
    rows,
    facts,
    view: undefined,
    stamp: 0,
    running: undefined,
    queue: [],
    focus: 'code',
    tab: facts.board === 'xt' ? 'bus' : 'serial',
    code: { at: undefined, cursor: undefined, syntax: 'intel' },
    registers: { page: 'main', cursor: 0 },
    memory: { base: facts.board === 'xt' ? 'sp' : 'esp', offset: 0, physical: false, cursor: 0 },
    stack: { cursor: 0 },
    devices: { name: undefined, top: 0 },
    pages: { of: undefined },
    points: { cursor: 0, watches },
    events: NO_EVENTS,
    serial: { back: 0 },
    log: { lines: [], back: 0 },
    prompt: undefined,
    history: [],
    message: undefined,
    zoom: { from: 0, to: facts.end },
    hits: [],
    pendingHit: false,
    help: undefined,
    hint: 0,
    marks: { saved: marks },
    guest: { on: options.display ?? 'screen', escaped: false, help: false },
    asking: undefined,
    interrupted: false,
    jumps: NO_JUMPS,
  };
}

export const NO_JUMPS: Jumps = { past: [], ahead: [], from: undefined };

export const NO_EVENTS: EventsState = {
  columns: undefined,
  upTo: 0,
  filter: [],
  passing: undefined,
  cursor: undefined,
  sought: '',
  texts: new Map(),
};

/** The panels that there are for a board: an 8086 has a bus to show, and no paging. */
export function panelsOf(board: string): readonly PanelName[] {
  return PANELS.filter((name) => name !== (board === 'xt' ? 'pages' : 'bus'));
}

export function layoutFor(state: State): Layout | undefined {
  const { columns, rows, focus, tab, facts } = state;
  return layoutOf({ columns, rows, focus, tab, board: facts.board, hint: hintShown(state) });
}

/** Steps of the first-run hints (hints.ts). */
export const HINT_STEPS = 3;

export const hintShown = ({ facts, hint }: State): boolean => facts.demo && hint < HINT_STEPS;

/** Lines of a panel below its title; 0 if it is not shown. */
export function rowsOf(state: State, name: PanelName): number {
  const placed = layoutFor(state)?.panels.find((panel) => panel.name === name);
  return placed ? placed.rect.height - 1 : 0;
}

/** A list of marks as a file holds it: a clock and a name a line. */
export function marksText(marks: View['marks']): string {
  return [...marks]
    .sort((a, b) => a.clock - b.clock)
    .map(({ name, clock }) => `${clock} ${name}\n`)
    .join('');
}

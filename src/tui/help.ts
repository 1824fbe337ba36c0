/** The help: what is possible in the panel with the keys, then what all keys do, from the table by which they are handled. */
import { KEY_GROUPS, keysText } from './keys.js';
import type { PanelName } from './layout.js';
import { LOCAL_COMMANDS } from './localCommands.js';
import { layoutFor, type State } from './state.js';
import { fit, type Line, line, span } from './text.js';

const KEY_WIDTH = 11;
const COMMAND_WIDTH = 22;

const HEAD: Line = line('Small letters go forward in time, capital ones back.', 'label');

/** What the timeline draws (timelineBar.ts). */
const SIGNS: readonly (readonly [string, string])[] = [
  ['\u25b2', 'where you are'],
  ['\u25c6 \u25c7', 'where searches have arrived; where one is looking now'],
  ['a..z', 'a mark, by the first letter of its name'],
  ['\u253c', 'a checkpoint: from it on the run is done again'],
  ['\u2501', 'many instructions; \u2500 few, \u2504 not read for events yet'],
  ['\u2588', 'events, above the line: the higher, the more'],
];

const HERE: Readonly<Record<PanelName, string>> = {
  code: 'S steps back; u: who wrote what it reads; Enter: along a jump',
  registers: 'u: who wrote this one; Enter: memory there; h l: more',
  memory: 'u: who wrote this; w: watch it; a esp: go with esp; v: physical',
  stack: 'u: who wrote this; Enter: memory there; F: back to the call',
  events: 'Enter goes there; e: only some kinds; / and \\ search',
  screen: '/ screen TEXT: to where the guest shows it; \\: back to it',
  serial: '/ TEXT: to where the guest sends it; \\: back to it; k and j scroll',
  devices: 'h and l: another device; j and k scroll its fields',
  pages: 'a ADDRESS: the walk of another address; p: of what a cursor is on',
  bus: 's and S: an instruction on and back, its bus clocks with it',
  points: 'd: an expression; x: forget one; u: who wrote it; Enter: to a mark',
  log: 'what keys and commands said; k and j scroll',
};

/** A line that says which part of it is shown, then that part. */
export function helpLines(panel: PanelName, top: number, rows: number, columns: number): Line[] {
  const all = wholeHelp(panel);
  const from = Math.max(0, Math.min(top, all.length - rows + 1));
  const shown = all.slice(from, from + rows - 1);
  const where = `lines ${from + 1} to ${from + shown.length} of ${all.length}`;
  const title = line(` help  ${where}  j k PgUp PgDn scroll, other keys leave it`, 'focus');
  const lines = [title, ...shown].map((one) => fit(one, columns));
  while (lines.length < rows) lines.push(fit([], columns));
  return lines;
}

function wholeHelp(panel: PanelName): Line[] {
  const here: Line = [span(`In ${panel}: `, 'label'), span(HERE[panel])];
  return [HEAD, here, ...keys(), ...signs(), ...commands()];
}

/** As many rows as it has between tabs and timeline, without its title. */
function rowsShown(state: State): number {
  const layout = layoutFor(state);
  return layout ? layout.timeline.y - layout.tabs.y - 2 : 1;
}

export function scrolledHelp(state: State, by: number): State {
  const most = Math.max(0, wholeHelp(state.focus).length - rowsShown(state));
  return { ...state, help: Math.max(0, Math.min(most, (state.help ?? 0) + by)) };
}

/** Rows that a key scrolls by; a page keeps a row of the one before. */
const SCROLLING: Readonly<Record<string, (page: number) => number>> = {
  j: () => 1,
  down: () => 1,
  k: () => -1,
  up: () => -1,
  pagedown: (page) => page,
  ' ': (page) => page,
  pageup: (page) => -page,
  home: () => Number.NEGATIVE_INFINITY,
  end: () => Number.POSITIVE_INFINITY,
};

export function helpKey(state: State, key: string): State {
  const by = Object.hasOwn(SCROLLING, key) ? SCROLLING[key] : undefined;
  return by ? scrolledHelp(state, by(Math.max(1, rowsShown(state) - 1))) : { ...state, help: undefined };
}

function signs(): Line[] {
  return [
    line('Signs in the timeline', 'label'),
    ...SIGNS.map(([sign, text]): Line => [span(`  ${sign.padEnd(KEY_WIDTH)} `, 'mark'), span(text)]),
  ];
}

function keys(): Line[] {
  return KEY_GROUPS.flatMap(({ title, bindings }) => [
    line(title, 'label'),
    ...bindings.map((binding): Line => {
      return [span(`  ${keysText(binding).padEnd(KEY_WIDTH)} `, 'key'), span(binding.help)];
    }),
  ]);
}

function commands(): Line[] {
  return [
    line('Commands behind : (and those of the debugger, which :help lists)', 'label'),
    ...LOCAL_COMMANDS.map(({ names, args, help }): Line => {
      return [span(`  ${`${names[0]} ${args}`.padEnd(COMMAND_WIDTH)} `, 'key'), span(help)];
    }),
  ];
}

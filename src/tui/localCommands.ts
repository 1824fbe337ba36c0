/** Commands of the command line that are the interface's own: they show and save, and do not reach the debugger. */
import { focusOn } from './cursor.js';
import { filtered } from './eventList.js';
import { tell } from './jobs.js';
import type { PanelName } from './layout.js';
import { leave } from './leaving.js';
import { RUN_COMMANDS } from './runCommands.js';
import { become, type Change, marksText, panelsOf, type State } from './state.js';

export interface LocalCommand {
  readonly names: readonly [string, ...string[]];
  readonly args: string;
  readonly help: string;
  readonly run: (state: State, args: string) => Change;
  /** With an argument only; without one it is the debugger's. */
  readonly needsArgument?: boolean;
}

export const LOCAL_COMMANDS: readonly LocalCommand[] = [
  { names: ['quit', 'q'], args: '', help: 'leave', run: leave },
  {
    names: ['copy'],
    args: '[screen] FILE',
    help: 'save the panel in focus, or all that is shown',
    run: copy,
  },
  {
    names: ['marks'],
    args: 'FILE',
    help: 'save the marks; debug --marks FILE loads them',
    needsArgument: true,
    run: saveMarks,
  },
  {
    names: ['display'],
    args: 'EXPRESSION',
    help: 'show its value all the time',
    run: (state, source) =>
      source === ''
        ? become(tell(state, 'display: an expression is missing', true))
        : become({ ...state, points: { ...state.points, watches: [...state.points.watches, source] } }),
  },
  { names: ['undisplay'], args: '[NUMBER]', help: 'show it no more', run: undisplay },
  { names: ['filter'], args: '[KIND...]', help: 'only these kinds of events', run: filtered },
  { names: ['panel'], args: 'NAME', help: 'show one of them, by its name', run: showPanel },
  { names: ['look'], args: 'EXPRESSION', help: 'have the panel show that address', run: setAddress },
  { names: ['follow'], args: 'EXPRESSION', help: 'memory goes with a register or pointer', run: follow },
  ...RUN_COMMANDS,
];

function commandOf(text: string): [LocalCommand, string] | undefined {
  const [, name, args = ''] = /^(\S+)\s*(.*)$/s.exec(text.trim()) ?? [];
  const found = LOCAL_COMMANDS.find(({ names }) => names.includes(name ?? ''));
  return found && !(found.needsArgument && args === '') ? [found, args] : undefined;
}

export const isLocal = (text: string): boolean => commandOf(text) !== undefined;

export function runLocal(state: State, text: string): Change {
  const [command, args] = commandOf(text)!;
  return command.run(state, args);
}

function copy(state: State, args: string): Change {
  const [, whole, file = ''] = /^(screen\s+)?(.*)$/s.exec(args) ?? [];
  if (file === '') return become(tell(state, 'copy: a file is missing', true));
  return become(state, { kind: 'copy', file, panel: whole ? undefined : state.focus });
}

function saveMarks(state: State, file: string): Change {
  const saved = marksText(state.view?.marks ?? []);
  return become({ ...state, marks: { saved } }, { kind: 'save', file, text: saved });
}

function undisplay(state: State, text: string): Change {
  const number = text === '' ? state.points.watches.length : Number(text);
  if (!state.points.watches[number - 1])
    return become(tell(state, `there is no expression ${text}`.trim(), true));
  const watches = state.points.watches.filter((_, i) => i !== number - 1);
  return become({ ...state, points: { cursor: 0, watches } });
}

function showPanel(state: State, name: string): Change {
  const known = panelsOf(state.facts.board);
  if (!known.includes(name as PanelName)) {
    return become(tell(state, `there is no panel "${name}"; there are ${known.join(', ')}`, true));
  }
  return become(focusOn(state, name as PanelName));
}

function follow(state: State, base: string): Change {
  if (base === '') return become(tell(state, 'follow: a register or an expression is missing', true));
  const memory = { ...state.memory, base, offset: 0, cursor: 0 };
  return become({ ...focusOn(state, 'memory'), memory });
}

/** What an address means depends on the panel: code there, memory there, its page walk. */
export function setAddress(state: State, text: string): Change {
  const at = text === '' ? undefined : text;
  if (state.focus === 'code') return become({ ...state, code: { ...state.code, at, cursor: undefined } });
  if (state.focus === 'pages') return become({ ...state, pages: { of: at } });
  return at === undefined ? become(state) : follow(state, at);
}

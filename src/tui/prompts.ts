/** The command line at the bottom: what it asks for, how it is edited, and what becomes of what was typed. */
import { EVENT_KINDS } from '../replay/events.js';
import { filtered, lookFor } from './eventList.js';
import { ask, tell } from './jobs.js';
import { isLocal, LOCAL_COMMANDS, runLocal, setAddress } from './localCommands.js';
import { placeOf } from './place.js';
import { become, type Change, type Prompt, type PromptKind, panelsOf, type State } from './state.js';

interface PromptRow {
  readonly label: string;
  /** What it begins with. */
  readonly initial?: (state: State) => string;
  readonly submit: (state: State, text: string) => Change;
  /** What it may be completed with, if that is not what an expression may be. */
  readonly names?: (state: State, before: string) => readonly string[] | undefined;
}

const asking =
  (command: string) =>
  (state: State, text: string): Change =>
    ask(state, `${command} ${text}`);

const comparison = /[<>=!]|\bhas\b/;

export const PROMPTS: Readonly<Record<PromptKind, PromptRow>> = {
  command: {
    label: ':',
    names: commandNames,
    submit: (state, text) => (isLocal(text) ? runLocal(state, text) : ask(state, text, { typed: true })),
  },
  goto: { label: 'go to ', submit: asking('seek'), names: placeNames },
  find: { label: '/', submit: asking('find'), names: where },
  'find-back': { label: '\\', submit: asking('reverse-find'), names: where },
  'find-event': {
    label: 'next event with ',
    initial: ({ events }) => events.sought,
    submit: (state, text) => lookFor(state, text, 'forward'),
  },
  'find-event-back': {
    label: 'event before with ',
    initial: ({ events }) => events.sought,
    submit: (state, text) => lookFor(state, text, 'back'),
  },
  who: {
    label: 'who wrote ',
    initial: (state) => placeOf({ ...state, focus: 'points' }).written ?? state.points.watches[0] ?? '',
    submit: asking('who'),
  },
  bisect: {
    label: 'find where this becomes true: ',
    initial: ({ points }) => points.watches.findLast((source) => comparison.test(source)) ?? '',
    submit: asking('bisect'),
  },
  mark: {
    label: 'name of this position: ',
    initial: ({ view }) => freeMark(view?.marks.map(({ name }) => name) ?? []),
    submit: asking('mark'),
    names: ({ view }) => view?.marks.map(({ name }) => name) ?? [],
  },
  display: { label: 'show the value of ', submit: (state, text) => runLocal(state, `display ${text}`) },
  address: { label: 'look at ', submit: setAddress },
  poke: { label: 'change ', submit: asking('poke') },
  filter: {
    label: 'kinds of events (none: all): ',
    initial: ({ events }) => events.filter.join(' '),
    submit: filtered,
    names: () => EVENT_KINDS,
  },
};

function where(): readonly string[] {
  return ['screen', 'serial'];
}

function placeNames({ view }: State): readonly string[] {
  return ['begin', 'end', ...(view?.marks.map(({ name }) => name) ?? [])];
}

/** Of commands whose arguments are no expressions; of others the debugger knows. */
function commandNames(state: State, before: string): readonly string[] | undefined {
  const [, name] = /^\s*(\S+)\s/.exec(before) ?? [];
  if (name === 'seek' || name === 'goto' || name === 'g') return placeNames(state);
  if (name === 'filter') return EVENT_KINDS;
  return name === 'panel' ? panelsOf(state.facts.board) : undefined;
}

/** Kinds of which an empty text means something. */
const MAY_BE_EMPTY: readonly PromptKind[] = ['filter', 'address'];
const HISTORY = 500;

function freeMark(names: readonly string[]): string {
  for (let i = 1; ; i++) if (!names.includes(`m${i}`)) return `m${i}`;
}

export function openPrompt(state: State, kind: PromptKind, text?: string): Change {
  const initial = text ?? PROMPTS[kind].initial?.(state) ?? '';
  const prompt: Prompt = {
    kind,
    text: initial,
    cursor: initial.length,
    past: -1,
    completions: [],
    proposed: true,
  };
  return become({ ...state, prompt, message: undefined, help: undefined });
}

/** The interface's own names at once; those of the debugger when it has said them. */
function complete(prompt: Prompt, state: State): Change {
  const before = prompt.text.slice(0, prompt.cursor);
  const names = PROMPTS[prompt.kind].names?.(state, before);
  if (names) return completed(state, names);
  return become(state, { kind: 'complete', line: prompt.kind === 'command' ? before : `print ${before}` });
}

type Edit = (prompt: Prompt, state: State) => Change | Prompt;

const at = (prompt: Prompt, text: string, cursor: number): Prompt => ({
  ...prompt,
  text,
  cursor: Math.max(0, Math.min(text.length, cursor)),
  completions: [],
  proposed: false,
});

const EDITS: Readonly<Record<string, Edit>> = {
  enter: (prompt, state) => submit(prompt, state),
  escape: (_, state) => become({ ...state, prompt: undefined }),
  'ctrl-c': (_, state) => become({ ...state, prompt: undefined }),
  tab: complete,
  left: (prompt) => at(prompt, prompt.text, prompt.cursor - 1),
  right: (prompt) => at(prompt, prompt.text, prompt.cursor + 1),
  home: (prompt) => at(prompt, prompt.text, 0),
  end: (prompt) => at(prompt, prompt.text, prompt.text.length),
  'ctrl-a': (prompt) => at(prompt, prompt.text, 0),
  'ctrl-e': (prompt) => at(prompt, prompt.text, prompt.text.length),
  'ctrl-u': ({ text, cursor, ...rest }) => at({ text, cursor, ...rest }, text.slice(cursor), 0),
  'ctrl-k': ({ text, cursor, ...rest }) => at({ text, cursor, ...rest }, text.slice(0, cursor), cursor),
  'ctrl-w': (prompt) => erase(prompt, /\S*\s*$/.exec(prompt.text.slice(0, prompt.cursor))![0].length),
  backspace: (prompt, state) =>
    prompt.text === '' ? become({ ...state, prompt: undefined }) : erase(prompt, 1),
  delete: (prompt) =>
    prompt.cursor < prompt.text.length ? erase(at(prompt, prompt.text, prompt.cursor + 1), 1) : prompt,
  up: (prompt, state) => recall(prompt, state.history, prompt.past + 1),
  down: (prompt, state) => recall(prompt, state.history, prompt.past - 1),
};

function erase(prompt: Prompt, count: number): Prompt {
  const { text, cursor } = prompt;
  const from = Math.max(0, cursor - count);
  return at(prompt, text.slice(0, from) + text.slice(cursor), from);
}

function recall(prompt: Prompt, history: readonly string[], past: number): Prompt {
  if (past >= history.length || past < -1) return prompt;
  const text = past < 0 ? '' : history[history.length - 1 - past]!;
  return { ...at(prompt, text, text.length), past };
}

export function promptKey(state: State, prompt: Prompt, key: string): Change {
  const edit = Object.hasOwn(EDITS, key) ? EDITS[key] : undefined;
  const edited = edit ? edit(prompt, state) : insert(prompt, key);
  return 'effects' in edited ? edited : become({ ...state, prompt: edited });
}

/** Names of keys are longer than a character. */
function insert(prompt: Prompt, key: string): Prompt {
  if ([...key].length !== 1) return prompt;
  return insertText(prompt.proposed ? at(prompt, '', 0) : prompt, key);
}

/** Lines of it become one: only Enter does what stands there. */
export function pastedInto(prompt: Prompt, text: string): Prompt {
  const plain = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '');
  return insertText(prompt.proposed ? at(prompt, '', 0) : prompt, plain);
}

function submit({ kind, text }: Prompt, state: State): Change {
  const closed = { ...state, prompt: undefined };
  const trimmed = text.trim();
  if (trimmed === '' && !MAY_BE_EMPTY.includes(kind)) return become(closed);
  const history = [...state.history.filter((line) => line !== trimmed), trimmed].slice(-HISTORY);
  return PROMPTS[kind].submit(trimmed === '' ? closed : { ...closed, history }, trimmed);
}

/** What the debugger knows that the line may end in. */
export function completed(state: State, names: readonly string[]): Change {
  const { prompt } = state;
  if (!prompt) return become(state);
  const before = prompt.text.slice(0, prompt.cursor);
  const word = /[\w.&-]*$/.exec(before)![0];
  const own =
    prompt.kind === 'command' && word === before ? LOCAL_COMMANDS.map(({ names: [name] }) => name) : [];
  const fitting = [...new Set([...names, ...own])].filter((name) => name.startsWith(word)).sort();
  if (fitting.length === 0) return become(tell(state, `nothing begins with "${word}"`, true));
  const more = commonStart(fitting).slice(word.length) + (fitting.length === 1 ? ' ' : '');
  const next = insertText(prompt, more);
  return become({ ...state, prompt: { ...next, completions: fitting.length > 1 ? fitting : [] } });
}

function insertText(prompt: Prompt, more: string): Prompt {
  const { text, cursor } = prompt;
  return at(prompt, text.slice(0, cursor) + more + text.slice(cursor), cursor + more.length);
}

function commonStart(names: readonly string[]): string {
  let [start = ''] = names;
  for (const name of names) {
    while (!name.startsWith(start)) start = start.slice(0, -1);
  }
  return start;
}

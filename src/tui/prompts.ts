/** The command line at the bottom: what it asks for, how it is edited, and what becomes of what was typed. */
import { filtered, lookFor } from './eventList.js';
import { ask, tell } from './jobs.js';
import { isLocal, runLocal, setAddress } from './localCommands.js';
import { placeOf } from './place.js';
import { become, type Change, type Prompt, type PromptKind, type State } from './state.js';

interface PromptRow {
  readonly label: string;
  /** What it begins with. */
  readonly initial?: (state: State) => string;
  readonly submit: (state: State, text: string) => Change;
}

const asking =
  (command: string) =>
  (state: State, text: string): Change =>
    ask(state, `${command} ${text}`);

const comparison = /[<>=!]|\bhas\b/;

export const PROMPTS: Readonly<Record<PromptKind, PromptRow>> = {
  command: {
    label: ':',
    submit: (state, text) => (isLocal(text) ? runLocal(state, text) : ask(state, text, true)),
  },
  goto: { label: 'go to ', submit: asking('seek') },
  find: { label: '/', submit: asking('find') },
  'find-back': { label: '\\', submit: asking('reverse-find') },
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
  },
  display: { label: 'show the value of ', submit: (state, text) => runLocal(state, `display ${text}`) },
  address: { label: 'look at ', submit: setAddress },
  poke: { label: 'change ', submit: asking('poke') },
  filter: {
    label: 'kinds of events (none: all): ',
    initial: ({ events }) => events.filter.join(' '),
    submit: filtered,
  },
};

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

/** The line as a command of the debugger, for completion. */
function commandLine({ kind, text, cursor }: Prompt): string {
  const before = text.slice(0, cursor);
  const words: Partial<Record<PromptKind, string>> = { command: '', goto: 'seek ', mark: 'unmark ' };
  return `${words[kind] ?? 'print '}${before}`;
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
  tab: (prompt, state) => become(state, { kind: 'complete', line: commandLine(prompt) }),
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
  const edit = EDITS[key];
  const edited = edit ? edit(prompt, state) : insert(prompt, key);
  return 'effects' in edited ? edited : become({ ...state, prompt: edited });
}

/** Names of keys are longer than a character. */
function insert(prompt: Prompt, key: string): Prompt {
  if ([...key].length !== 1) return prompt;
  return insertText(prompt.proposed ? at(prompt, '', 0) : prompt, key);
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
  const fitting = names.filter((name) => name.startsWith(word));
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

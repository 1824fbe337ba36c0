/** What would lose marks asks before it does: leaving, and going to a trace that is not of the same family. */
import { ask } from './jobs.js';
import { become, type Change, type State } from './state.js';

export const leave = (state: State): Change => careful(state, 'Leave?', 'quit');

export const openOther = (state: State, line: string): Change => careful(state, 'Open it?', line);

function careful(state: State, question: string, line: string): Change {
  if (!unsavedMarks(state)) return agreed(state, line);
  const text = `Marks are not saved (:marks FILE saves them). ${question} y/n`;
  return become({ ...state, asking: { text, line } });
}

/** Marks that would be lost: those in no file. */
function unsavedMarks({ view, marks }: State): boolean {
  const saved = new Set(marks.saved.split('\n'));
  return (view?.marks ?? []).some(({ clock, name }) => !saved.has(`${clock} ${name}`));
}

function agreed(state: State, line: string): Change {
  return line === 'quit' ? become(state, { kind: 'quit' }) : ask(state, line, { typed: true });
}

export function answered(state: State, key: string): Change {
  const { asking } = state;
  const closed = { ...state, asking: undefined };
  return key === 'y' && asking ? agreed(closed, asking.line) : become(closed);
}

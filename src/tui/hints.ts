/** Three steps that lead a newcomer through the demo's trace, from the failure back to its cause. */
import { HINT_STEPS, hintShown, type State } from './state.js';

interface Hint {
  readonly text: string;
  /** The command that fulfils it. */
  readonly done: RegExp;
}

const HINTS: readonly Hint[] = [
  { text: 'The guest failed at the end of this run. G goes there.', done: /^(seek|goto|g) end$|^continue/ },
  { text: 'Additions to counter were lost. B, Enter finds where.', done: /^bi/ },
  { text: 'U, Enter: who wrote counter? N: back over the interrupt.', done: /^(reverse-next|rn)\b/ },
];

export const THANKS = 'Read in one turn, stored in another: that is the race. n goes on, ? helps.';

export function hintText({ hint }: State): string {
  return ` ${hint + 1} of ${HINT_STEPS}  ${HINTS[hint]?.text ?? ''}`;
}

/** Goes on to the next hint if this command was what the present one asked for. */
export function advanceHint(state: State, line: string): State {
  if (!hintShown(state) || !HINTS[state.hint]!.done.test(line)) return state;
  return { ...state, hint: state.hint + 1 };
}

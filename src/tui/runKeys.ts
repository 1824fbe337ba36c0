/** Keys that lead out of the run that is shown: into a branch of it, on from its end, and back. */

import { ask, tell } from './jobs.js';
import type { KeyGroup } from './keys.js';
import { placeOf } from './place.js';
import { openPrompt } from './prompts.js';
import { become, type Change, type State } from './state.js';

export const RUNS: KeyGroup = {
  title: 'The machine, and other runs',
  bindings: [
    {
      keys: ['R'],
      help: 'run on from the present (of --live, or after L)',
      action: (state) => ask(state, 'resume'),
    },
    {
      keys: ['L'],
      help: 'go live from here: a branch, with you at the keyboard',
      action: (state) => ask(state, 'live'),
    },
    { keys: ['E'], help: 'edit what the cursor is on: a branch from here', action: edit },
    { keys: ['P'], help: 'back to the parent of a branch', action: (state) => ask(state, 'parent') },
  ],
};

/** The place stands there, and its value is to be typed. */
function edit(state: State): Change {
  const { written } = placeOf(state);
  if (written === undefined) {
    return become(
      tell(state, 'nothing under the cursor can be changed: choose a register, memory, the stack', true),
    );
  }
  const { state: asking, effects } = openPrompt(state, 'poke', `${written} = `);
  return become({ ...asking, prompt: asking.prompt && { ...asking.prompt, proposed: false } }, ...effects);
}

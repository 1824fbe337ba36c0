/**
 * The way back to where one was, as vim's list of jumps: whatever leads elsewhere, but for steps, leaves the position
 * in it. A position is a clock of this trace; another trace begins with an empty list.
 */
import type { Job, Jumps, State } from './state.js';

/** Positions that are kept. */
const MOST_JUMPS = 100;

/** A command that moves has been done; what is seen of the position yet is of before. */
export function moved(state: State, { way }: Job): Jumps {
  const { past, ahead } = state.jumps;
  const from = state.view?.position.clock;
  if (way === undefined || from === undefined) return { past, ahead, from };
  if (way === 'back') return { past: past.slice(0, -1), ahead: [...ahead, from], from: undefined };
  return { past: [...past, from], ahead: ahead.slice(0, -1), from: undefined };
}

/** The position is seen. */
export function arrivedAt({ past, ahead, from }: Jumps, clock: number): Jumps {
  if (from === undefined || from === clock) return { past, ahead, from: undefined };
  return { past: [...past, from].slice(-MOST_JUMPS), ahead: [], from: undefined };
}

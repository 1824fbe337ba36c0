/** WAIT, and the state the chip is in after HLT. */
import type { Chip } from '../chip.js';
import { Phase } from '../state.js';

/** 0F8 WAIT: until TEST# is low. The chip may be paused each time round, and interrupted: it then waits again. */
export function wait(c: Chip): void {
  c.phase = Phase.start;
  if (c.pins.test?.() ?? true) {
    c.jump();
    return;
  }
  c.clocks(2);
}

/**
 * HLT and WAIT. After HLT the chip stops fetching, drives the HALT status for one clock and stays idle until an
 * interrupt; the clocks around it follow what the public microcode-level literature found on the 8088.
 */
import type { Chip } from '../chip.js';
import { BusStatus, Phase, T } from '../state.js';

/** HLT, from the clock in which the loader sees it. */
export function halt(c: Chip): void {
  const atRest = c.t === T.idle && c.ioType === BusStatus.passive && !c.afterT4;
  c.slowWake = !atRest && !(c.afterT4 && c.cycleType !== BusStatus.code);
  c.clock();
  c.prefetching = false;
  while (c.ioType !== BusStatus.passive || c.t === T.t4) c.clock();
  c.clock();
  c.ioType = BusStatus.halt;
  c.clock();
  c.ioType = BusStatus.passive;
  c.t = T.idle;
  c.clock();
  c.phase = Phase.halted;
}

/** One clock more, or the end of it. */
export function halted(c: Chip): void {
  if (c.interrupted) {
    if (c.slowWake) c.clock();
    c.phase = Phase.start;
  } else c.clock();
}

/**
 * 0F8 WAIT: until TEST# is low. Each time round is a position. An interrupt is taken with PC back at the WAIT.
 */
export function wait(c: Chip): void {
  c.phase = Phase.start;
  if (c.pins.test?.() ?? true) return c.clocks(2);
  c.jump();
  if (c.interrupted) return waitInterrupted(c);
  c.clock();
  c.jump();
  c.phase = Phase.repeat;
}

function waitInterrupted(c: Chip): void {
  c.jump();
  c.suspend();
  c.clock();
  c.correct();
  c.clock();
  c.tmpc = c.pc;
  c.clock();
  c.pc = (c.tmpc - 1) & 0xffff;
  c.flush();
}

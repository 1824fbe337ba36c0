/**
 * Where two processors begin to do different things: the sequences of their states before every instruction are
 * compared as hashes, a stretch of the run at a time. What lies between two instructions (a wait in HLT, the
 * delivery of an interrupt) is then gone through boundary by boundary.
 */
import { hash64 } from '../trace/hash.js';
import { type Both, both, type Parting } from './both.js';
import type { Pair, Side } from './pair.js';

/** Of a wait in HLT the last clocks are gone through one by one. */
const LAST_OF_HALT = 1024;

/** The processors are equal at `from`, where both stand. Leaves them at `to` if they do not part before. */
export function processorsPart(pair: Pair, from: number, to: number): Parting | undefined {
  const { a, b } = digests(pair, to);
  if (a === b && !pair.processorsDiffer()) return undefined;
  const { low, high } = locate(pair, from, to);
  const parting = pair.walk(low, high, pair.processorsDiffer);
  if (!parting) pair.seek(to);
  return parting;
}

/** Calls back with the processor's state before every instruction up to a clock, until told to stop. */
function pass(pair: Pair, side: Side, until: number, look: (state: Uint8Array) => boolean): void {
  const view = pair.processors[side];
  pair[side].scan(until, () => look(view.state()));
}

/** All states of each processor before its instructions up to a clock, as one hash. */
function digests(pair: Pair, until: number): Both<bigint> {
  return both({ a: 'a', b: 'b' } as const, (side) => {
    let all = 0n;
    pass(pair, side, until, (state) => {
      all = hash64(state, all);
      return false;
    });
    return all;
  });
}

/** Between which clocks they part. */
function locate(pair: Pair, from: number, to: number): { readonly low: number; readonly high: number } {
  const trail: { readonly clock: number; readonly hash: bigint }[] = [];
  pair.seek(from);
  pass(pair, 'a', to, (state) => {
    trail.push({ clock: pair.a.clock, hash: hash64(state) });
    return false;
  });
  let at = 0;
  let other = to;
  pass(pair, 'b', to, (state) => {
    if (trail[at]?.hash === hash64(state)) return ++at < 0;
    other = pair.b.clock;
    return true;
  });
  const equal = trail[at - 1]?.clock ?? from;
  const clocks = [trail[at]?.clock ?? to, other];
  const near = Math.max(equal, Math.min(...clocks) - LAST_OF_HALT);
  pair.seek(near);
  return { low: pair.processorsDiffer() ? equal : near, high: Math.max(...clocks) };
}

/** The first event (a note of a device) that one run has and the other has not, or has at another clock. */
import { eventListener, type RunEvent } from '../events.js';
import { NOTE_KINDS } from '../noteDigest.js';
import type { Search } from '../query/search.js';
import { type Both, both } from './both.js';
import type { Pair, Side } from './pair.js';

export type FirstEvent = Both<RunEvent | undefined>;

/** Clocks that both are run before their events are compared. */
const STRETCH = 2 ** 20;
/** Inputs are no events of a device. */
const NOTES = new Set(NOTE_KINDS);

/** Up to `from` they are equal. */
export function* firstEvent(pair: Pair, from: number): Search<FirstEvent | undefined> {
  const end = lastOfBoth(pair);
  pair.seek(from);
  const heard = both(pair, (): RunEvent[] => []);
  const listen = (side: Side) =>
    pair[side].listen(eventListener({ kinds: NOTES, to: end }, (event) => heard[side].push(event)));
  const unlisten = both({ a: 'a', b: 'b' } as const, listen);
  try {
    return yield* compare(pair, heard, end);
  } finally {
    both(unlisten, (stop) => stop());
  }
}

/** Of a run that was stopped, what would have happened at its last clock is not known. */
function lastOfBoth({ a, b, end }: Pair): number {
  const shorter = a.end < b.end ? a : b;
  return a.end === b.end || shorter.trace.end?.outcome ? end : end - 1;
}

function* compare(pair: Pair, heard: Both<RunEvent[]>, end: number): Search<FirstEvent | undefined> {
  while (pair.clock < pair.end) {
    yield* pair.advance(Math.min(pair.clock + STRETCH, pair.end), 'looking around');
    dropEqual(heard);
    const [a, b] = [heard.a[0], heard.b[0]];
    // What only one of them has may be said by the other yet.
    const certain = (a && b) || Math.min(a?.clock ?? end, b?.clock ?? end) < pair.clock - STRETCH;
    if (certain) return { a, b };
  }
  dropEqual(heard);
  return heard.a.length + heard.b.length > 0 ? { a: heard.a[0], b: heard.b[0] } : undefined;
}

/** Takes away what both begin with. */
function dropEqual({ a, b }: Both<RunEvent[]>): void {
  const count = a.findIndex((event, i) => !b[i] || !sameEvent(event, b[i]));
  const equal = count < 0 ? a.length : count;
  a.splice(0, equal);
  b.splice(0, equal);
}

function sameEvent(x: RunEvent, y: RunEvent): boolean {
  const same = x.clock === y.clock && x.kind === y.kind && x.device === y.device && x.what === y.what;
  return same && x.a === y.a && x.b === y.b;
}

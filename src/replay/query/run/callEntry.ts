/**
 * Was a function called, or has execution merely come to its first instruction? Told by the stack: on top of it lies a
 * return address, which points behind a CALL, and that CALL has been executed since the function was last come to
 * with it: else it is a loop. If the CALL leads elsewhere, what it led to has jumped here, as compilers make it of a
 * call that is the last thing a function does.
 */
import { type CallSite, callBefore, LONGEST_CALL } from '../../guest/callSites.js';
import type { Code } from '../../guest/code.js';
import { currentSegments, isVirtual8086, type Segment, segmentOf } from '../../guest/segments.js';
import { WINDOW_GROWTH } from '../../timeline/position.js';
import type { Timeline } from '../../timeline/timeline.js';
import type { Call } from './question.js';
import type { Span } from './stretches.js';
import { Witness } from './witness.js';

type Entry = Pick<Call, 'site' | 'returnAddress' | 'how'>;

/** How long before a function begins the CALL is looked for at first, in clocks. */
const LEAD = 2 ** 16;

/** How the function that begins here was called; undefined if it was not. */
export function entryAt({ machine, memory, registers }: Witness, { pc, bitness }: Code): Entry | undefined {
  const [top, size] = [registers.stack(), bitness / 8];
  const offset = word(top, size);
  const near = behind(currentSegments(machine).code, 'near');
  if (near) return near;
  const selector = word((top + size) >>> 0, 2);
  return selector === undefined
    ? undefined
    : behind(segmentOf(machine, selector, isVirtual8086(machine)), 'far');

  function word(at: number, bytes: number): number | undefined {
    const value = memory.read(at, bytes);
    return value === undefined ? undefined : Number(value);
  }

  function behind(segment: Segment, kind: CallSite['kind']): Entry | undefined {
    if (offset === undefined) return undefined;
    const returnAddress = (segment.base + offset) >>> 0;
    const before = memory.bytes((returnAddress - LONGEST_CALL) >>> 0, LONGEST_CALL);
    const site = before.length === LONGEST_CALL ? callBefore(before, offset, segment.wide) : undefined;
    if (site?.kind !== kind) return undefined;
    const called = (returnAddress - site.length) >>> 0;
    return { site: called, returnAddress, how: leadsTo(site, segment) === false ? 'jump' : 'call' };
  }

  /** Undefined if the instruction does not say it. */
  function leadsTo({ target }: CallSite, caller: Segment): boolean | undefined {
    if (!target || !('offset' in target)) return undefined;
    const { selector, offset: at } = target;
    const { base } = selector === undefined ? caller : segmentOf(machine, selector, isVirtual8086(machine));
    return (base + at) >>> 0 === pc;
  }
}

/** What was heard last of a return address: its CALL was executed, or the function was come to with it. */
type Heard = 'called' | 'entered';

/**
 * Of those that look like calls, in order of time, those that are: their clocks. How far back a CALL lies does not
 * matter, so that the answer is the same in whatever parts the run is passed. Moves the timeline.
 */
export function* calledAt(
  timeline: Timeline,
  calls: readonly Call[],
): Generator<number, ReadonlySet<number>, void> {
  const [first, last] = [calls[0], calls.at(-1)];
  const called = new Set<number>();
  if (!first || !last) return called;
  const latest = new Map<number, Heard>();
  /** When it was come to with return addresses of which nothing had been heard. */
  const unknown = new Map<number, number>();
  const enter = (back: number, clock: number) => {
    const before = latest.get(back);
    if (before === 'called') called.add(clock);
    else if (before === undefined && clock >= first.clock) unknown.set(back, clock);
    latest.set(back, 'entered');
  };
  const start = Math.max(0, first.clock - LEAD);
  yield* hearing(timeline, calls, { from: start, to: last.clock }, (heard, back, clock) => {
    if (heard === 'entered') enter(back, clock);
    else latest.set(back, heard);
  });
  enter(last.returnAddress, last.clock);
  yield* lookBack(timeline, calls, start, unknown, called);
  return called;
}

/** Goes back from `end` in growing windows until something was heard of all that is unknown. */
function* lookBack(
  timeline: Timeline,
  calls: readonly Call[],
  end: number,
  unknown: Map<number, number>,
  called: Set<number>,
): Generator<number, void, void> {
  for (let [to, lead] = [end, LEAD]; unknown.size > 0 && to > 0 && !timeline.divergence; ) {
    lead *= WINDOW_GROWTH;
    const from = Math.max(0, to - lead);
    const latest = new Map<number, Heard>();
    yield* hearing(timeline, calls, { from, to }, (heard, back) => latest.set(back, heard));
    for (const [back, heard] of latest) {
      const clock = unknown.get(back);
      if (clock !== undefined && heard === 'called') called.add(clock);
      unknown.delete(back);
    }
    to = from;
  }
}

/** Tells of every CALL that these return to, and whenever the function is come to with one of their return addresses. */
function* hearing(
  timeline: Timeline,
  calls: readonly Call[],
  { from, to }: Span,
  tell: (heard: Heard, returnAddress: number, clock: number) => void,
): Generator<number, void, void> {
  const witness = new Witness(timeline.machine);
  const { pc } = calls[0]!.code!;
  const returns = new Map(calls.map(({ site, returnAddress }) => [site, returnAddress]));
  const asked = new Set(returns.values());
  const look = () => {
    const code = witness.here();
    const back = returns.get(code.pc);
    if (back !== undefined) tell('called', back, witness.clock);
    const entry = code.pc === pc ? entryAt(witness, code) : undefined;
    if (entry && asked.has(entry.returnAddress)) tell('entered', entry.returnAddress, witness.clock);
    return false;
  };
  yield* timeline.seeking(from);
  yield* timeline.listening(to, { addresses: new Set([pc, ...returns.keys()]) }, look);
}

/**
 * Was a function called, or has execution merely come to its first instruction? Told by the stack: on top of it lies a
 * return address, which points behind a CALL, and that CALL has been executed since the function was last come to
 * with it: else it is a loop. If the CALL leads elsewhere, what it led to has jumped here, as compilers make it of a
 * call that is the last thing a function does.
 */
import { type CallSite, callBefore, LONGEST_CALL } from '../../guest/callSites.js';
import type { Code } from '../../guest/code.js';
import { currentSegments, isVirtual8086, type Segment, segmentOf } from '../../guest/segments.js';
import type { Timeline } from '../../timeline/timeline.js';
import type { Call } from './question.js';
import { Witness } from './witness.js';

type Entry = Pick<Call, 'site' | 'returnAddress' | 'how'>;

/** How long before a function begins the CALL is looked for, in clocks. */
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

/** Of those that look like calls, in order of time, those that are: their clocks. Moves the timeline. */
export function* calledAt(
  timeline: Timeline,
  calls: readonly Call[],
): Generator<number, ReadonlySet<number>, void> {
  const [first, last] = [calls[0], calls.at(-1)];
  const called = new Set<number>();
  if (!first || !last) return called;
  const witness = new Witness(timeline.machine);
  const returns = new Map(calls.map(({ site, returnAddress }) => [site, returnAddress]));
  const pending = new Set<number>();
  const look = () => {
    const code = witness.here();
    const back = returns.get(code.pc);
    if (back !== undefined) pending.add(back);
    if (code.pc !== first.code!.pc) return false;
    const entry = entryAt(witness, code);
    if (entry && pending.delete(entry.returnAddress)) called.add(witness.clock);
    return false;
  };
  const addresses = new Set([first.code!.pc, ...returns.keys()]);
  yield* timeline.seeking(Math.max(0, first.clock - LEAD));
  yield* timeline.listening(last.clock + 1, { addresses }, look);
  return called;
}

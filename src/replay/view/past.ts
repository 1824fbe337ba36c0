/**
 * What was, one instruction before the place where a debugger stands: there is no other way to know than to go back
 * and come again. A checkpoint that is left nearby makes that cheap, there and for the steps that follow; the
 * debugger stands where it stood. Nothing is known at the beginning, where the replay differs from the recording, and
 * in a guest that has slept for very long.
 */
import type { MachineState } from '../../core/machine.js';
import { PAGE_SHIFT, PageKind } from '../../core/memory.js';
import type { Debugger } from '../debug/debugger.js';
import type { Timeline } from '../timeline/timeline.js';
import { toEnd } from '../toEnd.js';
import { once } from './once.js';

/** An instruction that was executed: when it began, and the clocks until the next one did. */
export interface Executed {
  readonly pc: number;
  readonly clock: number;
  readonly clocks: number;
}

export interface Past {
  /** The last instructions, the one before here at the end. */
  readonly trail: readonly Executed[];
  /** Before the last of them: the CPU's state and the devices', and the schedule. */
  readonly machine: Pick<MachineState, 'cpu' | 'devices'>;
  readonly scheduled: readonly Scheduled[];
  /** What was in memory that has been written since, by physical address. */
  readonly overwritten: ReadonlyMap<number, number>;
}

export interface Scheduled {
  readonly name: string;
  readonly at: number;
}

/** How far back instructions are remembered, in clocks. */
const TRAIL_CLOCKS = 512;
/**
 * A checkpoint farther before them is too far to be gone back to with every step, in clocks. One that is left lies
 * somewhat before them, for there will be steps back, too.
 */
const FAR = 2 ** 15;
const LEAD = 2 ** 11;
/** How far back a guest that slept is followed, in clocks: a while first, then longer. */
const SLEEPS = [2 ** 17, 2 ** 21, 2 ** 26];

export function pastOf(debug: Debugger): Past | undefined {
  // Of a machine that runs on there is none to be had: nothing is kept of that.
  if (debug.timeline.lent) return undefined;
  return once(debug, 'past', () => lookBack(debug));
}

function lookBack(debug: Debugger): Past | undefined {
  const { timeline, clock: here } = debug;
  if (here === 0 || timeline.divergence) return undefined;
  try {
    const near = executedFrom(debug, Math.max(0, here - TRAIL_CLOCKS), here);
    const trail = near.length > 0 ? near : beforeSleep(debug, here);
    const last = trail.at(-1);
    return last && { trail, ...stateAt(debug, last.clock, here) };
  } finally {
    timeline.seek(here);
  }
}

/** What is executed between two clocks. */
function executedFrom(debug: Debugger, start: number, end: number): Executed[] {
  const { timeline } = debug;
  goNear(timeline, start);
  const found: { pc: number; clock: number }[] = [];
  timeline.scan(end, () => {
    found.push({ pc: debug.pc, clock: timeline.clock });
    return false;
  });
  return found.map((one, i) => ({ ...one, clocks: (found[i + 1]?.clock ?? end) - one.clock }));
}

/** Goes to a clock before here, and leaves a checkpoint before it unless there is one. */
function goNear(timeline: Timeline, clock: number): void {
  const nearest = timeline.checkpoints.findLast((at) => at <= clock) ?? 0;
  if (clock - nearest > FAR) {
    timeline.seek(clock - LEAD);
    timeline.keep();
  }
  timeline.seek(clock);
}

/** Nothing was executed just before here: what was, before the guest went to sleep. */
function beforeSleep(debug: Debugger, here: number): Executed[] {
  const { timeline } = debug;
  timeline.seek(here);
  const { retired } = debug;
  const isAwake = () => timeline.retired < retired;
  let asleep = here - TRAIL_CLOCKS;
  for (const sleep of SLEEPS) {
    const awake = Math.max(0, here - sleep);
    goNear(timeline, awake);
    if (isAwake()) return executedFrom(debug, fallingAsleep(timeline, awake, asleep, isAwake), here);
    if (awake === 0) return executedFrom(debug, 0, here);
    asleep = awake;
  }
  return [];
}

/** A clock not long before the guest went to sleep; between two clocks. */
function fallingAsleep(timeline: Timeline, awake: number, asleep: number, isAwake: () => boolean): number {
  while (asleep - awake > TRAIL_CLOCKS) {
    const middle = Math.floor((awake + asleep) / 2);
    timeline.seek(middle);
    if (isAwake()) awake = middle;
    else asleep = middle;
  }
  return awake;
}

/** The state at a clock, and what changes in memory from there to here. */
function stateAt({ timeline, machine }: Debugger, clock: number, here: number): Omit<Past, 'trail'> {
  timeline.seek(clock);
  machine.cpu.settle();
  const cpu = machine.cpu.state.bytes.slice();
  const devices = new Map(machine.devices.map(({ name, state }) => [name, state.bytes.slice()]));
  const scheduled = machine.schedule.pending();
  const { memory } = machine;
  const overwritten = new Map<number, number>();
  const keep = (address: number, length: number) => {
    for (let at = address; at < address + length; at++) {
      if (memory.kind[at >>> PAGE_SHIFT] !== PageKind.ram || overwritten.has(at)) continue;
      overwritten.set(at, memory.ram[at]!);
    }
  };
  const everywhere = [{ address: 0, length: memory.size }];
  const way = timeline.listening(
    here,
    // Writes are told before they happen.
    { writes: everywhere, met: (hit) => hit.kind === 'write' && keep(hit.address, hit.length) },
    () => false,
  );
  toEnd(way);
  return { machine: { cpu, devices }, scheduled, overwritten };
}

/**
 * From a recorded run into another that never was: a recorder takes over a timeline's machine where it stands, and
 * writes a child trace, which begins with its parent's past. What happens from then on is up to whoever drives it:
 * inputs of the parent (`KeepingInputs`), changes (`inputOfChange`), a script, a person.
 */
import type { Provider } from '../../core/door.js';
import { ChangeError } from '../guest/changeError.js';
import { Recorder } from '../recorder.js';
import type { Timeline } from '../timeline/timeline.js';
import { KnownContents } from './knownContents.js';
import { type Branching, writePast } from './past.js';

export interface BranchOptions extends Branching {
  /** Answers what devices pull that the parent never asked for; it may throw, which ends the branch. */
  readonly provider: Provider;
}

export interface Branch {
  readonly recorder: Recorder;
  /** Where it begins. */
  readonly clock: number;
  /** How many inputs lie before. */
  readonly inputsBefore: number;
}

/**
 * Branches off where the timeline stands, behind the inputs of that clock. The timeline's machine is given away:
 * it cannot move any more. Throws a `ChangeError` if nothing can follow there.
 */
export function branch(timeline: Timeline, options: BranchOptions): Branch {
  expectFuture(timeline);
  const { clock } = timeline;
  const handover = timeline.release();
  const { trace, past } = handover;
  const provider = new KnownContents(trace, past.pullCount, options.provider);
  const recorder = new Recorder({ ...writePast(handover, options), provider });
  return { recorder, clock, inputsBefore: past.inputCount };
}

/** Throws a `ChangeError` if nothing can follow where a timeline stands. */
export function expectFuture({ divergence, machine, clock }: Timeline): void {
  if (divergence) throw new ChangeError(`the replay differs from the recording at clock ${divergence.clock}`);
  if (machine.outcome) throw new ChangeError(`the run has ended at clock ${clock}: nothing can follow`);
}

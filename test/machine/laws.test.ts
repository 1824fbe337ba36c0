/**
 * Laws of the whole machine: what may be done to a run without changing it. Each law plays a scenario
 * straight, plays it again with the disturbance at random clocks, and wants the same notes at the same
 * clocks and the same state in the end.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine.js';
import { ready } from '../../src/replay/ready.js';
import { Random, stateOf } from '../support/pc.js';
import { machineOf, play, type Stage, stage, straight, type Way } from './support/drive.js';
import { SCENARIOS } from './support/scenarios.js';

beforeAll(() => ready());

const RUNS = 3;

/** Stops at random clocks, many close together and some far apart, and does something there. */
function disturbed(seed: number, disturb: (machine: Machine) => void, longest = 2 ** 18): Way {
  const random = new Random(seed);
  return (machine, until) => {
    while (machine.cpu.clock < until && !machine.outcome) {
      const pause = 2 ** ((random.u32() / 2 ** 32) * Math.log2(longest));
      machine.run(Math.min(until, machine.cpu.clock + Math.ceil(pause)));
      if (!machine.outcome) disturb(machine);
    }
  };
}

/** Of a line that `play` wrote. */
function clockOf(line: string): number {
  return Number(/\d+/.exec(line)![0]);
}

describe.each(SCENARIOS)('$name', (scenario) => {
  let here: Stage;
  let reference: readonly string[];

  beforeAll(() => {
    here = stage(scenario);
    reference = play(here, straight);
  });

  const law = (way: (seed: number) => Way) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(play(here, way(seed))).toEqual(reference);
      }),
      { numRuns: RUNS },
    );
  };

  it('does something worth testing', () => {
    const kinds = new Set(reference.map((line) => line.split(' ')[1]));
    expect(reference.length).toBeGreaterThan(3);
    expect(kinds).toContain('irq');
    expect(play(here, straight)).toEqual(reference);
  });

  it('can tell a difference of one input', () => {
    const inputs = scenario.inputs.map((input) => ({ ...input, clock: input.clock + 100_000 }));
    expect(play({ ...here, scenario: { ...scenario, inputs } }, straight)).not.toEqual(reference);
  });

  it('is the same wherever it is paused', () => law((seed) => disturbed(seed, () => {})));

  it('is the same if every derived thing is dropped', () => {
    const drop = ({ cpu }: Machine): void => {
      cpu.settle(); // a core may keep its state elsewhere while it runs
      cpu.dropCaches();
    };
    law((seed) => disturbed(seed, drop, 2 ** 20));
  });

  it('is the same if saved and loaded', () => {
    law((seed) => disturbed(seed, (machine) => machine.load(machine.save()), 2 ** 22));
  });

  it('is the same if saved and loaded behind an input, whatever it asks for', () => {
    const clock = scenario.from + 1000;
    for (const data of here.machine.door.channels.inputs.includes('power') ? [1, 2] : []) {
      const pressed = { ...scenario, inputs: [{ clock, channel: 'power', data: Uint8Array.of(data) }] };
      const way =
        (disturb: (machine: Machine) => void): Way =>
        (machine, until) => {
          disturb(machine);
          machine.run(until);
        };
      const reload = (machine: Machine): void => machine.load(machine.save());
      expect(play({ ...here, scenario: pressed }, way(reload))).toEqual(
        play({ ...here, scenario: pressed }, straight),
      );
    }
  });

  it('is the same if loaded into another machine', () => {
    const other = machineOf(scenario);
    const random = new Random(7);
    const end = clockOf(reference.at(-1)!);
    for (let run = 0; run < RUNS; run++) {
      const clock = scenario.from + random.below(end - scenario.from);
      const part = (wanted: (at: number) => boolean) =>
        scenario.inputs.filter((input) => wanted(input.clock));
      const before = { ...scenario, to: clock, inputs: part((at) => at <= clock) };
      const behind = { ...scenario, from: clock, inputs: part((at) => at > clock) };
      play({ ...here, scenario: before }, straight);
      const start = here.machine.save();
      const rest = reference.filter((line) => clockOf(line) > start.clock);
      expect(play({ machine: other, start, scenario: behind }, straight)).toEqual(rest);
    }
  });

  it('is the same while it is being observed', () => {
    let boundaries = 0;
    const observed: Way = (machine, until) => {
      machine.cpu.observer = {
        boundary: () => {
          boundaries++;
          return boundaries % 1000 === 0;
        },
      };
      while (machine.cpu.clock < until && !machine.outcome) machine.run(until);
      machine.cpu.observer = undefined;
    };
    expect(play(here, observed)).toEqual(reference);
    expect(boundaries).toBeGreaterThan(1000);
  });

  it('is the same while its state is being hashed', () => {
    law((seed) => disturbed(seed, (machine) => void stateOf(machine), 2 ** 22));
  });
});

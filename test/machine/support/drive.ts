/** Drives a machine through a scenario, and writes down everything it lets out. */
import type { EngineName } from '../../../src/core/cpu/ia32/cpu.js';
import type { Machine, MachineSnapshot } from '../../../src/core/machine.js';
import { pcMachine, stateOf } from '../../support/pc.js';
import type { Scenario } from './scenarios.js';

/** A machine and where its scenario begins. */
export interface Stage {
  readonly machine: Machine;
  readonly scenario: Scenario;
  readonly start: MachineSnapshot;
}

export function stage(scenario: Scenario, engine: EngineName = 'compiler'): Stage {
  const machine = machineOf(scenario, engine);
  machine.run(scenario.from);
  return { machine, scenario, start: machine.save() };
}

export function machineOf({ build, options }: Scenario, engine?: EngineName): Machine {
  return build ? build() : pcMachine(engine ? { ...options, engine } : options);
}

/** How to get from one clock to the next: as a rule by `machine.run(until)`. */
export type Way = (machine: Machine, until: number) => void;
export const straight: Way = (machine, until) => void machine.run(until);

/** Plays the scenario from its beginning: what the machine noted, and its state in the end. */
export function play({ machine, scenario, start }: Stage, way: Way): readonly string[] {
  const log: string[] = [];
  machine.onNote = (note, clock) => {
    log.push(`${clock} ${note.kind} ${note.device} ${note.what} ${note.a} ${note.b}`);
  };
  machine.load(start);
  for (const { clock, channel, data } of scenario.inputs) {
    if (clock < scenario.from) continue;
    way(machine, clock);
    machine.deliver(channel, data);
  }
  way(machine, scenario.to);
  log.push(stateOf(machine));
  return log;
}

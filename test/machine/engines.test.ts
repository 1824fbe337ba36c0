/**
 * The engines are the same machine: the evaluator and the interpreter compared instruction by instruction
 * over the beginning of each scenario, then all three at intervals over a longer stretch.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { toRecord } from '../../src/core/layout.js';
import type { Machine } from '../../src/core/machine.js';
import { ready } from '../../src/replay/ready.js';
import { stateOf } from '../support/pc.js';
import { type Stage, stage } from './support/drive.js';
import { PC_SCENARIOS } from './support/scenarios.js';

beforeAll(() => ready());

const STRIDE = 4096;

function cpuOf(machine: Machine): Uint8Array {
  machine.cpu.settle();
  return machine.cpu.state.bytes;
}

describe.each(PC_SCENARIOS)('$name', (scenario) => {
  let interpreter: Machine;
  let evaluator: Machine;
  let compiler: Machine;

  beforeAll(() => {
    const here: Stage = stage(scenario, 'interpreter');
    interpreter = here.machine;
    evaluator = stage({ ...scenario, from: 0 }, 'evaluator').machine;
    compiler = stage({ ...scenario, from: 0 }, 'compiler').machine;
    interpreter.load(here.start);
    evaluator.load(here.start);
  });

  it('agree after every instruction', () => {
    for (let i = 0; i < 20_000 && !interpreter.outcome; i++) {
      const next = interpreter.cpu.clock + 1;
      interpreter.run(next);
      evaluator.run(next);
      if (Buffer.compare(cpuOf(interpreter), cpuOf(evaluator)) === 0) continue;
      const { layout } = interpreter.cpu.state;
      expect(toRecord(layout, cpuOf(interpreter))).toEqual(toRecord(layout, cpuOf(evaluator)));
    }
    expect(stateOf(interpreter)).toBe(stateOf(evaluator));
  });

  it('agree at intervals', () => {
    const end = interpreter.cpu.clock + 400_000;
    compiler.load(interpreter.save());
    for (let at = interpreter.cpu.clock; at < end && !interpreter.outcome; at += STRIDE) {
      for (const machine of [interpreter, evaluator, compiler]) machine.run(at);
      expect(stateOf(evaluator)).toBe(stateOf(interpreter));
      expect(stateOf(compiler)).toBe(stateOf(interpreter));
    }
  });
});

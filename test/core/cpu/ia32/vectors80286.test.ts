/**
 * Outside truth: what a Harris N80C286-12 did in real mode, instruction by instruction, against the ia32
 * core. Where the 286 differs from the chips that the core models, src/core/vectors/differences80286.ts says
 * how and why. The interpreter runs all of it, the evaluator every tenth test: REWIND86_VECTORS_EVERY=1
 * makes it run all as well.
 */
import { describe, expect, it } from 'vitest';
import { excuseOf } from '../../../../src/core/vectors/differences80286.js';
import { type RunVector80286, vectorRunner80286 } from '../../../../src/core/vectors/run80286.js';
import { describeVector, forms, missing } from '../support/vectorFiles.js';

const EVERY = {
  interpreter: 1,
  evaluator: Number(process.env.REWIND86_VECTORS_EVERY ?? 10),
};
const SHOWN = 3;

const all = forms('80286');

for (const engine of ['interpreter', 'evaluator'] as const) {
  describe(`the ${engine} does what an 80286 does in real mode`, () => {
    if (!all) return it.skip(missing, () => {});
    let run: RunVector80286;
    it.each(all)('$name', (form) => {
      run ??= vectorRunner80286(engine);
      const failures: string[] = [];
      for (const test of form.tests()) {
        if (test.index % EVERY[engine] !== 0) continue;
        const differences = run(test, form.definedFlags, excuseOf(test).allow);
        if (differences.length === 0) continue;
        const texts = differences.map((d) => `${d.where} is ${d.actual}, not ${d.expected}`);
        failures.push(`${describeVector(test)}: ${texts.join('; ')}`);
      }
      expect(failures.slice(0, SHOWN), `${failures.length} failures`).toEqual([]);
    });
  });
}

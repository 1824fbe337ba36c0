/**
 * Outside truth: what an Intel P80C86A-2 did, clock by clock, against the core: registers, memory, all flags, the
 * queue, and the pins of every clock. Strict: nothing is masked or excused. Every fourth test of each form runs;
 * REWIND86_VECTORS_EVERY=1 makes it all of them.
 */
import { describe, expect, it } from 'vitest';
import { pinText } from '../../../../src/core/vectors/pins.js';
import { vectorRunner8086 } from '../../../../src/core/vectors/run8086.js';
import { describeVector, forms, missing } from '../support/vectorFiles.js';

const EVERY = Number(process.env.REWIND86_VECTORS_EVERY ?? 4);
const SHOWN = 3;

const all = forms('8086');

describe('the 8086 core does in every clock what the chip does', () => {
  if (!all) return it.skip(missing, () => {});
  const run = vectorRunner8086('8086')!;

  it.each(all)('$name', (form) => {
    const failures: string[] = [];
    form.tests().forEach((test, i) => {
      if (i % EVERY !== 0) return;
      const { difference: d } = run(test);
      if (d) failures.push(`${describeVector(test)}: ${d.where} is ${d.actual}, not ${d.expected}`);
    });
    expect(failures.slice(0, SHOWN), `${failures.length} failures`).toEqual([]);
  });

  it('would notice a wrong pin, register, flag, byte or queue', () => {
    const [test] = all.find((form) => form.name === '01')!.tests();
    const { cycles } = run(test!);
    const spoilt = [
      { ...test!, cycles: test!.cycles.map((c, i) => (i === 2 ? { ...c, status: c.status ^ 1 } : c)) },
      { ...test!, cycles: test!.cycles.slice(1) },
      { ...test!, final: { ...test!.final, regs: { ...test!.final.regs, bx: 0x1234 } } },
      { ...test!, final: { ...test!.final, regs: { ...test!.final.regs, flags: 0xf002 } } },
      { ...test!, final: { ...test!.final, queue: [...test!.final.queue, 0] } },
      { ...test!, final: { ...test!.final, ram: test!.final.ram.map(([at, v]) => [at, v ^ 1] as const) } },
    ];
    expect(spoilt.map((wrong) => run(wrong).difference === undefined)).toEqual(spoilt.map(() => false));
    expect(run(test!).difference).toBeUndefined();
    expect(cycles.map((c) => pinText(c, 0)).join('\n')).toContain('CODE T1');
  });
});

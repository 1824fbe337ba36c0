/**
 * The readers of the rows against each other: whatever state the machine is in and whatever bytes come,
 * the evaluator and the WebAssembly interpreter reach the same state, memory and clock, and devices
 * notice the same. Blocks against single steps likewise, pauses anywhere, and dropped caches.
 *
 * REWIND86_CASES raises the number of cases, REWIND86_SEED starts elsewhere; a failure names its seed.
 */
import { describe, expect, it } from 'vitest';
import { instructionSet } from '../../../../src/core/cpu/ia32/isa/table.js';
import { Chance } from './support/chance.js';
import { encode } from './support/encode.js';
import { situation } from './support/states.js';
import { stepAll, Twins } from './support/twins.js';

const CASES = Number(process.env.REWIND86_CASES ?? 1);
const SEED = Number(process.env.REWIND86_SEED ?? 1);
const I686 = 6;
const SHOWN = 5;
/** Boundaries after the instruction that are looked at too: traps, handlers, interrupts. */
const STEPS = 3;

const set = instructionSet(I686);
const variants = set.expanded.filter((e) => e.row.opcode !== '');
const hexBytes = (bytes: readonly number[]): string =>
  bytes.map((b) => b.toString(16).padStart(2, '0')).join(' ');

describe('one instruction at a time', () => {
  it('evaluator and interpreter agree on every variant of every row', () => {
    const twins = new Twins({ evaluator: 'evaluator', interpreter: 'interpreter' });
    const failures: string[] = [];
    for (let round = 0; round < 4 * CASES; round++) {
      for (const [i, expanded] of variants.entries()) {
        const seed = SEED * 1_000_003 + round * variants.length + i;
        const chance = new Chance(seed);
        const where = situation(chance);
        const code = encode(set, expanded, where.size, chance);
        const offset = chance.oneIn(8) ? 0x1000 - 1 - chance.below(10) : 0;
        twins.prepare(seed, where, code, offset);
        const failure = compare(twins);
        if (failure)
          failures.push(
            `seed ${seed}: ${expanded.row.mnemonic} [${hexBytes(code)}] ${JSON.stringify(where)}: ${failure}`,
          );
      }
    }
    expect(failures.slice(0, SHOWN), `${failures.length} failures`).toEqual([]);
  });
});

/** Steps the twins along; the first difference, if any. */
function compare(twins: Twins): string | undefined {
  for (let step = 0; step < STEPS; step++) {
    const stops = stepAll(twins);
    const differences = twins.differences();
    if (stops[0] !== stops[1]) differences.push(`stops ${stops}`);
    if (differences.length > 0) return `step ${step}: ${differences.join('; ')}`;
    if (stops[0] !== 'clock') return undefined;
  }
  return undefined;
}

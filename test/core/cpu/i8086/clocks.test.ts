/**
 * Clocks that the iAPX 86/88 User's Manual prints (tables 2-20 and 2-21), measured on both chips as differences, so
 * that neither the way in nor the way out counts. Words cost four clocks more for each transfer on the 8088, and
 * at odd addresses on the 8086.
 */
import { describe, expect, it } from 'vitest';
import type { I8086Name } from '../../../../src/core/cpu/i8086/cpu.js';
import { Rig } from './support/rig.js';

function clocks(model: I8086Name, program: string, registers: Partial<Record<string, number>>): number {
  const rig = new Rig({ model });
  rig.load(program, registers);
  rig.memory.ram.fill(0x55, 0x28000, 0x29000);
  rig.memory.ram.fill(0x55, 0x58000, 0x59000);
  rig.finish();
  return rig.cpu.clock;
}

/** Clocks of one iteration, from 30 of them against 10. */
function iteration(model: I8086Name, instruction: string, odd: number): number {
  const [few, many] = [10, 30].map((cx) => {
    return clocks(model, `${instruction}\nint3`, { cx, ax: 0x5555, si: 0x8000 + odd, di: 0x8100 + odd });
  });
  return (many! - few!) / 20;
}

describe('a repeated string instruction takes, for each iteration,', () => {
  it.each([
    ['rep movsb', 17, 0],
    ['rep movsw', 17, 2],
    ['rep stosb', 10, 0],
    ['rep stosw', 10, 1],
    ['rep lodsb', 13, 0],
    ['rep lodsw', 13, 1],
    ['repe cmpsb', 22, 0],
    ['repe cmpsw', 22, 2],
    ['repe scasb', 15, 0],
    ['repe scasw', 15, 1],
  ] as const)('%s: %i clocks, and %i word transfers', (instruction, expected, words) => {
    expect(iteration('i8086', instruction, 0)).toBe(expected);
    expect(iteration('i8086', instruction, 1)).toBe(expected + 4 * words);
    expect(iteration('i8088', instruction, 0)).toBe(expected + 4 * words);
  });
});

describe('straight code', () => {
  const perInstruction = (model: I8086Name, instruction: string): number => {
    const [few, many] = [40, 120].map((n) => clocks(model, `${`${instruction}\n`.repeat(n)}int3`, {}));
    return (many! - few!) / 80;
  };

  it.each([
    ['nop', 3, 4],
    ['clc', 2, 4],
    ['cwd', 5, 5],
    ['inc ax', 2, 4],
  ] as const)(
    'of %s takes %i clocks on the 8086, and what fetching takes on the 8088: %i',
    (i, wide, narrow) => {
      expect(perInstruction('i8086', i)).toBeCloseTo(wide, 1);
      expect(perInstruction('i8088', i)).toBeCloseTo(narrow, 1);
    },
  );
});

describe('multiplication and division', () => {
  const one = (instruction: string, registers: Partial<Record<string, number>>): number => {
    const with_ = clocks('i8086', `${'nop\n'.repeat(8)}${instruction}\nint3`, registers);
    const without = clocks('i8086', `${'nop\n'.repeat(8)}int3`, registers);
    return with_ - without;
  };

  it.each([
    ['mul bl', 70, 77],
    ['mul bx', 118, 133],
    ['imul bl', 80, 98],
    ['imul bx', 128, 154],
    ['div bl', 80, 90],
    ['div bx', 144, 162],
    ['idiv bl', 101, 112],
    ['idiv bx', 165, 184],
  ] as const)('%s takes %i to %i clocks', (instruction, least, most) => {
    const operands = [1, 3, 0x55, 0x7f].flatMap((b) => [0, 1, 0x2a, 0x7f].map((a) => [a, b] as const));
    const times = operands.map(([a, b]) => one(instruction, { ax: a, dx: 0, bx: b }));
    // The manual counts from operands in registers; the fetch that ends the instruction may add two clocks.
    expect(Math.min(...times)).toBeGreaterThanOrEqual(least - 2);
    expect(Math.max(...times)).toBeLessThanOrEqual(most + 2);
  });
});

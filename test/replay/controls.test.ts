/** Inputs as they are typed and pasted. */
import { describe, expect, it } from 'vitest';
import { pieces, serialInput } from '../../src/replay/controls.js';
import { MAX_INPUT } from '../../src/replay/runner.js';

describe('what was pasted', () => {
  it('is none, one or several inputs that a recorder takes, and nothing is lost', () => {
    for (const length of [0, 1, MAX_INPUT, MAX_INPUT + 1, 3 * MAX_INPUT - 1]) {
      const pasted = Uint8Array.from({ length }, (_, i) => i % 251);
      const inputs = [...pieces(serialInput(pasted))];
      expect(inputs.length).toBe(Math.ceil(length / MAX_INPUT));
      expect(Uint8Array.from(inputs.flatMap(({ data }) => [...data]))).toEqual(pasted);
      for (const { channel, data } of inputs) {
        expect(channel).toBe('serial:com1');
        expect(data.length).toBeLessThanOrEqual(MAX_INPUT);
      }
    }
  });
});

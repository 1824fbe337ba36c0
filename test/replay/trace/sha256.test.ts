import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from '../../../src/replay/trace/sha256.js';

it("agrees with the host's SHA-256 at every length around a block, and on random data", () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 0xff);
  for (let n = 0; n <= 200; n++) {
    expect(sha256(bytes.subarray(0, n))).toBe(
      createHash('sha256').update(bytes.subarray(0, n)).digest('hex'),
    );
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (data) => {
      expect(sha256(data)).toBe(createHash('sha256').update(data).digest('hex'));
    }),
    { numRuns: 30 },
  );
});

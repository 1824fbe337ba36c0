import { expect, it } from 'vitest';
import { Pace } from '../../../src/cli/host/pace.js';

it('holds back a guest that is ahead and forgives one that is behind', () => {
  const pace = new Pace(1_000_000, 0, 0);
  expect(pace.ahead(50_000, 20)).toBe(30);
  expect(pace.ahead(50_000, 50)).toBe(0);
  // The host was away for ten seconds: the guest does not rush to make up for them.
  expect(pace.ahead(60_000, 10_060)).toBe(-10_000);
  expect(pace.ahead(70_000, 10_060)).toBe(10);
});

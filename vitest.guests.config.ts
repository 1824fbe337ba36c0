/** `npm run test:guests`: other systems than Debian; minutes, and the guests that scripts/guests make. */
import { defineConfig } from 'vitest/config';

const HOUR = 3_600_000;

export default defineConfig({
  test: { include: ['test/e2e/guests.test.ts'], testTimeout: HOUR, hookTimeout: HOUR, pool: 'forks' },
});

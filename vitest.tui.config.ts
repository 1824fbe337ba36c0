/** `npm run test:tui`: the terminal interface in tmux; minutes, if the guest of scripts/debian-guest.sh is there. */
import { defineConfig } from 'vitest/config';

const HOUR = 3_600_000;

export default defineConfig({
  test: {
    include: ['test/e2e/tui*.test.ts'],
    testTimeout: HOUR,
    hookTimeout: HOUR,
    pool: 'forks',
    // Latency is measured: one after the other.
    fileParallelism: false,
  },
});

/** `npm run test:linux`: boots Debian, so it takes minutes and needs the guest of scripts/debian-guest.sh. */
import { defineConfig } from 'vitest/config';

const HOUR = 3_600_000;

export default defineConfig({
  test: {
    include: ['test/e2e/linux.test.ts', 'test/e2e/gdbLinux.test.ts', 'test/e2e/networkLinux.test.ts'],
    testTimeout: HOUR,
    hookTimeout: HOUR,
    pool: 'forks',
  },
});

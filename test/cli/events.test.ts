/** `events` on a terminal: a line shows how far it has come, and is gone before anything is listed. */
import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { ready } from '../../src/replay/ready.js';
import { RealHost } from './support/realHost.js';

it('shows its progress', async () => {
  await ready();
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  host.stderr.isTTY = true;
  let shown = '';
  host.stderr.write = (text) => void (shown += text);
  let open = 0;
  host.stdout.write = () => {
    if (shown !== '' && !shown.endsWith('\r\x1b[K')) open++;
  };
  expect(await runCli(['events', 'traces/lost-update.rewind'], host)).toBe(0);
  expect(shown).toMatch(/^\rclock \d+ of 191932062, \d+ %/);
  expect(shown.endsWith('\r\x1b[K')).toBe(true);
  expect(open).toBe(0);
});

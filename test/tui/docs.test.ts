/**
 * docs/tui.md says of keys and commands what the tables say; it and README.md show what was seen in a terminal
 * (test/e2e/tui.test.ts), or the first lines of it.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KEY_GROUPS, keysText } from '../../src/tui/keys.js';
import { LOCAL_COMMANDS } from '../../src/tui/localCommands.js';
import { ESCAPED } from '../../src/tui/running.js';

const text = readFileSync(new URL('../../docs/tui.md', import.meta.url), 'utf8');

const quoted = (keys: string): string =>
  keys
    .split(' ')
    .map((key) => `\`${key}\``)
    .join(' ');

it('lists every key', () => {
  for (const { title, bindings } of KEY_GROUPS) {
    const rows = bindings.map((binding) => `| ${quoted(keysText(binding))} | ${binding.help} |`);
    expect(text).toContain([`| ${title} | |`, '| --- | --- |', ...rows].join('\n'));
  }
});

it('lists every command', () => {
  const rows = LOCAL_COMMANDS.map(
    ({ names, args, help }) => `| \`${`${names.join(', ')} ${args}`.trim()}\` | ${help} |`,
  );
  expect(text).toContain(rows.join('\n'));
});

it('lists what Ctrl-A does while the machine runs', () => {
  const rows = ESCAPED.map(({ shown, help }) => `| \`${shown}\` | ${help} |`);
  expect(text).toContain(rows.join('\n'));
});

it.each(['../../docs/tui.md', '../../README.md'])('is shown as it was seen in %s', (file) => {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
  const seen = read('../golden/tui/race-80x24.txt').replace(/ +$/gm, '');
  const pictures = [...read(file).matchAll(/^```\n( lost-update\.rewind {2}clock [\s\S]*?\n)```$/gm)];
  expect(pictures).toHaveLength(1);
  expect(seen.startsWith(pictures[0]![1]!)).toBe(true);
});

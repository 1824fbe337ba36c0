/** docs/tui.md says of keys and commands what the tables say. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KEY_GROUPS, keysText } from '../../src/tui/keys.js';
import { LOCAL_COMMANDS } from '../../src/tui/localCommands.js';

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

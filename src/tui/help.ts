/** The help: what all keys do, printed from the table by which they are handled. */
import { KEY_GROUPS, keysText } from './keys.js';
import { LOCAL_COMMANDS } from './localCommands.js';
import { fit, type Line, line, span } from './text.js';

const KEY_WIDTH = 11;
const COMMAND_WIDTH = 22;

const HEAD: readonly Line[] = [
  line('Small letters go forward in time, capital ones back.', 'label'),
  line('j and k scroll this help; any other key leaves it.', 'dim'),
];

export function helpLines(top: number, rows: number, columns: number): Line[] {
  const all = [...HEAD, ...keys(), ...commands()];
  const from = Math.max(0, Math.min(top, all.length - rows));
  const lines = all.slice(from, from + rows).map((one) => fit(one, columns));
  while (lines.length < rows) lines.push(fit([], columns));
  return lines;
}

function keys(): Line[] {
  return KEY_GROUPS.flatMap(({ title, bindings }) => [
    line(title, 'label'),
    ...bindings.map((binding): Line => {
      return [span(`  ${keysText(binding).padEnd(KEY_WIDTH)} `, 'key'), span(binding.help)];
    }),
  ]);
}

function commands(): Line[] {
  return [
    line('Commands behind : (and those of the debugger, which :help lists)', 'label'),
    ...LOCAL_COMMANDS.map(({ names, args, help }): Line => {
      return [span(`  ${`${names[0]} ${args}`.padEnd(COMMAND_WIDTH)} `, 'key'), span(help)];
    }),
  ];
}

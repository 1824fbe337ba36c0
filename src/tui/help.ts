/** The help: what is possible in the panel with the keys, then what all keys do, from the table by which they are handled. */
import { KEY_GROUPS, keysText } from './keys.js';
import type { PanelName } from './layout.js';
import { LOCAL_COMMANDS } from './localCommands.js';
import { fit, type Line, line, span } from './text.js';

const KEY_WIDTH = 11;
const COMMAND_WIDTH = 22;

const HEAD: readonly Line[] = [
  line('Small letters go forward in time, capital ones back.', 'label'),
  line('j and k scroll this help; any other key leaves it.', 'dim'),
];

const HERE: Readonly<Record<PanelName, string>> = {
  code: 'S steps back; u: who wrote what it reads; Enter: along a jump',
  registers: 'u: who wrote this one; Enter: memory there; h l: more',
  memory: 'u: who wrote this; w: watch it; a esp: go with esp; v: physical',
  stack: 'u: who wrote this; Enter: memory there; F: back to the call',
  events: 'Enter goes there; e: only some kinds; / and \\ search',
  screen: '/ screen TEXT: to where the guest shows it; \\: back to it',
  serial: '/ TEXT: to where the guest sends it; \\: back to it; k and j scroll',
  devices: 'h and l: another device; j and k scroll its fields',
  pages: 'a ADDRESS: the walk of another address; p: of what a cursor is on',
  bus: 's and S: an instruction on and back, its bus clocks with it',
  points: 'd: an expression; u: who wrote it; Enter: to a mark',
  log: 'what commands said; : takes another',
};

export function helpLines(panel: PanelName, top: number, rows: number, columns: number): Line[] {
  const here: Line = [span(`In ${panel}: `, 'label'), span(HERE[panel])];
  const all = [...HEAD, here, ...keys(), ...commands()];
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

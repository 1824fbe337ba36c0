/**
 * The commands of the debugger, in one table: what gdb's `monitor`, an editor's debug console and the terminal
 * interface's command line take.
 */

import { guess } from '../../expression/guess.js';
import { ExpressionError } from '../../expression/tokens.js';
import type { Debugger } from '../debugger.js';
import { type Command, CommandError, look } from './command.js';
import { LOOKING } from './looking.js';
import { MARKING } from './marking.js';
import { MOVEMENT } from './movement.js';
import { SEARCHING } from './searching.js';
import { STOPPING } from './stopping.js';

export { CommandError } from './command.js';

const HELP = look(['help', 'h'], '[COMMAND]', 'what there is', (_, name) => {
  if (name === '') return COMMANDS.map(helpLine);
  const command = commandOf(name);
  return [helpLine(command), `also: ${command.names.slice(1).join(', ') || 'nothing shorter'}`];
});

export const COMMANDS: readonly Command[] = [
  ...MOVEMENT,
  ...STOPPING,
  ...SEARCHING,
  ...LOOKING,
  ...MARKING,
  HELP,
];

const HELP_COLUMN = 44;

function helpLine({ names, args, help }: Command): string {
  return `${`${names[0]} ${args}`.padEnd(HELP_COLUMN)} ${help}`;
}

/** A recorded run stays as it is. */
const SET = 'set: poke eax=1 in rewind86 debug, or branch --poke eax=1, changes it, as a branch';

/** Short names first; then any beginning that only one command has. */
function commandOf(name: string): Command {
  const exact = COMMANDS.find(({ names }) => names.includes(name));
  if (exact) return exact;
  if (name === 'set') throw new CommandError(SET);
  const begun = COMMANDS.filter(({ names }) => names[0].startsWith(name));
  if (begun.length === 1) return begun[0]!;
  const all = COMMANDS.map(({ names }) => names[0]);
  const hint = begun.length > 1 ? `: ${begun.map(({ names }) => names[0]).join(', ')}?` : guess(name, all);
  throw new CommandError(`no command is called "${name}"${hint || '; help lists them'}`);
}

/**
 * Does what a line says, and returns the text to show. Throws a `CommandError` if it cannot be understood or
 * done; its message is a line.
 */
export function* runCommand(debug: Debugger, line: string): Generator<number, string, void> {
  const [, name = '', args = ''] = /^\s*(\/|\?|[^\s/]+)\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name === '') return '';
  try {
    return (yield* commandOf(name).run(debug, args)).join('\n');
  } catch (error) {
    if (error instanceof ExpressionError) throw new CommandError(error.message);
    throw error;
  }
}

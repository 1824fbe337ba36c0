/** The terminal interface in tmux, as a shell starts it: what the shell says before and after is seen, too. */
import { join } from 'node:path';
import { PROGRAM } from './program.js';
import { Tmux } from './tmux.js';

export const DEMO = join(import.meta.dirname, '..', '..', '..', 'traces', 'lost-update.rewind');

/** The sizes that the interface is made for. */
export const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** What the terminal is like before and after: its own screen, the cursor, no mouse. */
export const CLEAN = '1 0 0';
/** While the interface has it. */
export const TAKEN = '0 1 1';

/** `before` is shown first, and `after` with the exit code at the end. */
export function debug(columns: number, rows: number, args: string, env = ''): Tmux {
  return new Tmux(columns, rows, `echo before; ${env} node ${PROGRAM} debug ${args}; echo after $?`);
}

export const terminalState = (tmux: Tmux): string =>
  tmux.ask('#{cursor_flag} #{alternate_on} #{mouse_any_flag}');

/** Leaves by `q`, and sees that nothing of it stays. */
export async function quit(tmux: Tmux): Promise<string> {
  tmux.keys('q');
  const shell = await tmux.until('before', 'after 0');
  if (terminalState(tmux) !== CLEAN) throw new Error(`the terminal was left as ${terminalState(tmux)}`);
  return shell;
}

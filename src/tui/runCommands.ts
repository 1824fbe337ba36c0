/** Commands that lead out of the run that is shown, which the session does (cli/debug/runCommands.ts). */
import { ask } from './jobs.js';
import { openOther } from './leaving.js';
import type { LocalCommand } from './localCommands.js';
import type { Change, State } from './state.js';

const command =
  (name: string) =>
  (state: State, args: string): Change =>
    ask(state, `${name} ${args}`.trim(), { typed: true });

export const RUN_COMMANDS: readonly LocalCommand[] = [
  {
    names: ['poke'],
    args: 'PLACE=VALUE',
    help: 'change memory, a register, a device: a branch from here',
    run: command('poke'),
  },
  { names: ['live'], args: '', help: 'go live from here, as a branch', run: command('live') },
  { names: ['resume'], args: '', help: 'run on from the present', run: command('resume') },
  {
    names: ['open'],
    args: 'FILE',
    help: 'show another trace',
    run: (state, file) => openOther(state, `open ${file}`.trim()),
  },
  { names: ['parent'], args: '', help: 'back to the parent of a branch', run: command('parent') },
];

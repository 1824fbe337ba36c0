/**
 * Commands of a session that lead out of the trace that is shown: into a branch of it, on from its end, back to its
 * parent, to another file. The debugger's own commands (replay/debug/commands) move within one trace.
 */
import { changesOf } from '../../replay/branch/assignment.js';
import { CommandError } from '../../replay/debug/commands/index.js';
import { ExpressionError } from '../../replay/expression/tokens.js';
import { ChangeError } from '../../replay/guest/changeError.js';
import { TraceError } from '../../replay/trace/format.js';
import { CliError } from '../errors.js';
import type { Workbench } from './workbench.js';

type Run = Generator<number, string, void>;

const COMMANDS: Readonly<Record<string, (bench: Workbench, args: string) => Run>> = {
  poke: function* (bench, text) {
    if (text === '') throw new CommandError('poke: a place and a value are missing, as in eax = 0');
    const { machine, symbols } = bench.debug;
    return yield* bench.branch(changesOf(text, machine, symbols), bench.live !== undefined);
  },
  live: function* (bench) {
    if (bench.live?.atPresent) return yield* resume(bench);
    const told = yield* bench.branch([], true);
    bench.start(bench.live!);
    return told;
  },
  resume,
  parent: (bench) => bench.goToParent(),
  // biome-ignore lint/correctness/useYield: it is done at once.
  open: function* (bench, path) {
    if (path === '') throw new CommandError('open: a file is missing');
    return bench.open(path);
  },
  step,
};

/** From the present, wherever one looks. */
// biome-ignore lint/correctness/useYield: it is done at once.
function* resume(bench: Workbench): Run {
  const { live } = bench;
  if (!live) throw new CommandError('this run is over: L goes on live from here, as a branch');
  bench.start(live);
  return '';
}

/** An instruction beyond the present: the machine runs on so far. */
function* step(bench: Workbench, text: string): Run {
  const times = text === '' ? 1 : Number(text);
  if (!Number.isSafeInteger(times) || times < 1) throw new CommandError(`"${text}" is no number of times`);
  yield* bench.stepLive(times);
  return '';
}

/**
 * What the line asks for, if it is one of these. Throws a `CommandError`, as the debugger's commands do; of whatever
 * line while the machine runs.
 */
export function runCommandOf(bench: Workbench, line: string): Run | undefined {
  if (bench.running) throw new CommandError('it is running; Ctrl-A Space pauses');
  const [, name = '', args = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
  // Within the run a step is the debugger's.
  if (name === 'step' && !bench.live?.atPresent) return undefined;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command && explained(command(bench, args));
}

/** What is the user's to mend. */
const REFUSALS = [ExpressionError, ChangeError, CliError, TraceError];

function* explained(run: Run): Run {
  try {
    return yield* run;
  } catch (error) {
    if (REFUSALS.some((kind) => error instanceof kind)) throw new CommandError((error as Error).message);
    throw error;
  }
}

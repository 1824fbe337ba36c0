/** The command line: finds the command, and turns whatever goes wrong into one line and an exit code. */
import { Command, CommanderError, Help, type Option } from 'commander';
import { ready } from '../replay/ready.js';
import { addBisect } from './commands/bisect.js';
import { addBranch } from './commands/branch.js';
import { addConform } from './commands/conform.js';
import { addDap } from './commands/dap.js';
import { addDebug } from './commands/debug.js';
import { addDemo } from './commands/demo.js';
import { addDiff } from './commands/diff.js';
import { addEvents } from './commands/events.js';
import { addExport } from './commands/export.js';
import { addGdb } from './commands/gdb.js';
import { addInfo } from './commands/info.js';
import { addQuery } from './commands/query.js';
import { addRecord } from './commands/record.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addTree } from './commands/tree.js';
import { addVerify } from './commands/verify.js';
import { addWho } from './commands/who.js';
import { explain } from './errors.js';
import { ExitCode } from './exitCodes.js';
import { type Host, say } from './host/host.js';
import { VERSION } from './version.js';

const COMMANDS = [
  addDemo,
  addRecord,
  addReplay,
  addVerify,
  addInfo,
  addEvents,
  addBisect,
  addWho,
  addQuery,
  addDebug,
  addGdb,
  addBranch,
  addTree,
  addDiff,
  addDap,
  addRun,
  addExport,
  addConform,
];

const HELP_AFTER = `
Live runs: Ctrl-A x ends the run, Ctrl-A h shows the other keys.
Exit codes: 0 done, 64 usage, 65 bad input, 66 cannot read, 69 unavailable, 73 cannot write, 80 bad
trace, 81 diverged,
82 script failed, 83 time limit, 84 triple fault, 85 halted, 86 reset, 87 tests failed, 88 not
found, 89 disk contents missing, 90 different; a guest's exit port gives its own.
`;

/** Runs one command line (without the program's name) and returns the exit code. */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  let code: number = ExitCode.ok;
  const program = new Command('rewind86')
    .description('a deterministic record/replay PC emulator for testing operating systems')
    .version(VERSION)
    .addHelpText('after', HELP_AFTER)
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: () => {},
    });
  for (const add of COMMANDS) add(program, host, (result) => (code = result));
  try {
    await ready();
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return commandLineError(error, program, args, host);
    const { code: failure, line } = explain(error);
    say(host, line);
    return failure;
  }
}

/** Without what goes without saying: that a flag is off, and a list empty, by default. */
function optionDescription(option: Option): string {
  const { defaultValue } = option;
  const plain = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  return plain ? option.description : new Help().optionDescription(option);
}

/** Commander's own messages, in this program's form. */
function commandLineError(
  error: CommanderError,
  program: Command,
  args: readonly string[],
  host: Host,
): number {
  if (error.exitCode === 0) return ExitCode.ok;
  if (args.length === 0) {
    host.stderr.write(program.helpInformation());
    return ExitCode.usage;
  }
  // `help` of an unknown command has no message of its own.
  const message = error.code === 'commander.help' ? `unknown command '${args.at(-1)}'` : error.message;
  const line = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const command = program.commands.find((known) => known.name() === args[0]);
  say(host, `${line} (see rewind86 ${command ? `${command.name()} ` : ''}--help)`);
  return ExitCode.usage;
}

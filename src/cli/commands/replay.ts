/** `replay`: runs a trace again and shows what the guest put out. */
import { encodePng } from '../../devices/vga/png.js';
import { isOutput } from '../../replay/controls.js';
import { hex64 } from '../../replay/hash.js';
import { pictureOf, screenLines } from '../../replay/screen.js';
import type { Session } from '../../replay/session.js';
import { CliError } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { protectInputs, WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';
import { exitCodeOf, guestSeconds } from '../machine/live.js';
import { natural } from '../machine/options.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  runSession,
  warnIncomplete,
} from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface ShowOptions extends ReplayOptions {
  readonly to?: number;
  readonly screen: boolean;
  readonly picture?: string;
  readonly quiet: boolean;
}

export const addReplay: AddCommand = (program, host, finish) => {
  addReplayOptions(program.command('replay').description('run a trace again and show what the guest put out'))
    .option(
      '--to <clock>',
      'stop at the first boundary at or after this clock',
      natural(Number.MAX_SAFE_INTEGER),
    )
    .option('--screen', 'print the text screen where the replay stops', false)
    .option('--picture <file>', 'write the screen where the replay stops as PNG')
    .option('-q, --quiet', "do not show the guest's serial line", false)
    .action(async (path: string, options: ShowOptions) => finish(await replay(path, options, host)));
};

async function replay(path: string, options: ShowOptions, host: Host): Promise<number> {
  if (options.picture !== undefined) protectInputs(options.picture, [path]);
  const session = openSession(path, options, host);
  warnIncomplete(host, path, session.trace);
  let output: number[] = [];
  session.onNote = (note) => {
    if (isOutput(note)) output.push(note.a & 0xff);
  };
  const show = () => {
    if (output.length && !options.quiet) host.stdout.write(Uint8Array.from(output));
    output = [];
  };
  const until = options.to ?? Number.POSITIVE_INFINITY;
  const signal = await runSession(session, until, host, { progress: options.quiet, onSlice: show });
  if (signal) return signalCode(signal);
  if (session.divergence) return diverged(session, host);
  leave(session, options, host);
  return session.finished ? exitCodeOf({ by: 'guest' }, session.machine.outcome) : ExitCode.ok;
}

/** What was asked for about the place where the replay stopped. */
function leave(session: Session, options: ShowOptions, host: Host): void {
  const { machine } = session;
  if (options.screen) host.stdout.write(`${screenLines(machine).join('\n').trimEnd()}\n`);
  if (options.picture !== undefined) {
    const picture = pictureOf(machine);
    if (!picture) throw new CliError(ExitCode.usage, 'this machine has no screen to make a picture of');
    const file = new WriteFile(options.picture);
    file.write(encodePng(picture));
    file.close();
  }
  const place = `clock ${session.clock} (${guestSeconds(machine)} s)`;
  if (!options.quiet) host.stderr.write(`rewind86: at ${place}, state ${hex64(session.stateHash())}\n`);
}

/** `replay`: runs a trace again and shows what the guest put out. */
import { encodePng } from '../../devices/vga/png.js';
import { isOutput } from '../../replay/controls.js';
import type { Place } from '../../replay/debug/places.js';
import { pictureOf, screenLines } from '../../replay/guest/screen.js';
import type { Session } from '../../replay/session.js';
import { hex64 } from '../../replay/trace/hash.js';
import { CliError } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { checkWritable, protectInputs, WriteFile } from '../host/files.js';
import { GuestOutput } from '../host/guestOutput.js';
import type { Host } from '../host/host.js';
import { exitCodeOf, guestSeconds } from '../machine/live.js';
import { fileName } from '../machine/options.js';
import { clocksOf, PLACES, place, runOfSession } from '../machine/places.js';
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
  readonly to?: Place;
  readonly screen: boolean;
  readonly picture?: string;
  readonly quiet: boolean;
}

export const addReplay: AddCommand = (program, host, finish) => {
  addReplayOptions(program.command('replay').description('run a trace again and show what the guest put out'))
    .option('--to <place>', 'stop at the first boundary there or after it (default: the end)', place)
    .option('--screen', 'print the text screen where the replay stops', false)
    .option('--picture <file>', 'write the screen where the replay stops as PNG', fileName)
    .option('-q, --quiet', "do not show the guest's serial line", false)
    .addHelpText('after', PLACES)
    .action(async (path: string, options: ShowOptions) => finish(await replay(path, options, host)));
};

async function replay(path: string, options: ShowOptions, host: Host): Promise<number> {
  const session = openSession(path, options, host);
  if (options.picture !== undefined) {
    protectInputs(options.picture, [path]);
    checkWritable(options.picture);
  }
  warnIncomplete(host, path, session.trace);
  const clocks = await clocksOf({ to: options.to }, runOfSession(path, session, options, host), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const output = new GuestOutput(host);
  session.onNote = (note) => {
    if (isOutput(note) && !options.quiet) output.add(note.a);
  };
  const { to: until = Number.POSITIVE_INFINITY } = clocks;
  const progress = { progress: options.quiet, onSlice: () => output.show() };
  const signal = await runSession(session, until, host, progress);
  // The whole of what the guest sent is given byte for byte; a part of it ends where it was cut.
  if (host.stdout.isTTY || !session.finished) output.endLine();
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

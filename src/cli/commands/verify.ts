/** `verify`: replays a trace from end to end and says whether every check held. */
import { describeDivergence } from '../../replay/divergence.js';
import { hex64 } from '../../replay/trace/hash.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  runSession,
  shortfall,
  warnIncomplete,
} from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface VerifyOptions extends ReplayOptions {
  readonly json: boolean;
}

export const addVerify: AddCommand = (program, host, finish) => {
  addReplayOptions(program.command('verify').description('replay a trace and compare every check in it'))
    .option('--json', 'print the result as JSON', false)
    .action(async (path: string, options: VerifyOptions) => finish(await verify(path, options, host)));
};

async function verify(path: string, options: VerifyOptions, host: Host): Promise<number> {
  const session = openSession(path, options, host);
  warnIncomplete(host, path, session.trace);
  const signal = await runSession(session, Number.POSITIVE_INFINITY, host, { progress: true });
  if (signal) return signalCode(signal);
  const { divergence, clock, checks } = session;
  const verified = divergence === undefined;
  const stateHash = verified ? hex64(session.stateHash()) : undefined;
  if (options.json) {
    const complete = session.trace.complete;
    const message = divergence && describeDivergence(divergence);
    const result = { trace: path, verified, complete, clock, checks, stateHash, divergence, message };
    host.stdout.write(`${JSON.stringify(result)}\n`);
    return verified ? ExitCode.ok : ExitCode.diverged;
  }
  if (!verified) return diverged(session, host);
  const short = shortfall(session.trace);
  const what = short
    ? `verified up to clock ${clock} of ${short === 'damaged' ? 'a damaged' : 'an incomplete'} recording: ${checks} checks`
    : `verified: ${checks} checks up to clock ${clock}`;
  host.stdout.write(`${what}, state ${stateHash}\n`);
  return ExitCode.ok;
}

/** `gdb`: lets gdb debug a recorded run, over TCP or standard input and output. */
import { Debugger } from '../../replay/debug/debugger.js';
import { GdbSession } from '../../replay/gdb/session.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Channel, standardChannel } from '../host/channel.js';
import type { Host } from '../host/host.js';
import { Server } from '../host/server.js';
import { fileName, natural } from '../machine/options.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { addTimelineOptions, openTimeline, type TimelineOptions, warnIncomplete } from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface GdbOptions extends TimelineOptions {
  readonly port: number;
  readonly stdio: boolean;
  readonly once: boolean;
  readonly symbols?: string;
}

const DEFAULT_PORT = 1234;
const MAX_PORT = 0xffff;

export const addGdb: AddCommand = (program, host, finish) => {
  addTimelineOptions(
    program.command('gdb').description('debug a recorded run with gdb, forwards and backwards'),
  )
    .option(
      '--port <number>',
      'to listen on, on this host only; 0 takes one that is free',
      natural(MAX_PORT),
      DEFAULT_PORT,
    )
    .option(
      '--stdio',
      'talk over standard input and output: target remote | rewind86 gdb --stdio TRACE',
      false,
    )
    .option('--once', 'end when gdb has gone', false)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .action(async (path: string, options: GdbOptions) => finish(await gdb(path, options, host)));
};

async function gdb(path: string, options: GdbOptions, host: Host): Promise<number> {
  const timeline = openTimeline(path, options, host);
  warnIncomplete(host, path, timeline.trace);
  const debug = new Debugger(timeline, symbolsFor(timeline.trace, options.symbols));
  const server = new Server(host);
  // One gdb after the other; each finds the run where the last has left it.
  const serve = async (channel: Channel) => {
    await server.converse(channel, new GdbSession(debug, (bytes) => channel.write(bytes)));
    return !options.once;
  };
  try {
    if (options.stdio) await serve(standardChannel(host));
    else await server.listen(options.port, (port) => `; gdb -ex 'target remote :${port}'`, serve);
  } finally {
    server.close();
  }
  return server.signal ? signalCode(server.signal) : ExitCode.ok;
}

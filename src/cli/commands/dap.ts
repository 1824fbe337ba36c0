/** `dap`: lets editors debug recorded runs by the Debug Adapter Protocol, over standard input and output or TCP. */
import type { SessionHost } from '../../replay/dap/requests.js';
import { DapSession } from '../../replay/dap/session.js';
import { Debugger } from '../../replay/debug/debugger.js';
import { explain, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Channel, standardChannel } from '../host/channel.js';
import { type Host, say } from '../host/host.js';
import { Server } from '../host/server.js';
import { natural } from '../machine/options.js';
import { symbolsFor } from '../machine/symbols.js';
import { openTimeline, shortfall } from '../machine/trace.js';
import type { AddCommand } from './command.js';

const MAX_PORT = 0xffff;

export const addDap: AddCommand = (program, host, finish) => {
  program
    .command('dap')
    .description('debug recorded runs with an editor, by the Debug Adapter Protocol')
    .option(
      '--port <number>',
      'listen on this TCP port, on this host only, instead of talking over standard input and output; 0 takes one that is free',
      natural(MAX_PORT),
    )
    .action(async ({ port }: { readonly port?: number }) => finish(await dap(port, host)));
};

async function dap(port: number | undefined, host: Host): Promise<number> {
  const server = new Server(host);
  // A session for each client, with a run of its own.
  const serve = (channel: Channel) => {
    return server.converse(channel, new DapSession(sessionHost(host, (bytes) => channel.write(bytes))));
  };
  // What goes wrong with one client is not the others'.
  const guarded = (channel: Channel) => {
    void serve(channel).catch((error) => say(host, explain(error).line));
    return true;
  };
  try {
    if (port === undefined) await serve(standardChannel(host));
    else await server.listen(port, () => ' for debug clients', guarded);
  } finally {
    server.close();
  }
  return server.signal ? signalCode(server.signal) : ExitCode.ok;
}

function sessionHost(host: Host, send: (bytes: Uint8Array) => void): SessionHost {
  return {
    send,
    explain: (error) => explain(error).line,
    open({ trace: path, symbols, salvage }) {
      if (!path) throw usage('the argument "trace" is missing: a file that rewind86 record has written');
      const timeline = openTimeline(path, { salvage, engine: 'compiler' }, host);
      const { trace, end } = timeline;
      const short = shortfall(trace);
      const remark = `${path}: clocks 0 to ${end}${short ? `, ${short}` : ''}`;
      return { debug: new Debugger(timeline, symbolsFor(trace, symbols)), remark };
    },
  };
}

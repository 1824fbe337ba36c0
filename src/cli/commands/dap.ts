/** `dap`: lets editors debug recorded runs by the Debug Adapter Protocol, over standard input and output or TCP. */
import type { SessionHost } from '../../replay/dap/requests.js';
import { DapSession } from '../../replay/dap/session.js';
import { Debugger } from '../../replay/debug/debugger.js';
import { explain, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Channel, Listener, standardChannel } from '../host/channel.js';
import { type Host, say } from '../host/host.js';
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
  try {
    if (port === undefined) await server.serve(standardChannel(host));
    else await server.listen(port);
  } finally {
    server.close();
  }
  return server.signal ? signalCode(server.signal) : ExitCode.ok;
}

/** A session for each client, with a run of its own. */
class Server {
  /** The signal that has ended it. */
  signal: string | undefined;
  readonly #host: Host;
  readonly #unlisten: () => void;
  readonly #waiting = new Set<() => void>();

  constructor(host: Host) {
    this.#host = host;
    this.#unlisten = host.onSignal((name) => {
      this.signal = name;
      for (const wake of this.#waiting) wake();
    });
  }

  close(): void {
    this.#unlisten();
  }

  async listen(port: number): Promise<void> {
    const listener = await Listener.open(port);
    say(this.#host, `listening on ${listener.address} for debug clients`);
    try {
      while (!this.signal) {
        for (let channel = listener.next(); channel; channel = listener.next()) void this.#guard(channel);
        await this.#activity(listener);
      }
    } finally {
      listener.close();
    }
  }

  /** What goes wrong with one client is not the others'. */
  async #guard(channel: Channel): Promise<void> {
    try {
      await this.serve(channel);
    } catch (error) {
      say(this.#host, explain(error).line);
    }
  }

  /** Until the client takes its leave, or the line is cut. What arrives is let in between the slices of a move. */
  async serve(channel: Channel): Promise<void> {
    const session = new DapSession(sessionHost(this.#host, (bytes) => channel.write(bytes)));
    try {
      for (;;) {
        for (const bytes of channel.take()) session.receive(bytes);
        if (session.ended || channel.closed || this.signal) return;
        if (session.busy) {
          session.advance();
          await new Promise((resolve) => setImmediate(resolve));
        } else await this.#activity(channel);
      }
    } finally {
      channel.close();
    }
  }

  /** Waits for something to happen there, or for a signal. */
  async #activity(place: { onActivity: () => void }): Promise<void> {
    let wake = () => {};
    await new Promise<void>((resolve) => {
      place.onActivity = wake = resolve;
      this.#waiting.add(wake);
    });
    this.#waiting.delete(wake);
  }
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

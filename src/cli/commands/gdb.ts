/** `gdb`: lets gdb debug a recorded run, over TCP or standard input and output. */
import { Debugger } from '../../replay/debug/debugger.js';
import { GdbSession } from '../../replay/gdb/session.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { type Channel, Listener, standardChannel } from '../host/channel.js';
import { type Host, say } from '../host/host.js';
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
/** Host milliseconds between signs of life, to gdb and on a terminal. */
const PROGRESS_MS = 1000;

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
  const server = new Server(debug, host);
  try {
    if (options.stdio) await server.serve(standardChannel(host));
    else await server.listen(options.port, options.once);
  } finally {
    server.close();
  }
  return server.signal ? signalCode(server.signal) : ExitCode.ok;
}

/** Serves one gdb after the other; each finds the run where the last has left it. */
class Server {
  /** The signal that has ended it. */
  signal: string | undefined;
  readonly #debug: Debugger;
  readonly #host: Host;
  readonly #unlisten: () => void;
  #wake: () => void = () => {};
  #shown = 0;

  constructor(debug: Debugger, host: Host) {
    this.#debug = debug;
    this.#host = host;
    this.#unlisten = host.onSignal((name) => {
      this.signal = name;
      this.#wake();
    });
  }

  close(): void {
    this.#unlisten();
  }

  async listen(port: number, once: boolean): Promise<void> {
    const listener = await Listener.open(port);
    listener.onActivity = () => this.#wake();
    say(this.#host, `listening on ${listener.address}; gdb -ex 'target remote :${listener.port}'`);
    try {
      for (let served = 0; !this.signal && !(once && served > 0); ) {
        const channel = listener.next();
        if (!channel) await this.#activity();
        else {
          await this.serve(channel);
          served++;
        }
      }
    } finally {
      listener.close();
    }
  }

  /** Until gdb takes its leave, or the line is cut. */
  async serve(channel: Channel): Promise<void> {
    const session = new GdbSession(this.#debug, (bytes) => channel.write(bytes));
    channel.onActivity = () => this.#wake();
    try {
      while (!this.signal) {
        for (const bytes of channel.take()) session.receive(bytes);
        const more = session.advance();
        // Nobody waits any more for what is under way.
        if (session.ended || (channel.closed && (session.busy || !more))) break;
        await (more ? this.#breathe(session) : this.#activity());
      }
    } finally {
      session.close();
      channel.close();
    }
  }

  /** Lets the host's events in, and shows where a long move is. */
  #breathe(session: GdbSession): Promise<void> {
    if (performance.now() - this.#shown > PROGRESS_MS) {
      this.#shown = performance.now();
      session.showProgress();
    }
    return new Promise((resolve) => setImmediate(resolve));
  }

  async #activity(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#shown = performance.now();
  }
}

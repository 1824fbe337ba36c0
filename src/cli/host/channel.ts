/**
 * A line to somebody who talks a protocol with this program: a TCP connection on this host, or standard input and
 * output. Only the loopback interface is listened on: who can talk to a debugger can read the whole guest.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import type { Host } from './host.js';

const LOOPBACK = '127.0.0.1';

export interface Channel {
  /** What has arrived since it was last taken. */
  take(): Uint8Array[];
  write(bytes: Uint8Array): void;
  /** The other side has gone. */
  readonly closed: boolean;
  /** Called when something has arrived, or the other side has gone. */
  onActivity: () => void;
  close(): void;
}

/** Standard input and output. */
export function standardChannel({ stdin, stdout }: Host): Channel {
  const arrived = new Arrivals();
  const hear = (bytes: Uint8Array) => arrived.hear(bytes);
  const end = () => arrived.end();
  stdin.on('data', hear);
  stdin.on('end', end);
  stdin.resume();
  return arrived.channel({
    write: (bytes) => stdout.write(bytes),
    close: () => {
      stdin.off('data', hear);
      stdin.pause();
      stdin.unref?.();
    },
  });
}

function socketChannel(socket: Socket): Channel {
  const arrived = new Arrivals();
  socket.setNoDelay(true);
  socket.on('data', (bytes) => arrived.hear(bytes));
  // What is wrong with a connection that is gone does not matter.
  socket.on('error', () => {});
  socket.on('close', () => arrived.end());
  return arrived.channel({ write: (bytes) => socket.write(bytes), close: () => socket.end() });
}

class Arrivals {
  #pieces: Uint8Array[] = [];
  #ended = false;
  #channel: Channel | undefined;

  hear(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#channel?.onActivity();
  }

  end(): void {
    this.#ended = true;
    this.#channel?.onActivity();
  }

  channel({ write, close }: Pick<Channel, 'write' | 'close'>): Channel {
    const take = () => this.#pieces.splice(0);
    const ended = () => this.#ended;
    this.#channel = {
      take,
      write,
      close,
      onActivity: () => {},
      get closed() {
        return ended();
      },
    };
    return this.#channel;
  }
}

/** Takes connections one at a time; those that come meanwhile wait. */
export class Listener {
  readonly #server: Server;
  readonly #waiting: Channel[] = [];
  /** Called when somebody has connected. */
  onActivity: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#waiting.push(socketChannel(socket));
      this.onActivity();
    });
  }

  /** Port 0 stands for one that is free. */
  static open(port: number): Promise<Listener> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, error)));
      server.listen(port, LOOPBACK, () => resolve(new Listener(server)));
    });
  }

  get address(): string {
    return `${LOOPBACK}:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Who has connected first of those that are there still. */
  next(): Channel | undefined {
    for (;;) {
      const channel = this.#waiting.shift();
      if (!channel?.closed) return channel;
    }
  }

  close(): void {
    for (const channel of this.#waiting) channel.close();
    this.#server.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody else listens there; --port 0 takes one that is free',
  EACCES: 'permission denied',
};

function cannotListen(port: number, { code, message }: NodeJS.ErrnoException): CliError {
  return new CliError(
    ExitCode.unavailable,
    `cannot listen on port ${port}: ${REASONS[code ?? ''] ?? message}`,
  );
}

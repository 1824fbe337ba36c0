/**
 * The other end of a network adapter's cable: each datagram is an Ethernet frame without its check sequence, as QEMU
 * has it with `-netdev dgram`. Nothing but this host can be reached unless the user names another address, and what
 * comes from anybody but the other end is not heard.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface UdpEnds {
  readonly local: Address;
  readonly remote: Address;
}

/** What can be done with the guest's end of a cable. */
export interface Wire {
  /** True if a frame has arrived that was not taken. */
  readonly waiting: boolean;
  take(): Uint8Array | undefined;
  send(frame: Uint8Array): void;
  /** Called when a frame has arrived. */
  onActivity: () => void;
  close(): void;
}

const LOOPBACK = '127.0.0.1';
/** An adapter fills up what it sends to so many bytes; programs that make frames often do not. */
const SHORTEST = 60;
const LONGEST = 1518;
/** Frames that wait for the guest; those that come beyond them are lost. */
const MOST_WAITING = 1000;

/** `LOCALPORT:REMOTEPORT`, or both with addresses: `HOST:PORT:HOST:PORT`. */
export function udpEnds(text: string): UdpEnds {
  const parts = text.split(':');
  const [localHost, localPort, remoteHost, remotePort] =
    parts.length === 2 ? [LOOPBACK, parts[0], LOOPBACK, parts[1]] : parts;
  const ends = { local: addressFrom(localHost, localPort), remote: addressFrom(remoteHost, remotePort) };
  if (![2, 4].includes(parts.length) || !ends.local || !ends.remote) {
    throw new InvalidArgumentError(
      'It is none, udp:LOCALPORT:REMOTEPORT, or udp:ADDRESS:PORT:ADDRESS:PORT with IPv4 addresses.',
    );
  }
  return { local: ends.local, remote: ends.remote };
}

function addressFrom(host = '', digits = ''): Address | undefined {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return isIPv4(host) && port > 0 && port < 65536 ? { host, port } : undefined;
}

/**
 * Addresses are numbers, and need no looking up: that would take until after the last frames of a run, whose socket
 * is closed by then.
 */
function asItStands(
  host: string,
  _options: unknown,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, host, 4);
}

export class UdpWire implements Wire {
  onActivity: () => void = () => {};
  readonly #socket: Socket;
  readonly #remote: Address;
  readonly #arrived: Uint8Array[] = [];

  private constructor(socket: Socket, remote: Address) {
    this.#socket = socket;
    this.#remote = remote;
    socket.on('message', (frame, from) => this.#hear(frame, from));
    // A datagram that is lost is lost, whatever the reason.
    socket.on('error', () => {});
  }

  static open({ local, remote }: UdpEnds): Promise<UdpWire> {
    const socket = createSocket({ type: 'udp4', lookup: asItStands });
    return new Promise((resolve, reject) => {
      socket.once('error', (error: NodeJS.ErrnoException) => reject(cannotOpen(local, error)));
      socket.bind({ address: local.host, port: local.port, exclusive: true }, () => {
        // A run keeps the program going; a socket that is left over must not.
        resolve(new UdpWire(socket.unref(), remote));
      });
    });
  }

  get waiting(): boolean {
    return this.#arrived.length > 0;
  }

  take(): Uint8Array | undefined {
    return this.#arrived.shift();
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame, this.#remote.port, this.#remote.host, () => {});
  }

  close(): void {
    this.#socket.close();
  }

  #hear(frame: Uint8Array, { address, port }: RemoteInfo): void {
    const { host, port: remotePort } = this.#remote;
    if (address !== host || port !== remotePort) return;
    if (frame.length === 0 || frame.length > LONGEST || this.#arrived.length >= MOST_WAITING) return;
    const padded = new Uint8Array(Math.max(frame.length, SHORTEST));
    padded.set(frame);
    this.#arrived.push(padded);
    this.onActivity();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody else has that port',
  EADDRNOTAVAIL: 'this host has no such address',
  EACCES: 'permission denied',
};

function cannotOpen({ host, port }: Address, { code, message }: NodeJS.ErrnoException): CliError {
  const reason = REASONS[code ?? ''] ?? message;
  return new CliError(ExitCode.unavailable, `--net: cannot use UDP port ${port} of ${host}: ${reason}`);
}

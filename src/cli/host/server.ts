/**
 * Serves those who debug by a protocol: what arrives on a channel is let in between the slices of what their session
 * does. A signal ends all of it.
 */
import { breathe } from '../machine/inSlices.js';
import { type Channel, Listener } from './channel.js';
import { type Host, say } from './host.js';

/** Bytes in, bytes out, and a slice at a time what was asked for. */
export interface ProtocolSession {
  /** The other side has taken its leave. */
  readonly ended: boolean;
  /** Something long is under way. */
  readonly busy: boolean;
  receive(bytes: Uint8Array): void;
  /** Does a slice of what is to be done; true if there is more. */
  advance(): boolean;
  /** Says where something long is; called once a second. */
  showProgress?(): void;
  /** Gives up what is under way. */
  close(): void;
}

/** Host milliseconds between signs of life to the other side. */
const PROGRESS_MS = 1000;

export class Server {
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

  /** Hands over those who connect until `serve` says false or a signal comes; `about` is said of the address. */
  async listen(
    port: number,
    about: (port: number) => string,
    serve: (channel: Channel) => boolean | Promise<boolean>,
  ): Promise<void> {
    const listener = await Listener.open(port);
    say(this.#host, `listening on ${listener.address}${about(listener.port)}`);
    try {
      for (let more = true; more && !this.signal; ) {
        const channel = listener.next();
        if (channel) more = await serve(channel);
        else await this.#activity(listener);
      }
    } finally {
      listener.close();
    }
  }

  /** Until the other side takes its leave, or the line is cut. */
  async converse(channel: Channel, session: ProtocolSession): Promise<void> {
    let shown = performance.now();
    try {
      while (!this.signal) {
        for (const bytes of channel.take()) session.receive(bytes);
        const more = session.advance();
        // Nobody waits any more for what is under way.
        if (session.ended || (channel.closed && (session.busy || !more))) break;
        if (!more) {
          await this.#activity(channel);
          shown = performance.now();
        } else {
          if (performance.now() - shown > PROGRESS_MS) {
            shown = performance.now();
            session.showProgress?.();
          }
          await breathe();
        }
      }
    } finally {
      session.close();
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

/**
 * A session of the Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol): bytes in, bytes out.
 * Whoever owns the connection hands over what arrives, at any time, and calls `advance` as long as the session is
 * busy. This file is about requests in general and the life of a session; what is asked of a debugger is in
 * debuggee.ts.
 */

import { CommandError } from '../debug/commands/index.js';
import { ExpressionError } from '../expression/tokens.js';
import { Arguments, isRecord, NotStopped, RequestError } from './arguments.js';
import { CAPABILITIES } from './capabilities.js';
import { Debuggee } from './debuggee.js';
import { Framing } from './framing.js';
import { Outbox } from './outbox.js';
import type { Client, Handle, SessionHost } from './requests.js';
import { THREAD } from './stopped.js';

const NOT_OPEN = 'no trace is open: "launch" comes first';

export class DapSession {
  readonly #host: SessionHost;
  readonly #framing = new Framing();
  readonly #outbox: Outbox;
  #debuggee: Debuggee | undefined;
  #ended = false;
  #client: Client = { hasProgress: false, firstColumn: 1 };

  constructor(host: SessionHost) {
    this.#host = host;
    this.#outbox = new Outbox((bytes) => host.send(bytes));
  }

  /** The client has taken its leave, or was never one. */
  get ended(): boolean {
    return this.#ended;
  }

  /** There is something to advance. */
  get busy(): boolean {
    return !this.#ended && this.#debuggee?.motion.busy === true;
  }

  /** A slice of what is under way, some tens of milliseconds; true if there is more. */
  advance(): boolean {
    if (this.busy) this.#debuggee?.motion.advance();
    return this.busy;
  }

  /** The connection is gone: what is under way is given up. */
  close(): void {
    this.#debuggee?.motion.abandon();
    this.#ended = true;
  }

  /** What has arrived, cut anyhow. */
  receive(bytes: Uint8Array): void {
    for (const received of this.#framing.receive(bytes)) {
      if (this.#ended) return;
      if (received.kind === 'message') this.#message(received.value);
      else this.#outbox.output('stderr', `passed over: ${received.what}\n`);
      if (received.kind === 'foreign') this.#ended = true;
    }
  }

  #message(message: unknown): void {
    if (!isRecord(message))
      return this.#outbox.output('stderr', 'passed over: a message that is no object\n');
    const { type, seq, command } = message;
    // Nothing is asked of clients here, so they have nothing to answer.
    if (type === 'response' || type === 'event') return;
    if (type !== 'request' || !Number.isSafeInteger(seq) || typeof command !== 'string') {
      return this.#outbox.output('stderr', 'passed over: a message that is no request\n');
    }
    this.#request(seq as number, command, new Arguments(message['arguments']));
  }

  #request(seq: number, command: string, request: Arguments): void {
    try {
      const { body, later, after } = this.#handlerOf(command)(request, seq);
      if (!later) this.#outbox.success(seq, command, body);
      after?.();
    } catch (error) {
      if (error instanceof NotStopped) this.#outbox.refusal(seq, command, 'notStopped');
      else this.#outbox.failure(seq, command, this.#explain(error));
    }
  }

  #handlerOf(command: string): Handle {
    const own = Object.hasOwn(this.#own, command) ? this.#own[command] : undefined;
    if (own) return own;
    const handler = this.#debuggee?.handlerOf(command);
    if (handler) return handler;
    throw new RequestError(this.#debuggee ? `rewind86 has no request "${command}"` : NOT_OPEN);
  }

  #explain(error: unknown): string {
    const known =
      error instanceof RequestError || error instanceof ExpressionError || error instanceof CommandError;
    return known ? error.message : this.#host.explain(error);
  }

  // ---- requests that need no trace ----

  readonly #own: Readonly<Record<string, Handle>> = {
    initialize: (request) => {
      const firstColumn = request.flag('columnsStartAt1', true) ? 1 : 0;
      this.#client = { hasProgress: request.flag('supportsProgressReporting'), firstColumn };
      return { body: CAPABILITIES };
    },
    launch: (request) => this.#open(request),
    attach: (request) => this.#open(request),
    threads: () => ({ body: { threads: [{ id: THREAD, name: this.#debuggee?.processor ?? 'processor' }] } }),
    disconnect: () => ({ after: () => this.#end() }),
  };

  #open(request: Arguments): ReturnType<Handle> {
    if (this.#debuggee) throw new RequestError('a trace is open already');
    const { debug, remark } = this.#host.open({
      trace: request.has('trace') ? request.text('trace') : undefined,
      symbols: request.has('symbols') ? request.text('symbols') : undefined,
      salvage: request.flag('salvage'),
    });
    const stopAt = request.word('stopAt', 'beginning');
    this.#debuggee = new Debuggee(debug, stopAt, this.#outbox, this.#client, (e) => this.#explain(e));
    return {
      after: () => {
        this.#outbox.output('important', `${remark}\n`);
        // From here on the client may say where to stop.
        this.#outbox.event('initialized');
      },
    };
  }

  #end(): void {
    this.#debuggee?.motion.abandon();
    this.#outbox.event('terminated');
    this.#ended = true;
  }
}

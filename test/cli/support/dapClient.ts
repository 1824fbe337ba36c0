/** A debug client in the test's own process, talking to the command over streams instead of a connection. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { boards } from '../../../src/cli/machine/boards.js';
import { runCli } from '../../../src/cli/main.js';
import { RealHost } from './realHost.js';

type Stopped = DebugProtocol.StoppedEvent['body'];

export class DapClient extends DebugClient {
  readonly host = new RealHost();
  /** The command's exit code, when it ends. */
  readonly exit: Promise<number>;
  readonly events: DebugProtocol.Event[] = [];
  readonly #toAdapter = new PassThrough();
  readonly #fromAdapter = new PassThrough();

  constructor() {
    super('', '', 'rewind86');
    this.defaultTimeout = 60_000;
    this.host.boardsBuilt = boards('compiler');
    this.host.stdout.write = (bytes) => this.#fromAdapter.write(bytes);
    // What is sent before the command listens waits, as it would in a pipe.
    this.host.stdin.once('newListener', () => setImmediate(() => this.#deliver()));
    this.connect(this.#fromAdapter, this.#toAdapter);
    this.exit = runCli(['dap'], this.host);
  }

  #deliver(): void {
    this.#toAdapter.on('data', (bytes: Uint8Array) => this.host.stdin.emit('data', bytes));
  }

  override emit(name: string, ...args: unknown[]): boolean {
    if (name !== 'error') this.events.push(args[0] as DebugProtocol.Event);
    return EventEmitter.prototype.emit.call(this, name, ...args);
  }

  /** Bytes, as they are. */
  raw(text: string): void {
    this.#toAdapter.write(text);
  }

  hangUp(): void {
    this.host.stdin.emit('end');
  }

  /** Opens a trace, and waits until it stands where it is to begin. */
  async open(args: { readonly trace: string; readonly stopAt?: string | number }): Promise<Stopped> {
    await this.initializeRequest();
    const initialized = this.waitForEvent('initialized');
    await this.launchRequest(args as unknown as DebugProtocol.LaunchRequestArguments);
    await initialized;
    return await this.stopAfter(() => this.configurationDoneRequest());
  }

  /** Where the machine stops next, once `move` has been asked for. */
  async stopAfter(move: () => Promise<unknown>): Promise<Stopped> {
    const stopped = this.waitForEvent('stopped');
    await move();
    return (await stopped).body as Stopped;
  }

  continue = () => this.stopAfter(() => this.continueRequest({ threadId: 1 }));
  reverse = () => this.stopAfter(() => this.reverseContinueRequest({ threadId: 1 }));
  next = () => this.stopAfter(() => this.nextRequest({ threadId: 1 }));
  stepIn = () => this.stopAfter(() => this.stepInRequest({ threadId: 1 }));
  stepBack = (granularity: DebugProtocol.SteppingGranularity) =>
    this.stopAfter(() => this.stepBackRequest({ threadId: 1, granularity }));

  async value(expression: string): Promise<string> {
    const { body } = await this.evaluateRequest({ expression, context: 'watch' });
    return body.result;
  }

  /** Of the debug console. */
  async command(line: string): Promise<string> {
    const { body } = await this.evaluateRequest({ expression: line, context: 'repl' });
    return body.result;
  }

  async top(): Promise<DebugProtocol.StackFrame> {
    const { body } = await this.stackTraceRequest({ threadId: 1 });
    return body.stackFrames[0]!;
  }
}

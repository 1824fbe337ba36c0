/** Debug clients: one talks to the command in the test's own process over streams, the other over TCP. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { runCli } from '../../../src/cli/main.js';
import { boards } from '../../../src/replay/machines/boards.js';
import { RealHost } from './realHost.js';

type Stopped = DebugProtocol.StoppedEvent['body'];

interface Opening {
  readonly trace: string;
  readonly stopAt?: string | number;
}

/** What an editor does, in the words of this project's tests. */
abstract class Editor extends DebugClient {
  override defaultTimeout = 60_000;
  /** All that have come. */
  readonly events: DebugProtocol.Event[] = [];
  /** The number of the last request. */
  lastRequest = 0;

  constructor() {
    super('', '', 'rewind86');
  }

  override emit(name: string, ...args: unknown[]): boolean {
    this.events.push(args[0] as DebugProtocol.Event);
    return EventEmitter.prototype.emit.call(this, name, ...args);
  }

  override send(command: string, args?: unknown): Promise<never> {
    this.lastRequest++;
    return super.send(command, args) as Promise<never>;
  }

  /** Opens a trace, and waits until it stands where it is to begin. */
  async open(opening: Opening, capabilities: object = {}): Promise<Stopped> {
    await this.initializeRequest({ adapterID: 'rewind86', pathFormat: 'path', ...capabilities });
    const initialized = this.waitForEvent('initialized');
    initialized.catch(() => {});
    await this.launchRequest(opening as unknown as DebugProtocol.LaunchRequestArguments);
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
  stepOut = () => this.stopAfter(() => this.stepOutRequest({ threadId: 1 }));
  stepBack = (granularity: DebugProtocol.SteppingGranularity) =>
    this.stopAfter(() => this.stepBackRequest({ threadId: 1, granularity }));

  async value(expression: string): Promise<string> {
    const { body } = await this.evaluateRequest({ expression, context: 'watch' });
    return body.result;
  }

  /** A line of the debug console. */
  async command(line: string): Promise<string> {
    const { body } = await this.evaluateRequest({ expression: line, context: 'repl' });
    return body.result;
  }

  async top(): Promise<DebugProtocol.StackFrame> {
    const { body } = await this.stackTraceRequest({ threadId: 1 });
    return body.stackFrames[0]!;
  }
}

export class DapClient extends Editor {
  readonly host = new RealHost();
  /** The command's exit code, when it ends. */
  readonly exit: Promise<number>;
  readonly #toAdapter = new PassThrough();
  readonly #fromAdapter = new PassThrough();

  constructor() {
    super();
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

  /** Sends it as it is. */
  raw(text: string): void {
    this.#toAdapter.write(text);
  }

  hangUp(): void {
    this.host.stdin.emit('end');
  }
}

export class PortClient extends Editor {
  static async connect(port: number): Promise<PortClient> {
    const client = new PortClient();
    await client.start(port);
    return client;
  }
}

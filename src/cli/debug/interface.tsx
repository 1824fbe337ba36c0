/**
 * Runs the interface on a terminal: keys in, frames out, at most 30 a second. Whatever ends it (the user, a signal,
 * an error, the loss of the debugger), the terminal is given back first.
 */
import { type Instance, render } from 'ink';
import { App } from '../../tui/app.js';
import { Controller } from '../../tui/controller.js';
import { InputParser } from '../../tui/input.js';
import type { SessionPort } from '../../tui/session.js';
import type { InitialOptions } from '../../tui/state.js';
import { colourLevel, painter } from '../../tui/theme.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';
import { readerStream, screenStream } from './inkStream.js';
import type { SessionCast } from './sessionCast.js';
import { TerminalScreen } from './terminalScreen.js';

const FRAME_MS = 1000 / 30;
/** What a key does is mostly known by then, and shown with it. */
const ANSWER_MS = 8;
/** A sequence whose rest has not come by then is keys. */
const ESCAPE_MS = 30;

export interface InterfaceOptions {
  readonly mouse: boolean;
  readonly cast: SessionCast | undefined;
  readonly initial: Omit<InitialOptions, 'columns' | 'rows'>;
  /** Commands that are given before the user can. */
  readonly first: readonly string[];
}

/** Until the user leaves; the exit code. */
export async function runInterface(
  port: SessionPort,
  host: Host,
  options: InterfaceOptions,
): Promise<number> {
  const running = new Running(port, host, options);
  try {
    return await running.ended;
  } finally {
    running.close();
  }
}

class Running {
  /** The exit code, once it is over. */
  readonly ended: Promise<number>;
  readonly #host: Host;
  readonly #screen: TerminalScreen;
  readonly #controller: Controller;
  readonly #ink: Instance;
  readonly #parser = new InputParser();
  readonly #paint;
  readonly #decoder = new TextDecoder();
  readonly #cleanups: (() => void)[] = [];
  #end: (code: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #drawn = 0;
  #frame: NodeJS.Timeout | undefined;
  #flush: NodeJS.Timeout | undefined;
  readonly #onBytes = (bytes: Uint8Array) => this.#hear(bytes);

  constructor(port: SessionPort, host: Host, { mouse, cast, initial, first }: InterfaceOptions) {
    this.#host = host;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const reader = host.env['INK_SCREEN_READER'] === 'true';
    this.#paint = painter(reader ? 'none' : colourLevel(host.env));
    const onSent = cast && ((text: string) => cast.output(text));
    const screenOptions = { mouse, plain: reader, ...(onSent && { onSent }) };
    this.#screen = new TerminalScreen(host.stdout, host.stdin, screenOptions);
    const outside = { save, redraw: () => this.#redraw(), quit: () => this.#end(ExitCode.ok) };
    this.#controller = new Controller(port, outside, { ...this.#screen.size, ...initial });
    this.#screen.onResize = (size) => {
      cast?.resize(size);
      this.#controller.dispatch({ kind: 'resized', ...size });
    };
    this.#guard(port);
    this.#screen.enter(this.#onBytes);
    this.#ink = this.#mount(reader);
    this.#controller.onChange = () => this.#schedule();
    this.#controller.begin();
    for (const line of first) this.#controller.run(line);
  }

  /** Ends with the debugger, a signal, or an error that nobody caught. */
  #guard(port: SessionPort): void {
    const fail = (error: unknown) => this.#fail(error);
    const leave = () => this.#screen.leave();
    port.onLost = fail;
    const unlisten = this.#host.onSignal((signal) => this.#end(signalCode(signal)));
    process.on('uncaughtException', fail);
    process.on('unhandledRejection', fail);
    process.on('exit', leave);
    this.#cleanups.push(unlisten, () => {
      process.off('uncaughtException', fail);
      process.off('unhandledRejection', fail);
      process.off('exit', leave);
    });
  }

  #mount(reader: boolean): Instance {
    const stdout = reader ? readerStream(this.#screen, this.#host.stdout) : screenStream(this.#screen);
    const instance = render(this.#app(), {
      stdout,
      // Every frame as a whole: the screen finds what has changed. A screen reader is Ink's own matter.
      debug: !reader,
      isScreenReaderEnabled: reader,
      patchConsole: false,
      exitOnCtrlC: false,
    });
    instance.waitUntilExit().catch((error: unknown) => this.#fail(error));
    return instance;
  }

  #app() {
    return <App state={this.#controller.state} paint={this.#paint} />;
  }

  close(): void {
    clearTimeout(this.#frame);
    clearTimeout(this.#flush);
    this.#controller.end();
    this.#screen.leave(this.#onBytes);
    this.#ink.unmount();
    for (const cleanup of this.#cleanups) cleanup();
  }

  // ---- frames ----

  /** Soon, and not before the last frame is long enough ago. */
  #schedule(): void {
    if (this.#frame !== undefined) return;
    const wait = Math.max(ANSWER_MS, this.#drawn + FRAME_MS - performance.now());
    this.#frame = setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    this.#frame = undefined;
    this.#drawn = performance.now();
    this.#ink.rerender(this.#app());
  }

  #redraw(): void {
    this.#screen.forget();
    this.#schedule();
  }

  // ---- keys ----

  #hear(bytes: Uint8Array): void {
    clearTimeout(this.#flush);
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#controller.state.facts.running) return this.#controller.dispatch({ kind: 'typed', text });
    for (const event of this.#parser.push(text)) {
      this.#controller.dispatch({ kind: 'terminal', event });
    }
    if (this.#parser.pending) this.#flush = setTimeout(() => this.#flushKeys(), ESCAPE_MS);
  }

  #flushKeys(): void {
    for (const event of this.#parser.flush()) this.#controller.dispatch({ kind: 'terminal', event });
  }
}

function save(path: string, text: string): void {
  const file = new WriteFile(path);
  file.write(new TextEncoder().encode(text));
  file.close();
}

/** The interface on a terminal that is not there: keys in, frames as Ink writes them out. */
import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { type Instance, render } from 'ink';
import { App } from '../../../src/tui/app.js';
import { Controller } from '../../../src/tui/controller.js';
import { InputParser } from '../../../src/tui/input.js';
import type { State } from '../../../src/tui/state.js';
import { type ColourLevel, painter } from '../../../src/tui/theme.js';
import type { LocalSession } from './localSession.js';

export class TestScreen {
  /** The last frame, with its colours. */
  frame = '';
  readonly saved = new Map<string, string>();
  quit = false;
  readonly #controller: Controller;
  readonly #parser = new InputParser();
  readonly #ink: Instance;
  readonly #paint;

  constructor(session: LocalSession, columns: number, rows: number, level: ColourLevel = 'none') {
    this.#paint = painter(level);
    const outside = {
      save: (file: string, text: string) => void this.saved.set(file, text),
      redraw: () => {},
      quit: () => {
        this.quit = true;
      },
    };
    this.#controller = new Controller(session, outside, { columns, rows });
    const write = (text: string) => {
      if (text !== '') this.frame = text;
      return true;
    };
    const stdout = Object.assign(new EventEmitter(), { columns, rows, write });
    this.#ink = render(this.#app(), {
      stdout: stdout as unknown as NodeJS.WriteStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
      isScreenReaderEnabled: false,
    });
    this.#controller.onChange = () => this.#ink.rerender(this.#app());
    this.#controller.begin();
    const { events } = session;
    session.onEvents(events.columns, events.upTo);
  }

  get state(): State {
    return this.#controller.state;
  }

  get text(): string {
    return stripVTControlCharacters(this.frame);
  }

  #app() {
    return <App state={this.state} paint={this.#paint} />;
  }

  /** What a terminal sends; then waits until all of it is done and shown. */
  async type(bytes: string): Promise<void> {
    for (const event of [...this.#parser.push(bytes), ...this.#parser.flush()]) {
      this.#controller.dispatch({ kind: 'terminal', event });
    }
    await this.settle();
  }

  /** Letters one after the other, each when all before is done. */
  async keys(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.type(key);
  }

  resize(columns: number, rows: number): Promise<void> {
    this.#controller.dispatch({ kind: 'resized', columns, rows });
    return this.settle();
  }

  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#controller.busy);
  }

  close(): void {
    this.#controller.end();
    this.#ink.unmount();
  }
}

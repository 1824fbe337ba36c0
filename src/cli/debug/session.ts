/**
 * A debugger as the terminal interface talks to it (tui/session.ts): one request after the other, long ones in slices
 * between which the thread hears what else arrives.
 */
import { COMMANDS, CommandError, runCommand } from '../../replay/debug/commands/index.js';
import type { Debugger } from '../../replay/debug/debugger.js';
import type { View, Wanted } from '../../replay/view/view.js';
import { viewOf } from '../../replay/view/viewOf.js';
import type { CommandResult, Progress } from '../../tui/session.js';

/** Host milliseconds until a search tells where it is, and between such signs. */
const FIRST_PROGRESS_MS = 150;
const PROGRESS_MS = 80;
/** Names that a completion offers at most. */
const MOST_NAMES = 64;

/** Where the session is: its debugger may be another after a command. */
export interface Place {
  readonly debug: Debugger;
  /** Commands that are not the debugger's own. */
  command?(line: string): Generator<number, string, void> | undefined;
}

export class DebugSession {
  onProgress: (progress: Progress | undefined) => void = () => {};
  readonly #bench: Place;
  #turn: Promise<unknown> = Promise.resolve();
  #cancelled = false;

  constructor(bench: Place) {
    this.#bench = bench;
  }

  view(wanted: Wanted): Promise<View> {
    return this.#inTurn(() => viewOf(this.#bench.debug, wanted));
  }

  command(line: string): Promise<CommandResult> {
    return this.#inTurn(() => {
      this.#cancelled = false;
      return this.#run(line);
    });
  }

  complete(line: string): Promise<readonly string[]> {
    return this.#inTurn(() => namesFor(this.#bench.debug, line));
  }

  /** What is being done ends with the slice that it is in. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Does something when all that was asked for before is done. */
  after<T>(work: () => T): Promise<T> {
    return this.#inTurn(work);
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #run(what: string): Promise<CommandResult> {
    try {
      return await this.#drive(what);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { text: error.message, failed: true, cancelled: false };
    } finally {
      this.onProgress(undefined);
    }
  }

  async #drive(what: string): Promise<CommandResult> {
    const command = this.#bench.command?.(what) ?? runCommand(this.#bench.debug, what);
    let next = performance.now() + FIRST_PROGRESS_MS;
    for (;;) {
      const { done, value } = command.next();
      if (done) return { text: value, failed: false, cancelled: false };
      if (this.#cancelled) {
        command.return('');
        return { text: '', failed: false, cancelled: true };
      }
      if (performance.now() >= next) {
        next = performance.now() + PROGRESS_MS;
        this.onProgress({ what, clock: value });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Of commands for the first word of a line; of what may stand in an expression for others. */
function namesFor(debug: Debugger, line: string): string[] {
  const word = /[\w.&-]*$/.exec(line)![0];
  const first = line.trimStart() === word;
  const names = first ? COMMANDS.map(({ names: [name] }) => name) : expressionNames(debug);
  const out = new Set<string>();
  for (const name of names) {
    if (name.startsWith(word)) out.add(name);
    if (out.size >= MOST_NAMES) break;
  }
  return [...out].sort();
}

function* expressionNames({ marks, registers, symbols, machine }: Debugger): Iterable<string> {
  yield* marks.keys();
  yield* registers.all.keys();
  yield* ['clock', 'retired'];
  yield* symbols.names;
  for (const { name, state } of machine.devices) {
    for (const field of state.layout.fields) yield `${name.replaceAll('-', '_')}.${field.name}`;
  }
}

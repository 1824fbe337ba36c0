/**
 * Joins the pure interface to a debugger: does the effects, asks for what the panels show, and says when there is
 * something new to draw. Nothing here waits: answers come as actions.
 */
import { panelText, screenText } from './screenText.js';
import type { SessionPort } from './session.js';
import { type Effect, type InitialOptions, initialState, type State } from './state.js';
import { type Action, update } from './update.js';
import { textsWanted, wantedOf } from './wanted.js';

/** The host's part of the interface. */
export interface Outside {
  /** Writes a file; an error's message is a line. */
  save(file: string, text: string): void;
  /** Draws everything anew, whatever the terminal shows. */
  redraw(): void;
  quit(): void;
}

export class Controller {
  /** Called when there is something new to draw. */
  onChange: () => void = () => {};
  #state: State;
  readonly #port: SessionPort;
  readonly #outside: Outside;
  /** What was last asked for, as text. */
  #asked = '';
  #viewing = false;
  #texting = false;
  #ended = false;

  constructor(port: SessionPort, outside: Outside, options: InitialOptions) {
    this.#port = port;
    this.#outside = outside;
    this.#state = initialState(port.facts, options);
    port.onProgress = (progress) => {
      if (progress) this.dispatch({ kind: 'progress', progress });
    };
    port.onEvents = (columns, upTo) => this.dispatch({ kind: 'events', columns, upTo });
    port.onFacts = (facts) => this.dispatch({ kind: 'facts', facts });
    port.onNews = (text) => this.dispatch({ kind: 'told', text, failed: false });
  }

  get state(): State {
    return this.#state;
  }

  /** Something is being done or asked for; what is shown may not be the last word. */
  get busy(): boolean {
    return this.#viewing || this.#texting || this.#state.running !== undefined;
  }

  /** Asks for the first picture. */
  begin(): void {
    this.#look();
  }

  /** A command of the debugger that the user did not type. */
  run(line: string): void {
    this.dispatch({ kind: 'run', line });
  }

  /** Nothing that comes in from now on counts. */
  end(): void {
    this.#ended = true;
  }

  dispatch(action: Action): void {
    if (this.#ended) return;
    const { state, effects } = update(this.#state, action);
    this.#state = state;
    // Before the next command is given: between two of many the place is seen.
    if (action.kind === 'done') this.#lookAtMachine();
    for (const effect of effects) this.#do(effect);
    this.#look();
    this.onChange();
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case 'command':
        return this.#give(effect.line);
      case 'complete':
        return this.#then(this.#port.complete(effect.line), (names) => ({ kind: 'names', names }));
      case 'find-event':
        return this.#then(this.#port.findEvent(effect.search), (index) => ({ kind: 'found', index }));
      case 'save':
        return this.#save(effect.file, effect.text);
      case 'copy':
        return this.#save(effect.file, this.#textOf(effect.panel));
      case 'cancel':
        return this.#port.cancel();
      case 'guest':
        return this.#port.guest(effect.action);
      case 'redraw':
        return this.#outside.redraw();
      case 'quit':
        return this.#outside.quit();
    }
  }

  /** Whatever becomes of it, it is over then. */
  #give(line: string): void {
    const failed = (error: unknown) => ({ text: textOf(error), failed: true, cancelled: false });
    this.#then(this.#port.command(line).catch(failed), (result) => ({ kind: 'done', result }));
  }

  /** A debugger that has gone answers nothing more; `onLost` tells of it. */
  #then<T>(answer: Promise<T>, actionOf: (value: T) => Action): void {
    answer.then(
      (value) => this.dispatch(actionOf(value)),
      (error: unknown) => this.#tell(error),
    );
  }

  #tell(error: unknown): void {
    this.dispatch({ kind: 'told', text: textOf(error), failed: true });
  }

  #textOf(panel: Extract<Effect, { kind: 'copy' }>['panel']): string {
    return panel ? panelText(this.#state, panel) : screenText(this.#state);
  }

  #save(file: string, text: string): void {
    try {
      this.#outside.save(file, text);
      this.dispatch({ kind: 'told', text: `written: ${file}`, failed: false });
    } catch (error) {
      this.#tell(error);
    }
  }

  // ---- what the panels show ----

  /** Asks for what is missing, one answer at a time; not while a move is under way, which has another picture. */
  #look(): void {
    if (this.#ended || this.#state.running) return;
    this.#lookAtMachine();
    this.#lookAtEvents();
  }

  #lookAtMachine(): void {
    const wanted = wantedOf(this.#state);
    const asked = `${this.#state.stamp} ${JSON.stringify(wanted)}`;
    if (this.#viewing || asked === this.#asked) return;
    this.#viewing = true;
    this.#asked = asked;
    this.#port
      .view(wanted)
      .finally(() => (this.#viewing = false))
      .then(
        (view) => this.dispatch({ kind: 'view', view }),
        (error: unknown) => this.#tell(error),
      );
  }

  #lookAtEvents(): void {
    const indices = this.#texting ? [] : textsWanted(this.#state);
    if (indices.length === 0) return;
    this.#texting = true;
    this.#port
      .eventTexts(indices)
      .finally(() => (this.#texting = false))
      .then(
        (texts) =>
          this.dispatch({ kind: 'texts', texts: new Map(indices.map((at, i) => [at, texts[i] ?? ''])) }),
        () => {},
      );
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

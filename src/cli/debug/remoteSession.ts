/** The interface's side of the conversation: a session whose debugger runs in one thread, its list of events in another. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EventSearch } from '../../replay/view/events.js';
import type { View, Wanted } from '../../replay/view/view.js';
import type {
  CommandResult,
  EventColumns,
  GuestAction,
  Progress,
  SessionFacts,
  SessionPort,
} from '../../tui/session.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { EventList } from './eventList.js';
import type { FromThread, Method, Opening, Requests, ToThread } from './messages.js';

type Reply<M extends Method> = ReturnType<Requests[M]>;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Imports the file, built or as it stands in the sources, as this one is; those need tsx, in every thread anew. */
function beginning(name: string): string {
  const extension = extname(import.meta.url);
  const load = `import(${JSON.stringify(new URL(`./${name}${extension}`, import.meta.url).href)})`;
  return extension === '.js' ? load : `import('tsx/esm/api').then((tsx) => (tsx.register(), ${load}))`;
}

/** A thread that can be asked. */
class Thread {
  onTold: (message: FromThread) => void = () => {};
  onLost: (reason: CliError) => void = () => {};
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Why it answers nothing any more. */
  #over: CliError | undefined;

  /** `name` is a file beside this one. */
  constructor(name: string, opening: Opening) {
    // What a thread prints would damage the picture.
    const options = { eval: true, workerData: opening, stdout: true, stderr: true };
    this.#worker = new Worker(beginning(name), options);
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve();
        else this.#hear(message);
      });
      this.#worker.on('error', (error) => this.#lose(lost(error.message)));
      this.#worker.on('exit', () => this.#lose(lost('it ended')));
      this.#waiting.set(-1, { resolve, reject });
    });
  }

  /** Rejected with a `CliError` if it cannot be answered, at once if the thread is over. */
  ask<M extends Method>(method: M, argument: Parameters<Requests[M]>[0]): Promise<Reply<M>> {
    if (this.#over) return Promise.reject(this.#over);
    const id = this.#next++;
    return new Promise<Reply<M>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.tell({ kind: 'ask', id, method, argument });
    });
  }

  tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  async end(): Promise<void> {
    this.#close(new CliError(ExitCode.unavailable, 'given up: another trace is shown, or none any more'));
    await this.#worker.terminate();
  }

  #hear(message: FromThread): void {
    if (message.kind === 'answer') this.#take(message.id)?.resolve(message.value as never);
    else if (message.kind === 'refusal') this.#take(message.id)?.reject(saidIn(message));
    else if (message.kind === 'failed') this.#lose(saidIn(message));
    else this.onTold(message);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #lose(reason: CliError): void {
    if (this.#over) return;
    this.#close(reason);
    this.onLost(reason);
  }

  /** Nobody waits for it any more. */
  #close(reason: CliError): void {
    this.#over ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

const saidIn = ({ code, line }: { readonly code: number; readonly line: string }): CliError =>
  new CliError(code, line);

function lost(why: string): CliError {
  return new CliError(
    ExitCode.internal,
    `a defect of rewind86, please report it: the debugger's thread: ${why}`,
  );
}

export class RemoteSession implements SessionPort {
  onFacts: (facts: SessionFacts) => void = () => {};
  onNews: (text: string) => void = () => {};
  onProgress: (progress: Progress | undefined) => void = () => {};
  #onEvents: (events: EventColumns, upTo: number) => void = () => {};
  #onLost: (reason: Error) => void = () => {};
  #lost: Error | undefined;
  readonly #opening: Opening;
  readonly #machine: Thread;
  #facts: SessionFacts | undefined;
  #events: Thread | undefined;
  /** The trace of which the events are listed. */
  #listed = '';
  #list = new EventList();
  #known: { readonly columns: EventColumns; readonly upTo: number } | undefined;

  private constructor(opening: Opening) {
    this.#opening = opening;
    this.#machine = this.#thread('worker', opening);
  }

  /** Throws a `CliError` if the trace cannot be opened, or the machine not be built. */
  static async open(opening: Opening): Promise<RemoteSession> {
    const session = new RemoteSession(opening);
    try {
      await session.#machine.ready;
      await session.#events?.ready;
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  #thread(name: string, opening: Opening): Thread {
    const thread = new Thread(name, opening);
    thread.onTold = (message) => this.#hear(message);
    // Who waits for it is told; of one that nobody waits for, `onLost` is.
    thread.ready.catch(() => {});
    thread.onLost = (reason) => {
      this.#lost ??= reason;
      this.#onLost(reason);
    };
    return thread;
  }

  get facts(): SessionFacts {
    return this.#facts!;
  }

  /** Hears of what has happened already, too. */
  set onLost(listener: (reason: Error) => void) {
    this.#onLost = listener;
    if (this.#lost) listener(this.#lost);
  }

  /** Hears of what is known already, too: a short trace may have been read before anybody listens. */
  set onEvents(listener: (events: EventColumns, upTo: number) => void) {
    this.#onEvents = listener;
    if (this.#known) listener(this.#known.columns, this.#known.upTo);
  }

  #hear(message: FromThread): void {
    if (message.kind === 'progress') this.onProgress(message.progress);
    else if (message.kind === 'news') this.onNews(message.text);
    else if (message.kind === 'facts') this.#learn(message.facts);
    else if (message.kind === 'events') {
      this.#known = { columns: this.#list.add(message.piece, message.kinds), upTo: message.upTo };
      this.#onEvents(this.#known.columns, this.#known.upTo);
    }
  }

  #learn(facts: SessionFacts): void {
    this.#facts = facts;
    if (!facts.running && facts.end > 0) this.#listEvents(facts.path);
    this.onFacts(facts);
  }

  /** Of a trace that has perhaps grown; or of another. */
  #listEvents(path: string): void {
    if (path === this.#listed) return this.#events?.tell({ kind: 'grown' });
    if (this.#events) this.#events.onTold = () => {};
    void this.#events?.end();
    this.#listed = path;
    this.#list = new EventList();
    this.#known = undefined;
    this.#events = this.#thread('eventWorker', { ...this.#opening, path });
  }

  view(wanted: Wanted): Promise<View> {
    return this.#machine.ask('view', wanted);
  }

  command(line: string): Promise<CommandResult> {
    return this.#machine.ask('command', line);
  }

  complete(line: string): Promise<readonly string[]> {
    return this.#machine.ask('complete', line);
  }

  eventTexts(indices: readonly number[]): Promise<readonly string[]> {
    return this.#events?.ask('texts', indices) ?? Promise.resolve([]);
  }

  findEvent(search: EventSearch): Promise<number | undefined> {
    return this.#events?.ask('find', search) ?? Promise.resolve(undefined);
  }

  cancel(): void {
    this.#machine.tell({ kind: 'cancel' });
  }

  guest(action: GuestAction): void {
    this.#machine.tell({ kind: 'guest', action });
  }

  /** Ends what is still being recorded; what became of it, in lines. */
  finish(): Promise<readonly string[]> {
    this.cancel();
    return this.#machine.ask('finish', undefined);
  }

  async close(): Promise<void> {
    await Promise.all([this.#machine.end(), this.#events?.end()]);
  }
}

/**
 * Asks a question of a whole run: of its stretches in order, several at a time in threads of their own, or one after the
 * other in this one. Answers come in order, forwards or backwards, as soon as they are known.
 */
import { describeDivergence } from '../../replay/divergence.js';
import { type Inquiry, inquire, type Part } from '../../replay/query/run/inquire.js';
import type { Question } from '../../replay/query/run/question.js';
import { joined, type Span, stretchesFor } from '../../replay/query/run/stretches.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import { driveInSlices, ProgressLine, sayEnded } from '../machine/inSlices.js';
import type { ReplayOptions } from '../machine/trace.js';
import type { QueryAnswer, QueryTask } from './task.js';

export interface Asked {
  readonly question: Question;
  readonly span: Span;
  /** Only the last finding of each stretch, the last stretch first. */
  readonly backwards: boolean;
  /** No more than so many are wanted, about; all unless given. */
  readonly limit?: number;
}

export interface AskOptions extends ReplayOptions {
  readonly jobs?: number;
}

/** Findings that a thread collects before it hands them over. */
const BATCH = 2000;
/** Stretches that wait for a thread, for each thread: no more are begun than may be of use. */
const AHEAD = 2;

/** One question, on its way. */
export class Asking {
  /** The name of the signal that ended it. */
  signal: string | undefined;
  readonly #path: string;
  readonly #timeline: Timeline;
  readonly #options: AskOptions;
  readonly #host: Host;
  readonly #line: ProgressLine;

  constructor(path: string, timeline: Timeline, options: AskOptions, host: Host) {
    this.#path = path;
    this.#timeline = timeline;
    this.#options = options;
    this.#host = host;
    this.#line = new ProgressLine(host);
  }

  /** The parts of the answer. Throws a `CliError` if the replay differs from the recording. */
  async *parts({ question, span, backwards, limit = BATCH }: Asked): AsyncGenerator<Part, void, void> {
    const spans = stretchesFor(question, this.#timeline.index, span);
    if (backwards) spans.reverse();
    const whole = (one: Span): Inquiry => {
      return { ...one, question, last: backwards, limit: Math.min(BATCH, limit), resumed: false };
    };
    if (this.#alone(spans.length)) yield* this.#here(spans.map(whole));
    else yield* this.#inThreads((threads) => joined(spans, threads).map(whole));
  }

  #alone(stretches: number): boolean {
    return stretches < 2 || !this.#timeline.index || this.#options.jobs === 1;
  }

  // ---- in this thread ----

  async *#here(inquiries: readonly Inquiry[]): AsyncGenerator<Part, void, void> {
    for (const [i, inquiry] of inquiries.entries()) {
      let part = await this.#pass(inquiry, i, inquiries.length);
      if (part) yield part;
      while (part?.next !== undefined && !this.signal) {
        part = await this.#pass({ ...inquiry, from: part.next, resumed: true }, i, inquiries.length);
        if (part) yield part;
      }
      if (this.signal) return;
    }
  }

  /** Undefined if a signal came. */
  async #pass(inquiry: Inquiry, done: number, of: number): Promise<Part | undefined> {
    const progress = (clock: number) => stretchText(done, of, clock);
    const passed = await driveInSlices(inquire(this.#timeline, inquiry), this.#host, { progress });
    if (passed.signal !== undefined) this.signal = passed.signal;
    else if (passed.value === undefined) {
      throw new CliError(ExitCode.diverged, describeDivergence(this.#timeline.divergence!));
    }
    return passed.value;
  }

  // ---- in threads ----

  async *#inThreads(inquiries: (threads: number) => readonly Inquiry[]): AsyncGenerator<Part, void, void> {
    const { salvage, engine, jobs } = this.#options;
    const workers = this.#host.queryWorkers(jobs);
    let unlisten = (): unknown => undefined;
    const ended = new Promise<undefined>((resolve) => {
      unlisten = this.#host.onSignal((name) => {
        this.signal = name;
        resolve(undefined);
      });
    });
    const submit = (inquiry: Inquiry) => {
      const task: QueryTask = { ...inquiry, path: this.#path, salvage, engine };
      const answer = workers.run(task);
      // Those that are not waited for any more may fail: their threads are gone.
      answer.catch(() => {});
      return answer;
    };
    try {
      yield* this.#inOrder(inquiries(workers.threads), submit, ended, workers.threads);
    } finally {
      unlisten();
      this.#line.clear();
      await workers.close();
    }
    if (this.signal !== undefined) sayEnded(this.#host, this.signal);
  }

  async *#inOrder(
    inquiries: readonly Inquiry[],
    submit: (inquiry: Inquiry) => Promise<QueryAnswer>,
    ended: Promise<undefined>,
    threads: number,
  ): AsyncGenerator<Part, void, void> {
    const waiting: Promise<QueryAnswer>[] = [];
    let begun = 0;
    for (const [i, inquiry] of inquiries.entries()) {
      while (begun < inquiries.length && waiting.length < AHEAD * threads)
        waiting.push(submit(inquiries[begun++]!));
      let answer: QueryAnswer | undefined = await Promise.race([waiting.shift()!, ended]);
      for (;;) {
        if (!answer) return;
        this.#line.clear();
        if ('error' in answer) throw new CliError(answer.code, answer.error);
        yield answer;
        if (answer.next === undefined) break;
        const rest = { ...inquiry, from: answer.next, resumed: true };
        answer = await Promise.race([submit(rest), ended]);
      }
      this.#line.show(() => stretchText(i + 1, inquiries.length, inquiry.to));
    }
  }
}

function stretchText(done: number, of: number, clock: number): string {
  return `${done} of ${of} stretches, clock ${clock}`;
}

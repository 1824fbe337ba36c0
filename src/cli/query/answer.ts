/** Answers tasks one after the other; the trace stays open in between, and the machine where it stands. */
import type { Boards } from '../../replay/boards.js';
import { describeDivergence } from '../../replay/divergence.js';
import { inquire } from '../../replay/query/run/inquire.js';
import { Timeline } from '../../replay/timeline/timeline.js';
import { toEnd } from '../../replay/toEnd.js';
import { Trace } from '../../replay/trace/reader.js';
import { explain } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { ReadFile } from '../host/files.js';
import { openIndex } from '../machine/traceIndex.js';
import type { QueryAnswer, QueryTask } from './task.js';

/** Host memory for checkpoints besides the index's: a worker seldom goes back. */
const CHECKPOINT_MEMORY = 64 << 20;

export class Answerer {
  readonly #boards: Boards;
  #path = '';
  #timeline: Timeline | undefined;

  constructor(boards: Boards) {
    this.#boards = boards;
  }

  answer(task: QueryTask): QueryAnswer {
    try {
      const timeline = this.#open(task);
      const part = toEnd(inquire(timeline, task));
      if (part) return part;
      return { code: ExitCode.diverged, error: describeDivergence(timeline.divergence!) };
    } catch (error) {
      const { code, line } = explain(error);
      return { code, error: line };
    }
  }

  #open({ path, salvage }: QueryTask): Timeline {
    if (!this.#timeline || this.#path !== path) {
      const trace = Trace.open(new ReadFile(path), { salvage });
      const options = { index: openIndex(path, trace), checkpointMemory: CHECKPOINT_MEMORY };
      this.#timeline = new Timeline(trace, this.#boards, options);
      this.#path = path;
    }
    return this.#timeline;
  }
}

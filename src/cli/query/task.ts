/** What is asked of a worker that passes a stretch of a run, and what it answers: plain data, for threads. */
import type { Inquiry, Part } from '../../replay/query/run/inquire.js';
import type { Engine } from '../host/host.js';

export interface QueryTask extends Inquiry {
  /** The trace; its index lies beside it. */
  readonly path: string;
  readonly salvage: boolean;
  readonly engine: Engine;
}

/** What goes wrong is an answer too: errors lose their class between threads. */
export type QueryAnswer = Part | { readonly code: number; readonly error: string };

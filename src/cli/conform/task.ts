/** What is asked of a worker that runs single-step tests, and what it answers: plain data, for threads. */
import type { FormResult } from '../../core/vectors/ledger.js';
import type { ChipName } from '../../core/vectors/suite.js';

/** One file of tests. */
export interface ConformTask {
  readonly form: string;
  readonly path: string;
  /** The chip that the user says it is. */
  readonly chip: ChipName | undefined;
  /** The chip by the suite's metadata, and the flags they call defined after this form. */
  readonly cpu: string | undefined;
  readonly flags: number;
  readonly strict: boolean;
  /** Only so many tests, from the first one. */
  readonly limit: number | undefined;
}

/** A file that cannot be used is an answer too: errors lose their class between threads. */
export type ConformAnswer = FormResult | { readonly code: number; readonly error: string };

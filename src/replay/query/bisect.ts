/**
 * When did an expression become true, and what made it so? The search is in search.ts, what is told about the
 * place in circumstances.ts.
 */

import { Expression } from '../expression/expression.js';
import type { Symbols } from '../guest/symbols.js';
import type { Timeline } from '../timeline/timeline.js';
import { type Circumstances, lookAround } from './circumstances.js';
import { History } from './history.js';
import { type Search, Searcher } from './search.js';

export interface BisectQuestion {
  /** In the language of docs/expressions.md. */
  readonly when: string;
  readonly symbols: Symbols;
  /** Where it does not hold yet; clock 0 unless given. */
  readonly good?: number;
  /** Where it holds; the end unless given. */
  readonly bad?: number;
  /** The first time at all, instead of the one from which on it stays true. */
  readonly first?: boolean;
}

export type BisectAnswer =
  | ({ readonly kind: 'change' } & Circumstances)
  /** `never`: not at all (`first`), or not at the end; `always`: at the beginning already. */
  | { readonly kind: 'never' | 'always'; readonly clock: number }
  | { readonly kind: 'diverged' };

/**
 * Moves the timeline about and leaves it where the expression has become true. Throws an `ExpressionError` before
 * it moves anything.
 */
export function bisect(timeline: Timeline, question: BisectQuestion): Search<BisectAnswer> {
  const { when, symbols, good = 0, bad = Number.POSITIVE_INFINITY, first = false } = question;
  let history: History | undefined;
  const sent = (text: string) => history?.sent(text) ?? false;
  const expression = new Expression(when, timeline.machine, { symbols, sent });
  return answer();

  function* answer(): Search<BisectAnswer> {
    history = new History(timeline);
    try {
      const searcher = new Searcher(timeline, history, expression, good, bad);
      const found = yield* first ? searcher.first() : searcher.settled();
      if (found.kind !== 'change') return found;
      yield { what: 'looking around', clock: found.after, end: Math.min(bad, timeline.end) };
      return { kind: 'change', ...lookAround({ timeline, expression, symbols }, found) };
    } finally {
      history.close();
    }
  }
}

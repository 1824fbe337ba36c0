/** Which parts of a run a question must be asked of: those that an index knows nothing to happen in are left out. */
import { PAGE_SHIFT, type Range } from '../../../core/memory.js';
import type { KnownStretch, StoredIndex } from '../../timeline/storedIndex.js';
import type { Question } from './question.js';

/** Clocks from and to. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The widest access to a port, in ports. */
const WIDEST = 4;

/** In order of time. Without an index: all of it, in one piece. */
export function stretchesFor(question: Question, index: StoredIndex | undefined, span: Span): Span[] {
  return stretchesWhere(index, span, (stretch) => mayHold(question, stretch));
}

/** The same, of whatever may happen in some stretches. */
export function stretchesWhere(
  index: StoredIndex | undefined,
  { from, to }: Span,
  mayHold: (stretch: KnownStretch) => boolean,
): Span[] {
  if (!index) return [{ from, to }];
  const known = index.stretches.filter((s) => s.to > from && s.from < to);
  const spans = known.filter(mayHold).map((s) => ({ from: Math.max(from, s.from), to: Math.min(to, s.to) }));
  return index.end < to ? [...spans, { from: Math.max(from, index.end), to }] : spans;
}

/** Of a kind of notes that the index does not count, anything is possible. */
function mayHold(question: Question, stretch: KnownStretch): boolean {
  switch (question.kind) {
    case 'writes':
      return question.memory.some((range) => pagesOf(range).some((page) => stretch.written(page)));
    case 'ports': {
      const { first, last } = question;
      return [...stretch.ports].some((port) => port <= last && port + WIDEST > first);
    }
    case 'vectors':
      return question.vector === undefined || stretch.vectors.has(question.vector);
    case 'latency':
      // A request may wait in one stretch and be served in another; one that follows on another begins without a rise.
      return stretch.raised || stretch.notes.get('irq') !== 0;
    case 'sector':
      return stretch.notes.get('disk') !== 0;
    default:
      return true;
  }
}

function pagesOf({ address, length }: Range): number[] {
  const first = address >>> PAGE_SHIFT;
  return Array.from({ length: ((address + length - 1) >>> PAGE_SHIFT) - first + 1 }, (_, i) => first + i);
}

/** Pieces into which the most part of a run is cut, for each thread. */
const PIECES = 4;

/**
 * Neighbours joined to longer pieces, for so many threads: to begin anywhere but where one stands takes time, for code
 * is to be compiled again. The first pieces are short, because an answer may lie in them, and then that is all.
 */
export function joined(spans: readonly Span[], threads: number): Span[] {
  const longest = Math.ceil(spans.length / (threads * PIECES));
  const out: Span[] = [];
  let [size, length] = [1, 0];
  for (const span of spans) {
    const last = out.at(-1);
    const touches = last && (last.to === span.from || span.to === last.from);
    if (touches && length < size) {
      out[out.length - 1] = { from: Math.min(last.from, span.from), to: Math.max(last.to, span.to) };
      length++;
    } else {
      out.push(span);
      length = 1;
      if (out.length % threads === 1 || threads === 1)
        size = Math.min(longest, out.length === 1 ? 1 : 2 * size);
    }
  }
  return out;
}

/** What a guest said on its serial console, as lines with the clocks at which they began. */
import type { Note } from '../../../core/device.js';
import { isConsoleByte } from '../../controls.js';
import type { Timeline } from '../../timeline/timeline.js';

export interface Sent {
  readonly bytes: Uint8Array;
  readonly at: readonly number[];
}

export interface SpokenLine {
  readonly clock: number;
  readonly text: string;
}

const NEWLINE = 10;
const RETURN = 13;

/** Lines end with a line feed; carriage returns before it are none of their text. The last one need not end. */
export function* spokenLines(
  bytes: Uint8Array,
  clocks: readonly number[],
): Generator<SpokenLine, void, void> {
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== NEWLINE) continue;
    let end = i;
    while (end > start && bytes[end - 1] === RETURN) end--;
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    if (i < bytes.length || text !== '') yield { clock: clocks[start]!, text };
    start = i + 1;
  }
}

/** What was sent up to a clock, and the rest of the line under way there: by passing the run from its beginning. */
export function* hearText(timeline: Timeline, to: number): Generator<number, Sent, void> {
  const [bytes, at]: [number[], number[]] = [[], []];
  yield* timeline.seeking(0);
  const unlisten = timeline.listen({
    note: (note, clock) => {
      if (!isConsoleByte(note)) return;
      bytes.push(note.a);
      at.push(clock);
    },
  });
  try {
    // What is told at a clock is told within the instruction that begins there at the latest.
    yield* timeline.playing(to + 1);
    const ends = { notes: (note: Note) => isConsoleByte(note) && note.a === NEWLINE };
    if (bytes.length > 0 && bytes.at(-1) !== NEWLINE && !timeline.divergence) {
      yield* timeline.listening(timeline.end, ends, () => true);
    }
  } finally {
    unlisten();
  }
  return { bytes: Uint8Array.from(bytes), at };
}

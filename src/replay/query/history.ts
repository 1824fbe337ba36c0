/**
 * What a run has said so far on the serial console: as an index tells, or learned while a timeline passes it for the
 * first time. Passing it again adds nothing.
 */
import { isConsoleByte } from '../controls.js';
import type { StoredIndex } from '../timeline/storedIndex.js';
import type { Timeline } from '../timeline/timeline.js';

/** Clocks that are passed without a sign of life: some tens of milliseconds. */
const STRIDE = 2 ** 25;

export class History {
  readonly #timeline: Timeline;
  /** Up to here everything is known. */
  #known = 0;
  /** A character a byte. */
  #sent = '';
  /** When each was sent. */
  readonly #sentAt: number[] = [];
  /** When each text that was asked for had been sent, or how much has been searched for it in vain. */
  readonly #found = new Map<string, { at: number; searched: number }>();
  /** Ends listening. */
  readonly close: () => void;

  /** `before`: of another trace, which is the same up to where the timeline stands. */
  constructor(timeline: Timeline, before?: History) {
    this.#timeline = timeline;
    if (timeline.index) this.#learnFrom(timeline.index);
    else if (before) this.#goOnFrom(before, timeline.clock);
    this.close = timeline.listen({
      note: (note, clock) => {
        if (clock > this.#known && isConsoleByte(note)) this.#hear(note.a, clock);
      },
      passed: (from, to) => {
        if (from <= this.#known) this.#known = Math.max(this.#known, to);
      },
    });
  }

  /** What a survey has heard need not be heard again. */
  #learnFrom({ sent, end }: StoredIndex): void {
    for (const [i, byte] of sent.bytes.entries()) this.#hear(byte, sent.at[i]!);
    this.#known = end;
  }

  #goOnFrom(before: History, clock: number): void {
    this.#sent = before.sentUpTo(clock);
    for (let i = 0; i < this.#sent.length; i++) this.#sentAt.push(before.#sentAt[i]!);
    this.#known = Math.min(before.#known, clock);
  }

  #hear(byte: number, clock: number): void {
    this.#sent += String.fromCharCode(byte & 0xff);
    this.#sentAt.push(clock);
  }

  /** Passes the run up to a clock, as far as that is not yet known; gives clocks on the way. */
  *learn(until: number): Generator<number, void, void> {
    const timeline = this.#timeline;
    while (this.#known < Math.min(until, timeline.end) && !timeline.divergence) {
      yield* timeline.seeking(this.#known);
      yield* timeline.playing(Math.min(until, this.#known + STRIDE));
      yield this.#known;
    }
  }

  /** When the last character of a text was sent, the first time behind a clock; as far as is known. */
  next(text: string, clock: number): number | undefined {
    const bytes = bytesOf(text);
    for (let at = this.#sent.indexOf(bytes); at >= 0; at = this.#sent.indexOf(bytes, at + 1)) {
      const sent = this.#sentAt[at + bytes.length - 1]!;
      if (sent > clock) return sent;
    }
    return undefined;
  }

  /** The same, the last time before a clock. */
  last(text: string, clock: number): number | undefined {
    const bytes = bytesOf(text);
    for (let at = this.#sent.lastIndexOf(bytes); at >= 0; at = this.#sent.lastIndexOf(bytes, at - 1)) {
      const sent = this.#sentAt[at + bytes.length - 1]!;
      if (sent < clock) return sent;
      if (at === 0) break;
    }
    return undefined;
  }

  /** What has been sent up to a clock, a character a byte; as far as is known. */
  sentUpTo(clock: number): string {
    const end = this.#sentAt.findIndex((at) => at > clock);
    return end < 0 ? this.#sent : this.#sent.slice(0, end);
  }

  /** Had the guest sent this text where the timeline stands? */
  sent(text: string): boolean {
    const bytes = bytesOf(text);
    const found = this.#found.get(text) ?? { at: Number.POSITIVE_INFINITY, searched: 0 };
    if (found.at === Number.POSITIVE_INFINITY && found.searched < this.#sent.length) {
      const at = this.#sent.indexOf(bytes, Math.max(0, found.searched - bytes.length));
      if (at >= 0) found.at = this.#sentAt[at + bytes.length - 1]!;
      found.searched = this.#sent.length;
      this.#found.set(text, found);
    }
    return found.at <= this.#timeline.clock;
  }
}

/** Its UTF-8, a character a byte. */
function bytesOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

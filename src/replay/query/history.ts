/**
 * What a run has said so far on the serial console, learned while a timeline passes it for the first time.
 * Passing it again adds nothing.
 */
import { isConsoleByte } from '../controls.js';
import type { RunEvent } from '../events.js';
import type { Timeline } from '../timeline/timeline.js';

export class History {
  /** Hears every event of the run, again whenever it happens again. */
  onEvent: (event: RunEvent) => void = () => {};
  readonly #timeline: Timeline;
  /** A character a byte. */
  #sent = '';
  /** When each was sent. */
  readonly #sentAt: number[] = [];
  /** Up to here everything is known. */
  #known = -1;
  /** When each text that was asked for had been sent, or how much has been searched for it in vain. */
  readonly #found = new Map<string, { at: number; searched: number }>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    timeline.onNote = (note, clock) => {
      if (clock > this.#known && isConsoleByte(note)) this.#hear(note.a, clock);
      this.onEvent({ clock, ...note });
    };
    timeline.onInput = (channel, data, clock) => {
      this.onEvent({
        clock,
        kind: 'input',
        device: channel,
        what: 'admit',
        a: data.length,
        b: data[0] ?? 0,
        data,
      });
    };
  }

  #hear(byte: number, clock: number): void {
    this.#sent += String.fromCharCode(byte & 0xff);
    this.#sentAt.push(clock);
  }

  /** Stands at the beginning: from here on nothing is missed, as long as the timeline does not leap. */
  begin(): boolean {
    return this.#timeline.seek(0);
  }

  /** To be called after every move of the timeline. */
  moved(): void {
    this.#known = Math.max(this.#known, this.#timeline.clock);
  }

  /** Had the guest sent this text where the timeline stands? */
  sent(text: string): boolean {
    const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
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

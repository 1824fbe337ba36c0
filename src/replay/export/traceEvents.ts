/**
 * Writes trace events as Perfetto's and Chrome's viewers read them ("Trace Event Format", JSON object form): tracks
 * with nested slices, instants and counters. An event is a line and goes on at once; of what has been written only
 * the open slices are kept. Times are microseconds, to the nanosecond; those of a track never decrease.
 */
import type { Frequency } from '../../core/time.js';

/** A row of a viewer: in the format's terms, a thread of a process. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
  /** Slices that have begun and not ended. */
  depth: number;
  /** The clock of the last event. */
  last: number;
}

export type Details = Readonly<Record<string, string | number>>;

export class TraceEventWriter {
  readonly #sink: (text: string) => void;
  readonly #frequency: Frequency;
  readonly #processes = new Map<string, { readonly pid: number; readonly tracks: Map<string, Track> }>();
  readonly #counts = new Map<string, number>();
  #first = true;

  /** `about` is shown beside the trace. */
  constructor(sink: (text: string) => void, frequency: Frequency, about: Details) {
    this.#sink = sink;
    this.#frequency = frequency;
    sink(`{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[`);
  }

  track(group: string, name: string): Track {
    const { pid, tracks } = this.#process(group);
    let track = tracks.get(name);
    if (!track) {
      track = { pid, tid: tracks.size + 1, depth: 0, last: 0 };
      tracks.set(name, track);
      this.#write({ ph: 'M', pid, tid: track.tid, name: 'thread_name', args: { name } });
    }
    return track;
  }

  #process(name: string) {
    let process = this.#processes.get(name);
    if (!process) {
      process = { pid: this.#processes.size + 1, tracks: new Map() };
      this.#processes.set(name, process);
      this.#write({ ph: 'M', pid: process.pid, tid: 0, name: 'process_name', args: { name } });
      this.#write({
        ph: 'M',
        pid: process.pid,
        tid: 0,
        name: 'process_sort_index',
        args: { sort_index: process.pid },
      });
    }
    return process;
  }

  begin(track: Track, clock: number, name: string, args: Details = {}): void {
    track.depth++;
    this.#event('B', track, clock, { name, args });
  }

  /** Ends the slice of a track that began last. */
  end(track: Track, clock: number, args: Details = {}): void {
    if (track.depth === 0) return;
    track.depth--;
    this.#event('E', track, clock, { args });
  }

  /** A slice whose end is known. */
  slice(track: Track, from: number, to: number, name: string, args: Details): void {
    const begin = Math.max(from, track.last);
    this.begin(track, begin, name, args);
    this.end(track, Math.max(to, begin));
  }

  instant(track: Track, clock: number, name: string, args: Details): void {
    this.#event('i', track, clock, { s: 't', name, args });
  }

  /** The value from `clock` on; written only if it is another than before. */
  counter(group: string, clock: number, name: string, value: number): void {
    const { pid } = this.#process(group);
    const key = `${pid} ${name}`;
    if (this.#counts.get(key) === value) return;
    this.#counts.set(key, value);
    this.#write({ ph: 'C', pid, tid: 0, ts: this.#microseconds(clock), name, args: { value } });
  }

  /** Ends all slices at `clock`, and the file. */
  close(clock: number): void {
    for (const { tracks } of this.#processes.values()) {
      for (const track of tracks.values()) while (track.depth > 0) this.end(track, clock);
    }
    this.#sink('\n]}\n');
  }

  #event(ph: string, track: Track, clock: number, rest: object): void {
    track.last = Math.max(track.last, clock);
    this.#write({ ph, pid: track.pid, tid: track.tid, ts: this.#microseconds(track.last), ...rest });
  }

  #write(event: object): void {
    this.#sink(`${this.#first ? '' : ','}\n${JSON.stringify(event)}`);
    this.#first = false;
  }

  #microseconds(clock: number): number {
    const { num, den } = this.#frequency;
    return Math.round((clock * den * 1e9) / num) / 1e3;
  }
}

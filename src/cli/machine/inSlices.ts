/**
 * Drives what takes long, slice by slice: a generator of src/replay. Between slices the host's events are let in; a
 * line on a terminal shows where it is, and the first signal ends it, so that what is under way is given up in order.
 */
import { type Host, say } from '../host/host.js';

/** Host milliseconds between signs of life on a terminal, and between looks at the host's events. */
const PROGRESS_MS = 200;
const BREATH_MS = 10;

/** What became of it: its result, or the name of the signal that ended it. */
export type Driven<T> =
  | { readonly signal: undefined; readonly value: T }
  | { readonly signal: string; readonly value?: undefined };

interface DriveOptions<Slice> {
  /** What a terminal shows while it lasts; nothing unless given. */
  readonly progress?: (slice: Slice) => string;
  /** The line that shows it, of one who writes to the terminal meanwhile. */
  readonly line?: ProgressLine;
  /** Done after each slice, before the next begins. */
  readonly onSlice?: (slice: Slice) => unknown;
  /** Where a signal has ended it, for the line that says so; '' for no more than that it did. */
  readonly where?: () => string;
}

export async function driveInSlices<Slice, T>(
  run: Generator<Slice, T, void>,
  host: Host,
  { progress, line = new ProgressLine(host), onSlice, where = () => '' }: DriveOptions<Slice> = {},
): Promise<Driven<T>> {
  let signal: string | undefined;
  const unlisten = host.onSignal((name) => (signal ??= name));
  let breathed = performance.now();
  try {
    while (signal === undefined) {
      const { done, value } = run.next();
      if (done) return { signal: undefined, value };
      if (progress) line.show(() => progress(value));
      await onSlice?.(value);
      if (performance.now() - breathed < BREATH_MS) continue;
      await breathe();
      breathed = performance.now();
    }
  } finally {
    run.return(undefined as T);
    line.clear();
    unlisten();
  }
  sayEnded(host, signal, where());
  return { signal };
}

/** The progress of a move to a clock. */
export function toward(goal: number): { readonly progress: (clock: number) => string } {
  return { progress: (clock) => progressText(clock, goal) };
}

/** How far it has come on the way to a clock. */
export function progressText(clock: number, of: number): string {
  return `clock ${clock} of ${of}, ${Math.floor((100 * clock) / Math.max(of, 1))} %`;
}

/** What a search is about, and where. */
export function searchText(step: {
  readonly what: string;
  readonly clock: number;
  readonly end: number;
}): string {
  return `${step.what}: ${progressText(step.clock, step.end)}`;
}

/** Lets the host's events in. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A reader that has seen enough need not be told. */
export function sayEnded(host: Host, signal: string, where = ''): void {
  if (signal !== 'SIGPIPE') say(host, `ended by ${signal}${where}`);
}

/** A line on a terminal that is written over as long as something lasts. */
export class ProgressLine {
  readonly #host: Host;
  #shown: number;
  #open = false;

  /** What is over soon shows nothing, unless `shown` says that it was long ago that something was. */
  constructor(host: Host, shown = performance.now()) {
    this.#host = host;
    this.#shown = shown;
  }

  show(text: () => string): void {
    const now = performance.now();
    if (this.#host.stderr.isTTY !== true || now - this.#shown < PROGRESS_MS) return;
    this.#shown = now;
    this.#open = true;
    this.#host.stderr.write(`\r${text()}\x1b[K`);
  }

  clear(): void {
    if (this.#open) this.#host.stderr.write('\r\x1b[K');
    this.#open = false;
  }
}

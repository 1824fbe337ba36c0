/**
 * What the interface talks to: a debugger that runs elsewhere, so that the screen never waits for the machine.
 * Everything that crosses is plain data.
 */
import type { EventSearch, Pace } from '../replay/view/events.js';
import type { View, Wanted } from '../replay/view/view.js';

export interface SessionFacts {
  /** The trace's file, and how it is called in messages. */
  readonly path: string;
  readonly trace: string;
  /** The last clock. */
  readonly end: number;
  /** Clocks a second. */
  readonly frequency: number;
  readonly board: string;
  /** The trace is the demo's, for which there are hints. */
  readonly demo: boolean;
  /** The machine can be run on from its end. */
  readonly live: boolean;
  /** It is running on: the end grows, and keys are the guest's. */
  readonly running: boolean;
}

/** What a person does to a machine that is running. */
export type GuestAction =
  /** As the terminal has sent it. */
  | { readonly do: 'type'; readonly text: string; readonly on: 'serial' | 'screen' }
  | { readonly do: 'press'; readonly button: 'off' | 'reset' }
  | { readonly do: 'pause' }
  /** Ends the run, and its trace. */
  | { readonly do: 'end' };

/** Events of the run, in order of time, as columns: there may be millions. */
export interface EventColumns {
  readonly clocks: Float64Array;
  /** Index into `kinds`. */
  readonly kind: Uint8Array;
  readonly kinds: readonly string[];
  /** A line each, made when it is asked for: `SessionPort.eventTexts`. */
  readonly count: number;
  readonly pace: Pace;
}

export interface Progress {
  /** What is being done, as the user asked for it. */
  readonly what: string;
  /** Where it is searching. */
  readonly clock: number;
}

export interface CommandResult {
  /** What to show; empty if there is nothing to say. */
  readonly text: string;
  readonly failed: boolean;
  /** It was given up with `cancel`. */
  readonly cancelled: boolean;
}

export interface SessionPort {
  readonly facts: SessionFacts;
  /** Called when another trace is shown, when it has grown, and when the machine begins to run or pauses. */
  onFacts: (facts: SessionFacts) => void;
  /** Called when something has happened that nobody asked for, with a line. */
  onNews: (text: string) => void;
  /** Called when a search says where it is; undefined when it is over. */
  onProgress: (progress: Progress | undefined) => void;
  /** Called when more events of the run are known; `upTo`: the clock. */
  onEvents: (events: EventColumns, upTo: number) => void;
  /** Called when the debugger is no more, with the reason. */
  onLost: (reason: Error) => void;
  /** What is to be seen at the position. */
  view(wanted: Wanted): Promise<View>;
  /** A line of the debugger's commands (replay/debug/commands). One at a time. */
  command(line: string): Promise<CommandResult>;
  /** Lines of events, by their indices. */
  eventTexts(indices: readonly number[]): Promise<readonly string[]>;
  /** The nearest event from an index on whose line holds a text; undefined if there is none. */
  findEvent(search: EventSearch): Promise<number | undefined>;
  /** Names that a command line may be completed with at its end. */
  complete(line: string): Promise<readonly string[]>;
  /** Gives up what is being done. */
  cancel(): void;
  guest(action: GuestAction): void;
  close(): Promise<void>;
}

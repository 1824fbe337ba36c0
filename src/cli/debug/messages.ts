/** What the interface's thread and the debugger's say to each other: plain data. */

import type { EventSearch } from '../../replay/view/events.js';
import type { View, Wanted } from '../../replay/view/view.js';
import type { CommandResult, GuestAction, Progress, SessionFacts } from '../../tui/session.js';
import type { Engine } from '../host/host.js';
import type { BranchImages } from '../machine/branchImages.js';
import type { LiveOptions } from '../machine/live.js';
import type { EventPiece } from './eventList.js';

/** What a thread opens when it begins. */
export interface Opening {
  readonly path: string;
  readonly salvage: boolean;
  readonly engine: Engine;
  readonly checkpointMemory?: number | undefined;
  readonly symbols: string | undefined;
  readonly marks: readonly (readonly [name: string, clock: number])[];
  /** Images that branches read where their parents did not, and what they are of. */
  readonly images?: BranchImages | undefined;
  /** A machine to be built and run, whose trace `path` becomes. */
  readonly live?: LiveOptions | undefined;
}

/** What can be asked of a thread, and what it answers. */
export interface Requests {
  view: (wanted: Wanted) => View;
  command: (line: string) => CommandResult;
  complete: (line: string) => readonly string[];
  texts: (indices: readonly number[]) => readonly string[];
  find: (search: EventSearch) => number | undefined;
  /** Ends what is still being recorded; what became of it, in lines. */
  finish: (nothing: undefined) => readonly string[];
}

export type Method = keyof Requests;

export type ToThread =
  | { readonly kind: 'guest'; readonly action: GuestAction }
  /** The trace has grown. */
  | { readonly kind: 'grown' }
  | { readonly kind: 'ask'; readonly id: number; readonly method: Method; readonly argument: unknown }
  | { readonly kind: 'cancel' };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'facts'; readonly facts: SessionFacts }
  | { readonly kind: 'news'; readonly text: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly code: number; readonly line: string }
  | { readonly kind: 'progress'; readonly progress: Progress | undefined }
  /** More events of these kinds; all are known up to a clock. */
  | {
      readonly kind: 'events';
      readonly kinds: readonly string[];
      readonly piece: EventPiece;
      readonly upTo: number;
    }
  /** It cannot go on: the exit code, and the reason in a line. */
  | { readonly kind: 'failed'; readonly code: number; readonly line: string };

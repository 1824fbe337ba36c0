/** What a request is answered with, and what a session needs of its surroundings. */
import type { Debugger } from '../debug/debugger.js';
import type { Arguments } from './arguments.js';

export interface Answer {
  readonly body?: object;
  /** The response comes when the work is done. */
  readonly later?: boolean;
  /** What follows the response. */
  readonly after?: () => unknown;
}

/** Throws an error whose message says why not. */
export type Handle = (request: Arguments, seq: number) => Answer;

/** What a client has said of itself. */
export interface Client {
  /** It shows the progress of long moves. */
  readonly hasProgress: boolean;
  /** The number of the first character in a line. */
  readonly firstColumn: 0 | 1;
}

/** What a client wants to debug. */
export interface Launch {
  /** The file; undefined if the client names none. */
  readonly trace: string | undefined;
  readonly symbols: string | undefined;
  readonly salvage: boolean;
}

export interface SessionHost {
  /** Throws an error that `explain` has a line for; the remark is for the user. */
  open(launch: Launch): { readonly debug: Debugger; readonly remark: string };
  /** Says what is wrong, in a line, whatever was thrown. */
  explain(error: unknown): string;
  send(bytes: Uint8Array): void;
}

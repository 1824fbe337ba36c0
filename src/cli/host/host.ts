/** The host as commands see it, so that tests can run commands in their own process. */
import type { EngineName } from '../../core/cpu/ia32/cpu.js';
import type { Boards } from '../../replay/boards.js';
import type { ConformAnswer, ConformTask } from '../conform/task.js';
import type { QueryAnswer, QueryTask } from '../query/task.js';

export interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Input {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unref?(): unknown;
}

/** The engines a machine can run on; equal results, different speeds. */
export type Engine = EngineName;

export type BoardName = 'pc' | 'xt';

/** Does tasks of one kind, several at a time. */
export interface Workers<Task, Answer> {
  run(task: Task): Promise<Answer>;
  /** How many at a time. */
  readonly threads: number;
  /** Ends them, whatever they do; tasks that are not done are not answered, or fail. */
  close(): Promise<void>;
}

export interface Host {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The boards this program can build. */
  boards(engine: Engine): Boards;
  /** The firmware that comes with the program, for a board with `memory` bytes: traces hold it. */
  firmware(board: BoardName, memory: number): Uint8Array;
  /** Workers for single-step tests, so many at a time; by default as many as suit the host. */
  conformWorkers(threads: number | undefined): Workers<ConformTask, ConformAnswer>;
  /** The same for stretches of a recorded run. */
  queryWorkers(threads: number | undefined): Workers<QueryTask, QueryAnswer>;
  /** Calls back on the first SIGINT, SIGTERM or SIGHUP with its name; returns how to stop listening. */
  onSignal(listener: (signal: string) => void): () => void;
}

export function useColour(host: Host): boolean {
  return host.stdout.isTTY === true && !host.env['NO_COLOR'];
}

/** Says one line about what the command does, apart from its output. */
export function say(host: Host, line: string): void {
  host.stderr.write(`rewind86: ${printable(line)}\n`);
}

/**
 * A text without control characters: names of files, and what a trace says about itself, may hold any,
 * and neither breaks a line in two nor commands the terminal.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * gdb's `monitor`: commands of the debugger (debug/commands/), whose output gdb shows as it comes. gdb keeps what it
 * has read of registers and memory, and does not ask again because a monitor command has moved the machine: then it
 * is said how to make it ask.
 */
import { CommandError, runCommand } from '../debug/commands/index.js';
import type { Debugger } from '../debug/debugger.js';

const MOVED = 'gdb has not noticed: "maintenance flush register-cache", or any step, shows it where it is';

export interface Console {
  /** Shows a text in gdb. */
  tell(text: string): void;
  /** gdb shows messages of errors; an older one is told them on its console. */
  readonly takesErrors: boolean;
}

/** Returns the last packet of the answer. */
export function* monitor(debug: Debugger, line: string, console: Console): Generator<number, string, void> {
  const from = debug.clock;
  try {
    const text = yield* runCommand(debug, line);
    if (text !== '') console.tell(`${text}\n`);
    if (debug.clock !== from) console.tell(`${MOVED}\n`);
    return 'OK';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (console.takesErrors) return `E.${error.message}`;
    console.tell(`${error.message}\n`);
    return 'OK';
  }
}

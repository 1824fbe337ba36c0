/** Source text as lines of tokens, each with the place it came from. */
import { AssemblerError, Fault, type Position } from './errors.js';
import { type Token, tokenize } from './tokens.js';

export interface Line {
  readonly position: Position;
  /** As written, for the listing. */
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** Runs `work`; what it finds wrong is reported at `position`. */
export function at<T>(position: Position, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) throw new AssemblerError(position, error.message);
    throw error;
  }
}

/** Lines of a file; a backslash at the end of a line joins it to the next. */
export function readLines(source: string, file: string): Line[] {
  const lines: Line[] = [];
  const raw = source.split(/\r?\n/);
  for (let i = 0; i < raw.length; i++) {
    const position = { file, line: i + 1 };
    let text = raw[i]!;
    while (text.endsWith('\\') && i + 1 < raw.length) text = `${text.slice(0, -1)} ${raw[++i]}`;
    lines.push({ position, text: text.trimEnd(), tokens: at(position, () => tokenize(text)) });
  }
  return lines;
}

/** Where a line of source stands. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/** What is wrong with a source, in one line: `file:line: message`. */
export class AssemblerError extends Error {
  readonly position: Position;

  constructor(position: Position, message: string) {
    super(`${position.file}:${position.line}: ${message}`);
    this.name = 'AssemblerError';
    this.position = position;
  }
}

/** A fault in an expression or operand; whoever knows the line turns it into an AssemblerError. */
export class Fault extends Error {}

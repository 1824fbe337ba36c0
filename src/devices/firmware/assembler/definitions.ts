/**
 * Single-line macros (`%define`, `%assign`), after the NASM manual, section 4.1: a name, or a name with
 * parameters, stands for tokens. A macro is not expanded inside its own expansion.
 * Left out: overloading by number of parameters, greedy and evaluated parameters.
 */
import { Fault } from './errors.js';
import { isMark, nameToken, type Token, tokenize } from './tokens.js';

interface Definition {
  readonly parameters: readonly string[] | undefined;
  readonly body: readonly Token[];
}

export class Definitions {
  readonly #byName = new Map<string, Definition>();

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  define(name: string, body: readonly Token[], parameters?: readonly string[]): void {
    this.#byName.set(name, { parameters, body });
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }

  expand(tokens: readonly Token[], active: ReadonlySet<string> = new Set()): Token[] {
    const out: Token[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      const definition = token.kind === 'name' ? this.#byName.get(token.text) : undefined;
      if (!definition || active.has(token.text)) {
        out.push(token);
        continue;
      }
      let body = definition.body;
      if (definition.parameters) {
        if (!isMark(tokens[i + 1], '(')) {
          out.push(token);
          continue;
        }
        const call = readArguments(tokens, i + 1);
        body = this.#substitute(token.text, definition, call.args, active);
        i = call.end;
      }
      const inner = this.expand(paste(body), new Set([...active, token.text]));
      out.push(...inner.map((t, n) => (n === 0 ? { ...t, spaced: token.spaced } : t)));
    }
    return out;
  }

  #substitute(name: string, definition: Definition, args: Token[][], active: ReadonlySet<string>): Token[] {
    const parameters = definition.parameters!;
    if (args.length !== parameters.length) {
      throw new Fault(`${name} takes ${parameters.length} arguments, not ${args.length}`);
    }
    return definition.body.flatMap((token) => {
      const n = token.kind === 'name' ? parameters.indexOf(token.text) : -1;
      return n < 0 ? [token] : this.expand(args[n]!, active);
    });
  }
}

/** The arguments of `name(...)`, whose opening parenthesis is at `open`, and where they end. */
function readArguments(tokens: readonly Token[], open: number): { args: Token[][]; end: number } {
  const args: Token[][] = [[]];
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (isMark(token, '(') && depth++ === 0) continue;
    if (isMark(token, ')') && --depth === 0) return { args, end: i };
    if (isMark(token, ',') && depth === 1) args.push([]);
    else args.at(-1)!.push(token);
  }
  throw new Fault('the macro call is not closed');
}

/** Applies `%+`. */
export function paste(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const right = tokens[i + 1];
    if (token.kind === 'paste' && out.length > 0 && right) {
      out.push(glue(out.pop()!, right));
      i++;
    } else out.push(token);
  }
  return out;
}

/** Two tokens written as one. */
export function glue(left: Token, right: Token): Token {
  const made = tokenize(left.text + right.text);
  if (made.length !== 1) return nameToken(left.text + right.text, left.spaced);
  return { ...made[0]!, spaced: left.spaced };
}

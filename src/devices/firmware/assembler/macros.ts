/**
 * Multi-line macros, after the NASM manual, section 4.5: a body of lines with numbered arguments, taking
 * a range of argument counts, defaults, a greedy last argument, and labels of its own (`%%name`).
 * Left out: condition-code arguments (`%+1`, `%-1`), `%00`, argument ranges (`%{1:3}`).
 */
import { glue } from './definitions.js';
import { Fault } from './errors.js';
import type { Line } from './lines.js';
import { isMark, nameToken, numberToken, type Token } from './tokens.js';

export interface Macro {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** The last argument takes the rest of the line, commas and all. */
  readonly greedy: boolean;
  readonly defaults: readonly (readonly Token[])[];
  readonly body: readonly Line[];
}

/** One expansion of a macro: its arguments and the number that makes its labels unique. */
export interface Frame {
  readonly macro: Macro;
  readonly serial: number;
  args: readonly (readonly Token[])[];
}

/** Reads what follows `%macro`: `name least[-most][+] [defaults]`. */
export function parseMacroHead(tokens: readonly Token[], body: readonly Line[]): Macro {
  const name = tokens[0];
  const least = tokens[1];
  if (name?.kind !== 'name' || least?.kind !== 'number') throw new Fault('%macro needs a name and a count');
  let at = 2;
  let most = Number(least.value);
  if (isMark(tokens[at], '-')) {
    const limit = tokens[at + 1];
    if (isMark(limit, '*')) most = Number.POSITIVE_INFINITY;
    else if (limit?.kind === 'number') most = Number(limit.value);
    else throw new Fault('%macro needs a number or * after -');
    at += 2;
  }
  const greedy = isMark(tokens[at], '+');
  if (greedy) at++;
  const defaults = at < tokens.length ? splitArguments(tokens.slice(at)) : [];
  return { name: name.text, least: Number(least.value), most, greedy, defaults, body };
}

/** Splits at commas; braces hold an argument together. */
function splitArguments(tokens: readonly Token[]): Token[][] {
  if (tokens.length === 0) return [];
  const args: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isMark(token, '{') && depth++ === 0) continue;
    if (isMark(token, '}') && --depth === 0) continue;
    if (isMark(token, ',') && depth === 0) args.push([]);
    else args.at(-1)!.push(token);
  }
  if (depth !== 0) throw new Fault('a brace is not closed');
  return args;
}

/** The arguments of a call, or undefined if the macro does not take that many. */
export function bindArguments(macro: Macro, tokens: readonly Token[]): Token[][] | undefined {
  let args = splitArguments(tokens);
  if (macro.greedy && args.length > macro.most) {
    const last = args
      .slice(macro.most - 1)
      .flatMap((arg, i): Token[] => (i === 0 ? arg : [{ kind: 'mark', text: ',', spaced: false }, ...arg]));
    args = [...args.slice(0, macro.most - 1), last];
  }
  if (args.length < macro.least || args.length > macro.most) return undefined;
  for (let n = args.length; n - macro.least < macro.defaults.length; n++) {
    args.push([...macro.defaults[n - macro.least]!]);
  }
  return args;
}

/** Puts arguments into one line of a body; what touches an argument without a space is glued to it. */
export function substitute(tokens: readonly Token[], frame: Frame): Token[] {
  const out: Token[] = [];
  let touching = false;
  for (const token of tokens) {
    const replacement = replace(token, frame);
    const glued = !token.spaced && out.length > 0 && replacement?.length !== 0;
    if (glued && (replacement || touching) && joins(out.at(-1)!, (replacement ?? [token])[0]!)) {
      const [first, ...rest] = replacement ?? [token];
      out.push(glue(out.pop()!, first!), ...rest);
    } else if (replacement) {
      out.push(...replacement.map((t, i) => (i === 0 ? { ...t, spaced: token.spaced } : t)));
    } else out.push(token);
    touching = replacement !== undefined;
  }
  return out;
}

function joins(left: Token, right: Token): boolean {
  return left.kind === 'name' && (right.kind === 'name' || right.kind === 'number');
}

function replace(token: Token, frame: Frame): readonly Token[] | undefined {
  if (token.kind === 'local') return [nameToken(`..@${frame.serial}.${token.text.slice(2)}`, token.spaced)];
  if (token.kind !== 'parameter') return undefined;
  const n = Number(token.text.slice(1));
  return n === 0 ? [numberToken(BigInt(frame.args.length))] : (frame.args[n - 1] ?? []);
}

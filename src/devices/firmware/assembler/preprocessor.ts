/**
 * The preprocessor, after the NASM manual, chapter 4: definitions, macros, repetition, conditions and
 * files. It turns source text into lines for the assembler proper. Conditions see definitions and
 * numbers, never labels.
 * Left out: contexts (%push), string functions (%substr ...), %use packages, %line.
 */
import { Definitions, paste } from './definitions.js';
import { AssemblerError, Fault } from './errors.js';
import { evaluate, parseExpression, plain, Reader, scalar } from './expressions.js';
import { at, type Line, readLines } from './lines.js';
import { bindArguments, type Frame, type Macro, parseMacroHead, substitute } from './macros.js';
import { isMark, numberToken, type Token } from './tokens.js';

/** More than any honest source needs; stops a macro that calls itself or a %rep that never ends. */
const DEEPEST = 200;
const MOST_LINES = 2_000_000;

/** One `%if`: which of its branches are assembled. */
interface Condition {
  active: boolean;
  /** A branch was taken already, or the whole lies in a skipped one. */
  decided: boolean;
  readonly line: Line;
}

class ExitRepetition extends Error {}
class ExitMacro extends Error {}

export type Include = (name: string) => string;

export class Preprocessor {
  readonly #include: Include | undefined;
  readonly #definitions = new Definitions();
  readonly #macros = new Map<string, Macro[]>();
  readonly #out: Line[] = [];
  #serial = 0;
  #depth = 0;

  constructor(include?: Include) {
    this.#include = include;
  }

  run(source: string, file: string): Line[] {
    this.#lines(readLines(source, file), undefined);
    return this.#out;
  }

  #lines(lines: readonly Line[], frame: Frame | undefined): void {
    if (++this.#depth > DEEPEST) throw new Fault('macros or files are nested too deeply');
    const conditions: Condition[] = [];
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      i = at(line.position, () => this.#line(lines, i, conditions, frame));
    }
    this.#depth--;
    const open = conditions.at(-1);
    if (open) throw new AssemblerError(open.line.position, 'no %endif belongs to this condition');
  }

  /** Handles the line at `i`; returns the index of the last line it used up. */
  #line(lines: readonly Line[], i: number, conditions: Condition[], frame: Frame | undefined): number {
    const line = lines[i]!;
    const tokens = frame ? substitute(line.tokens, frame) : line.tokens;
    const first = tokens[0];
    const directive = first?.kind === 'directive' ? first.text.toLowerCase() : undefined;
    if (directive && this.#condition(directive, tokens.slice(1), conditions, line)) return i;
    if (conditions.some((c) => !c.active)) return i;
    switch (directive) {
      case undefined:
        this.#statement({ ...line, tokens });
        return i;
      case '%macro':
      case '%imacro': {
        const end = blockEnd(lines, i, /^%i?macro$/i, '%endmacro');
        this.#addMacro(parseMacroHead(this.#definitions.expand(tokens.slice(1)), lines.slice(i + 1, end)));
        return end;
      }
      case '%rep': {
        const end = blockEnd(lines, i, /^%rep$/i, '%endrep');
        this.#repeat(this.#number(tokens.slice(1)), lines.slice(i + 1, end), frame);
        return end;
      }
      default:
        this.#directive(directive, tokens.slice(1), line, frame);
        return i;
    }
  }

  /** Handles %if, %elif, %else, %endif in all their kinds; true if it was one. */
  #condition(directive: string, rest: readonly Token[], conditions: Condition[], line: Line): boolean {
    const found = /^%(if|elif|else|endif)(.*)$/.exec(directive);
    if (!found) return false;
    const [, word, test] = found;
    const current = conditions.at(-1);
    if (word === 'if') {
      const reachable = conditions.every((c) => c.active);
      const active = reachable && this.#test(test!, rest);
      conditions.push({ active, decided: active || !reachable, line });
      return true;
    }
    if (!current) throw new Fault(`${directive} without %if`);
    if (word === 'endif') conditions.pop();
    else {
      current.active = !current.decided && (word === 'else' || this.#test(test!, rest));
      current.decided ||= current.active;
    }
    return true;
  }

  /** `test` is what follows %if: '', 'def', 'ndef', 'idn' ... */
  #test(test: string, rest: readonly Token[]): boolean {
    const positive = this.#positiveTest(test.replace(/^n(?!um)/, ''), rest);
    return /^n(?!um)/.test(test) ? !positive : positive;
  }

  #positiveTest(test: string, rest: readonly Token[]): boolean {
    if (test === 'def') return this.#definitions.has(rest[0]?.text ?? '');
    if (test === 'macro') return this.#macros.has(rest[0]?.text ?? '');
    const tokens = this.#definitions.expand(rest);
    switch (test) {
      case '':
        return this.#number(tokens) !== 0n;
      case 'idn':
      case 'idni':
        return same(tokens, test === 'idni');
      case 'empty':
        return tokens.length === 0;
      case 'num':
        return tokens[0]?.kind === 'number';
      case 'id':
        return tokens[0]?.kind === 'name';
      case 'str':
        return tokens[0]?.kind === 'string';
      default:
        throw new Fault(`%if${test} is not known`);
    }
  }

  #directive(directive: string, rest: readonly Token[], line: Line, frame: Frame | undefined): void {
    switch (directive) {
      case '%define':
      case '%xdefine':
        this.#define(rest, directive === '%xdefine');
        return;
      case '%assign':
        this.#definitions.define(nameOf(rest), [numberToken(this.#number(rest.slice(1)))]);
        return;
      case '%undef':
        this.#definitions.remove(nameOf(rest));
        return;
      case '%include':
        this.#includeFile(this.#definitions.expand(rest));
        return;
      case '%rotate':
        if (!frame) throw new Fault('%rotate outside a macro');
        frame.args = rotate(frame.args, Number(this.#number(rest)));
        return;
      case '%exitrep':
        throw new ExitRepetition();
      case '%exitmacro':
        throw new ExitMacro();
      case '%error':
      case '%fatal':
        throw new Fault(line.text.replace(/^\s*%\w+\s*/, '').replace(/^(["'])(.*)\1$/, '$2'));
      case '%warning':
        return;
      default:
        throw new Fault(`${directive} is not known here`);
    }
  }

  #define(rest: readonly Token[], now: boolean): void {
    const name = nameOf(rest);
    let body = rest.slice(1);
    let parameters: string[] | undefined;
    if (isMark(body[0], '(') && !body[0]!.spaced) {
      const close = body.findIndex((t) => isMark(t, ')'));
      if (close < 0) throw new Fault('the parameters are not closed');
      parameters = body.slice(1, close).flatMap((t) => (isMark(t, ',') ? [] : [t.text]));
      body = body.slice(close + 1);
    }
    this.#definitions.define(name, now ? this.#definitions.expand(body) : body, parameters);
  }

  #includeFile(rest: readonly Token[]): void {
    const name = rest[0];
    if (name?.kind !== 'string') throw new Fault('%include needs a quoted name');
    if (!this.#include) throw new Fault('files cannot be included here');
    const file = name.text.slice(1, -1);
    this.#lines(readLines(this.#include(file), file), undefined);
  }

  #addMacro(macro: Macro): void {
    const others = this.#macros.get(macro.name) ?? [];
    this.#macros.set(macro.name, [macro, ...others]);
  }

  #repeat(times: bigint, body: readonly Line[], frame: Frame | undefined): void {
    const depth = this.#depth;
    try {
      for (let n = 0n; n < times; n++) this.#lines(body, frame);
    } catch (error) {
      if (!(error instanceof ExitRepetition)) throw error;
      this.#depth = depth;
    }
  }

  /** A line for the assembler, or the call of a macro, perhaps with a label before it. */
  #statement(line: Line): void {
    const tokens = paste(this.#definitions.expand(line.tokens));
    if (tokens.length === 0) return;
    if (this.#call({ ...line, tokens })) return;
    let rest = 1;
    if (isMark(tokens[rest], ':')) rest++;
    if (tokens[0]!.kind === 'name' && tokens.length > rest && this.#isMacro(tokens[rest]!)) {
      this.#emit({ ...line, tokens: tokens.slice(0, rest) });
      if (this.#call({ ...line, tokens: tokens.slice(rest) })) return;
      this.#out.pop();
    }
    this.#emit({ ...line, tokens });
  }

  #emit(line: Line): void {
    if (this.#out.length >= MOST_LINES) throw new Fault('the source expands to too many lines');
    this.#out.push(line);
  }

  #isMacro(token: Token): boolean {
    return token.kind === 'name' && this.#macros.has(token.text);
  }

  #call(line: Line): boolean {
    const [first, ...rest] = line.tokens;
    if (!this.#isMacro(first!)) return false;
    for (const macro of this.#macros.get(first!.text)!) {
      const args = bindArguments(macro, rest);
      if (!args) continue;
      this.#expandMacro(line, macro, args);
      return true;
    }
    return false;
  }

  /** Lines of the body count as the line of the call: that is where a person has to look first. */
  #expandMacro(line: Line, macro: Macro, args: Token[][]): void {
    const depth = this.#depth;
    const body = macro.body.map((l) => ({ ...l, position: line.position }));
    try {
      this.#lines(body, { macro, args, serial: ++this.#serial });
    } catch (error) {
      if (!(error instanceof ExitMacro)) throw error;
      this.#depth = depth;
    }
  }

  #number(tokens: readonly Token[]): bigint {
    const reader = new Reader(this.#definitions.expand(tokens));
    const expression = parseExpression(reader, (name) => name);
    reader.expectEnd();
    const nothing = { here: plain(0n), base: plain(0n), lookup: () => undefined };
    const value = evaluate(expression, nothing);
    if (!value.known) throw new Fault('the preprocessor needs a number here');
    return scalar(value, 'a directive');
  }
}

function nameOf(tokens: readonly Token[]): string {
  const name = tokens[0];
  if (name?.kind !== 'name') throw new Fault('a name is missing');
  return name.text;
}

/** The index of the line that ends the block begun at `start`; blocks of one kind nest. */
function blockEnd(lines: readonly Line[], start: number, opens: RegExp, closes: string): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    const first = lines[i]!.tokens[0];
    if (first?.kind !== 'directive') continue;
    if (opens.test(first.text)) depth++;
    else if (first.text.toLowerCase() === closes && --depth === 0) return i;
  }
  throw new Fault(`${closes} is missing`);
}

/** %ifidn: the same tokens on both sides of the comma. */
function same(tokens: readonly Token[], ignoreCase: boolean): boolean {
  const comma = tokens.findIndex((t) => isMark(t, ','));
  if (comma < 0) throw new Fault('%ifidn needs a comma');
  const text = (part: readonly Token[]) => part.map((t) => t.text).join(' ');
  const [left, right] = [text(tokens.slice(0, comma)), text(tokens.slice(comma + 1))];
  return ignoreCase ? left.toLowerCase() === right.toLowerCase() : left === right;
}

function rotate<T>(items: readonly T[], by: number): T[] {
  if (items.length === 0) return [];
  const n = ((by % items.length) + items.length) % items.length;
  return [...items.slice(n), ...items.slice(0, n)];
}

/** Expressions as trees: precedence climbing over the tables of operators (docs/expressions.md is the grammar). */
import { BINARY, CASTS, SHORT_CIRCUIT, UNARY } from './operators.js';
import { ExpressionError, type Token, tokensOf } from './tokens.js';

/** Where in the source a node is written. */
interface Span {
  readonly at: number;
  readonly end: number;
}

export type Node = Span &
  (
    | { readonly kind: 'number'; readonly value: bigint }
    /** A register, a symbol, a device's field; of an array field, with an index. */
    | { readonly kind: 'name'; readonly name: string; readonly index: Node | undefined }
    /** `&name` */
    | { readonly kind: 'address'; readonly name: string }
    | MemoryNode
    | { readonly kind: 'unary'; readonly op: string; readonly operand: Node }
    | { readonly kind: 'cast'; readonly op: string; readonly operand: Node }
    | { readonly kind: 'defined'; readonly operand: Node }
    | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node }
    | { readonly kind: 'both' | 'either'; readonly left: Node; readonly right: Node }
    | { readonly kind: 'choice'; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly kind: 'has'; readonly where: Place; readonly text: string }
  );

export interface MemoryNode extends Span {
  readonly kind: 'memory';
  /** Bytes. */
  readonly size: 1 | 2 | 4 | 8;
  readonly physical: boolean;
  /** The name of a segment register whose base is added. */
  readonly segment: string | undefined;
  readonly address: Node;
}

/** Where text is looked for. */
export type Place = 'serial' | 'screen';

const SIZES = { byte: 1, word: 2, dword: 4, qword: 8 } as const;
const SEGMENTS: readonly string[] = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const MAX_DEPTH = 100;

const isSize = (text: string): text is keyof typeof SIZES => Object.hasOwn(SIZES, text);
const isPlace = (text: string): text is Place => text === 'serial' || text === 'screen';

/** Throws an `ExpressionError`. */
export function parse(source: string): Node {
  return new Parser(source).whole();
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  whole(): Node {
    if (this.#tokens.length === 1) this.#fail('an expression is missing');
    const node = this.#expression();
    if (this.#token.kind !== 'end') this.#fail(`an operator was expected before ${this.#shown()}`);
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #fail(what: string, at = this.#token.at): never {
    throw new ExpressionError(this.#source, at, what);
  }

  #shown(): string {
    const { kind, text } = this.#token;
    return kind === 'end' ? text : `"${text}"`;
  }

  /** True, and goes on, if this sign or word is next. */
  #take(text: string): boolean {
    const token = this.#token;
    if (token.text !== text || (token.kind !== 'sign' && token.kind !== 'name')) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#fail(`"${text}" was expected instead of ${this.#shown()}`);
  }

  get #lastEnd(): number {
    return this.#tokens[this.#next - 1]!.end;
  }

  #expression(): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail('the expression is nested too deeply');
    const condition = this.#binary(0);
    let node = condition;
    if (this.#take('?')) {
      const yes = this.#expression();
      this.#expect(':');
      const no = this.#expression();
      node = { kind: 'choice', condition, yes, no, at: condition.at, end: no.end };
    }
    this.#depth--;
    return node;
  }

  /** Operators that bind tighter than `least`, from the left. */
  #binary(least: number): Node {
    let left = this.#unary();
    for (;;) {
      const { kind, text: op } = this.#token;
      const precedence = kind === 'sign' ? (BINARY.get(op)?.precedence ?? SHORT_CIRCUIT.get(op) ?? 0) : 0;
      if (precedence <= least) return left;
      this.#next++;
      const right = this.#binary(precedence);
      const span = { at: left.at, end: right.end };
      if (BINARY.has(op)) left = { kind: 'binary', op, left, right, ...span };
      else left = { kind: op === '&&' ? 'both' : 'either', left, right, ...span };
    }
  }

  #unary(): Node {
    const { kind, text: op, at } = this.#token;
    if (kind !== 'sign') return this.#primary();
    if (op === '&') return this.#addressOf();
    if (!UNARY.has(op)) return this.#primary();
    this.#next++;
    if (++this.#depth > MAX_DEPTH) this.#fail('the expression is nested too deeply');
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', op, operand, at, end: operand.end };
  }

  #addressOf(): Node {
    const { at } = this.#token;
    this.#next++;
    const { kind, text: name, end } = this.#token;
    if (kind !== 'name') this.#fail(`the name of a symbol was expected after &, not ${this.#shown()}`);
    this.#next++;
    return { kind: 'address', name, at, end };
  }

  #primary(): Node {
    const { kind, text, value, at, end } = this.#token;
    if (kind === 'number') {
      this.#next++;
      return { kind: 'number', value, at, end };
    }
    if (kind === 'name') return this.#named();
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return { ...inner, at, end: this.#lastEnd };
    }
    if (text === '[' && kind === 'sign') return this.#memory(4, false, at);
    return this.#fail(`a value was expected instead of ${this.#shown()}`);
  }

  #named(): Node {
    const { text: name, at } = this.#token;
    this.#next++;
    const isCall = this.#token.kind === 'sign' && this.#token.text === '(';
    const isIndexed = this.#token.kind === 'sign' && this.#token.text === '[';
    if (name === 'phys' && !isCall) return this.#physical(at);
    if (isSize(name) && isIndexed) return this.#memory(SIZES[name], false, at);
    if (isCall) return this.#call(name, at);
    if (isPlace(name) && this.#take('has')) return this.#has(name, at);
    const index = this.#take('[') ? this.#expression() : undefined;
    if (index) this.#expect(']');
    return { kind: 'name', name, index, at, end: this.#lastEnd };
  }

  #physical(at: number): Node {
    const { text } = this.#token;
    if (text === '[') return this.#memory(4, true, at);
    if (!isSize(text)) this.#fail(`a size or "[" was expected after phys, not ${this.#shown()}`);
    this.#next++;
    return this.#memory(SIZES[text], true, at);
  }

  #memory(size: MemoryNode['size'], physical: boolean, at: number): Node {
    this.#expect('[');
    const segment = this.#segment();
    if (segment && physical) this.#fail('a physical address has no segment', at);
    const address = this.#expression();
    this.#expect(']');
    return { kind: 'memory', size, physical, segment, address, at, end: this.#lastEnd };
  }

  /** `ss:` at the beginning of an address. */
  #segment(): string | undefined {
    const { text } = this.#token;
    if (!SEGMENTS.includes(text) || this.#tokens[this.#next + 1]!.text !== ':') return undefined;
    this.#next += 2;
    return text;
  }

  #call(name: string, at: number): Node {
    const known = CASTS.has(name) || name === 'defined';
    if (!known) {
      const all = [...CASTS.keys(), 'defined'].join(', ');
      this.#fail(`"${name}" is no function; there are ${all}`, at);
    }
    this.#expect('(');
    const operand = this.#expression();
    this.#expect(')');
    const span = { at, end: this.#lastEnd };
    return name === 'defined'
      ? { kind: 'defined', operand, ...span }
      : { kind: 'cast', op: name, operand, ...span };
  }

  #has(where: Place, at: number): Node {
    const { kind, text, end } = this.#token;
    if (kind !== 'text') this.#fail(`a text in double quotes was expected, not ${this.#shown()}`);
    if (text === '') this.#fail('an empty text is everywhere');
    this.#next++;
    return { kind: 'has', where, text, at, end };
  }
}

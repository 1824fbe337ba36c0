/**
 * The assembler: a subset of NASM's language, to flat binaries. Passes are repeated until no label moves:
 * the first hopes that every jump to a label ahead is short, later ones correct it. Table-driven: see
 * encodings.ts. Language: the NASM manual, chapters 3 to 5 and 7.1; each file here says what it leaves out.
 */
import { checkRange, encodeInstruction, littleEndian } from './encoder.js';
import { AssemblerError, Fault, type Position } from './errors.js';
import { address, type Expression, evaluate, plain, type Scope, scalar, type Value } from './expressions.js';
import { at, type Line } from './lines.js';
import { type Include, Preprocessor } from './preprocessor.js';
import { for8086, type Processor } from './processors.js';
import { type Body, type DataItem, type ReadBinary, type Statement, StatementParser } from './statements.js';

export { AssemblerError } from './errors.js';

export interface AssembleOptions {
  /** Text of an included file. */
  readonly include?: Include;
  /** Contents of a file for incbin. */
  readonly incbin?: ReadBinary;
  /** What errors and the listing call the source. */
  readonly name?: string;
}

export interface ListingLine {
  /** In the binary. */
  readonly offset: number;
  readonly length: number;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Assembly {
  readonly bytes: Uint8Array;
  /** Labels and constants; local labels as `parent.local`. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Those of the symbols that are places in memory, not constants or fields of structures, and what is there. */
  readonly labels: ReadonlyMap<string, LabelKind>;
  readonly listing: readonly ListingLine[];
}

/** An instruction comes first behind it, or something else. */
export type LabelKind = 'code' | 'data';

/** Far more than sizes need to settle. */
const MOST_PASSES = 64;
/** From this pass on a jump that was long stays long, so that sizes only grow. */
const GROW_ONLY_FROM = 16;
const MOST_BYTES = 16 * 1024 * 1024;

export function assemble(source: string, options: AssembleOptions = {}): Assembly {
  const lines = new Preprocessor(options.include).run(source, options.name ?? 'source');
  const parser = new StatementParser(options.incbin);
  const program = lines.map((line) => ({
    line,
    statement: at(line.position, () => parser.parse(line.tokens)),
    longJumps: false,
  }));
  const symbols = new Map<string, Value>();
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const run = new Pass(symbols, pass >= GROW_ONLY_FROM);
    for (const entry of program) at(entry.line.position, () => run.statement(entry));
    if (!run.changed) return run.finish();
  }
  throw new AssemblerError({ file: options.name ?? 'source', line: 1 }, 'sizes do not settle');
}

interface Entry {
  readonly line: Line;
  readonly statement: Statement;
  longJumps: boolean;
}

class Pass {
  /** Values of the last pass, replaced one by one by this one's. */
  readonly #symbols: Map<string, Value>;
  readonly #growOnly: boolean;
  readonly #defined = new Set<string>();
  readonly #labels = new Map<string, LabelKind>();
  /** Labels behind which nothing has come yet. */
  #fresh: string[] = [];
  readonly #out: number[] = [];
  readonly #listing: ListingLine[] = [];
  #problem: AssemblerError | undefined;
  #bits = 16;
  #processor: Processor = 'any';
  #origin = 0n;
  /** The counter of an `absolute` section, while in one. */
  #absolute: bigint | undefined;
  #inStructure = false;
  changed = false;

  constructor(symbols: Map<string, Value>, growOnly: boolean) {
    this.#symbols = symbols;
    this.#growOnly = growOnly;
  }

  statement(entry: Entry): void {
    const { label, body } = entry.statement;
    if (body.kind === 'org') this.#origin = this.#number(body.value, entry, 'org');
    if (label !== undefined) {
      this.#define(label, this.#labelValue(body, entry));
      if (body.kind !== 'equ' && body.kind !== 'struc' && !this.#inStructure) this.#fresh.push(label);
    }
    const kind = labelKind(body);
    if (kind) this.#settle(kind);
    const offset = this.#out.length;
    this.#emit(body, entry);
    const { position, text } = entry.line;
    this.#listing.push({ offset, length: this.#out.length - offset, ...position, text });
  }

  finish(): Assembly {
    if (this.#problem) throw this.#problem;
    this.#settle('data');
    const named = [...this.#symbols].filter(([name]) => !name.startsWith('..@'));
    return {
      bytes: Uint8Array.from(this.#out),
      symbols: new Map(named.map(([name, value]) => [name, Number(value.n)])),
      labels: new Map([...this.#labels].filter(([name]) => !name.startsWith('..@'))),
      listing: this.#listing,
    };
  }

  #settle(kind: LabelKind): void {
    for (const label of this.#fresh) this.#labels.set(label, kind);
    this.#fresh = [];
  }

  #labelValue(body: Body, entry: Entry): Value {
    if (body.kind === 'equ') return evaluate(body.value, this.#scope(entry.line.position));
    return body.kind === 'struc' ? plain(0n) : this.#here();
  }

  #define(name: string, value: Value): void {
    if (this.#defined.has(name)) throw new Fault(`${name} is defined twice`);
    if (value.terms.length > 0) throw new Fault(`${name} cannot be a register`);
    this.#defined.add(name);
    const before = this.#symbols.get(name);
    if (before?.n !== value.n || before.known !== value.known || before.origins !== value.origins) {
      this.changed = true;
    }
    this.#symbols.set(name, value);
  }

  #here(): Value {
    return this.#absolute !== undefined
      ? plain(this.#absolute)
      : address(this.#origin + BigInt(this.#out.length));
  }

  #scope(position: Position): Scope {
    return {
      here: this.#here(),
      base: address(this.#origin),
      lookup: (name) => {
        const value = this.#symbols.get(name);
        if (!value) this.#report(position, `${name} is not defined`);
        else if (!value.known) this.#report(position, `${name} is defined by itself`);
        return value;
      },
    };
  }

  /** Only the first problem of the last pass counts: earlier passes guess. */
  #report(position: Position, problem: string): void {
    this.#problem ??= new AssemblerError(position, problem);
  }

  #number(expression: Expression, entry: Entry, what: string): bigint {
    const value = evaluate(expression, this.#scope(entry.line.position));
    return value.known ? scalar(value, what) : 0n;
  }

  #emit(body: Body, entry: Entry): void {
    switch (body.kind) {
      case 'instruction': {
        const bytes = encodeInstruction(body.instruction, this.#encodeContext(entry));
        if (this.#growOnly && jumpsLong(bytes)) entry.longJumps = true;
        const report = (problem: string): void => this.#report(entry.line.position, problem);
        this.#append(this.#processor === '8086' ? for8086(bytes, report) : bytes);
        return;
      }
      case 'data':
        for (const item of body.items) this.#append(this.#item(item, body.unit, entry));
        return;
      case 'reserve':
        this.#reserve(this.#count(body.count, entry) * body.unit);
        return;
      case 'binary': {
        const skip = body.skip ? this.#count(body.skip, entry) : 0;
        const length = body.length ? this.#count(body.length, entry) : body.bytes.length;
        this.#append(body.bytes.subarray(skip, skip + length));
        return;
      }
      case 'times': {
        for (let n = this.#count(body.count, entry); n > 0; n--) this.#emit(body.body, entry);
        return;
      }
      case 'align':
        this.#align(this.#count(body.to, entry), body.fill, entry);
        return;
      case 'bits':
        this.#bits = body.bits;
        return;
      case 'cpu':
        this.#processor = body.processor;
        return;
      case 'absolute':
        this.#absolute = this.#number(body.value, entry, 'absolute');
        return;
      case 'struc':
        this.#absolute = 0n;
        this.#inStructure = true;
        return;
      case 'endstruc':
        this.#inStructure = false;
        this.#define(body.name, this.#here());
        this.#absolute = undefined;
        return;
      case 'section':
        this.#absolute = undefined;
        return;
    }
  }

  #encodeContext(entry: Entry) {
    const { position } = entry.line;
    return {
      bits: this.#bits,
      scope: this.#scope(position),
      longJumps: entry.longJumps,
      report: (problem: string) => this.#report(position, problem),
    };
  }

  #append(bytes: readonly number[] | Uint8Array): void {
    if (this.#absolute !== undefined) throw new Fault('nothing can be emitted in an absolute section');
    if (this.#out.length + bytes.length > MOST_BYTES) throw new Fault('the binary becomes too big');
    for (const byte of bytes) this.#out.push(byte);
  }

  #item(item: DataItem, unit: number, entry: Entry): readonly number[] {
    if (item.kind === 'bytes') return item.bytes;
    const value = evaluate(item.value, this.#scope(entry.line.position));
    if (value.terms.length > 0) throw new Fault('a register is not data');
    checkRange(value.n, unit * 8, 'the value', { report: (p) => this.#report(entry.line.position, p) });
    return littleEndian(value.n, unit * 8);
  }

  #reserve(bytes: number): void {
    if (this.#absolute !== undefined) this.#absolute += BigInt(bytes);
    else this.#append(new Array<number>(bytes).fill(0));
  }

  #count(expression: Expression, entry: Entry): number {
    const n = this.#number(expression, entry, 'a count');
    if (n < 0n) this.#report(entry.line.position, `${n} is negative`);
    if (n > BigInt(MOST_BYTES)) throw new Fault(`${n} is too many`);
    return n < 0n ? 0 : Number(n);
  }

  /** Counts from the section's start, not from address 0. */
  #align(to: number, fill: Body, entry: Entry): void {
    if (to < 1 || (to & (to - 1)) !== 0) throw new Fault('an alignment is a power of two');
    const offset = this.#absolute === undefined ? this.#out.length : Number(this.#absolute);
    const missing = (to - (offset % to)) % to;
    if (this.#absolute !== undefined) this.#reserve(missing);
    else for (let n = 0; n < missing; n++) this.#emit(fill, entry);
  }
}

/** Whether the bytes are a jump with a whole displacement: E9 or 0F 8x, after prefixes. */
function jumpsLong(bytes: readonly number[]): boolean {
  const opcode = bytes.findIndex((b) => b !== 0x66 && b !== 0x2e && b !== 0x3e);
  return bytes[opcode] === 0xe9 || (bytes[opcode] === 0x0f && (bytes[opcode + 1]! & 0xf0) === 0x80);
}

/** Of a statement that puts something there. */
function labelKind(body: Body): LabelKind | undefined {
  switch (body.kind) {
    case 'instruction':
      return 'code';
    case 'data':
    case 'reserve':
    case 'binary':
      return 'data';
    case 'times':
      return labelKind(body.body);
  }
  return undefined;
}

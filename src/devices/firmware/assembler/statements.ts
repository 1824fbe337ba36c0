/**
 * Statements: what one line means to the assembler proper (NASM manual, sections 3.1, 3.2 and chapter 7).
 * Bad here means bad for good; what depends on where labels lie is left to the passes.
 */
import { type Instruction, isPrefix } from './encoder.js';
import { Fault } from './errors.js';
import { type Expression, parseExpression, Reader } from './expressions.js';
import { INSTRUCTIONS } from './instructions.js';
import { parseOperands } from './operands.js';
import { type Processor, processorNamed } from './processors.js';
import { isMark, type Token } from './tokens.js';

export type DataItem =
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'value'; readonly value: Expression };

export type Body =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'instruction'; readonly instruction: Instruction }
  /** `unit`: bytes an item. */
  | { readonly kind: 'data'; readonly unit: number; readonly items: readonly DataItem[] }
  | { readonly kind: 'reserve'; readonly unit: number; readonly count: Expression }
  | { readonly kind: 'times'; readonly count: Expression; readonly body: Body }
  | {
      readonly kind: 'binary';
      readonly bytes: Uint8Array;
      readonly skip: Expression | undefined;
      readonly length: Expression | undefined;
    }
  /** Fills with `fill` up to a multiple of `to`. */
  | { readonly kind: 'align'; readonly to: Expression; readonly fill: Body }
  | { readonly kind: 'equ'; readonly value: Expression }
  | { readonly kind: 'org'; readonly value: Expression }
  | { readonly kind: 'bits'; readonly bits: number }
  | { readonly kind: 'cpu'; readonly processor: Processor }
  /** Counts from a number and emits nothing, until `section`. */
  | { readonly kind: 'absolute'; readonly value: Expression }
  | { readonly kind: 'section' }
  /** Counts the fields of a structure from 0. */
  | { readonly kind: 'struc' }
  | { readonly kind: 'endstruc'; readonly name: string };

export interface Statement {
  /** Full name, local labels with their parent. */
  readonly label: string | undefined;
  readonly body: Body;
}

const NOTHING: Body = { kind: 'nothing' };
const DATA: Readonly<Record<string, number>> = { db: 1, dw: 2, dd: 4, dq: 8 };
const RESERVE: Readonly<Record<string, number>> = { resb: 1, resw: 2, resd: 4, resq: 8 };
const DIRECTIVES = new Set(
  'org bits use16 use32 cpu global section segment absolute align alignb times equ incbin struc endstruc'.split(
    ' ',
  ),
);

export type ReadBinary = (name: string) => Uint8Array;

export class StatementParser {
  readonly #incbin: ReadBinary | undefined;
  /** The label that local labels belong to. */
  #parent = '';
  #struc: string | undefined;

  constructor(incbin?: ReadBinary) {
    this.#incbin = incbin;
  }

  parse(tokens: readonly Token[]): Statement {
    const reader = new Reader(unbracket(tokens));
    const label = this.#label(reader);
    if (reader.word() === 'struc') return this.#beginStruc(reader);
    const body = this.#body(reader);
    reader.expectEnd();
    if (body.kind === 'equ' && label === undefined) throw new Fault('equ needs a name before it');
    return { label, body };
  }

  /** Local names get their parent's; `..@` names stand alone. */
  readonly #resolve = (name: string): string =>
    name.startsWith('.') && !name.startsWith('..') ? this.#parent + name : name;

  #label(reader: Reader): string | undefined {
    const token = reader.peek();
    if (token?.kind !== 'name') return undefined;
    const colon = isMark(reader.peek(1), ':');
    if (!colon && isKeyword(token.text.toLowerCase())) return undefined;
    reader.at += colon ? 2 : 1;
    const name = token.text.replace(/^\$/, '');
    const full = this.#resolve(name);
    const constant = reader.word() === 'equ';
    if (!name.startsWith('.') && !constant) this.#parent = name;
    return full;
  }

  #body(reader: Reader): Body {
    const word = reader.word();
    if (word === undefined) {
      if (!reader.done) throw new Fault(`expected an instruction${reader.found()}`);
      return NOTHING;
    }
    if (DIRECTIVES.has(word)) {
      reader.at++;
      return this.#directive(word, reader);
    }
    if (Object.hasOwn(DATA, word)) {
      reader.at++;
      return { kind: 'data', unit: DATA[word]!, items: this.#items(reader, DATA[word]!) };
    }
    if (Object.hasOwn(RESERVE, word)) {
      reader.at++;
      return { kind: 'reserve', unit: RESERVE[word]!, count: this.#expression(reader) };
    }
    return this.#instruction(reader);
  }

  #instruction(reader: Reader): Body {
    const prefixes: string[] = [];
    for (let word = reader.word(); word !== undefined && isPrefix(word); word = reader.word()) {
      prefixes.push(word);
      reader.at++;
    }
    const mnemonic = reader.word();
    if (mnemonic === undefined || !INSTRUCTIONS.has(mnemonic)) {
      throw new Fault(`expected an instruction${reader.found()}`);
    }
    reader.at++;
    const operands = parseOperands(reader, this.#resolve);
    return { kind: 'instruction', instruction: { mnemonic, prefixes, operands } };
  }

  #expression(reader: Reader): Expression {
    return parseExpression(reader, this.#resolve);
  }

  #directive(word: string, reader: Reader): Body {
    switch (word) {
      case 'org':
        return { kind: 'org', value: this.#expression(reader) };
      case 'absolute':
        return { kind: 'absolute', value: this.#expression(reader) };
      case 'equ':
        return { kind: 'equ', value: this.#expression(reader) };
      case 'bits':
        return { kind: 'bits', bits: bitsOf(reader.peek()?.text, reader) };
      case 'use16':
      case 'use32':
        return { kind: 'bits', bits: Number(word.slice(3)) };
      case 'times': {
        const count = this.#expression(reader);
        return { kind: 'times', count, body: this.#body(reader) };
      }
      case 'align':
      case 'alignb':
        return this.#align(word, reader);
      case 'incbin':
        return this.#binary(reader);
      case 'endstruc':
        return this.#endStruc();
      case 'section':
      case 'segment':
        if (reader.word() !== '.text') throw new Fault('a flat binary has one section, .text');
        reader.at++;
        return { kind: 'section' };
      case 'cpu': {
        const processor = processorNamed(reader.peek()?.text);
        reader.at = reader.tokens.length;
        return { kind: 'cpu', processor };
      }
      default:
        // global says nothing that changes a flat binary.
        reader.at = reader.tokens.length;
        return NOTHING;
    }
  }

  /** Without a filler, `align` fills with NOPs and `alignb` with zeros (NASM manual, section 5.2.13). */
  #align(word: string, reader: Reader): Body {
    const to = this.#expression(reader);
    if (reader.take(',')) return { kind: 'align', to, fill: this.#fill(reader) };
    const filler = word === 'align' ? 0x90 : 0;
    return {
      kind: 'align',
      to,
      fill: { kind: 'data', unit: 1, items: [{ kind: 'bytes', bytes: [filler] }] },
    };
  }

  /** `align 4, db 0` as NASM wants it, or just `align 4, 0`. */
  #fill(reader: Reader): Body {
    const word = reader.word();
    if (word !== undefined && isKeyword(word)) return this.#body(reader);
    return { kind: 'data', unit: 1, items: [{ kind: 'value', value: this.#expression(reader) }] };
  }

  #items(reader: Reader, unit: number): DataItem[] {
    const items: DataItem[] = [];
    do items.push(this.#item(reader, unit));
    while (reader.take(','));
    return items;
  }

  /** A string alone is characters, padded to whole units; in an expression it is a number. */
  #item(reader: Reader, unit: number): DataItem {
    const token = reader.peek();
    const after = reader.peek(1);
    const alone = after === undefined || isMark(after, ',');
    if (token?.kind === 'string' && alone) {
      reader.at++;
      const padding = (unit - (token.bytes!.length % unit)) % unit;
      return { kind: 'bytes', bytes: [...token.bytes!, ...new Array<number>(padding).fill(0)] };
    }
    const sign = isMark(token, '-') ? -1 : 1;
    const float = sign < 0 ? after : token;
    if (float?.kind !== 'float') return { kind: 'value', value: this.#expression(reader) };
    reader.at += sign < 0 ? 2 : 1;
    return { kind: 'bytes', bytes: floatBytes(sign * Number(float.text.replaceAll('_', '')), unit) };
  }

  /** incbin "file"[, skip[, length]] */
  #binary(reader: Reader): Body {
    const name = reader.peek();
    if (name?.kind !== 'string') throw new Fault('incbin needs a quoted name');
    if (!this.#incbin) throw new Fault('files cannot be included here');
    reader.at++;
    const limits: Expression[] = [];
    while (reader.take(',')) limits.push(this.#expression(reader));
    return {
      kind: 'binary',
      bytes: this.#incbin(name.text.slice(1, -1)),
      skip: limits[0],
      length: limits[1],
    };
  }

  /** `struc name`: offsets counted from 0; its fields are local labels. */
  #beginStruc(reader: Reader): Statement {
    reader.at++;
    const name = reader.peek();
    if (name?.kind !== 'name') throw new Fault('struc needs a name');
    reader.at++;
    reader.expectEnd();
    this.#struc = name.text;
    this.#parent = name.text;
    return { label: name.text, body: { kind: 'struc' } };
  }

  #endStruc(): Body {
    if (this.#struc === undefined) throw new Fault('endstruc without struc');
    const name = `${this.#struc}_size`;
    this.#struc = undefined;
    return { kind: 'endstruc', name };
  }
}

function isKeyword(word: string): boolean {
  return (
    INSTRUCTIONS.has(word) ||
    DIRECTIVES.has(word) ||
    Object.hasOwn(DATA, word) ||
    Object.hasOwn(RESERVE, word) ||
    isPrefix(word)
  );
}

/** `[bits 16]` is `bits 16`. */
function unbracket(tokens: readonly Token[]): readonly Token[] {
  return isMark(tokens[0], '[') && isMark(tokens.at(-1), ']') ? tokens.slice(1, -1) : tokens;
}

function bitsOf(text: string | undefined, reader: Reader): number {
  if (text !== '16' && text !== '32') throw new Fault('bits is 16 or 32');
  reader.at++;
  return Number(text);
}

function floatBytes(value: number, unit: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  if (unit === 4) view.setFloat32(0, value, true);
  else if (unit === 8) view.setFloat64(0, value, true);
  else throw new Fault('floating constants are dd or dq');
  return [...new Uint8Array(view.buffer, 0, unit)];
}

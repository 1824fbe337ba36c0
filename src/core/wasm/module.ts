/**
 * A WebAssembly binary module writer: just enough of the format (WebAssembly core specification 1.0,
 * chapter 5) for the modules the cores generate.
 */
import { Bytes } from './bytes.js';

export const I32 = 0x7f;
export const I64 = 0x7e;
const FUNC = 0x60;
const FUNCREF = 0x70;
const END = 0x0b;
/** Magic number and version. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const MAX_MEMORY_PAGES = 65536;

export interface Signature {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** The body of one function: instructions in the order of the binary format. */
export class Code {
  readonly #bytes = new Bytes();
  readonly #locals: number[] = [];
  readonly #params: number;

  constructor(params: number) {
    this.#params = params;
  }

  /** A new local variable; returns its index. */
  local(type: number): number {
    return this.#params + this.#locals.push(type) - 1;
  }

  /** Opcodes and immediates as they are. */
  op(first: number, second?: number, third?: number): this {
    this.#bytes.byte(first);
    if (second !== undefined) this.#bytes.byte(second);
    if (third !== undefined) this.#bytes.byte(third);
    return this;
  }

  /** Calls through the table: the callee's number is on the stack. */
  callIndirect(signature: number): this {
    this.#index(0x11, signature);
    return this.op(0);
  }

  i32(v: number): this {
    this.#bytes.byte(0x41);
    this.#bytes.signed32(v);
    return this;
  }

  i64(v: bigint): this {
    this.#bytes.byte(0x42);
    this.#bytes.signed64(v);
    return this;
  }

  get(local: number): this {
    return this.#index(0x20, local);
  }

  set(local: number): this {
    return this.#index(0x21, local);
  }

  tee(local: number): this {
    return this.#index(0x22, local);
  }

  call(func: number): this {
    return this.#index(0x10, func);
  }

  br(depth: number): this {
    return this.#index(0x0c, depth);
  }

  brIf(depth: number): this {
    return this.#index(0x0d, depth);
  }

  #index(opcode: number, n: number): this {
    this.#bytes.byte(opcode);
    this.#bytes.unsigned(n);
    return this;
  }

  /** A load or store: opcode, byte offset added to the address on the stack, alignment 1. */
  memory(opcode: number, offset: number): this {
    this.op(opcode, 0);
    this.#bytes.unsigned(offset);
    return this;
  }

  load32 = (offset: number): this => this.memory(0x28, offset);
  load16 = (offset: number): this => this.memory(0x2f, offset);
  load8 = (offset: number): this => this.memory(0x2d, offset);
  load64 = (offset: number): this => this.memory(0x29, offset);
  store32 = (offset: number): this => this.memory(0x36, offset);
  store64 = (offset: number): this => this.memory(0x37, offset);

  /** `block`, `loop`, `if` with no result, or the given one. */
  block = (type = 0x40): this => this.op(0x02, type);
  loop = (type = 0x40): this => this.op(0x03, type);
  if = (type = 0x40): this => this.op(0x04, type);
  else = (): this => this.op(0x05);
  end = (): this => this.op(0x0b);
  return = (): this => this.op(0x0f);

  /** Appends the function as the code section holds it. */
  encode(out: Bytes): void {
    const body = new Bytes();
    body.unsigned(this.#locals.length);
    for (const type of this.#locals) {
      body.unsigned(1);
      body.byte(type);
    }
    body.append(this.#bytes.view);
    body.byte(END);
    out.unsigned(body.length);
    out.append(body.view);
  }
}

/** Collects imports and functions; imports first, as the index space demands. */
export class ModuleWriter {
  readonly #types: string[] = [];
  readonly #imports: { name: string; type: number }[] = [];
  readonly #functions: { type: number; code: Code }[] = [];
  readonly #exports: { name: string; index: number }[] = [];
  #table: Table | undefined;

  signature(s: Signature): number {
    const key = JSON.stringify([s.params, s.results]);
    const at = this.#types.indexOf(key);
    return at >= 0 ? at : this.#types.push(key) - 1;
  }

  import(name: string, s: Signature): number {
    if (this.#functions.length > 0) throw new Error('imports come before functions');
    return this.#imports.push({ name, type: this.signature(s) }) - 1;
  }

  /** Adds a function; its index is known at once, its code may be written until `encode`. */
  function(s: Signature): { readonly index: number; readonly code: Code } {
    const code = new Code(s.params.length);
    const index = this.#imports.length + this.#functions.push({ type: this.signature(s), code }) - 1;
    return { index, code };
  }

  export(name: string, index: number): void {
    this.#exports.push({ name, index });
  }

  /** The one table: of `size` places, exported by its name, `functions` put into it from the first on. */
  table(name: string, size: number, functions: readonly number[]): void {
    this.#table = { name, size, functions };
  }

  encode(memoryPages: number): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    for (const byte of HEADER) out.byte(byte);
    section(out, 1, this.#types, encodeType);
    section(out, 2, [...this.#imports, undefined], (o, i) => encodeImport(o, i, memoryPages));
    section(out, 3, this.#functions, (o, f) => o.unsigned(f.type));
    const tables = this.#table ? [this.#table] : [];
    section(out, 4, tables, encodeTable);
    section(out, 7, [...this.#exports, ...tables], encodeExport);
    section(out, 9, tables, encodeElements);
    section(out, 10, this.#functions, (o, f) => f.code.encode(o));
    return Uint8Array.from(out.view);
  }
}

/** The one table, exported, with functions from its first place on. */
interface Table {
  readonly name: string;
  readonly size: number;
  readonly functions: readonly number[];
}

function section<T>(
  out: Bytes,
  id: number,
  items: readonly T[],
  encode: (out: Bytes, item: T) => void,
): void {
  const body = new Bytes();
  body.unsigned(items.length);
  for (const item of items) encode(body, item);
  out.byte(id);
  out.unsigned(body.length);
  out.append(body.view);
}

function encodeType(out: Bytes, key: string): void {
  out.byte(FUNC);
  for (const types of JSON.parse(key) as [number[], number[]]) {
    out.unsigned(types.length);
    for (const type of types) out.byte(type);
  }
}

/** A function, or (undefined) the memory. */
function encodeImport(
  out: Bytes,
  i: { readonly name: string; readonly type: number } | undefined,
  memoryPages: number,
): void {
  out.name('env');
  out.name(i?.name ?? 'memory');
  out.byte(i ? 0 : 2);
  if (i) return out.unsigned(i.type);
  out.byte(1);
  out.unsigned(memoryPages);
  out.unsigned(MAX_MEMORY_PAGES);
}

function encodeTable(out: Bytes, table: Table): void {
  out.byte(FUNCREF);
  out.byte(1);
  out.unsigned(table.size);
  out.unsigned(table.size);
}

/** A function, or the table. */
function encodeExport(out: Bytes, e: { readonly name: string; readonly index: number } | Table): void {
  out.name(e.name);
  out.byte('index' in e ? 0 : 1);
  out.unsigned('index' in e ? e.index : 0);
}

/** Into table 0 at offset 0. */
function encodeElements(out: Bytes, table: Table): void {
  out.byte(0);
  out.byte(0x41);
  out.signed32(0);
  out.byte(END);
  out.unsigned(table.functions.length);
  for (const f of table.functions) out.unsigned(f);
}

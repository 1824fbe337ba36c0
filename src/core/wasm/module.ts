/**
 * A WebAssembly binary module writer: just enough of the format (WebAssembly core specification 1.0,
 * chapter 5) for the modules the cores generate.
 */
export const I32 = 0x7f;
export const I64 = 0x7e;
const FUNC = 0x60;
const FUNCREF = 0x70;

export interface Signature {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** Unsigned LEB128. */
function uleb(out: number[], v: number): void {
  let n = v >>> 0;
  do {
    const more = n > 0x7f;
    out.push((n & 0x7f) | (more ? 0x80 : 0));
    n >>>= 7;
  } while (n !== 0);
}

/** Signed LEB128 of a 32-bit or 64-bit integer. */
function sleb(out: number[], v: bigint): void {
  let n = v;
  for (;;) {
    const byte = Number(n & 0x7fn);
    n >>= 7n;
    const done = (n === 0n && !(byte & 0x40)) || (n === -1n && byte & 0x40);
    out.push(done ? byte : byte | 0x80);
    if (done) return;
  }
}

/** The body of one function: instructions in the order of the binary format. */
export class Code {
  readonly bytes: number[] = [];
  readonly #locals: number[] = [];
  readonly #params: number;

  constructor(params: number) {
    this.#params = params;
  }

  /** A new local variable; returns its index. */
  local(type: number): number {
    return this.#params + this.#locals.push(type) - 1;
  }

  op(...bytes: number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  i32(v: number): this {
    this.bytes.push(0x41);
    sleb(this.bytes, BigInt(v | 0));
    return this;
  }

  i64(v: bigint): this {
    this.bytes.push(0x42);
    sleb(this.bytes, BigInt.asIntN(64, v));
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
    this.bytes.push(opcode);
    uleb(this.bytes, n);
    return this;
  }

  /** A load or store: opcode, byte offset added to the address on the stack, alignment 1. */
  memory(opcode: number, offset: number): this {
    this.bytes.push(opcode, 0);
    uleb(this.bytes, offset);
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

  encode(): number[] {
    const out: number[] = [];
    uleb(out, this.#locals.length);
    for (const type of this.#locals) out.push(1, type);
    out.push(...this.bytes, 0x0b);
    return out;
  }
}

/** Collects imports and functions; imports first, as the index space demands. */
export class ModuleWriter {
  readonly #types: string[] = [];
  readonly #imports: { name: string; type: number }[] = [];
  readonly #functions: { type: number; code: Code }[] = [];
  readonly #exports: { name: string; index: number }[] = [];
  #table: readonly number[] = [];

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

  /** Contents of the one table, whose size is fixed. */
  table(functions: readonly number[]): void {
    this.#table = functions;
  }

  encode(memoryPages: number): Uint8Array<ArrayBuffer> {
    const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    section(out, 1, this.#types.map(encodeType));
    const imports = this.#imports.map((i) => [...name('env'), ...name(i.name), 0, ...leb(i.type)]);
    const memory = [...name('env'), ...name('memory'), 2, 1, ...leb(memoryPages), ...leb(65536)];
    section(out, 2, [...imports, memory]);
    section(
      out,
      3,
      this.#functions.map((f) => leb(f.type)),
    );
    section(out, 4, [[FUNCREF, 1, ...leb(this.#table.length), ...leb(this.#table.length)]]);
    section(
      out,
      7,
      this.#exports.map((e) => [...name(e.name), 0, ...leb(e.index)]),
    );
    section(out, 9, [[0, 0x41, 0, 0x0b, ...leb(this.#table.length), ...this.#table.flatMap(leb)]]);
    section(
      out,
      10,
      this.#functions.map((f) => {
        const body = f.code.encode();
        return [...leb(body.length), ...body];
      }),
    );
    return Uint8Array.from(out);
  }
}

function leb(v: number): number[] {
  const out: number[] = [];
  uleb(out, v);
  return out;
}

function name(s: string): number[] {
  const bytes = new TextEncoder().encode(s);
  return [...leb(bytes.length), ...bytes];
}

function encodeType(key: string): number[] {
  const [params, results] = JSON.parse(key) as [number[], number[]];
  return [FUNC, ...leb(params.length), ...params, ...leb(results.length), ...results];
}

function section(out: number[], id: number, items: readonly (readonly number[])[]): void {
  const body: number[] = [];
  uleb(body, items.length);
  for (const item of items) for (const byte of item) body.push(byte);
  out.push(id);
  uleb(out, body.length);
  for (const byte of body) out.push(byte);
}

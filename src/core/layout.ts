/**
 * State layouts: a chip's state is declared once, as a list of named fields, and everything else is
 * derived from that declaration: storage, bytes to save, differences, printing, and the offsets that
 * compiled WebAssembly uses. Nobody writes a `save()`.
 *
 * Fields are naturally aligned, in declaration order; multi-byte fields are in host order, which is
 * little-endian on every host Node runs on (checked on load).
 */

const ELEMENT = {
  u8: { bytes: 1, view: Uint8Array },
  u16: { bytes: 2, view: Uint16Array },
  i32: { bytes: 4, view: Int32Array },
  u32: { bytes: 4, view: Uint32Array },
  /** A clock or another integer below 2^53, or Infinity. */
  f64: { bytes: 8, view: Float64Array },
  u64: { bytes: 8, view: BigUint64Array },
} as const;

export type ElementType = keyof typeof ELEMENT;
type ViewOf<T extends ElementType> = InstanceType<(typeof ELEMENT)[T]['view']>;

/** A scalar (`'u8'`) or an array of a fixed length (`['u8', 16]`). */
export type FieldSpec = ElementType | readonly [ElementType, number];
export type Fields = Readonly<Record<string, FieldSpec>>;

type ScalarOf<T extends ElementType> = T extends 'u64' ? bigint : number;
type ValueOf<S extends FieldSpec> = S extends ElementType
  ? ScalarOf<S>
  : S extends readonly [infer T extends ElementType, number]
    ? ViewOf<T>
    : never;
type ArrayKeys<F extends Fields> = { [K in keyof F]: F[K] extends ElementType ? never : K }[keyof F];

/** The live state: scalar fields read and assign as properties, array fields are typed arrays. */
export type StateOf<F extends Fields> = { -readonly [K in Exclude<keyof F, ArrayKeys<F>>]: ValueOf<F[K]> } & {
  readonly [K in ArrayKeys<F>]: ValueOf<F[K]>;
} & State;

export interface State {
  /** All bytes of the state, a live view; saving is copying them, loading is setting them. */
  readonly bytes: Uint8Array;
  readonly layout: Layout;
}

export interface Field {
  readonly name: string;
  readonly type: ElementType;
  readonly length: number;
  /** True for an array field, even of length 1. */
  readonly array: boolean;
  /** Byte offset from the start of the state. */
  readonly offset: number;
}

export interface Layout<F extends Fields = Fields> {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Size in bytes, a multiple of 8. */
  readonly size: number;
  /** Byte offset of each field. */
  readonly at: { readonly [K in keyof F]: number };
  /** The layout as text, one field a line: its hash is the identity of the format. */
  readonly text: string;
  /** New state, zeroed; inside `buffer` at byte `base` (a multiple of 8) if given. */
  create(buffer?: ArrayBufferLike, base?: number): StateOf<F>;
}

if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
  throw new Error('rewind86 needs a little-endian host');
}

/** Declares a layout. `name` and the fields' names are what divergence reports print. */
export function layout<const F extends Fields>(name: string, spec: F): Layout<F> {
  const fields = placeFields(spec);
  const last = fields[fields.length - 1];
  const end = last ? last.offset + last.length * ELEMENT[last.type].bytes : 0;
  const size = Math.ceil(end / 8) * 8;
  const text = `${name} ${size}\n${fields.map(printField).join('')}`;
  const at = Object.fromEntries(fields.map((f) => [f.name, f.offset])) as { [K in keyof F]: number };
  const StateClass = stateClass(fields);
  const self: Layout<F> = {
    name,
    fields,
    size,
    at,
    text,
    create(buffer = new ArrayBuffer(size), base = 0) {
      const bytes = new Uint8Array(buffer, base, size);
      const views = fields.map((f) => {
        return new ELEMENT[f.type].view(buffer as ArrayBuffer, base + f.offset, f.length);
      });
      return new StateClass(bytes, self, views) as StateOf<F>;
    },
  };
  return self;
}

function placeFields(spec: Fields): Field[] {
  let offset = 0;
  return Object.entries(spec).map(([name, s]) => {
    const array = typeof s !== 'string';
    const type = array ? (s as readonly [ElementType, number])[0] : (s as ElementType);
    const length = array ? (s as readonly [ElementType, number])[1] : 1;
    const { bytes } = ELEMENT[type];
    offset = Math.ceil(offset / bytes) * bytes;
    const field = { name, type, length, array, offset };
    offset += bytes * length;
    return field;
  });
}

function printField(f: Field): string {
  return `  ${f.offset} ${f.name} ${f.type}${f.array ? `[${f.length}]` : ''}\n`;
}

type StateConstructor = new (bytes: Uint8Array, layout: Layout, views: readonly unknown[]) => State;

/**
 * A class with the layout's fields as accessors. It is compiled from text because accessors made in a
 * loop share one piece of code, which the host's compiler then cannot specialise: measured, five times
 * slower for every register of every device.
 */
function stateClass(fields: readonly Field[]): StateConstructor {
  for (const f of fields) if (!/^[a-zA-Z]\w*$/.test(f.name)) throw new Error(`${f.name} is no field name`);
  const holder = (f: Field): string => (f.array ? f.name : `$${f.name}`);
  const accessors = fields
    .filter((f) => !f.array)
    .map(
      (f) => `get ${f.name}() { return this.$${f.name}[0]; } set ${f.name}(v) { this.$${f.name}[0] = v; }`,
    );
  const source = `return class State {
    constructor(bytes, layout, views) {
      this.bytes = bytes;
      this.layout = layout;
      ${fields.map((f, i) => `this.${holder(f)} = views[${i}];`).join('\n')}
    }
    ${accessors.join('\n')}
  };`;
  return new Function(source)() as StateConstructor;
}

/** One field (or one array element) in which two states of the same layout differ. */
export interface Difference {
  /** `field` or `field[index]`. */
  readonly where: string;
  readonly a: number | bigint;
  readonly b: number | bigint;
}

/** The differences between two saved byte images of a layout, in order, at most `limit`. */
export function diffBytes(l: Layout, a: Uint8Array, b: Uint8Array, limit = 16): Difference[] {
  const out: Difference[] = [];
  for (const f of l.fields) {
    const va = elements(f, a);
    const vb = elements(f, b);
    for (let i = 0; i < f.length && out.length < limit; i++) {
      if (!Object.is(va[i], vb[i])) {
        out.push({ where: f.array ? `${f.name}[${i}]` : f.name, a: va[i]!, b: vb[i]! });
      }
    }
  }
  return out;
}

/** A saved image as a record of plain values, for printing and JSON. */
export function toRecord(
  l: Layout,
  bytes: Uint8Array,
): Record<string, number | bigint | (number | bigint)[]> {
  const entries = l.fields.map((f) => {
    const v = Array.from(elements(f, bytes) as ArrayLike<number | bigint>);
    return [f.name, f.array ? v : v[0]!] as const;
  });
  return Object.fromEntries(entries);
}

function elements(f: Field, bytes: Uint8Array): ArrayLike<number | bigint> {
  const size = f.length * ELEMENT[f.type].bytes;
  const copy = bytes.slice(f.offset, f.offset + size);
  return new ELEMENT[f.type].view(copy.buffer as ArrayBuffer, 0, f.length);
}

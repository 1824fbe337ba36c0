/**
 * The state of a machine as hashes: one of 64 bits over all of it, and a *fingerprint*, a short image
 * in which the fields of small state are bytes and everything large is a hash. Equal fingerprints mean
 * equal states; unequal ones say where they differ.
 *
 * A fingerprint is: the state hash; the sums of RAM pages; the hash of page kinds; the digests of notes;
 * then for CPU, schedule and each device its bytes, where a field of more than `EXACT_LIMIT` bytes is
 * zeroed and its hash appended, and the hash of its page store.
 */
import type { Device } from '../core/device.js';
import { diffBytes, type Field, type Layout, type State } from '../core/layout.js';
import type { Machine } from '../core/machine.js';
import { PAGE_SHIFT, PAGE_SIZE } from '../core/memory.js';
import type { PageStore } from '../core/pages.js';
import { NOTE_KINDS, type NoteDigest } from './noteDigest.js';
import { differingPage, type PageSums, RamPages } from './ramPages.js';
import { hash32, hash64 } from './trace/hash.js';

/** Fields of devices up to this size are kept as they are, so that a report can show both values. */
const EXACT_LIMIT = 256;
const HEAD = { state: 0, sums: 8, kinds: 20, notes: 24 } as const;
const NOTES_BYTES = NOTE_KINDS.length * 8;
const COMPONENTS_AT = HEAD.notes + NOTES_BYTES;

/** A part of the machine with a layout, and its place in the fingerprint. */
interface Component {
  readonly name: string;
  readonly state: State;
  readonly large: readonly Field[];
  readonly pages: StoreHash | undefined;
  readonly at: number;
  readonly size: number;
}

/** One place in which two fingerprints differ, in words. */
export interface Mismatch {
  /** `cpu.eip`, `pic.imr`, `RAM page 1234h`, `serial output`. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

export class StateHasher {
  readonly machine: Machine;
  readonly #ram: RamPages;
  readonly #components: Component[] = [];
  /** Bytes of a fingerprint of this machine. */
  readonly size: number;

  constructor(machine: Machine) {
    this.machine = machine;
    this.#ram = new RamPages(machine.memory);
    let at = this.#place('cpu', machine.cpu.state, Number.POSITIVE_INFINITY, undefined, COMPONENTS_AT);
    at = this.#place('schedule', machine.schedule.state, Number.POSITIVE_INFINITY, undefined, at);
    for (const d of machine.devices) at = this.#place(d.name, d.state, EXACT_LIMIT, d, at);
    this.size = at;
  }

  #place(name: string, state: State, limit: number, device: Device | undefined, at: number): number {
    const large = state.layout.fields.filter((f) => fieldBytes(f) > limit);
    const pages = device?.pages && new StoreHash(device.pages);
    const size = state.layout.size + 4 * large.length + (pages ? 4 : 0);
    this.#components.push({ name, state, large, pages, at, size });
    return at + Math.ceil(size / 8) * 8;
  }

  /** The state hash of the machine as it stands at a boundary. */
  hash(): bigint {
    return this.#hashes().state;
  }

  /** The fingerprint of the machine as it stands at a boundary, with the digests of its notes. */
  fingerprint(digest: NoteDigest): Uint8Array {
    const hashes = this.#hashes();
    const out = new Uint8Array(this.size);
    const view = new DataView(out.buffer);
    view.setBigUint64(HEAD.state, hashes.state, true);
    for (let k = 0; k < 3; k++) view.setUint32(HEAD.sums + 4 * k, this.#ram.sums[k]!, true);
    view.setUint32(HEAD.kinds, Number(hashes.kinds & 0xffffffffn), true);
    for (let i = 0; i < digest.words.length; i++) view.setUint32(HEAD.notes + 4 * i, digest.words[i]!, true);
    for (const [i, c] of this.#components.entries()) imageOf(c, hashes.stores[i]!, out, view);
    return out;
  }

  #hashes(): { readonly state: bigint; readonly kinds: bigint; readonly stores: readonly bigint[] } {
    const { machine } = this;
    machine.cpu.settle();
    const ram = this.#ram.update();
    const kinds = hash64(machine.memory.kind);
    const stores = this.#components.map((c) => c.pages?.update() ?? 0n);
    const parts = this.#components.flatMap((c, i) => [hash64(c.state.bytes), stores[i]!]);
    const all = BigUint64Array.from([ram, kinds, ...parts]);
    return { state: hash64(new Uint8Array(all.buffer)), kinds, stores };
  }

  /**
   * A fingerprint's parts by name: `cpu`, `schedule`, each device, `RAM`, `kinds of memory pages`, `irq events` and
   * the like. A part of another machine can be compared with it if it has the same layout there.
   */
  parts(fingerprint: Uint8Array): Map<string, Uint8Array> {
    const notes = NOTE_KINDS.map((kind, i) => [`${kind} events`, HEAD.notes + 8 * i, 8] as const);
    const places = [
      ...this.#components.map(({ name, at, size }) => [name, at, size] as const),
      ['RAM', HEAD.sums, HEAD.kinds - HEAD.sums] as const,
      ['kinds of memory pages', HEAD.kinds, HEAD.notes - HEAD.kinds] as const,
      ...notes,
    ];
    return new Map(places.map(([name, at, size]) => [name, fingerprint.subarray(at, at + size)]));
  }

  /** Where fingerprints of this machine differ, CPU first; at most `limit` places. */
  compare(expected: Uint8Array, actual: Uint8Array, limit = 4): Mismatch[] {
    if (expected.length !== actual.length) throw new RangeError('fingerprints of different machines');
    const out = this.#components.flatMap((c) => compareComponent(c, expected, actual, limit));
    out.push(...compareNotes(expected, actual), ...this.#compareMemory(expected, actual));
    return out.slice(0, limit);
  }

  #compareMemory(expected: Uint8Array, actual: Uint8Array): Mismatch[] {
    const out: Mismatch[] = [];
    const [a, b] = [sumsOf(expected), sumsOf(actual)];
    if (a.some((sum, k) => sum !== b[k])) {
      const page = differingPage(a, b, this.machine.memory.size >>> PAGE_SHIFT);
      const where =
        page === undefined ? 'several pages of RAM' : `RAM page ${(page * PAGE_SIZE).toString(16)}h`;
      out.push({ where, expected: `checksum ${hex(a[0])}`, actual: `checksum ${hex(b[0])}` });
    }
    const [ka, kb] = [word(expected, HEAD.kinds), word(actual, HEAD.kinds)];
    if (ka !== kb) out.push({ where: 'kinds of memory pages', expected: hex(ka), actual: hex(kb) });
    return out;
  }
}

/** The state hash that a fingerprint begins with. */
export function stateHashOf(fingerprint: Uint8Array): bigint {
  return new DataView(fingerprint.buffer, fingerprint.byteOffset).getBigUint64(HEAD.state, true);
}

/**
 * Hash of a page store. A snapshot makes the store copy a page before writing to it, so a page whose
 * array is the one seen last time has not changed.
 */
class StoreHash {
  readonly #store: PageStore;
  #seen: ReadonlyMap<number, Uint8Array> = new Map();
  readonly #hashes = new Map<number, bigint>();

  constructor(store: PageStore) {
    this.#store = store;
  }

  update(): bigint {
    const now = this.#store.snapshot();
    for (const page of this.#hashes.keys()) if (!now.has(page)) this.#hashes.delete(page);
    for (const [page, bytes] of now) {
      if (this.#seen.get(page) !== bytes) this.#hashes.set(page, hash64(bytes));
    }
    this.#seen = now;
    const numbers = [...now.keys()].sort((a, b) => a - b);
    const all = BigUint64Array.from(numbers.flatMap((page) => [BigInt(page), this.#hashes.get(page)!]));
    return hash64(new Uint8Array(all.buffer));
  }
}

function fieldBytes(field: Field): number {
  return field.length * { u8: 1, u16: 2, i32: 4, u32: 4, f64: 8, u64: 8 }[field.type];
}

/** Writes a component's part of the fingerprint. */
function imageOf(c: Component, store: bigint, out: Uint8Array, view: DataView): void {
  const { bytes, layout } = c.state;
  out.set(bytes, c.at);
  let at = c.at + layout.size;
  for (const field of c.large) {
    const end = field.offset + fieldBytes(field);
    out.fill(0, c.at + field.offset, c.at + end);
    view.setUint32(at, hash32(bytes.subarray(field.offset, end)), true);
    at += 4;
  }
  if (c.pages) view.setUint32(at, Number(store & 0xffffffffn), true);
}

function compareComponent(c: Component, expected: Uint8Array, actual: Uint8Array, limit: number): Mismatch[] {
  const layout: Layout = c.state.layout;
  const [a, b] = [expected, actual].map((f) => f.subarray(c.at, c.at + layout.size)) as [
    Uint8Array,
    Uint8Array,
  ];
  const out: Mismatch[] = diffBytes(layout, a, b, limit).map((d) => ({
    where: `${c.name}.${d.where}`,
    expected: hex(d.a),
    actual: hex(d.b),
  }));
  const names = c.large.map((f) => `${c.name}.${f.name}`);
  if (c.pages) names.push(`pages of ${c.name}`);
  for (const [i, where] of names.entries()) {
    const at = c.at + layout.size + 4 * i;
    const [x, y] = [word(expected, at), word(actual, at)];
    if (x !== y) out.push({ where, expected: `checksum ${hex(x)}`, actual: `checksum ${hex(y)}` });
  }
  return out;
}

function compareNotes(expected: Uint8Array, actual: Uint8Array): Mismatch[] {
  return NOTE_KINDS.flatMap((kind, i) => {
    const at = HEAD.notes + 8 * i;
    const [a, b] = [expected, actual].map((f) => ({ count: word(f, at), hash: word(f, at + 4) }));
    if (a!.count === b!.count && a!.hash === b!.hash) return [];
    const show = (n: { count: number; hash: number }) => `${n.count} events, checksum ${hex(n.hash)}`;
    return [{ where: `${kind} events`, expected: show(a!), actual: show(b!) }];
  });
}

function sumsOf(fingerprint: Uint8Array): PageSums {
  return [0, 4, 8].map((k) => word(fingerprint, HEAD.sums + k)) as unknown as PageSums;
}

function word(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** As a report shows a value: hexadecimal, but idle timers and fractions as they are. */
function hex(value: number | bigint): string {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  return whole ? `${value.toString(16)}h` : String(value);
}

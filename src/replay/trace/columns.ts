/**
 * A segment's events as columns: numbers of one sort side by side, each coded as its difference from
 * what was to be expected, so that zstd finds almost nothing left. Columns of a segment do not depend
 * on those of another (names and content units do: both are numbered on through the file).
 */
import { ByteReader, ByteWriter, fromZigzag, OutOfBytes, toZigzag } from './bytes.js';

/** An input, stamped with the clock of the boundary at which it was admitted. */
export interface Input {
  readonly clock: number;
  /** Index of the channel's name. */
  readonly channel: number;
  readonly data: Uint8Array;
}

/** A pull by a device, and what it was given. */
export interface Pull {
  readonly clock: number;
  readonly channel: number;
  readonly request: number;
  readonly length: number;
  /** For whole 512-byte units: for each, 0 for zeros, else the unit's number + 1. Else undefined. */
  readonly units: readonly number[] | undefined;
  /** What was given, where `units` is undefined. */
  readonly bytes: Uint8Array | undefined;
}

/** Something that must happen in replay at exactly the same clock: an interrupt delivered. */
export interface Signal {
  readonly clock: number;
  readonly name: number;
}

/** Contents are stored and compared in units of a sector. */
export const UNIT = 512;
const ZERO_UNIT = 0;

export function inUnits(length: number): boolean {
  return length > 0 && length % UNIT === 0;
}

export function encodeInputs(inputs: readonly Input[], from: number): Uint8Array {
  const out = new ByteWriter();
  out.varint(inputs.length);
  let clock = from;
  for (const input of inputs) {
    out.varint(input.clock - clock);
    clock = input.clock;
  }
  for (const input of inputs) out.varint(input.channel);
  for (const input of inputs) out.varint(input.data.length);
  for (const input of inputs) out.raw(input.data);
  return out.take();
}

export function decodeInputs(bytes: Uint8Array, from: number): Input[] {
  const src = new ByteReader(bytes);
  const n = src.count();
  const clocks = readClocks(src, n, from);
  const channels = readMany(n, () => src.varint());
  const lengths = readMany(n, () => src.varint());
  const inputs = clocks.map((clock, i) => ({
    clock,
    channel: channels[i]!,
    data: src.raw(lengths[i]!).slice(),
  }));
  return finished(src, inputs);
}

export function encodePulls(pulls: readonly Pull[], from: number): Uint8Array {
  const out = new ByteWriter();
  out.varint(pulls.length);
  let clock = from;
  for (const pull of pulls) {
    out.varint(pull.clock - clock);
    clock = pull.clock;
  }
  for (const pull of pulls) out.varint(pull.channel);
  const follow = new Sequential();
  for (const pull of pulls) out.zigzag(pull.request - follow.next(pull.channel, pull.request, pull.length));
  for (const pull of pulls) out.varint(pull.length);
  let expected = 1;
  for (const unit of pulls.flatMap((p) => p.units ?? [])) {
    if (unit === ZERO_UNIT) out.varint(0);
    else {
      const jump = unit - expected;
      out.varint(jump < 0 ? -2 * jump : 2 * jump + 1);
      expected = unit + 1;
    }
  }
  for (const pull of pulls) if (pull.bytes) out.raw(pull.bytes);
  return out.take();
}

export function decodePulls(bytes: Uint8Array, from: number): Pull[] {
  const src = new ByteReader(bytes);
  const n = src.count();
  const clocks = readClocks(src, n, from);
  const channels = readMany(n, () => src.varint());
  const jumps = readMany(n, () => src.zigzag());
  const lengths = readMany(n, () => src.varint());
  const follow = new Sequential();
  const requests = jumps.map((jump, i) => follow.at(channels[i]!, jump, lengths[i]!));
  const readUnit = unitReader(src);
  const units = lengths.map((length) =>
    inUnits(length) ? readMany(bounded(length / UNIT, src), readUnit) : undefined,
  );
  const pulls = clocks.map((clock, i) => ({
    clock,
    channel: channels[i]!,
    request: requests[i]!,
    length: lengths[i]!,
    units: units[i],
    bytes: units[i] ? undefined : src.raw(lengths[i]!).slice(),
  }));
  return finished(src, pulls);
}

/** Units as coded above: 0, or the jump from the unit after the last, even for backwards. */
function unitReader(src: ByteReader): () => number {
  let expected = 1;
  return () => {
    const code = src.varint();
    if (code === 0) return ZERO_UNIT;
    const unit = expected + (code % 2 === 1 ? (code - 1) / 2 : -code / 2);
    if (unit < 1) throw new OutOfBytes('a content unit before the first');
    expected = unit + 1;
    return unit;
  };
}

/** Where each channel's next request would be if it read on. */
class Sequential {
  readonly #ends = new Map<number, number>();

  /** The request expected on `channel`; notes that `request` came instead. */
  next(channel: number, request: number, length: number): number {
    const expected = this.#ends.get(channel) ?? 0;
    this.#ends.set(channel, request + Math.floor(length / UNIT));
    return expected;
  }

  /** The request that differs from the expected one by `jump`. */
  at(channel: number, jump: number, length: number): number {
    const request = (this.#ends.get(channel) ?? 0) + jump;
    this.#ends.set(channel, request + Math.floor(length / UNIT));
    return request;
  }
}

/**
 * Clocks of signals are coded, for each name, by how much the distance from the one before differs from the
 * median distance: of a timer's interrupts only the jitter remains. Its low byte and the rest make two
 * columns, since most of the rest is zero.
 */
export function encodeSignals(signals: readonly Signal[], from: number): Uint8Array {
  const out = new ByteWriter();
  out.varint(signals.length);
  for (const { name } of signals) out.varint(name);
  const steps = stepsOf(signals, from);
  const rhythm = new Map([...steps].map(([name, all]) => [name, median(all)]));
  for (const step of rhythm.values()) out.varint(step);
  const taken = new Map<number, number>();
  const codes = signals.map(({ name }) => {
    const i = taken.get(name) ?? 0;
    taken.set(name, i + 1);
    return toZigzag(steps.get(name)![i]! - rhythm.get(name)!);
  });
  for (const code of codes) out.u8(code % 256);
  for (const code of codes) out.varint(Math.floor(code / 256));
  return out.take();
}

export function decodeSignals(bytes: Uint8Array, from: number): Signal[] {
  const src = new ByteReader(bytes);
  const n = src.count();
  const names = readMany(n, () => src.varint());
  const rhythm = new Map([...new Set(names)].map((name) => [name, src.varint()]));
  const low = readMany(n, () => src.u8());
  const last = new Map<number, number>();
  const signals = names.map((name, i) => {
    const code = src.varint() * 256 + low[i]!;
    const clock = (last.get(name) ?? from) + rhythm.get(name)! + fromZigzag(code);
    if (!Number.isSafeInteger(clock)) throw new OutOfBytes('a clock exceeds 2^53');
    last.set(name, clock);
    return { name, clock };
  });
  return finished(src, signals);
}

/** For each name, in order of appearance, its distances from the one before; the first counts from `from`. */
function stepsOf(signals: readonly Signal[], from: number): Map<number, number[]> {
  const steps = new Map<number, number[]>();
  const last = new Map<number, number>();
  for (const { name, clock } of signals) {
    const all = steps.get(name) ?? [];
    all.push(clock - (last.get(name) ?? from));
    steps.set(name, all);
    last.set(name, clock);
  }
  return steps;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function readClocks(src: ByteReader, n: number, from: number): number[] {
  let clock = from;
  return readMany(n, () => (clock += src.varint()));
}

function readMany<T>(n: number, read: () => T): T[] {
  const out: T[] = [];
  for (let i = 0; i < n; i++) out.push(read());
  return out;
}

function bounded(count: number, src: ByteReader): number {
  if (count > src.remaining) throw new OutOfBytes(`${count} units announced in ${src.remaining} bytes`);
  return count;
}

function finished<T>(src: ByteReader, value: T): T {
  if (src.remaining) throw new OutOfBytes(`${src.remaining} bytes too many`);
  return value;
}

/**
 * What is in a trace: the records, as plain values, and their msgpack forms. Each record is an array in
 * a fixed order; decoding checks every element's type, because a checksum only proves that the bytes
 * are those that someone wrote.
 */
import type { NoteKind, Outcome } from '../../core/device.js';
import type { Frequency } from '../../core/time.js';

/** Any machine description: plain data that names its board. */
export interface Description {
  readonly board: string;
  readonly [field: string]: unknown;
}

/** Where a branch comes from: what it has in common with its parent lies before. */
export interface Origin {
  /** The parent's identity: the header hash of its manifest's frame, 16 hex digits. */
  readonly trace: string;
  /** A frame of the parent, the segment in which the branch begins, and its header hash: covers all before it. */
  readonly frame: number;
  readonly hash: string;
  /** Where the branch begins. */
  readonly clock: number;
  /** What the user calls the branch. */
  readonly label: string | undefined;
}

/** Everything about a run that was fixed before its first clock. */
export interface Manifest {
  /** Name and version of the program that recorded. */
  readonly program: string;
  readonly description: Description;
  /** Hash of all state layouts and channels of the machine: the meaning of its bytes. */
  readonly identity: string;
  /** CPU clocks a second. */
  readonly frequency: Frequency;
  /** Clocks between state checks. */
  readonly checkEvery: number;
  /** False: a reset asked for by the guest ended the run. */
  readonly resetAllowed: boolean;
  /** Ids of the blobs that the description refers to. */
  readonly blobs: readonly string[];
  /** Of a branch. */
  readonly origin?: Origin;
}

/** A part of a blob. */
export interface BlobChunk {
  readonly id: string;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Uint8Array;
}

/** New 512-byte units of disk contents; units are numbered in order of appearance. */
export interface Contents {
  readonly first: number;
  readonly bytes: Uint8Array;
}

/** A stretch of the run: everything that happened after clock `from`, up to `to`. Columns are coded. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Instructions retired at `to`. */
  readonly retired: number;
  /** Names first used here: channels and signals, numbered on across segments. */
  readonly names: readonly string[];
  readonly inputs: Uint8Array;
  readonly pulls: Uint8Array;
  readonly signals: Uint8Array;
  readonly checks: Uint8Array;
}

/** How and where the run ended. */
export interface End {
  readonly clock: number;
  readonly retired: number;
  /** Undefined if the guest could have gone on. */
  readonly outcome: Outcome | undefined;
  /** Who ended it: `guest`, `user`, `script`, `limit`. */
  readonly reason: string;
  /** The last check, of the final state. */
  readonly check: Uint8Array;
  /** Notes of each kind in the whole run. */
  readonly counts: Readonly<Partial<Record<NoteKind | 'input', number>>>;
}

/** The record is not what its frame's kind says; the caller knows the frame. */
export class Malformed extends Error {
  override name = 'Malformed';
}

function array(value: unknown, length: number): unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw new Malformed(`not an array of ${length}`);
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Malformed('not a string');
  return value;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Malformed('not a list of strings');
  return value.map(text);
}

function natural(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new Malformed('not a natural number');
  }
  return number;
}

function binary(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Malformed('not bytes');
  return value;
}

function map(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('not a map');
  return value as Record<string, unknown>;
}

export function manifestToArray(m: Manifest): unknown[] {
  const { num, den } = m.frequency;
  const fields = [m.program, m.description, m.identity, num, den, m.checkEvery, m.resetAllowed, m.blobs];
  return m.origin ? [...fields, originToArray(m.origin)] : fields;
}

function originToArray({ trace, frame, hash, clock, label }: Origin): unknown[] {
  return [trace, frame, hash, clock, label ?? null];
}

const HASH = /^[0-9a-f]{16}$/;

function originFrom(value: unknown): Origin {
  const a = array(value, 5);
  const [trace, hash] = [text(a[0]), text(a[2])];
  if (!HASH.test(trace) || !HASH.test(hash)) throw new Malformed('not a hash of 16 hex digits');
  const label = a[4] === null ? undefined : text(a[4]);
  return { trace, frame: natural(a[1]), hash, clock: natural(a[3]), label };
}

export function manifestFrom(value: unknown): Manifest {
  const branch = Array.isArray(value) && value.length === 9;
  const a = array(value, branch ? 9 : 8);
  const description = map(a[1]);
  const frequency = { num: natural(a[3]), den: natural(a[4]) };
  if (frequency.num === 0 || frequency.den === 0) throw new Malformed('a frequency of zero');
  return {
    program: text(a[0]),
    description: { ...description, board: text(description['board']) },
    identity: text(a[2]),
    frequency,
    checkEvery: natural(a[5]),
    resetAllowed: a[6] === true,
    blobs: texts(a[7]),
    ...(branch && { origin: originFrom(a[8]) }),
  };
}

export function blobToArray(b: BlobChunk): unknown[] {
  return [b.id, b.offset, b.total, b.bytes];
}

export function blobFrom(value: unknown): BlobChunk {
  const a = array(value, 4);
  return { id: text(a[0]), offset: natural(a[1]), total: natural(a[2]), bytes: binary(a[3]) };
}

export function contentsToArray(c: Contents): unknown[] {
  return [c.first, c.bytes];
}

export function contentsFrom(value: unknown): Contents {
  const a = array(value, 2);
  return { first: natural(a[0]), bytes: binary(a[1]) };
}

export function segmentToArray(s: Segment): unknown[] {
  return [s.from, s.to, s.retired, s.names, s.inputs, s.pulls, s.signals, s.checks];
}

export function segmentFrom(value: unknown): Segment {
  const a = array(value, 8);
  const [from, to] = [natural(a[0]), natural(a[1])];
  if (to < from) throw new Malformed('a segment that ends before it begins');
  return {
    from,
    to,
    retired: natural(a[2]),
    names: texts(a[3]),
    inputs: binary(a[4]),
    pulls: binary(a[5]),
    signals: binary(a[6]),
    checks: binary(a[7]),
  };
}

export function endToArray(e: End): unknown[] {
  const outcome = e.outcome ?? null;
  return [e.clock, e.retired, outcome, e.reason, e.check, e.counts];
}

export function endFrom(value: unknown): End {
  const a = array(value, 6);
  const counts = Object.entries(map(a[5])).map(([kind, n]) => [kind, natural(n)] as const);
  return {
    clock: natural(a[0]),
    retired: natural(a[1]),
    outcome: a[2] === null ? undefined : outcomeFrom(a[2]),
    reason: text(a[3]),
    check: binary(a[4]),
    counts: Object.fromEntries(counts),
  };
}

const PLAIN_OUTCOMES = ['power-off', 'reset', 'triple-fault', 'halted'] as const;

function outcomeFrom(value: unknown): Outcome {
  const outcome = map(value);
  if (outcome['kind'] === 'exit') return { kind: 'exit', code: natural(outcome['code']) };
  const kind = PLAIN_OUTCOMES.find((k) => k === outcome['kind']);
  if (!kind) throw new Malformed('an unknown outcome');
  return { kind };
}

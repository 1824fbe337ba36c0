/**
 * What an index holds besides pages: which trace it is of, milestones of the run (states of the machine, as
 * pages by number and as differences from the milestone before), what happened between two of them, and what was
 * sent on the serial console. Numbers are varints, as in a trace.
 */
import type { Outcome } from '../../core/device.js';
import { NOTE_KINDS } from '../noteDigest.js';
import type { ReplayMark } from '../replayer.js';
import { ByteReader, ByteWriter } from '../trace/bytes.js';
import type { PagedBytes } from './storedPages.js';

/** Numbers of pages, by their places. */
export type PlacedPages = readonly (readonly [place: number, page: number])[];

export interface Milestone {
  readonly clock: number;
  readonly retired: number;
  readonly outcome: Outcome | undefined;
  readonly mark: ReplayMark;
  readonly cpu: PagedBytes;
  readonly schedule: PagedBytes;
  readonly pageKinds: PagedBytes;
  /** In the machine's order. */
  readonly devices: readonly PagedBytes[];
  /** Pages of RAM that were written since the milestone before, or since power-on. */
  readonly ram: PlacedPages;
  /** Of each device that has a page store, in order: pages that are others than they were. */
  readonly stores: readonly PlacedPages[];
  readonly stretch: Stretch;
}

/** What happened between the milestone before, or power-on, and this one. */
export interface Stretch {
  /** Handlers entered, whatever the reason. */
  readonly vectors: ReadonlySet<number>;
  /** First ports of accesses, 4 bytes wide at most. */
  readonly ports: ReadonlySet<number>;
  /** Physical pages of display adapters that were written while they were the adapter's. */
  readonly video: ReadonlySet<number>;
  /** The processor's INTR pin was driven high. */
  readonly raised: boolean;
}

export interface Directory {
  /** What the index belongs to. */
  readonly stamp: string;
  readonly milestones: readonly Milestone[];
  /** Bytes that the guest sent on the serial console, and when. */
  readonly sent: Uint8Array;
  readonly sentAt: readonly number[];
}

const DIGEST_WORDS = 2 * NOTE_KINDS.length;
const OUTCOMES = ['power-off', 'reset', 'triple-fault', 'halted', 'exit'] as const;

// ---- writing ----

export function encodeDirectory({ stamp, milestones, sent, sentAt }: Directory): Uint8Array {
  const out = new ByteWriter();
  const text = new TextEncoder().encode(stamp);
  out.varint(text.length);
  out.raw(text);
  out.varint(milestones.length);
  for (const milestone of milestones) writeMilestone(out, milestone);
  out.varint(sent.length);
  out.raw(sent);
  let before = 0;
  for (const at of sentAt) {
    out.varint(at - before);
    before = at;
  }
  return out.take();
}

function writeMilestone(out: ByteWriter, m: Milestone): void {
  out.varint(m.clock);
  out.varint(m.retired);
  out.varint(m.outcome ? 1 + OUTCOMES.indexOf(m.outcome.kind) : 0);
  out.zigzag(m.outcome?.kind === 'exit' ? m.outcome.code : 0);
  writeMark(out, m.mark);
  for (const bytes of [m.cpu, m.schedule, m.pageKinds]) writeBytes(out, bytes);
  out.varint(m.devices.length);
  for (const bytes of m.devices) writeBytes(out, bytes);
  writePlaced(out, m.ram);
  out.varint(m.stores.length);
  for (const pages of m.stores) writePlaced(out, pages);
  for (const set of [m.stretch.vectors, m.stretch.ports, m.stretch.video]) writeSet(out, set);
  out.varint(m.stretch.raised ? 1 : 0);
}

function writeMark(out: ByteWriter, { tape, digest, agreed, checks, ended }: ReplayMark): void {
  for (const n of [tape.steps, tape.pulls, tape.signals, agreed, checks, ended ? 1 : 0]) out.varint(n);
  for (const word of digest) out.u32(word);
}

function writeBytes(out: ByteWriter, { length, pages }: PagedBytes): void {
  out.varint(length);
  out.varint(pages.length);
  for (const page of pages) out.varint(page);
}

function writePlaced(out: ByteWriter, placed: PlacedPages): void {
  out.varint(placed.length);
  let [before, expected] = [0, 0];
  for (const [place, page] of placed) {
    out.zigzag(place - before);
    out.zigzag(page - expected);
    [before, expected] = [place, page + 1];
  }
}

function writeSet(out: ByteWriter, set: ReadonlySet<number>): void {
  out.varint(set.size);
  let before = 0;
  for (const n of [...set].sort((a, b) => a - b)) {
    out.varint(n - before);
    before = n;
  }
}

// ---- reading ----

/** Throws `OutOfBytes` on what is not one. */
export function decodeDirectory(bytes: Uint8Array): Directory {
  const src = new ByteReader(bytes);
  const stamp = new TextDecoder().decode(src.raw(src.count()));
  const milestones = many(src, () => readMilestone(src));
  const sent = src.raw(src.count()).slice();
  const sentAt: number[] = [];
  let at = 0;
  for (let i = 0; i < sent.length; i++) sentAt.push((at += src.varint()));
  return { stamp, milestones, sent, sentAt };
}

function many<T>(src: ByteReader, read: () => T): T[] {
  return Array.from({ length: src.count() }, read);
}

function readMilestone(src: ByteReader): Milestone {
  const [clock, retired] = [src.varint(), src.varint()];
  const outcome = readOutcome(src.varint(), src.zigzag());
  const mark = readMark(src);
  const [cpu, schedule, pageKinds] = [readBytes(src), readBytes(src), readBytes(src)];
  const devices = many(src, () => readBytes(src));
  const ram = readPlaced(src);
  const stores = many(src, () => readPlaced(src));
  const [vectors, ports, video] = [readSet(src), readSet(src), readSet(src)];
  const stretch = { vectors, ports, video, raised: src.varint() === 1 };
  return { clock, retired, outcome, mark, cpu, schedule, pageKinds, devices, ram, stores, stretch };
}

function readOutcome(kind: number, code: number): Outcome | undefined {
  const name = OUTCOMES[kind - 1];
  if (!name) return undefined;
  return name === 'exit' ? { kind: name, code } : { kind: name };
}

function readMark(src: ByteReader): ReplayMark {
  const [steps, pulls, signals] = [src.varint(), src.varint(), src.varint()];
  const [agreed, checks, ended] = [src.varint(), src.varint(), src.varint() === 1];
  const digest = Uint32Array.from({ length: DIGEST_WORDS }, () => src.u32());
  return { tape: { steps, pulls, signals }, digest, agreed, checks, ended };
}

function readBytes(src: ByteReader): PagedBytes {
  return { length: src.varint(), pages: many(src, () => src.varint()) };
}

function readPlaced(src: ByteReader): PlacedPages {
  let [place, expected] = [0, 0];
  return many(src, () => {
    place += src.zigzag();
    const page = expected + src.zigzag();
    expected = page + 1;
    return [place, page] as const;
  });
}

function readSet(src: ByteReader): ReadonlySet<number> {
  let n = 0;
  return new Set(many(src, () => (n += src.varint())));
}

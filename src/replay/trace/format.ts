/**
 * The outer form of a trace file: a file header, then frames. Every frame is numbered, delimits itself
 * and carries checksums of its header and of its payload; a header's checksum is seeded with the one
 * before it, so frames cannot be dropped, swapped or taken from another trace unnoticed.
 * docs/trace-format.md has it byte by byte.
 */
import { hash64 } from './hash.js';

/** As in PNG: a byte above 7Fh and both line ends show what a careless transfer did. */
const MAGIC = Uint8Array.of(0x89, 0x52, 0x57, 0x38, 0x36, 0x0d, 0x0a, 0x1a);
/** Format 2 is format 1 and what a branch has beyond it; a trace says the lowest that it needs. */
export type Version = 1 | 2;
const LATEST: Version = 2;
export const FILE_HEADER = 24;
export const FRAME_HEADER = 32;

/** Bounds on a frame, compressed and not: what a decoder may be made to allocate. */
const MAX_PAYLOAD = 1 << 22;
export const MAX_RAW = 1 << 21;

export const FrameKind = { manifest: 1, blob: 2, contents: 3, segment: 4, end: 5 } as const;
export type FrameKindName = keyof typeof FrameKind;

const KIND_NAMES = new Map<number, FrameKindName>(
  Object.entries(FrameKind).map(([name, code]) => [code, name as FrameKindName]),
);

/** Why a trace cannot be used; `message` is one line that says what and where. */
export type TraceErrorKind =
  | 'not-a-trace'
  | 'version'
  | 'damaged'
  | 'incomplete'
  | 'unknown-record'
  | 'foreign';

export class TraceError extends Error {
  override name = 'TraceError';
  readonly kind: TraceErrorKind;

  constructor(kind: TraceErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Random access to a trace's bytes, wherever they are. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` only at the end. */
  read(offset: number, length: number): Uint8Array;
}

export interface FrameHeader {
  readonly payload: number;
  readonly raw: number;
  readonly sequence: number;
  readonly kind: FrameKindName;
  readonly payloadHash: bigint;
  /** Checksum of this header: the seed of the next. */
  readonly hash: bigint;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The file header, and the seed of the first frame's checksum. */
export function encodeFileHeader(version: Version = 1): {
  readonly bytes: Uint8Array;
  readonly hash: bigint;
} {
  const bytes = new Uint8Array(FILE_HEADER);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  view.setUint32(8, version, true);
  const hash = hash64(bytes.subarray(0, 16));
  view.setBigUint64(16, hash, true);
  return { bytes, hash };
}

/** Returns the seed of the first frame's checksum. */
export function checkFileHeader(bytes: Uint8Array): bigint {
  if (bytes.length === 0) throw new TraceError('incomplete', 'incomplete: the file is empty');
  if (bytes.subarray(0, MAGIC.length).some((byte, i) => MAGIC[i] !== byte)) {
    throw new TraceError('not-a-trace', 'not a trace: it does not begin as a trace does');
  }
  if (bytes.length < FILE_HEADER) {
    throw new TraceError('incomplete', `incomplete: it ends at byte ${bytes.length}, within the file header`);
  }
  const view = viewOf(bytes);
  const hash = hash64(bytes.subarray(0, 16));
  if (view.getBigUint64(16, true) !== hash) {
    throw new TraceError('damaged', 'file header at byte 0: checksum mismatch');
  }
  const version = view.getUint32(8, true);
  if (version < 1 || version > LATEST) {
    throw new TraceError('version', `trace format ${version}; this program reads formats 1 to ${LATEST}`);
  }
  return hash;
}

/** A frame's header, for a payload that unpacks to `raw` bytes. */
export function encodeFrameHeader(
  kind: FrameKindName,
  sequence: number,
  payload: Uint8Array,
  raw: number,
  seed: bigint,
): { readonly bytes: Uint8Array; readonly hash: bigint } {
  const bytes = new Uint8Array(FRAME_HEADER);
  const view = viewOf(bytes);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, raw, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, FrameKind[kind], true);
  view.setBigUint64(16, hash64(payload), true);
  const hash = hash64(bytes.subarray(0, 24), seed);
  view.setBigUint64(24, hash, true);
  return { bytes, hash };
}

/** Checks a frame's header found at byte `at` where frame `sequence` is due. */
export function checkFrameHeader(bytes: Uint8Array, at: number, sequence: number, seed: bigint): FrameHeader {
  const view = viewOf(bytes);
  const where = `frame ${sequence} at byte ${at}`;
  const hash = hash64(bytes.subarray(0, 24), seed);
  if (view.getBigUint64(24, true) !== hash) {
    throw new TraceError('damaged', `${where}: header checksum mismatch`);
  }
  const kind = KIND_NAMES.get(view.getUint32(12, true));
  const payload = view.getUint32(0, true);
  const raw = view.getUint32(4, true);
  if (!kind) throw new TraceError('unknown-record', `${where}: unknown kind ${view.getUint32(12, true)}`);
  if (view.getUint32(8, true) !== sequence) {
    throw new TraceError('damaged', `${where}: it is numbered ${view.getUint32(8, true)}`);
  }
  if (payload > MAX_PAYLOAD || raw > MAX_RAW) {
    throw new TraceError('damaged', `${where}: ${payload} bytes for ${raw} are more than a frame may hold`);
  }
  return { payload, raw, sequence, kind, payloadHash: view.getBigUint64(16, true), hash };
}

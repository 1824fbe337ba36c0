/**
 * Appends frames to a sink. Whatever was written is readable at once: there is no index to complete and
 * no header to go back to.
 */
import { compress, pack } from './codec.js';
import { encodeFileHeader, encodeFrameHeader, type FrameKindName, MAX_RAW, type Version } from './format.js';
import {
  type BlobChunk,
  blobToArray,
  type Contents,
  contentsToArray,
  type End,
  endToArray,
  type Manifest,
  manifestToArray,
  type Segment,
  segmentToArray,
} from './records.js';

/** Where a trace goes; must have taken all bytes when it returns. */
export type Sink = (bytes: Uint8Array) => void;

/** Bytes of a blob in one frame. */
const BLOB_CHUNK = 1 << 18;

export class TraceWriter {
  readonly #sink: Sink;
  #sequence = 0;
  #seed: bigint;
  /** Bytes written so far. */
  size = 0;

  constructor(sink: Sink, version: Version = 1) {
    this.#sink = sink;
    const { bytes, hash } = encodeFileHeader(version);
    this.#seed = hash;
    this.#write(bytes);
  }

  manifest(manifest: Manifest): void {
    this.#frame('manifest', manifestToArray(manifest));
  }

  blob(id: string, bytes: Uint8Array): void {
    const total = bytes.length;
    for (let offset = 0; offset === 0 || offset < total; offset += BLOB_CHUNK) {
      const chunk: BlobChunk = { id, offset, total, bytes: bytes.subarray(offset, offset + BLOB_CHUNK) };
      this.#frame('blob', blobToArray(chunk));
    }
  }

  contents(contents: Contents): void {
    this.#frame('contents', contentsToArray(contents));
  }

  segment(segment: Segment): void {
    this.#frame('segment', segmentToArray(segment));
  }

  end(end: End): void {
    this.#frame('end', endToArray(end));
  }

  #frame(kind: FrameKindName, record: unknown[]): void {
    const raw = pack(record);
    if (raw.length > MAX_RAW)
      throw new RangeError(`a ${kind} of ${raw.length} bytes is more than a frame may hold`);
    this.copy(kind, compress(raw), raw.length);
  }

  /** A frame of another trace: its payload as it stands there, and how many bytes that unpacks to. */
  copy(kind: FrameKindName, payload: Uint8Array, raw: number): void {
    const header = encodeFrameHeader(kind, this.#sequence, payload, raw, this.#seed);
    this.#sequence++;
    this.#seed = header.hash;
    const frame = new Uint8Array(header.bytes.length + payload.length);
    frame.set(header.bytes);
    frame.set(payload, header.bytes.length);
    this.#write(frame);
  }

  #write(bytes: Uint8Array): void {
    this.#sink(bytes);
    this.size += bytes.length;
  }
}

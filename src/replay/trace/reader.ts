/**
 * Opens a trace: checks every frame's checksums, tells a clean end from a torn one and from damage, and
 * gives out records. Blobs are put together and compared with their names; disk contents are unpacked
 * when asked for, a few frames at a time.
 */

import { OutOfBytes } from './bytes.js';
import { decompress, unpack } from './codec.js';
import { UNIT } from './columns.js';
import {
  type ByteSource,
  checkFileHeader,
  checkFrameHeader,
  FILE_HEADER,
  FRAME_HEADER,
  type FrameHeader,
  type FrameKindName,
  TraceError,
} from './format.js';
import { hash64, hex64 } from './hash.js';
import {
  blobFrom,
  type Contents,
  contentsFrom,
  type End,
  endFrom,
  Malformed,
  type Manifest,
  manifestFrom,
  type Segment,
  segmentFrom,
} from './records.js';
import { sha256 } from './sha256.js';

/** A frame in its place. */
export interface Frame {
  readonly at: number;
  readonly header: FrameHeader;
}

/** How the file stops: with its end frame, in the middle of a frame or between two, or at a damaged frame. */
export type Tail =
  | { readonly kind: 'end' | 'torn' }
  | { readonly kind: 'damaged'; readonly error: TraceError };

/** An embedded image: bytes it has, bytes of it that are in the file, and those in the parts in which they lie there. */
export interface Image {
  readonly total: number;
  readonly held: number;
  readonly parts: readonly Uint8Array[];
}

const CACHED_CONTENTS = 16;

/** A whole file in memory as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

export class Trace {
  readonly manifest: Manifest;
  readonly #source: ByteSource;
  readonly #frames: Frame[] = [];
  #tail: Tail;
  readonly #segments: Frame[] = [];
  #end: End | undefined;
  #covered = 0;
  readonly #contents: { readonly first: number; readonly frame: Frame }[] = [];
  readonly #unpacked = new Map<number, Uint8Array>();
  #blobs: ReadonlyMap<string, Uint8Array> | undefined;

  private constructor(source: ByteSource, frames: readonly Frame[], tail: Tail) {
    this.#source = source;
    this.#tail = tail;
    const manifest = frames[0];
    if (!manifest) throw noManifest(tail);
    if (manifest.header.kind !== 'manifest')
      throw fault(manifest, `a ${manifest.header.kind} where the manifest should be`);
    this.manifest = this.#record(manifest, manifestFrom);
    this.#learn(frames);
  }

  #learn(frames: readonly Frame[]): void {
    for (const frame of frames) {
      const { kind } = frame.header;
      this.#frames.push(frame);
      if (kind === 'segment') this.#segments.push(frame);
      else if (kind === 'contents') this.#contents.push({ first: this.contents(frame).first, frame });
      else if (kind === 'end') this.#end = this.#record(frame, endFrom);
    }
    const last = this.#segments.at(-1);
    this.#covered = this.#end?.clock ?? (last ? this.segment(last).to : 0);
  }

  /**
   * Reads the whole file once. A damaged frame is an error, unless `salvage`, which takes the frames
   * before it for the trace.
   */
  static open(source: ByteSource, options: { readonly salvage?: boolean } = {}): Trace {
    const { frames, tail } = scan(source);
    if (tail.kind === 'damaged' && !options.salvage) throw tail.error;
    return new Trace(source, frames, tail);
  }

  /** Takes in what has been written since: of a trace that is being recorded. */
  grow(): void {
    const { frames, tail } = scan(this.#source, this.#frames.at(-1));
    this.#tail = tail;
    this.#learn(frames);
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  get tail(): Tail {
    return this.#tail;
  }

  /** Where the segments lie, in order. */
  get segments(): readonly Frame[] {
    return this.#segments;
  }

  /** Absent if the recorder did not come to its end. */
  get end(): End | undefined {
    return this.#end;
  }

  /** True if the recorder wrote its end frame. */
  get complete(): boolean {
    return this.end !== undefined;
  }

  /** The clock up to which the trace holds everything. */
  get covered(): number {
    return this.#covered;
  }

  /** What distinguishes it from other traces: the checksum of its manifest's frame. */
  get id(): string {
    return hex64(this.frames[0]!.header.hash);
  }

  segment(frame: Frame): Segment {
    return this.#record(frame, segmentFrom);
  }

  contents(frame: Frame): Contents {
    return this.#record(frame, contentsFrom);
  }

  /** A frame's payload as it is in the file. */
  payload(frame: Frame): Uint8Array {
    return this.#source.read(frame.at + FRAME_HEADER, frame.header.payload);
  }

  /** Bytes of the whole file. */
  get size(): number {
    return this.#source.size;
  }

  /** Bytes that frames of a kind take in the file. */
  sizeOf(kind: FrameKindName): number {
    const of = this.frames.filter((f) => f.header.kind === kind);
    return of.reduce((sum, f) => sum + FRAME_HEADER + f.header.payload, 0);
  }

  /** The embedded images, each compared with its name; once, for that takes its time. */
  blobs(): Map<string, Uint8Array> {
    this.#blobs ??= this.#assembled();
    return new Map(this.#blobs);
  }

  #assembled(): ReadonlyMap<string, Uint8Array> {
    const images = this.images();
    const lack = this.#lackOf(images);
    if (lack) throw lack;
    return new Map([...images].map(([id, image]) => [id, assemble(id, image)]));
  }

  /** The embedded images as far as they are in the file. */
  images(): ReadonlyMap<string, Image> {
    const images = new Map<string, { readonly total: number; readonly parts: Uint8Array[]; held: number }>();
    for (const frame of this.frames.filter((f) => f.header.kind === 'blob')) {
      const chunk = this.#record(frame, blobFrom);
      const image = images.get(chunk.id) ?? { total: chunk.total, parts: [], held: 0 };
      if (chunk.offset !== image.held) throw fault(frame, 'a part of an image is out of place');
      image.parts.push(chunk.bytes);
      image.held += chunk.bytes.length;
      images.set(chunk.id, image);
    }
    return images;
  }

  /** True unless the file ends before the first stretch of the run. */
  get begun(): boolean {
    return this.complete || this.segments.length > 0;
  }

  /** Why nothing in this trace can be replayed, if that is so: the file ends too soon. */
  get lack(): TraceError | undefined {
    const lack = this.#lackOf(this.images());
    return lack ?? (this.begun ? undefined : shortOf('the run', this.tail));
  }

  #lackOf(images: ReadonlyMap<string, Image>): TraceError | undefined {
    const named = this.manifest.blobs.find((id) => !images.has(id));
    const short = [...images].find(([, image]) => image.held !== image.total)?.[0];
    const id = named ?? short;
    return id === undefined ? undefined : missingBlob(id, this.tail);
  }

  /** Disk content unit `index`, 512 bytes. */
  unit(index: number): Uint8Array {
    const held = this.#contents.findLast((c) => c.first <= index);
    const at = held ? (index - held.first) * UNIT : 0;
    const bytes = held && this.#contentsOf(held.frame);
    if (!bytes || at + UNIT > bytes.length)
      throw new TraceError('damaged', `disk content ${index} is not in the trace`);
    return bytes.subarray(at, at + UNIT);
  }

  #contentsOf(frame: Frame): Uint8Array {
    const known = this.#unpacked.get(frame.at);
    if (known) return known;
    const oldest = this.#unpacked.keys().next();
    if (this.#unpacked.size >= CACHED_CONTENTS) this.#unpacked.delete(oldest.value!);
    const { bytes } = this.contents(frame);
    this.#unpacked.set(frame.at, bytes);
    return bytes;
  }

  /** Unpacks a frame; `decode` may find that it is not the record it should be. */
  #record<T>(frame: Frame, decode: (value: unknown) => T): T {
    const raw = decompress(this.payload(frame), frame.header.raw);
    if (!raw) throw fault(frame, 'not the zstd data it should be');
    return reading(frame, () => decode(unpack(raw)));
  }
}

function assemble(id: string, image: Image): Uint8Array {
  const bytes = new Uint8Array(image.held);
  let at = 0;
  for (const part of image.parts) {
    bytes.set(part, at);
    at += part.length;
  }
  if (sha256(bytes) !== id)
    throw new TraceError('damaged', `image ${id.slice(0, 12)} is not what its name says`);
  return bytes;
}

/** Runs a decoder over a frame's contents; what it finds wrong becomes an error that names the frame. */
export function reading<T>(frame: Frame, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed || error instanceof OutOfBytes) throw fault(frame, error.message);
    if (error instanceof TraceError) throw error;
    throw fault(frame, 'not the msgpack record it should be');
  }
}

function fault(frame: Frame, what: string): TraceError {
  return new TraceError('damaged', `frame ${frame.header.sequence} at byte ${frame.at}: ${what}`);
}

function noManifest(tail: Tail): TraceError {
  return tail.kind === 'damaged' ? tail.error : shortOf('the manifest', tail);
}

function shortOf(what: string, tail: Tail): TraceError {
  const kind = tail.kind === 'damaged' ? 'damaged' : 'incomplete';
  return new TraceError(kind, `${kind}: it ends before ${what}, so there is nothing to replay`);
}

function missingBlob(id: string, tail: Tail): TraceError {
  const kind = tail.kind === 'torn' ? 'incomplete' : 'damaged';
  return new TraceError(
    kind,
    `${kind}: image ${id.slice(0, 12)} is not wholly in it, so there is nothing to replay`,
  );
}

/** Walks the frames, checking all of them; those behind a frame, if one is given. */
function scan(source: ByteSource, last?: Frame): { readonly frames: Frame[]; readonly tail: Tail } {
  const { size } = source;
  let seed = last?.header.hash ?? checkFileHeader(source.read(0, FILE_HEADER));
  let previous = last;
  const frames: Frame[] = [];
  let at = last ? last.at + FRAME_HEADER + last.header.payload : FILE_HEADER;
  try {
    while (at < size) {
      if (previous?.header.kind === 'end') {
        throw new TraceError('damaged', `${size - at} bytes follow the end of the trace at byte ${at}`);
      }
      if (at + FRAME_HEADER > size) return { frames, tail: { kind: 'torn' } };
      const number = previous ? previous.header.sequence + 1 : 0;
      const header = checkFrameHeader(source.read(at, FRAME_HEADER), at, number, seed);
      if (at + FRAME_HEADER + header.payload > size) return { frames, tail: { kind: 'torn' } };
      if (hash64(source.read(at + FRAME_HEADER, header.payload)) !== header.payloadHash) {
        throw new TraceError('damaged', `frame ${header.sequence} at byte ${at}: checksum mismatch`);
      }
      previous = { at, header };
      frames.push(previous);
      seed = header.hash;
      at += FRAME_HEADER + header.payload;
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { frames, tail: { kind: 'damaged', error } };
  }
  return { frames, tail: { kind: previous?.header.kind === 'end' ? 'end' : 'torn' } };
}

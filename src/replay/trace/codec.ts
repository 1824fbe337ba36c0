/**
 * From a record to a frame's payload and back: msgpack, then zstd. Decoding never allocates more than
 * the frame's header promised, and the header's promise is bounded.
 */
import { Packr, Unpackr } from 'msgpackr/pack';
import { ZstdCodec } from 'zstd-codec';

interface Zstd {
  compress(content: Uint8Array, level: number): Uint8Array | null;
  decompress(compressed: Uint8Array): Uint8Array | null;
}

/** Dense enough; higher levels take the library past its 16 MiB of memory on megabyte frames. */
const LEVEL = 3;
/** Frames this small are worth a search: the steady trickle of a recording is made of them. */
const SMALL = 1 << 16;
const SMALL_LEVEL = 15;

/** Plain msgpack without msgpackr's own extensions, so that any reader can follow, and bytes are stable. */
const OPTIONS = { useRecords: false, mapsAsObjects: true, moreTypes: false, variableMapSize: true } as const;
const packr = new Packr(OPTIONS);
const unpackr = new Unpackr(OPTIONS);

let zstd: Zstd | undefined;

/** Loads the library; called by `ready()`. */
export function startCompression(): Promise<void> {
  return new Promise((resolve) => {
    ZstdCodec.run((library) => {
      zstd = new library.Simple();
      resolve();
    });
  });
}

function codec(): Zstd {
  if (!zstd) throw new Error('compression was used before ready()');
  return zstd;
}

export function pack(record: unknown): Uint8Array {
  return packr.pack(record);
}

/** Throws on anything that is not one msgpack value. */
export function unpack(bytes: Uint8Array): unknown {
  return unpackr.unpack(bytes);
}

export function compress(raw: Uint8Array): Uint8Array {
  const packed = codec().compress(raw, raw.length <= SMALL ? SMALL_LEVEL : LEVEL);
  if (!packed) throw new Error(`zstd could not compress ${raw.length} bytes`);
  return packed;
}

/** `length` bytes, or undefined if the payload is not a zstd frame of exactly that size. */
export function decompress(payload: Uint8Array, length: number): Uint8Array | undefined {
  if (contentSize(payload) !== length) return undefined;
  const raw = codec().decompress(payload);
  return raw && raw.length === length ? raw : undefined;
}

const ZSTD_MAGIC = 0xfd2fb528;

/** The size a zstd frame header declares (RFC 8878, 3.1.1.1), or undefined if it declares none. */
function contentSize(payload: Uint8Array): number | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (payload.length < 6) return undefined;
  if (view.getUint32(0, true) !== ZSTD_MAGIC) return undefined;
  const descriptor = payload[4]!;
  const single = (descriptor >>> 5) & 1;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const bytes = [single, 2, 4, 8][descriptor >>> 6]!;
  if (bytes === 0 || at + bytes > payload.length) return undefined;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/** XXH64 (Yann Collet's xxHash, 64 bits), for checksums of frames and hashes of state. */
import xxhash, { type XXHashAPI } from 'xxhash-wasm';

let api: XXHashAPI | undefined;

/** Loads the library; called by `ready()`. */
export async function startHashing(): Promise<void> {
  api = await xxhash();
}

export function hash64(bytes: Uint8Array, seed = 0n): bigint {
  if (!api) throw new Error('hashing was used before ready()');
  return api.h64Raw(bytes, seed);
}

/** The low half of the hash, where 32 bits are enough to tell two values apart. */
export function hash32(bytes: Uint8Array): number {
  return Number(hash64(bytes) & 0xffffffffn);
}

/** A 64-bit hash as people see it: 16 hex digits. */
export function hex64(hash: bigint): string {
  return hash.toString(16).padStart(16, '0');
}

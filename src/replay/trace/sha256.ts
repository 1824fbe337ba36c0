/**
 * SHA-256 (FIPS 180-4), the name of every content a trace holds. Written out here because the replay
 * path takes nothing from the host, its crypto module included.
 */

/** The first 32 bits of the fractional parts of `root` of the first `count` primes (FIPS 180-4, 4.2.2). */
function primeRootBits(count: number, root: (n: number) => number): Uint32Array {
  const out = new Uint32Array(count);
  for (let n = 2, found = 0; found < count; n++) {
    if (!isPrime(n)) continue;
    const r = root(n);
    out[found++] = (r - Math.floor(r)) * 2 ** 32;
  }
  return out;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

const K = primeRootBits(64, Math.cbrt);
const INITIAL = primeRootBits(8, Math.sqrt);
const BLOCK = 64;

const schedule = new Uint32Array(64);
type Eight = [number, number, number, number, number, number, number, number];

function rotr(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}

/** The message schedule (6.2.2, step 1) of the block at `at`. */
function expand(bytes: Uint8Array, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4;
    w[i] = (bytes[j]! << 24) | (bytes[j + 1]! << 16) | (bytes[j + 2]! << 8) | bytes[j + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15]!;
    const b = w[i - 2]!;
    const s0 = rotr(a, 7) ^ rotr(a, 18) ^ (a >>> 3);
    const s1 = rotr(b, 17) ^ rotr(b, 19) ^ (b >>> 10);
    w[i] = s1 + w[i - 7]! + s0 + w[i - 16]!;
  }
}

/** Steps 2 to 4 of 6.2.2. */
function compress(state: Uint32Array, bytes: Uint8Array, at: number): void {
  expand(bytes, at);
  let [a, b, c, d, e, f, g, h] = Array.from(state) as Eight;
  for (let t = 0; t < 64; t++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + schedule[t]!) | 0;
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const round = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = state[i]! + round[i]!;
}

/** What follows the last whole block: the rest, a 1 bit, zeros, and the length in bits (5.1.1). */
function padding(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % BLOCK;
  const tail = new Uint8Array(rest + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  tail.set(bytes.subarray(bytes.length - rest));
  tail[rest] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
  return tail;
}

/** The digest as eight 32-bit words. */
export function sha256Words(bytes: Uint8Array): Uint32Array {
  const state = INITIAL.slice();
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) compress(state, bytes, at);
  const tail = padding(bytes);
  for (let at = 0; at < tail.length; at += BLOCK) compress(state, tail, at);
  return state;
}

/** The digest in lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return Array.from(sha256Words(bytes), (word) => word.toString(16).padStart(8, '0')).join('');
}

/**
 * Where the instructions before an address begin. Those of x86 have 1 to 15 bytes and no mark where they begin, but
 * whoever begins to decode in a wrong place soon falls in step with the right ones: so it is tried from every byte
 * of a stretch, and a boundary that most of these ways come through is taken for a true one. Symbols, and what was
 * executed, are known beginnings: no way leads across one, and one that begins there counts for more than all others.
 */
import { Decoder, DecoderOptions } from 'iced-x86';
import { type Bitness, MAX_INSTRUCTION } from './code.js';
import type { Symbols } from './symbols.js';

/** Ways that begin in as many bytes before what is wanted have fallen in step by then. */
const RUN_UP = 64;
/** A known beginning counts for more ways than there can be otherwise. */
const KNOWN = 2 ** 20;

/**
 * Beginnings of up to `count` instructions, ascending, the last of which ends at `end`; `bytes` are what lies just
 * before it.
 */
export function instructionsBefore(
  bytes: Uint8Array,
  end: number,
  count: number,
  bitness: Bitness,
  symbols: Symbols,
  isExecuted: (address: number) => boolean = () => false,
): number[] {
  const begins = Uint8Array.from(bytes, (_, offset) => {
    const address = end - bytes.length + offset;
    return Number(isExecuted(address) || isSymbol(symbols, address));
  });
  const lengths = lengthsIn(bytes, bitness, begins);
  const weights = weightsOf(lengths, begins);
  const out: number[] = [];
  for (let at = bytes.length; out.length < count; ) {
    const before = predecessor(lengths, weights, at);
    if (before === undefined) break;
    out.unshift(end - bytes.length + before);
    at = before;
  }
  return out;
}

/** How many bytes to look at. */
export function stretchBefore(count: number): number {
  return count * MAX_INSTRUCTION + RUN_UP;
}

/** Of the instruction at each offset; 0 of what is none. */
function lengthsIn(bytes: Uint8Array, bitness: Bitness, begins: Uint8Array): Uint8Array {
  const lengths = new Uint8Array(bytes.length);
  const decoder = new Decoder(bitness, bytes, DecoderOptions.None);
  for (let offset = 0; offset < bytes.length; offset++) {
    decoder.position = offset;
    const instruction = decoder.decode();
    const crosses = begins.subarray(offset + 1, offset + instruction.length).includes(1);
    if (!instruction.isInvalid && !crosses) lengths[offset] = instruction.length;
    instruction.free();
  }
  decoder.free();
  return lengths;
}

/** How many ways come through each offset. */
function weightsOf(lengths: Uint8Array, begins: Uint8Array): Float64Array {
  const weights = new Float64Array(lengths.length + 1);
  for (const [offset, length] of lengths.entries()) {
    weights[offset]! += begins[offset] ? KNOWN : 1;
    if (length > 0) weights[offset + length]! += weights[offset]!;
  }
  return weights;
}

function predecessor(lengths: Uint8Array, weights: Float64Array, at: number): number | undefined {
  let best: number | undefined;
  for (let before = at - 1; before >= Math.max(0, at - MAX_INSTRUCTION); before--) {
    if (lengths[before] !== at - before) continue;
    if (best === undefined || weights[before]! > weights[best]!) best = before;
  }
  return best;
}

function isSymbol(symbols: Symbols, address: number): boolean {
  return symbols.nearest(address)?.offset === 0;
}

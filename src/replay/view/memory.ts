/** Memory as rows of bytes; what cannot be looked at without a device noticing is left out. */
import type { Debugger } from '../debug/debugger.js';
import { addressOf } from './expressions.js';
import { type Past, pastOf } from './past.js';
import { plain } from './plain.js';
import type { MemoryLine, MemoryView, MemoryWanted } from './view.js';

const BYTES = 16;

export function memoryOf(debug: Debugger, { at, rows, physical }: MemoryWanted): MemoryView {
  const place = addressOf(debug, at);
  if ('error' in place) return { lines: [], error: plain(place.error) };
  const address = Number(BigInt.asUintN(32, place.value));
  const lineEnd = physical ? 2 ** 32 : debug.registers.lineEnd;
  const first = Math.floor(address / BYTES) * BYTES;
  const lines = Array.from({ length: Math.max(0, rows) }, (_, i) => {
    return lineOf(debug, (first + BYTES * i) % lineEnd, physical);
  });
  return { lines, at: address };
}

function lineOf(debug: Debugger, address: number, physical: boolean): MemoryLine {
  const past = pastOf(debug);
  // A row does not cross a page.
  const place = physical ? address : debug.memory.translate(address);
  const bytes = Array.from({ length: BYTES }, (_, i) => {
    const byte = place === undefined ? undefined : debug.memory.read(place + i, 1, true);
    return byte === undefined ? undefined : Number(byte);
  });
  const changed = bytes.flatMap((byte, i) => (isChanged(past, place, i, byte) ? [i] : []));
  return { address, bytes, changed };
}

function isChanged(past: Past | undefined, place = 0, i: number, byte: number | undefined): boolean {
  const before = past?.overwritten.get(place + i);
  return byte !== undefined && before !== undefined && before !== byte;
}

/**
 * The program in a 32-bit x86 ELF executable, at its physical addresses (Tool Interface Standard, ELF
 * specification 1.2, book I chapter 2: program header). Sections and symbols are not read.
 */
import type { MemoryPiece } from './biosLayout.js';

const MAGIC = 0x464c457f; // 7Fh "ELF"
/** Bytes 4-5 of the file: 32-bit, least significant byte first. */
const CLASS_32_LSB = 0x0101;
const MACHINE_386 = 3;
const PT_LOAD = 1;
const PROGRAM_HEADER = 32;

interface Segment {
  readonly offset: number;
  readonly virtual: number;
  readonly physical: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** Segments up to the address `limit`, and the physical address of the entry. */
export function readElf(image: Uint8Array, limit: number): { pieces: MemoryPiece[]; entry: number } {
  const segments = readSegments(image);
  const pieces = segments.map((s) => readSegment(image, s, limit));
  const entry = new DataView(image.buffer, image.byteOffset).getUint32(24, true);
  const home = segments.find((s) => entry >= s.virtual && entry < s.virtual + s.memorySize);
  if (!home) throw new RangeError('the ELF file starts outside its segments');
  return { pieces, entry: entry - home.virtual + home.physical };
}

function readSegments(image: Uint8Array): Segment[] {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (image.length < 52 || view.getUint32(0, true) !== MAGIC) throw new RangeError('not an ELF file');
  if (view.getUint16(4, true) !== CLASS_32_LSB || view.getUint16(18, true) !== MACHINE_386) {
    throw new RangeError('the ELF file is not for 32-bit x86');
  }
  const table = view.getUint32(28, true);
  const size = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (size < PROGRAM_HEADER || table + size * count > image.length) {
    throw new RangeError('the ELF file is cut off');
  }
  const segments: Segment[] = [];
  for (let at = table; at < table + size * count; at += size) {
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const field = (n: number) => view.getUint32(at + 4 * n, true);
    const segment = { offset: field(1), virtual: field(2), physical: field(3) };
    segments.push({ ...segment, fileSize: field(4), memorySize: field(5) });
  }
  return segments.filter((s) => s.memorySize > 0);
}

function readSegment(image: Uint8Array, s: Segment, limit: number): MemoryPiece {
  if (s.offset + s.fileSize > image.length || s.fileSize > s.memorySize) {
    throw new RangeError('the ELF file is cut off');
  }
  if (s.physical + s.memorySize > limit) throw new RangeError('the kernel does not fit in memory');
  const bytes = new Uint8Array(s.memorySize);
  bytes.set(image.subarray(s.offset, s.offset + s.fileSize));
  return { address: s.physical, bytes };
}

/** The 256 words of IDENTIFY DEVICE for a hard disk: ATA/ATAPI-6 (T13/1410D). */
import type { Geometry } from './geometry.js';

export interface Identity {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  /** 0 or 1: place on the cable. */
  readonly unit: number;
  readonly sectors: number;
  readonly geometry: Geometry;
  /** The translation set by INITIALIZE DEVICE PARAMETERS. */
  readonly current: Geometry;
  /** Sectors a block for READ/WRITE MULTIPLE: the most, and as set (0: not set). */
  readonly maxMultiple: number;
  readonly multiple: number;
  readonly writeCache: boolean;
  /** Transfer mode as set by SET FEATURES 03h: 2xh multiword DMA, 4xh Ultra DMA. */
  readonly transferMode: number;
}

/** The highest multiword and Ultra DMA modes: what a 40-conductor cable carries. */
export const MAX_DMA_MODE = 2;

export function identifyDevice(id: Identity): Uint8Array {
  const w = new Uint16Array(256);
  w[0] = 0x0040; // fixed disk
  [w[1], w[3], w[6]] = [id.geometry.cylinders, id.geometry.heads, id.geometry.sectors];
  putText(w, 10, 10, id.serial);
  putText(w, 23, 4, id.firmware);
  putText(w, 27, 20, id.model);
  w[47] = 0x8000 | id.maxMultiple;
  w[49] = 0x0f00; // DMA, LBA, IORDY
  w[50] = 0x4000;
  w[51] = 0x0200; // PIO mode 2 without IORDY
  w[53] = 0x0007; // words 54-58, 64-70 and 88 are valid
  [w[54], w[55], w[56]] = [id.current.cylinders, id.current.heads, id.current.sectors];
  putNumber(w, 57, 2, id.current.cylinders * id.current.heads * id.current.sectors);
  w[59] = id.multiple ? 0x0100 | id.multiple : 0;
  putNumber(w, 60, 2, Math.min(id.sectors, 0x0fffffff));
  putModes(w, id.transferMode);
  putCommandSets(w, id.writeCache);
  w[93] = id.unit === 0 ? 0x4003 : 0x4300; // 40-conductor cable, number by jumper
  putNumber(w, 100, 4, id.sectors);
  return withChecksum(w);
}

function putModes(w: Uint16Array, mode: number): void {
  const supported = (1 << (MAX_DMA_MODE + 1)) - 1;
  const selected = 0x100 << (mode & 7);
  w[63] = supported | ((mode & 0xf8) === 0x20 ? selected : 0);
  w[64] = 0x0003; // PIO modes 3 and 4
  w.fill(120, 65, 69); // ns a cycle
  w[88] = supported | ((mode & 0xf8) === 0x40 ? selected : 0);
}

/** Words 80-87: NOP, look-ahead, write cache, power management, FLUSH CACHE (EXT), 48-bit addresses. */
function putCommandSets(w: Uint16Array, writeCache: boolean): void {
  w[80] = 0x007e; // ATA-1 to ATA/ATAPI-6
  [w[82], w[83], w[84]] = [0x4068, 0x7400, 0x4000];
  [w[85], w[86], w[87]] = [writeCache ? 0x4068 : 0x4048, 0x3400, 0x4000];
}

/** Text is padded with blanks, and the first of two characters is in the high byte. */
function putText(w: Uint16Array, at: number, words: number, text: string): void {
  const padded = text.padEnd(words * 2).slice(0, words * 2);
  for (let i = 0; i < words; i++) {
    w[at + i] = ((padded.charCodeAt(2 * i) & 0x7f) << 8) | (padded.charCodeAt(2 * i + 1) & 0x7f);
  }
}

function putNumber(w: Uint16Array, at: number, words: number, value: number): void {
  for (let i = 0; i < words; i++) w[at + i] = Math.floor(value / 2 ** (16 * i)) % 0x10000;
}

/** Word 255: signature A5h and a byte that makes the sum of all bytes zero. */
function withChecksum(w: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(w.buffer);
  bytes[510] = 0xa5;
  bytes[511] = -bytes.reduce((sum, b) => sum + b, 0) & 0xff;
  return bytes;
}

/** Pictures as PNG files (W3C PNG specification, second edition): 8-bit RGB, equal bytes on every host. */
import { crc32 } from '../crc32.js';
import { zlibCompress } from './deflate.js';
import type { Picture } from './picture.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const BITS = 8;
const TRUECOLOUR = 2;

/** Length, type, data, and the check of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function header({ width, height }: Picture): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = BITS;
  data[9] = TRUECOLOUR;
  return data;
}

/** Each row after a zero byte, which says that it is not filtered: a PC's rows repeat as they are. */
function scanlines({ width, height, rgb }: Picture): Uint8Array {
  const pitch = 3 * width;
  const rows = new Uint8Array(height * (1 + pitch));
  for (let y = 0; y < height; y++) {
    rows.set(rgb.subarray(y * pitch, (y + 1) * pitch), y * (1 + pitch) + 1);
  }
  return rows;
}

export function encodePng(picture: Picture): Uint8Array {
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header(picture)),
    chunk('IDAT', zlibCompress(scanlines(picture))),
    chunk('IEND', new Uint8Array()),
  ];
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zlibCompress } from '../../../src/devices/vga/deflate.js';
import { type Picture, renderPicture } from '../../../src/devices/vga/picture.js';
import { encodePng } from '../../../src/devices/vga/png.js';
import { VgaRig } from './rig.js';

/** CRC-32 bit by bit, as the PNG specification's appendix defines it. */
function crc(data: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of data) {
    for (let bit = 0; bit < 8; bit++) {
      const feedback = (value ^ (byte >> bit)) & 1;
      value = (value >>> 1) ^ (feedback ? 0xedb88320 : 0);
    }
  }
  return ~value >>> 0;
}

function chunks(png: Buffer): { type: string; data: Buffer }[] {
  const out = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc(png.subarray(at + 4, at + 8 + length)));
    out.push({ type: png.toString('latin1', at + 4, at + 8), data });
    at += 12 + length;
  }
  return out;
}

function decode(png: Buffer): Picture {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const [ihdr, idat, iend] = chunks(png);
  expect([ihdr!.type, idat!.type, iend!.type]).toEqual(['IHDR', 'IDAT', 'IEND']);
  expect([...ihdr!.data.subarray(8)]).toEqual([8, 2, 0, 0, 0]);
  const width = ihdr!.data.readUInt32BE(0);
  const height = ihdr!.data.readUInt32BE(4);
  const rows = inflateSync(idat!.data);
  expect(rows.length).toBe(height * (1 + 3 * width));
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    expect(rows[y * (1 + 3 * width)]).toBe(0);
    rgb.set(rows.subarray(y * (1 + 3 * width) + 1, (y + 1) * (1 + 3 * width)), y * 3 * width);
  }
  return { width, height, rgb };
}

describe('PNG', () => {
  it('holds the picture, in far fewer bytes', () => {
    const rig = new VgaRig(3);
    for (let row = 0; row < 25; row++) rig.print(row, row, `line ${row} of a screen of text`, row);
    const picture = renderPicture(rig.vga);
    const png = Buffer.from(encodePng(picture));
    const decoded = decode(png);
    expect([decoded.width, decoded.height]).toEqual([720, 400]);
    expect(Buffer.compare(decoded.rgb, picture.rgb)).toBe(0);
    expect(png.length).toBeLessThan(picture.rgb.length / 15);
  });

  it('holds any picture', () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, fc.infiniteStream(fc.nat(255)), (width, height, levels) => {
        const rgb = Uint8Array.from({ length: 3 * width * height }, () => levels.next().value);
        expect(decode(Buffer.from(encodePng({ width, height, rgb })))).toEqual({ width, height, rgb });
      }),
    );
  });
});

describe('zlib stream', () => {
  it('inflates to what went in, for all lengths and distances of repeats', () => {
    const part = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const data = Uint8Array.from(
          parts.flatMap(([bytes, n]) =>
            Array(n)
              .fill([...bytes])
              .flat(),
          ),
        );
        expect(Buffer.compare(inflateSync(zlibCompress(data)), data)).toBe(0);
      }),
    );
  });

  it.each([32767, 32768, 32769])('may look back at most 32 KiB: a repeat %i bytes away', (distance) => {
    // A sequence without repeats of three bytes nearby, then its beginning again.
    const data = Uint8Array.from({ length: distance + 300 }, (_, i) => {
      const at = i % distance;
      return (at * at * 31 + (at >> 8) * 7 + (at >> 3)) & 0xff;
    });
    expect(Buffer.compare(inflateSync(zlibCompress(data)), data)).toBe(0);
  });
});

/** Packets of the remote protocol: examples from the GDB manual, and laws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frame,
  type Incoming,
  latin1,
  PACKET_SIZE,
  PacketReader,
  textOf,
} from '../../../src/replay/gdb/packets.js';

const framed = (data: string): string => textOf(frame(data));
const read = (...pieces: string[]): Incoming[] => {
  const reader = new PacketReader();
  return pieces.flatMap((piece) => reader.read(latin1(piece)));
};
/** Any byte, and often one that means something. */
const anyChar = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
  fc.constantFrom('#', '$', '}', '*', '+', '-', '\x03', '0', 'f'),
);
const anyText = fc.array(anyChar, { maxLength: 60 }).map((chars) => chars.join(''));

describe('packets', () => {
  it('are framed as in the manual', () => {
    // "$OK#9a"; the empty packet; appendix E.1: 7dh 5dh stands for 7dh.
    expect(framed('OK')).toBe('$OK#9a');
    expect(framed('')).toBe('$#00');
    expect(framed('}')).toBe('$}]#da');
    expect(framed('a*b')).toBe(`$a}\nb#${((0x61 + 0x7d + 0x0a + 0x62) & 0xff).toString(16)}`);
  });

  it('are read however they are cut', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 4 }), fc.array(fc.nat(200)), (texts, cuts) => {
        const line = texts.map(framed).join('');
        const places = [...new Set([0, ...cuts.map((cut) => cut % (line.length + 1)), line.length])];
        const pieces = places.sort((a, b) => a - b).map((at, i, all) => line.slice(at, all[i + 1] ?? at));
        expect(read(...pieces)).toEqual(texts.map((data) => ({ kind: 'packet', data })));
      }),
    );
  });

  it('are asked for again if their checksum is wrong, or no number', () => {
    expect(read('$OK#9b')).toEqual([{ kind: 'damaged' }]);
    expect(read('$OK#zz')).toEqual([{ kind: 'damaged' }]);
    expect(read('$OK#9A')).toEqual([{ kind: 'packet', data: 'OK' }]);
  });

  it('begin anew where another begins', () => {
    expect(read('$OK', '$g#67')).toEqual([{ kind: 'packet', data: 'g' }]);
  });

  it('are no longer than there is room for', () => {
    expect(read(framed('a'.repeat(PACKET_SIZE)))).toHaveLength(1);
    expect(read(framed('a'.repeat(3 * PACKET_SIZE)), '$g#67')).toEqual([
      { kind: 'damaged' },
      { kind: 'packet', data: 'g' },
    ]);
  });

  it('have signs between them', () => {
    expect(read('+noise-\x03$g#67\x03').map(({ kind }) => kind)).toEqual([
      'acknowledged',
      'resend',
      'interrupt',
      'packet',
      'interrupt',
    ]);
  });

  it('are found in noise, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (noise) => {
        // Two packets: the first may be taken for the rest of one that the noise has begun.
        expect(read(`${noise}#00`, framed('g'), framed('p1')).at(-1)).toEqual({ kind: 'packet', data: 'p1' });
      }),
    );
  });
});

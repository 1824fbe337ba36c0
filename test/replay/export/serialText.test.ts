/** Bytes of a serial line as text, against the host's own UTF-8. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerialText } from '../../../src/replay/export/serialText.js';

function decoded(pieces: readonly (readonly number[])[]): string {
  const text = new SerialText();
  return pieces.map((piece) => text.take(piece)).join('') + text.end();
}

describe('serial text', () => {
  it('is UTF-8, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(60)), (text, cuts) => {
        const bytes = [...Buffer.from(text, 'utf8')];
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, i) => bytes.slice(places[i], Math.max(end, places[i]!)));
        expect(decoded(pieces)).toBe(text);
      }),
    );
  });

  it('is Latin-1 where it is no UTF-8, without its control characters', () => {
    const cases: [number[], string][] = [
      [[0x41, 0xe9, 0x42], 'AéB'],
      [[0xe9], 'é'],
      [[0xc3, 0xa9, 0xe4, 0xf6], 'éäö'],
      [[0x9b, 0x33, 0x31, 0x6d], '\ufffd31m'],
      [[0xc0, 0xaf], 'À¯'],
      [[0xed, 0xa0, 0xbd], 'í\u00a0½'],
      [[0xf4, 0x90, 0xa1, 0xa1], 'ô\ufffd¡¡'],
      [[0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
      [[0xe2, 0x82, 0x41], 'â\ufffdA'],
    ];
    for (const [bytes, text] of cases) {
      expect(decoded([bytes]), `${bytes}`).toBe(text);
      expect(decoded(bytes.map((byte) => [byte])), `${bytes}, byte by byte`).toBe(text);
    }
  });

  it('loses no byte, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = decoded([[...bytes]]);
        const characters = [...text].length;
        expect(characters).toBeLessThanOrEqual(bytes.length);
        expect(characters * 4).toBeGreaterThanOrEqual(bytes.length);
        const ascii = (codes: Iterable<number>) => [...codes].filter((code) => code < 0x80);
        expect(ascii([...text].map((c) => c.codePointAt(0)!))).toEqual(ascii(bytes));
      }),
    );
  });
});

/** Messages survive being cut anywhere, and whatever comes between them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framing, framed, type Received } from '../../../src/replay/dap/framing.js';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const texts = (all: readonly Received[]) => all.map((r) => (r.kind === 'message' ? r.value : r.kind));

/** What comes out of pieces of these lengths, the last of which is whatever is left. */
function receive(bytes: Uint8Array, lengths: readonly number[] = []): Received[] {
  const framing = new Framing();
  let at = 0;
  return [...lengths, bytes.length].flatMap((length) => {
    const piece = bytes.subarray(at, at + length);
    at += piece.length;
    return framing.receive(piece);
  });
}

/** What JSON gives back as it was given. */
const message = fc.record({ command: fc.string({ unit: 'binary' }), seq: fc.nat() });

describe('messages', () => {
  it('are the same however they are cut', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), lengths, (messages, cuts) => {
        const all = Buffer.concat(messages.map((m) => Buffer.from(framed(m))));
        expect(texts(receive(all, cuts))).toEqual(messages);
      }),
    );
  });

  it('have a length in bytes, not characters', () => {
    expect(bytesOf('Content-Length: 8\r\n\r\n').equals(Buffer.from(framed({ a: 'ß' })).subarray(0, 21))).toBe(
      false,
    );
    expect(Buffer.from(framed({ a: 'ß' })).toString()).toBe('Content-Length: 10\r\n\r\n{"a":"ß"}');
  });

  it('may have other headers, in any case of letters', () => {
    const text = 'Content-Type: application/json\r\ncontent-length:2\r\n\r\n{}';
    expect(texts(receive(bytesOf(text)))).toEqual([{}]);
  });
});

describe('what is no message', () => {
  const after = Buffer.from(framed({ after: true }));

  it.each([
    ['broken JSON', 'Content-Length: 5\r\n\r\n{"a":'],
    ['a header without a length', 'Content-Type: x\r\n\r\n'],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -5\r\n\r\n{}'],
    ['a huge length', 'Content-Length: 99999999999999\r\n\r\n{"a": "and so on'],
    ['a header without end', 'x'.repeat(10_000)],
    ['a header that goes on and on', `Content-Length: 5\r\n${'x'.repeat(10_000)}`],
  ])('costs no other: %s', (_, text) => {
    const bytes = Buffer.concat([bytesOf(text), after, after]);
    for (const cuts of [[], [1, 1, 1], Array(200).fill(7)]) {
      expect(texts(receive(bytes, cuts))).toEqual(['fault', { after: true }, { after: true }]);
    }
  });

  it('is forgotten while it comes: a stream of it does not pile up', () => {
    const framing = new Framing();
    expect(texts(framing.receive(bytesOf('Content-Length: 999999999\r\n\r\n')))).toEqual(['fault']);
    const megabyte = new Uint8Array(1 << 20).fill(0x20);
    for (let i = 0; i < 100; i++) expect(framing.receive(megabyte)).toEqual([]);
    expect(texts(framing.receive(after))).toEqual([{ after: true }]);
  });

  it('never makes it fail, nor lose a message behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (noise, cut) => {
        // A header of its own would take what follows for its body.
        fc.pre(!/content-length/i.test(Buffer.from(noise).toString('latin1')));
        const broken = bytesOf('Content-Length: 1x\r\n\r\n');
        const out = receive(Buffer.concat([broken, noise, after]), [cut]);
        expect(texts(out).at(-1)).toEqual({ after: true });
      }),
    );
  });

  it('is refused if a browser sends it, whatever it holds', () => {
    const post = 'POST / HTTP/1.1\r\nHost: 127.0.0.1:4711\r\nContent-Length: 2\r\n\r\n{}';
    expect(texts(receive(bytesOf(post)))).toEqual(['foreign']);
  });
});

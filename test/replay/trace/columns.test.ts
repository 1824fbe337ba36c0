import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ready } from '../../../src/replay/ready.js';
import { ByteReader, ByteWriter, OutOfBytes } from '../../../src/replay/trace/bytes.js';
import { CheckDecoder, CheckEncoder } from '../../../src/replay/trace/checks.js';
import { compress } from '../../../src/replay/trace/codec.js';
import {
  decodeInputs,
  decodePulls,
  decodeSignals,
  encodeInputs,
  encodePulls,
  encodeSignals,
  type Pull,
  UNIT,
} from '../../../src/replay/trace/columns.js';

beforeAll(() => ready());

const clock = fc.nat({ max: 2 ** 40 });
const ascending = (n: number) =>
  fc.array(clock, { minLength: n, maxLength: n }).map((a) => a.sort((x, y) => x - y));
const FROM = 0;

/** `make(clock)` for 0 to 40 ascending clocks. */
function events<T>(make: (clock: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc
    .nat({ max: 40 })
    .chain((n) => ascending(n).chain((cs) => fc.tuple(...cs.map(make)))) as fc.Arbitrary<T[]>;
}

describe('columns give back what they were given', () => {
  it('varints and zigzags', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (a, b) => {
        const out = new ByteWriter();
        out.varint(a);
        out.zigzag(b);
        const src = new ByteReader(out.take());
        expect([src.varint(), src.zigzag(), src.remaining]).toEqual([a, b, 0]);
      }),
    );
  });

  it('inputs', () => {
    const input = (at: number) =>
      fc.record({
        clock: fc.constant(at),
        channel: fc.nat({ max: 9 }),
        data: fc.uint8Array({ maxLength: 20 }),
      });
    fc.assert(
      fc.property(events(input), (list) => {
        expect(decodeInputs(encodeInputs(list, FROM), FROM)).toEqual(list);
      }),
    );
  });

  it('signals', () => {
    const signal = (at: number) => fc.record({ clock: fc.constant(at), name: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(events(signal), (list) => {
        expect(decodeSignals(encodeSignals(list, FROM), FROM)).toEqual(list);
      }),
    );
  });

  it('pulls', () => {
    const whole = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 8 });
    const pull = (at: number): fc.Arbitrary<Pull> =>
      fc
        .tuple(
          fc.nat({ max: 2 }),
          fc.maxSafeNat().map((n) => n % 2 ** 40),
          fc.option(whole),
          fc.uint8Array({ maxLength: 9 }),
        )
        .map(([channel, request, units, bytes]) => ({
          clock: at,
          channel,
          request,
          length: units ? units.length * UNIT : bytes.length,
          units: units ?? undefined,
          bytes: units ? undefined : bytes,
        }));
    fc.assert(
      fc.property(events(pull), (list) => {
        expect(decodePulls(encodePulls(list, FROM), FROM)).toEqual(list);
      }),
    );
  });

  it('checks, chained', () => {
    const print = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(fc.array(print, { maxLength: 8 }), (prints) => {
        const [out, back] = [new CheckEncoder(64), new CheckDecoder(64)];
        const checks = prints.map((fingerprint, i) => ({ clock: i * 1000, inputs: i, fingerprint }));
        for (const check of checks) {
          expect(back.decode(out.encode([check], 0), 0)).toEqual([check]);
        }
      }),
    );
  });
});

it('no bytes make a decoder do anything but decode or say that it cannot', () => {
  const decoders = [
    (b: Uint8Array) => decodeInputs(b, 0),
    (b: Uint8Array) => decodePulls(b, 0),
    (b: Uint8Array) => decodeSignals(b, 0),
    (b: Uint8Array) => new CheckDecoder(64).decode(b, 0),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...decoders), fc.uint8Array({ maxLength: 60 }), (decode, bytes) => {
      try {
        decode(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfBytes);
      }
    }),
    { numRuns: 2000 },
  );
});

it('20,000 interrupts of a timer with jitter take little more than a byte each', () => {
  let seed = 1;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const signals = Array.from({ length: 20_000 }, (_, i) => ({
    clock: 400_921 * (i + 1) + Math.floor(random() * 40),
    name: i % 50 === 0 ? 1 : 0,
  }));
  let size = 0;
  // A flush a second: some 330 interrupts each.
  for (let at = 0; at < signals.length; at += 330) {
    const from = signals[at]!.clock - 1;
    size += compress(encodeSignals(signals.slice(at, at + 330), from)).length;
  }
  expect(size).toBeLessThan(30_000);
});

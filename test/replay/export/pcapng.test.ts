/** pcapng, read back by a reader of its own: times, directions, kinds of destinations, lengths of all sorts. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CaptureAbout, PcapngWriter } from '../../../src/replay/export/pcapng.js';
import { readPcapng } from '../support/pcapngReader.js';

const ABOUT: CaptureAbout = {
  program: 'program 1.0',
  comment: 'traces/ümlaut.rewind',
  description: 'an adapter',
  address: Uint8Array.of(2, 0, 0, 0, 0, 7),
  frequency: { num: 1102500000, den: 11 },
  bootInstant: 1_767_225_600,
};

function written(about: CaptureAbout, put: (writer: PcapngWriter) => void) {
  const pieces: Uint8Array[] = [];
  put(new PcapngWriter((bytes) => pieces.push(bytes), about));
  return readPcapng(Buffer.concat(pieces));
}

it('says what it is of', () => {
  const { linkType, section, interface: about, frames } = written(ABOUT, () => {});
  expect(linkType).toBe(1);
  expect(section.get(1)!.toString()).toBe(ABOUT.comment);
  expect(section.get(4)!.toString()).toBe(ABOUT.program);
  expect([about.get(2)!.toString(), about.get(3)!.toString()]).toEqual(['net0', 'an adapter']);
  expect([...about.get(6)!]).toEqual([2, 0, 0, 0, 0, 7]);
  expect(about.get(8)!.readBigUInt64LE()).toBe(10_000_000n);
  expect(frames).toEqual([]);
});

it('knows no address where there is none', () => {
  const { interface: about } = written({ ...ABOUT, address: undefined }, () => {});
  expect(about.has(6)).toBe(false);
});

// epb_flags: bits 1-0 are 01 inbound, 10 outbound; bits 4-2 are 001 unicast, 010 multicast, 011 broadcast.
it.each([
  ['in', [2, 0, 0, 0, 0, 7], 0b00101],
  ['out', [2, 0, 0, 0, 0, 8], 0b00110],
  ['out', [0x33, 0x33, 0, 0, 0, 1], 0b01010],
  ['in', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0b01101],
] as const)('tells a frame %s to %s', (direction, address, flags) => {
  const data = Uint8Array.from([...address, 9, 9]);
  expect(written(ABOUT, (writer) => writer.frame(0, direction, data)).frames).toEqual([
    { time: 1_767_225_600_000_000_000n, flags, data },
  ]);
});

it('keeps every frame as it is, and its time to the nanosecond', () => {
  const clock = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const frame = fc.record({ clock, data: fc.uint8Array({ minLength: 1, maxLength: 70 }) });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
      const { frames: read } = written(ABOUT, (writer) => {
        for (const one of frames) writer.frame(one.clock, 'out', one.data);
      });
      expect(read.map(({ data }) => data)).toEqual(frames.map(({ data }) => data));
      for (const [i, { time }] of read.entries()) {
        // A clock is 11 x 10000 / 11025 ns.
        const exact = BigInt(frames[i]!.clock) * 11n * 10_000n;
        const since = (time - 1_767_225_600_000_000_000n) * 11_025n;
        expect(exact - since >= 0n && exact - since < 11_025n).toBe(true);
      }
    }),
  );
});

import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ready } from '../../../src/replay/ready.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { compress, pack } from '../../../src/replay/trace/codec.js';
import {
  checkFileHeader,
  encodeFileHeader,
  encodeFrameHeader,
  FILE_HEADER,
  FRAME_HEADER,
  FrameKind,
  type FrameKindName,
  TraceError,
} from '../../../src/replay/trace/format.js';
import { hash64 } from '../../../src/replay/trace/hash.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import { concat, openTrace, recordToy } from '../support/recordToy.js';
import { toyBoards } from '../support/toy.js';

beforeAll(() => ready());

const RUN = { until: 60_000, inputs: [{ at: 20_000, keys: 'ab' }], flushEvery: 20_000 };

function errorOf(bytes: Uint8Array): TraceError {
  try {
    openTrace(bytes);
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error('the trace was accepted');
}

describe('damage', () => {
  it('any changed byte anywhere is detected, and the frame named', () => {
    const { bytes } = recordToy(RUN);
    const { frames } = openTrace(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      const error = errorOf(damaged);
      const frame = frames.findLast((f) => f.at <= at);
      if (frame) {
        expect(error.message).toMatch(new RegExp(`^frame ${frame.header.sequence} at byte ${frame.at}: `));
        expect(error.kind).toBe('damaged');
      } else expect(error.message).toMatch(at < 8 ? /^not a trace/ : /^file header at byte 0: checksum/);
      expect(error.message).not.toContain('\n');
    }
  });

  it('frames that are dropped, doubled or swapped are detected', () => {
    const { bytes, pieces } = recordToy(RUN);
    expect(concat(pieces)).toEqual(bytes);
    for (let i = 2; i < pieces.length - 1; i++) {
      const dropped = pieces.filter((_, j) => j !== i);
      const doubled = [...pieces.slice(0, i), pieces[i]!, ...pieces.slice(i)];
      const swapped = [...pieces.slice(0, i), pieces[i + 1]!, pieces[i]!, ...pieces.slice(i + 2)];
      for (const wrong of [dropped, doubled, swapped]) {
        expect(errorOf(concat(wrong)).kind).toBe('damaged');
      }
    }
  });

  it('a frame of another trace is detected, even at the same place', () => {
    const one = recordToy(RUN).pieces;
    const other = recordToy({ ...RUN, program: Uint8Array.of(9, 9) }).pieces;
    expect(errorOf(concat([...one.slice(0, 4), ...other.slice(4)])).message).toMatch(/^frame 3 /);
  });

  it('bytes after the end are detected', () => {
    const { bytes } = recordToy(RUN);
    expect(errorOf(concat([bytes, Uint8Array.of(0)])).message).toMatch(/^1 bytes follow the end/);
  });

  it('can be salvaged up to the damaged frame', () => {
    const { bytes } = recordToy(RUN);
    const frame = openTrace(bytes).segments.at(-1)!;
    const damaged = bytes.slice();
    damaged[frame.at + FRAME_HEADER]! ^= 1;
    const trace = Trace.open(memorySource(damaged), { salvage: true });
    expect(trace.tail.kind).toBe('damaged');
    expect(trace.covered).toBeGreaterThanOrEqual(40_000);
    expect(new Replayer(trace, toyBoards).runTo(Number.POSITIVE_INFINITY)).toBe(true);
  });
});

describe('a torn trace', () => {
  it('cut at any byte, is read up to its last whole frame and replays that far', () => {
    const { bytes } = recordToy(RUN);
    const whole = openTrace(bytes);
    const head = whole.frames.findLastIndex((f) => f.header.kind === 'blob');
    const replayable = frameEnd(whole, head);
    for (let cut = 0; cut < bytes.length; cut++) {
      const torn = bytes.subarray(0, cut);
      if (cut < frameEnd(whole, 0)) {
        expect(errorOf(torn).kind).toBe('incomplete');
        continue;
      }
      const trace = openTrace(torn);
      expect(trace.complete).toBe(false);
      expect(trace.frames.length).toBe(whole.frames.filter((_, i) => frameEnd(whole, i) <= cut).length);
      if (cut < replayable) expect(() => trace.blobs()).toThrow(/^incomplete: image/);
      else if (cut % 97 === 0) {
        const replay = new Replayer(trace, toyBoards);
        expect(replay.runTo(Number.POSITIVE_INFINITY)).toBe(true);
        expect(replay.clock).toBeGreaterThanOrEqual(trace.covered);
      }
    }
  });

  it('loses only what came after the last flush', () => {
    const { bytes } = recordToy({ ...RUN, finish: false });
    const trace = openTrace(bytes);
    expect(trace.tail.kind).toBe('torn');
    expect(trace.covered).toBeGreaterThanOrEqual(60_000);
  });
});

function frameEnd(trace: Trace, index: number): number {
  const frame = trace.frames[index]!;
  return frame.at + FRAME_HEADER + frame.header.payload;
}

/** A trace with rightly summed frames of any content. */
function forge(frames: readonly { kind: FrameKindName; record: unknown; raw?: number }[]): Uint8Array {
  const { bytes, hash } = encodeFileHeader();
  const pieces = [bytes];
  let seed = hash;
  for (const [i, { kind, record, raw }] of frames.entries()) {
    const packed = pack(record);
    const payload = compress(packed);
    const header = encodeFrameHeader(kind, i, payload, raw ?? packed.length, seed);
    seed = header.hash;
    pieces.push(header.bytes, payload);
  }
  return concat(pieces);
}

const MANIFEST = ['p', { board: 'toy' }, 'i', 1, 1, 1, true, []];

describe('a trace that is well summed and wrong', () => {
  it('of another version is refused by its number', () => {
    const bytes = encodeFileHeader().bytes;
    const view = new DataView(bytes.buffer);
    view.setUint32(8, 99, true);
    view.setBigUint64(16, hash64(bytes.subarray(0, 16)), true);
    expect(() => checkFileHeader(bytes)).toThrow('trace format 99; this program reads formats 1 to 2');
  });

  it('with a frame of an unknown kind is refused', () => {
    const bytes = forge([{ kind: 'manifest', record: MANIFEST }]);
    const seed = checkFileHeader(bytes.subarray(0, FILE_HEADER));
    const view = new DataView(bytes.buffer, FILE_HEADER);
    view.setUint32(12, 77, true);
    view.setBigUint64(24, hash64(bytes.subarray(FILE_HEADER, FILE_HEADER + 24), seed), true);
    expect(errorOf(bytes)).toMatchObject({
      kind: 'unknown-record',
      message: 'frame 0 at byte 24: unknown kind 77',
    });
  });

  it('with a record that is not what it should be is refused, in one line', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(FrameKind)) as fc.Arbitrary<FrameKindName>,
        fc.jsonValue(),
        (kind, record) => {
          const bytes = forge([
            { kind: 'manifest', record: MANIFEST },
            { kind, record },
          ]);
          try {
            const trace = openTrace(bytes);
            trace.blobs();
            for (const s of trace.segments) trace.segment(s);
          } catch (error) {
            expect(error).toBeInstanceOf(TraceError);
            expect((error as Error).message).not.toContain('\n');
          }
        },
      ),
    );
    expect(errorOf(forge([{ kind: 'manifest', record: [1, 2] }])).message).toBe(
      'frame 0 at byte 24: not an array of 8',
    );
  });

  it('with a size that its payload does not have is refused before anything is allocated', () => {
    const bytes = forge([{ kind: 'manifest', record: MANIFEST, raw: 1 << 20 }]);
    expect(errorOf(bytes).message).toMatch(/^frame 0 at byte 24: not the zstd data/);
    const huge = forge([{ kind: 'manifest', record: MANIFEST, raw: 0xffffffff }]);
    expect(errorOf(huge).message).toMatch(/are more than a frame may hold$/);
  });
});

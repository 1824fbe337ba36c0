/**
 * Laws of an index, on the demo's recording: a timeline opened with one is at every clock what straight replay finds,
 * knows what was sent, and passes over nothing that was written; whatever is wrong with the file is found.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { History } from '../../../src/replay/query/history.js';
import { ready } from '../../../src/replay/ready.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Session } from '../../../src/replay/session.js';
import { Checkpoints } from '../../../src/replay/timeline/checkpoints.js';
import { IndexError } from '../../../src/replay/timeline/storedChunks.js';
import { StoredIndex } from '../../../src/replay/timeline/storedIndex.js';
import { survey } from '../../../src/replay/timeline/survey.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import type { ByteSource } from '../../../src/replay/trace/format.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { sameBytes } from '../../../src/replay/trace/sameBytes.js';
import { recordToy } from '../support/recordToy.js';
import { toyBoards } from '../support/toy.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const PROGRAM = 'test 1';
const demo = () => memorySource(new Uint8Array(readFileSync(FILE)));

function surveyed(
  trace: Trace,
  on: typeof boards | typeof toyBoards = boards,
  pageBytes?: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const options = { program: PROGRAM, ...(pageBytes !== undefined && { pageBytes }) };
  for (const _ of survey(trace, on, (part) => parts.push(part.slice()), options));
  return new Uint8Array(Buffer.concat(parts));
}

let trace: Trace;
let file: Uint8Array;
const openIndex = (bytes = file, of = trace, program = PROGRAM) =>
  StoredIndex.open(memorySource(bytes), of, program);
const indexed = () => new Timeline(Trace.open(demo()), boards, { index: openIndex() });

beforeAll(async () => {
  await ready();
  trace = Trace.open(demo());
  file = surveyed(trace);
});

const places = (n: number) => fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: n, seed: 11 });

describe('a timeline with an index', () => {
  it('has checkpoints all over the run at once', () => {
    const { checkpoints, end } = indexed();
    expect(checkpoints.length).toBeGreaterThan(30);
    expect(checkpoints.at(-1)).toBe(end);
    const gaps = checkpoints.slice(1).map((clock, i) => clock - checkpoints[i]!);
    expect(Math.max(...gaps)).toBeLessThan(end / 8);
  });

  it('is everywhere what straight replay finds', () => {
    const timeline = indexed();
    for (const place of [...places(4), 1, 0.999]) {
      const clock = Math.floor(place * timeline.end);
      timeline.seek(clock);
      const session = Session.open(demo(), boards);
      session.runTo(clock);
      expect([timeline.clock, timeline.stateHash()]).toEqual([session.clock, session.stateHash()]);
    }
    expect(timeline.divergence).toBeUndefined();
  });

  it('runs on from each milestone to the end, and passes every check', () => {
    const timeline = indexed();
    for (const clock of timeline.checkpoints.filter((_, i) => i % 16 === 4)) {
      timeline.seek(clock);
      expect(timeline.play(timeline.end)).toBe(true);
    }
  });

  it('knows what was sent without having passed it', () => {
    const straight = new Timeline(Trace.open(demo()), boards);
    const [learned, known] = [new History(straight), new History(indexed())];
    straight.play(straight.end);
    expect(known.sentUpTo(straight.end)).toBe(learned.sentUpTo(straight.end));
    expect(known.sentUpTo(straight.end)).toContain('hello');
    expect(known.next('hello', 0)).toBe(learned.next('hello', 0));
  });

  it('finds writers where one without an index finds them', () => {
    const [plain, withIndex] = [new Timeline(Trace.open(demo()), boards), indexed()];
    const ranges = [0xb8000, 0x100004, 0x7c00].map((address) => ({ address, length: 4 }));
    for (const range of ranges) {
      const found = [plain, withIndex].map((timeline) => {
        timeline.seek(timeline.end);
        return [timeline.reverseContinue({ writes: [range] }), timeline.clock];
      });
      expect(found[1]).toEqual(found[0]);
    }
  });

  it('does not take what was written again with the same contents for unwritten', () => {
    const replayer = new Replayer(Trace.open(demo()), boards, true);
    const checkpoints = new Checkpoints(replayer, 1 << 26);
    checkpoints.take();
    const index = openIndex();
    checkpoints.adopt(index);
    let again = 0;
    for (const [i, stretch] of index.stretches.entries()) {
      const [before, after] = checkpoints.all.slice(i, i + 2);
      for (let page = 0; page < replayer.machine.memory.size >>> 12; page++) {
        const memory = [{ address: page << 12, length: 4096 }];
        if (!stretch.written(page)) continue;
        expect(checkpoints.unwritten(stretch.to, memory)).toBe(stretch.to);
        const [a, b] = [before, after].map((c) => c!.ram[page >>> 6]![page & 63]!.bytes);
        if (sameBytes(a!, b!)) again++;
      }
    }
    expect(again).toBeGreaterThan(0);
  });
});

describe('a survey', () => {
  it('holds to a budget of bytes', () => {
    const small = surveyed(trace, boards, 1 << 19);
    expect(small.length).toBeLessThan(file.length);
    const { stretches } = openIndex(small);
    expect(stretches.length).toBeGreaterThan(0);
    expect(stretches.length).toBeLessThan(openIndex().stretches.length);
  });

  it('notes vectors, ports and writes to video memory where they happen, and nowhere else', () => {
    const timeline = new Timeline(Trace.open(demo()), boards);
    const { machine } = timeline;
    for (const stretch of openIndex().stretches) {
      const seen = {
        vectors: new Set<number>(),
        ports: new Set<number>(),
        video: new Set<number>(),
        raised: false,
      };
      machine.cpu.observer = {
        addresses: new Set(),
        vector: (vector) => seen.vectors.add(vector),
        interruptLine: (level) => (seen.raised ||= level),
      };
      machine.onPort = (port) => seen.ports.add(port);
      machine.memory.observe({
        writes: [{ address: 0xa0000, length: 0x20000 }],
        heard: (at) => seen.video.add(at >>> 12),
      });
      timeline.play(stretch.to);
      for (const what of ['vectors', 'ports', 'video', 'raised'] as const)
        expect(stretch[what]).toEqual(seen[what]);
    }
  });

  it('is of disks, too', () => {
    const toy = recordToy({ until: 400_000, inputs: [{ at: 100_000, keys: 'w' }] });
    const source = memorySource(toy.bytes);
    const index = openIndex(surveyed(Trace.open(source), toyBoards), Trace.open(source));
    const timeline = new Timeline(Trace.open(source), toyBoards, { index });
    for (const place of [0.9, 0.1, 0.5, 0.6]) {
      const clock = Math.floor(place * timeline.end);
      timeline.seek(clock);
      const session = Session.open(source, toyBoards);
      session.runTo(clock);
      expect(timeline.stateHash()).toBe(session.stateHash());
    }
  });
});

describe('an index that is not what it should be', () => {
  const kindOf = (open: () => unknown): string => {
    try {
      open();
    } catch (error) {
      if (error instanceof IndexError) return error.kind;
      throw error;
    }
    return 'fine';
  };

  it('is told from that of another trace or program', () => {
    const other = recordToy({ until: 200_000 });
    expect(kindOf(() => openIndex(file, Trace.open(memorySource(other.bytes))))).toBe('foreign');
    expect(kindOf(() => openIndex(file, trace, 'test 2'))).toBe('foreign');
    expect(kindOf(() => openIndex())).toBe('fine');
  });

  it('is found damaged wherever a byte is another', () => {
    for (const at of fc.sample(fc.nat(file.length - 1), { numRuns: 60, seed: 5 })) {
      const bytes = file.slice();
      bytes[at]! ^= 1 << (at % 8);
      expect(kindOf(() => openIndex(bytes).verify())).not.toBe('fine');
    }
  });

  it('is found damaged wherever it is cut off', () => {
    for (const length of fc.sample(fc.nat(file.length - 1), { numRuns: 60, seed: 6 })) {
      expect(kindOf(() => openIndex(file.slice(0, length)))).not.toBe('fine');
    }
  });

  /** What lies in the file from some place on is another from now on. */
  function spoiling(): { source: ByteSource; spoil: (from: number) => void } {
    let spoilt = Number.POSITIVE_INFINITY;
    const read = (at: number, length: number): Uint8Array => {
      const bytes = file.slice(at, at + length);
      for (let i = Math.max(0, spoilt - at); i < bytes.length; i++) bytes[i]! ^= 0x55;
      return bytes;
    };
    return { source: { size: file.length, read }, spoil: (from) => (spoilt = from) };
  }

  it('is gone on without when damage shows later, from where one stood, and told once', () => {
    const straight = [0.63, 0.31, 0.05].map((place) => {
      const session = Session.open(demo(), boards);
      session.runTo(Math.floor(place * session.end));
      return [session.clock, session.stateHash()];
    });
    for (const [i, part] of [0, 0.4].entries()) {
      const { source, spoil } = spoiling();
      const index = StoredIndex.open(source, trace, PROGRAM);
      const lost: string[] = [];
      const onIndexLost = (error: IndexError) => lost.push(error.kind);
      const timeline = new Timeline(Trace.open(demo()), boards, { index, onIndexLost });
      timeline.seek(Math.floor((0.1 + 0.1 * i) * timeline.end));
      timeline.keep();
      spoil(Math.floor(part * file.length));
      for (const [clock, hash] of straight) {
        timeline.seek(clock as number);
        expect([timeline.clock, timeline.stateHash()]).toEqual([clock, hash]);
      }
      expect(timeline.divergence).toBeUndefined();
      expect(lost).toEqual(['damaged']);
      expect(timeline.index).toBeUndefined();
    }
  });

  it('leaves everything as it was where a checkpoint cannot be read', () => {
    const { source, spoil } = spoiling();
    const replayer = new Replayer(Trace.open(demo()), boards, true);
    const checkpoints = new Checkpoints(replayer, 1 << 26);
    checkpoints.take();
    checkpoints.adopt(StoredIndex.open(source, trace, PROGRAM));
    replayer.runTo(3_000_000);
    const before = replayer.stateHash();
    spoil(0);
    expect(() => checkpoints.restore(checkpoints.all.at(-2)!)).toThrow(IndexError);
    expect(replayer.stateHash()).toBe(before);
    expect(replayer.runTo(50_000_000)).toBe(true);
    const session = Session.open(demo(), boards);
    session.runTo(50_000_000);
    expect(replayer.stateHash()).toBe(session.stateHash());
  });
});

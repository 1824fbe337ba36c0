/** Record and replay of the real machine, as far as its BIOS goes without a disk. */
import { beforeAll, expect, it } from 'vitest';
import { buildPc } from '../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../src/devices/description.js';
import { chordToKeys } from '../../src/devices/keys.js';
import { keyInput } from '../../src/replay/controls.js';
import { screenLines } from '../../src/replay/guest/screen.js';
import { ready } from '../../src/replay/ready.js';
import { Recorder } from '../../src/replay/recorder.js';
import { Session } from '../../src/replay/session.js';
import { memorySource } from '../../src/replay/trace/reader.js';
import type { Description } from '../../src/replay/trace/records.js';
import { concat } from './support/recordToy.js';

beforeAll(() => ready());

const PC: PcDescription = {
  board: 'pc',
  model: 'i486',
  memory: 2 << 20,
  clockMultiplier: 8,
  bootInstant: 1_767_225_600,
  seed: 1,
  disks: [],
  floppies: [],
  boot: ['disk'],
  debugPorts: false,
};
const END = 12_000_000;

const boardsOf = (engine: 'interpreter' | 'evaluator') => ({
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine }),
});

it('recorded with the interpreter, verified with the evaluator', () => {
  const pieces: Uint8Array[] = [];
  const recorder = new Recorder({
    machine: buildPc(PC, new Map(), { engine: 'interpreter' }),
    description: { ...PC },
    blobs: new Map(),
    provider: { pull: (_, __, length) => new Uint8Array(length) },
    sink: (bytes) => pieces.push(bytes),
    program: 'test',
    checkEvery: 2 ** 20,
  });
  for (let at = 1_000_003; at < END; at += 1_000_003) {
    recorder.run(at);
    const { channel, data } = keyInput(chordToKeys('shift-a'));
    recorder.input(channel, data);
    recorder.flush();
  }
  const final = recorder.finish('test');
  expect(screenLines(recorder.machine).join('\n')).toContain('Rewind86 BIOS');

  const session = Session.open(memorySource(concat(pieces)), boardsOf('evaluator'));
  expect(session.runTo(Number.POSITIVE_INFINITY, { slice: 333_333 })).toBe(true);
  expect(session.divergence).toBeUndefined();
  expect(session.stateHash()).toBe(final.stateHash);
  expect(session.checks).toBeGreaterThan(10);
  expect(screenLines(session.machine)).toEqual(screenLines(recorder.machine));
});

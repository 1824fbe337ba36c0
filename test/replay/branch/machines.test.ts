/**
 * Branches of the boards: on the demo's recording, from wherever a timeline came there, by running or by an index;
 * and of a PC/XT, whose CPU is in the midst of its bus cycles at every boundary.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import { buildXt } from '../../../src/devices/boards/xt.js';
import type { Blobs, PcDescription, XtDescription } from '../../../src/devices/description.js';
import { xtBiosImage } from '../../../src/devices/firmware/image.js';
import { changesOf } from '../../../src/replay/branch/assignment.js';
import { branch } from '../../../src/replay/branch/branch.js';
import { inputsOf, KeepingInputs } from '../../../src/replay/branch/inputs.js';
import { inputOfChange } from '../../../src/replay/changes.js';
import { Symbols } from '../../../src/replay/guest/symbols.js';
import { ready } from '../../../src/replay/ready.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { StoredIndex } from '../../../src/replay/timeline/storedIndex.js';
import { survey } from '../../../src/replay/timeline/survey.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { sha256 } from '../../../src/replay/trace/sha256.js';
import { seededProvider } from '../../support/pc.js';
import { XT } from '../../support/xt.js';
import { concat } from '../support/recordToy.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
  xt: (d: Description, blobs: Blobs) => buildXt(d as unknown as XtDescription, blobs),
};
const demo = () => new Uint8Array(readFileSync(FILE));
const open = (bytes: Uint8Array) => Trace.open(memorySource(bytes));
const provider = seededProvider(1);

beforeAll(() => ready());

/** A branch of where the timeline stands, changed, and taken to its parent's end. */
function branched(
  timeline: Timeline,
  ...pokes: string[]
): { readonly hash: bigint; readonly bytes: Uint8Array } {
  const { trace } = timeline;
  const pieces: Uint8Array[] = [];
  const sink = (bytes: Uint8Array) => pieces.push(bytes);
  const { recorder, inputsBefore } = branch(timeline, { sink, program: 'test', label: undefined, provider });
  for (const change of pokes.flatMap((text) => changesOf(text, recorder.machine, new Symbols()))) {
    const { channel, data } = inputOfChange(change);
    recorder.input(channel, data);
  }
  new KeepingInputs(recorder, inputsOf(trace).slice(inputsBefore)).run(
    trace.covered + (trace.end?.outcome ? 1 : 0),
  );
  return { hash: recorder.finish('limit').stateHash, bytes: concat(pieces) };
}

function replayed(bytes: Uint8Array): Replayer {
  const replay = new Replayer(open(bytes), boards);
  replay.runTo(Number.POSITIVE_INFINITY);
  expect(replay.divergence).toBeUndefined();
  return replay;
}

describe('a branch of the demo', () => {
  it('equals its parent, too, if the timeline jumped there', () => {
    const trace = open(demo());
    const parts: Uint8Array[] = [];
    for (const _ of survey(trace, boards, (part) => parts.push(part.slice()), { program: 'test' }));
    const index = concat(parts);
    const jumping = () =>
      new Timeline(trace, boards, { index: StoredIndex.open(memorySource(index), trace, 'test') });
    const milestones = jumping().checkpoints;
    const whole = replayed(demo()).stateHash();
    for (const at of [milestones.at(-4)!, milestones.at(-4)! + 777]) {
      const timeline = jumping();
      timeline.seek(at);
      const child = branched(timeline);
      expect(child.hash).toBe(whole);
      expect(replayed(child.bytes).stateHash()).toBe(whole);
    }
  });

  it('equals its parent, too, if the timeline went back there', () => {
    const timeline = new Timeline(open(demo()), boards);
    timeline.seek(timeline.end);
    timeline.seek(timeline.end - 5_000_000);
    timeline.stepBack();
    expect(branched(timeline).hash).toBe(replayed(demo()).stateHash());
  });
});

describe('a branch of a PC/XT', () => {
  const END = 3_000_000;

  function recorded(): Uint8Array {
    const bios = xtBiosImage();
    const blobs = new Map([[sha256(bios), bios]]);
    const description = { ...XT, bios: sha256(bios) };
    const pieces: Uint8Array[] = [];
    const sink = (bytes: Uint8Array) => pieces.push(bytes);
    const machine = buildXt(description, blobs);
    const recorder = new Recorder({
      machine,
      description: { ...description },
      blobs,
      provider,
      sink,
      program: 'test',
      checkEvery: 2 ** 18,
    });
    recorder.run(END);
    recorder.finish('limit');
    return concat(pieces);
  }

  it('equals its parent, and with registers changed replays bit for bit', () => {
    const parent = recorded();
    const whole = replayed(parent).stateHash();
    const at = (clock: number) => {
      const timeline = new Timeline(open(parent), boards);
      timeline.seek(clock);
      return timeline;
    };
    for (let clock = 1_000_000; clock < 1_000_060; clock += 19) expect(branched(at(clock)).hash).toBe(whole);
    const changed = branched(
      at(1_000_000),
      'cx = cx + 5',
      'ds = ds',
      'ah = 3',
      'zf = !zf',
      'byte[0x7000] = 9',
    );
    expect(changed.hash).not.toBe(whole);
    expect(replayed(changed.bytes).stateHash()).toBe(changed.hash);
    expect(() => branched(at(1_000_000), 'ip = 5')).toThrow('ip cannot be written');
    const same = ['ax', 'bx', 'sp', 'ds', 'es', 'ss', 'flags', 'cf', 'if'].map((name) => `${name} = ${name}`);
    expect(branched(at(1_000_000), ...same).hash).toBe(whole);
  });
});

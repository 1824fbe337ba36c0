/**
 * What checkpoints tell of memory between them, on the toy machine: a page whose kind changes is written to where it is
 * RAM, whatever it is at both ends.
 */
import { beforeAll, expect, it } from 'vitest';
import { ready } from '../../../src/replay/ready.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Checkpoints } from '../../../src/replay/timeline/checkpoints.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { openTrace, recordToy } from '../support/recordToy.js';
import { toyBoards } from '../support/toy.js';

beforeAll(ready);

const PAGE = 0xc8000;
const BYTE = [{ address: PAGE + 5, length: 1 }];

it.each(['ram', 'rom', 'none'] as const)('a page that is %s at both ends', (kind) => {
  const replayer = new Replayer(openTrace(recordToy({ until: 40_000 }).bytes), toyBoards, true);
  const { memory } = replayer.machine;
  const checkpoints = new Checkpoints(replayer, 1 << 24);
  // The toy writes everywhere, now and then: it is not what is asked about.
  const takeAt = (clock: number) => {
    replayer.runTo(clock);
    memory.setKind(PAGE, 4096, kind);
    checkpoints.take();
    return replayer.clock;
  };
  memory.setKind(PAGE, 4096, kind);
  const clocks = [0, 10, 20].map(takeAt);
  memory.setKind(PAGE, 4096, 'ram');
  memory.write(PAGE + 5, 1, 1);
  const last = takeAt(30);
  expect(checkpoints.unwritten(last, BYTE)).toBe(last);
  expect(checkpoints.unwritten(clocks[2]!, BYTE)).toBe(0);
});

it('several can listen to a timeline, and each ends it for itself', () => {
  const timeline = new Timeline(openTrace(recordToy({ until: 90_000 }).bytes), toyBoards);
  const heard = { a: 0, b: 0 };
  const [endA, endB] = [
    timeline.listen({ note: () => heard.a++ }),
    timeline.listen({ note: () => heard.b++, passed: () => {} }),
  ];
  timeline.play(30_000);
  expect(heard.a).toBeGreaterThan(0);
  expect(heard.b).toBe(heard.a);
  const { a } = heard;
  endA();
  timeline.play(60_000);
  expect(heard.a).toBe(a);
  expect(heard.b).toBeGreaterThan(a);
  const { b } = heard;
  endB();
  timeline.play(90_000);
  expect(heard).toEqual({ a, b });
});

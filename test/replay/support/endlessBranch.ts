/** A program that records a branch of a toy's run for ever into the file it is given, and says what is safe. */
import * as fs from 'node:fs';
import { branch } from '../../../src/replay/branch/branch.js';
import { ready } from '../../../src/replay/ready.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { openTrace, recordToy, toyProvider } from './recordToy.js';
import { toyBoards } from './toy.js';

await ready();
const fd = fs.openSync(process.argv[2]!, 'w');
const timeline = new Timeline(openTrace(recordToy({ until: 150_000 }).bytes), toyBoards);
timeline.seek(100_000);
const { recorder, clock } = branch(timeline, {
  sink: (bytes) => {
    // In small pieces, so that a kill has something to tear.
    for (let at = 0; at < bytes.length; at += 16) fs.writeSync(fd, bytes.subarray(at, at + 16));
  },
  program: 'toy 2',
  label: 'killed',
  provider: toyProvider(),
});
for (let at = clock + 50_000; ; at += 50_000) {
  recorder.run(at);
  if (at % 150_000 === 0) recorder.input('keyboard', Uint8Array.of(0x61 + ((at / 50_000) % 5)));
  recorder.flush();
  fs.writeSync(1, `${recorder.machine.cpu.clock}\n`);
}

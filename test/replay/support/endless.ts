/** A program that records the toy machine for ever into the file it is given, and says what is safe. */
import * as fs from 'node:fs';
import { ready } from '../../../src/replay/ready.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { toyProvider } from './recordToy.js';
import { buildToy, toyDescription } from './toy.js';

await ready();
const fd = fs.openSync(process.argv[2]!, 'w');
const machine = buildToy(toyDescription, new Map());
const recorder = new Recorder({
  machine,
  description: toyDescription,
  blobs: new Map(),
  provider: toyProvider(),
  sink: (bytes) => {
    // In small pieces, so that a kill has something to tear.
    for (let at = 0; at < bytes.length; at += 16) fs.writeSync(fd, bytes.subarray(at, at + 16));
  },
  program: 'toy 1',
  checkEvery: 2 ** 14,
});
for (let at = 50_000; ; at += 50_000) {
  recorder.run(at);
  if (at % 150_000 === 0) recorder.input('keyboard', Uint8Array.of(0x61 + ((at / 50_000) % 5)));
  recorder.flush();
  fs.writeSync(1, `${machine.cpu.clock}\n`);
}

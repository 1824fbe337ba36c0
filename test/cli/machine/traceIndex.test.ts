/** The index beside a trace belongs to one build of the program: that of another with the same version is not used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readIndex } from '../../../src/cli/machine/traceIndex.js';
import { PROGRAM } from '../../../src/cli/version.js';
import { ready } from '../../../src/replay/ready.js';
import { survey } from '../../../src/replay/timeline/survey.js';
import { openTrace, recordToy } from '../../replay/support/recordToy.js';
import { toyBoards } from '../../replay/support/toy.js';
import { FakeHost } from '../support/fakeHost.js';

const folder = mkdtempSync(join(tmpdir(), 'rewind86-index-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(ready);

it('one of another build of this version is told of in a line, and not used', () => {
  const path = join(folder, 'toy.rewind');
  const trace = openTrace(recordToy({ until: 40_000 }).bytes);
  const parts: Uint8Array[] = [];
  const program = `${PROGRAM}, build 0123456789abcdef`;
  for (const _ of survey(trace, toyBoards, (part) => parts.push(part.slice()), { program }));
  writeFileSync(`${path}.index`, Buffer.concat(parts));
  const host = new FakeHost();
  expect(readIndex(path, trace, host)).toBeUndefined();
  expect(host.err).toMatch(
    /^rewind86: .*toy\.rewind\.index: foreign: .* another build .*; it is not used\n$/,
  );
});

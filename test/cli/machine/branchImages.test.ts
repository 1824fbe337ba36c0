/** Images that a user names for branches: those of another machine are left out, or refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchImages, fittingImages } from '../../../src/cli/machine/branchImages.js';
import { ready } from '../../../src/replay/ready.js';
import type { Trace } from '../../../src/replay/trace/reader.js';
import { openTrace, recordToy } from '../../replay/support/recordToy.js';

const folder = mkdtempSync(join(tmpdir(), 'rewind86-images-'));
let trace: Trace;

beforeAll(async () => {
  await ready();
  trace = openTrace(recordToy({ until: 10_000 }).bytes);
  Object.assign(trace.manifest.description, { disks: [{ sectors: 2 }], floppies: [{ sectors: 2 }] });
});
afterAll(() => rmSync(folder, { recursive: true }));

function image(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, new Uint8Array(bytes));
  return path;
}

describe('an image', () => {
  it('that fits is read; of the others it is said why they are left out', () => {
    const [right, large, lost] = [image('right', 1024), image('large', 1536), join(folder, 'none')];
    // The toy has read its disk, and there was something else in it.
    const some = fittingImages({ disk: [right, lost], floppy: [right] }, trace);
    expect([...some.images.keys()]).toEqual(['floppy:0']);
    expect(some.without).toEqual([
      `left out: ${right} is not the image recorded from: sector 1 differs`,
      `left out: --disk ${lost}: the machine has no disk 1`,
    ]);
    expect(() => branchImages({ disk: [large], floppy: [] }, trace)).toThrow('another size');
    expect([...branchImages({ disk: [], floppy: [right] }, trace).keys()]).toEqual(['floppy:0']);
  });
});

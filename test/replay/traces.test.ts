/** The recordings in traces/ replay bit for bit: made by another host, another day. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../src/devices/description.js';
import { ready } from '../../src/replay/ready.js';
import { Session } from '../../src/replay/session.js';
import { memorySource } from '../../src/replay/trace/reader.js';
import type { Description } from '../../src/replay/trace/records.js';

const FOLDER = new URL('../../traces/', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) =>
    buildPc(d as unknown as PcDescription, blobs, { engine: 'interpreter' }),
};

beforeAll(() => ready());

describe('traces that come with the project', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.rewind'));

  it('exist', () => {
    expect(names).toContain('lost-update.rewind');
  });

  it.each(names)('%s verifies', (name) => {
    const session = Session.open(memorySource(new Uint8Array(readFileSync(new URL(name, FOLDER)))), boards);
    session.runTo(Number.POSITIVE_INFINITY);
    expect(session.divergence).toBeUndefined();
    expect(session.machine.outcome).toEqual({ kind: 'exit', code: 1 });
  });
});

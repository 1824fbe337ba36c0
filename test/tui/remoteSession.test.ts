/** The session whose debugger runs in a thread: the same answers, and threads that fail say why. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteSession } from '../../src/cli/debug/remoteSession.js';
import type { EventColumns, Progress } from '../../src/tui/session.js';
import { type LocalSession, openDemo } from './support/localSession.js';

const path = fileURLToPath(new URL('../../traces/lost-update.rewind', import.meta.url));
const OPENING = {
  path,
  salvage: false,
  engine: 'compiler',
  symbols: undefined,
  marks: [['half', 95_000_000]],
} as const;

const folder = mkdtempSync(join(tmpdir(), 'rewind86-remote-'));

/** The same trace under another name. */
function copy(): string {
  const other = join(folder, 'other.rewind');
  copyFileSync(path, other);
  return other;
}

let local: LocalSession;
let remote: RemoteSession;
let events: { columns: EventColumns; upTo: number };

beforeAll(async () => {
  local = await openDemo();
  remote = await RemoteSession.open(OPENING);
  events = await new Promise((resolve) => {
    remote.onEvents = (columns, upTo) => {
      if (upTo === local.facts.end) resolve({ columns, upTo });
    };
  });
});
afterAll(async () => {
  await remote.close();
  rmSync(folder, { recursive: true });
});

describe('a session in a thread', () => {
  it('lists the same events', async () => {
    const { count, clocks, kind } = events.columns;
    const own = local.events.columns;
    expect(count).toBe(own.count);
    expect(clocks.subarray(0, count)).toEqual(own.clocks.subarray(0, count));
    expect(kind.subarray(0, count)).toEqual(own.kind.subarray(0, count));
    expect(await remote.eventTexts([0, 7, count - 1])).toEqual(local.events.texts([0, 7, count - 1]));
    expect(await remote.findEvent({ text: 'power', from: 0, direction: 'forward' })).toBe(count - 1);
  });

  it('tells who listens late of the events that are known', () => {
    let heard = 0;
    remote.onEvents = ({ count }) => (heard = count);
    expect(heard).toBe(events.columns.count);
  });

  it('stands where it is told, and sees the same', async () => {
    const wanted = { code: { rows: 8, syntax: 'intel' }, registers: 'main', watches: ['counter'] } as const;
    expect(await remote.command('seek half')).toMatchObject({ failed: false, cancelled: false });
    await local.command('seek 95000000');
    const [there, here] = [await remote.view(wanted), await local.view(wanted)];
    expect({ ...there, marks: [] }).toEqual(here);
    expect(there.marks).toEqual([{ name: 'half', clock: 95_000_000 }]);
  });

  it('says what is wrong with a command, and completes one', async () => {
    expect(await remote.command('seek nowhere')).toMatchObject({
      failed: true,
      text: expect.stringContaining('nowhere'),
    });
    expect(await remote.complete('rev')).toContain('reverse-step');
    expect(await remote.complete('print work')).toContain('worker_a.additions');
  });

  it('tells where a search is, and gives it up', async () => {
    const heard: (Progress | undefined)[] = [];
    await remote.command('seek end');
    remote.onProgress = (progress) => {
      heard.push(progress);
      if (progress) remote.cancel();
    };
    await remote.command('break 0x1003a3 if eax == 0x12345678');
    const result = await remote.command('reverse-continue');
    expect(result.cancelled).toBe(true);
    expect(heard.find(Boolean)).toMatchObject({ what: 'reverse-continue', clock: expect.any(Number) });
    expect(heard.at(-1)).toBeUndefined();
  });
});

describe('a session whose trace becomes another', () => {
  it('leaves no question about the events open', async () => {
    const session = await RemoteSession.open(OPENING);
    let open = true;
    const opened = session.command(`open ${fileURLToPath(new URL('../../README.md', import.meta.url))}`);
    expect(await opened).toMatchObject({ failed: true });
    const move = session.command(`open ${copy()}`).then(() => {
      open = false;
    });
    const asked: Promise<string>[] = [];
    while (open) {
      asked.push(
        session.eventTexts([0]).then(
          () => 'answered',
          (error: Error) => error.message,
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await move;
    const answers = new Set(await Promise.all(asked));
    expect([...answers].filter((one) => one !== 'answered' && !one.startsWith('given up'))).toEqual([]);
    await session.close();
    await expect(session.finish()).rejects.toMatchObject({ code: 69 });
    await expect(session.eventTexts([0])).rejects.toThrow('given up');
  });
});

it('a thread that cannot begin says why', async () => {
  const opening = { ...OPENING, path: 'no-such.rewind' };
  await expect(RemoteSession.open(opening)).rejects.toMatchObject({ code: 66 });
});

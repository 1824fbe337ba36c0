import { describe, expect, it } from 'vitest';
import { driveInSlices, toward } from '../../../src/cli/machine/inSlices.js';
import { FakeHost } from '../support/fakeHost.js';

/** Counts up to `end`; remembers how it ended. */
function counting(end: number) {
  const seen = { slices: 0, tidied: false };
  function* run(): Generator<number, string, void> {
    try {
      for (let i = 1; i <= end; i++) {
        seen.slices = i;
        yield i;
      }
      return 'done';
    } finally {
      seen.tidied = true;
    }
  }
  return { run: run(), seen };
}

describe('what is driven in slices', () => {
  it('goes to its end, and gives its result', async () => {
    const host = new FakeHost();
    const { run, seen } = counting(1000);
    const slices: number[] = [];
    const driven = await driveInSlices(run, host, { onSlice: (slice) => slices.push(slice) });
    expect(driven).toEqual({ signal: undefined, value: 'done' });
    expect(seen.slices).toBe(1000);
    expect(slices).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect([host.err, host.signals.size]).toEqual(['', 0]);
  });

  it('is given up in order at a signal, and says where', async () => {
    const host = new FakeHost();
    const { run, seen } = counting(Number.POSITIVE_INFINITY);
    setTimeout(() => host.signal('SIGTERM'), 30);
    const driven = await driveInSlices(run, host, { where: () => ' at the ford' });
    expect(driven).toEqual({ signal: 'SIGTERM' });
    expect(seen.tidied).toBe(true);
    expect(host.err).toBe('rewind86: ended by SIGTERM at the ford\n');
    expect(host.signals.size).toBe(0);
  });

  it('says nothing to a reader that has gone', async () => {
    const host = new FakeHost();
    const { run, seen } = counting(Number.POSITIVE_INFINITY);
    setTimeout(() => host.signal('SIGPIPE'), 5);
    expect(await driveInSlices(run, host)).toEqual({ signal: 'SIGPIPE' });
    expect([host.err, seen.tidied]).toEqual(['', true]);
  });

  it('waits for what is done between slices; a signal meanwhile ends it', async () => {
    const host = new FakeHost();
    const { run, seen } = counting(10);
    const onSlice = async (slice: number) => {
      if (slice === 3) host.signal('SIGINT');
    };
    expect(await driveInSlices(run, host, { onSlice })).toEqual({ signal: 'SIGINT' });
    expect(seen).toEqual({ slices: 3, tidied: true });
  });

  it('shows on a terminal alone where it is, and wipes it away, also when it fails', async () => {
    const host = new FakeHost();
    host.stderr.isTTY = true;
    const begun = performance.now();
    const failing = (function* (): Generator<number, void, void> {
      while (performance.now() - begun < 300) yield 25;
      throw new RangeError('no more');
    })();
    await expect(driveInSlices(failing, host, toward(100))).rejects.toThrow('no more');
    expect(host.err).toBe('\rclock 25 of 100, 25 %\x1b[K\r\x1b[K');
    expect(host.signals.size).toBe(0);
  });
});

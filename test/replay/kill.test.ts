import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ready } from '../../src/replay/ready.js';
import { Replayer } from '../../src/replay/replayer.js';
import { openTrace } from './support/recordToy.js';
import { toyBoards } from './support/toy.js';
import { transpile } from './support/transpile.js';

let dir: string;

beforeAll(async () => {
  await ready();
  dir = transpile(['src/core', 'src/replay', 'test/replay/support']);
}, 60_000);
afterAll(() => fs.rmSync(dir, { recursive: true }));

/** Lets a recorder say `lines` lines, kills it, and returns the last clock that it called safe. */
async function killAfter(name: string, trace: string, lines: number): Promise<number> {
  const program = path.join(dir, 'test/replay/support', name);
  const child: ChildProcess = spawn(process.execPath, [program, trace], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout!.on('data', (bytes) => {
    said += bytes;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
  expect(signal).toBe('SIGKILL');
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

it('a recorder killed at any moment leaves a trace that replays to its last flush', async () => {
  for (const lines of [1, 7, 23, 40]) {
    const file = path.join(dir, `killed-${lines}.rewind`);
    const safe = await killAfter('endless.js', file, lines);
    const trace = openTrace(fs.readFileSync(file));
    expect(trace.complete).toBe(false);
    expect(trace.covered).toBeGreaterThanOrEqual(safe);
    const replay = new Replayer(trace, toyBoards);
    replay.runTo(Number.POSITIVE_INFINITY);
    expect(replay.divergence).toBeUndefined();
    expect(replay.clock).toBe(trace.covered);
    expect(replay.checks).toBe(Math.floor(trace.covered / 2 ** 14));
  }
});

it('so does a recorder of a branch, and what it leaves knows its parent', async () => {
  for (const lines of [1, 12]) {
    const file = path.join(dir, `branch-${lines}.rewind`);
    const safe = await killAfter('endlessBranch.js', file, lines);
    const trace = openTrace(fs.readFileSync(file));
    expect(trace.complete).toBe(false);
    expect(trace.covered).toBeGreaterThanOrEqual(safe);
    expect(trace.manifest.origin).toMatchObject({ clock: 100_000, label: 'killed' });
    const replay = new Replayer(trace, toyBoards);
    replay.runTo(Number.POSITIVE_INFINITY);
    expect(replay.divergence).toBeUndefined();
    expect(replay.clock).toBe(trace.covered);
  }
});

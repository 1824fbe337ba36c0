/** The demo command on the real board: it fails, verifies, says where the trace is, and does so alike twice. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boards, firmware } from '../../src/cli/machine/boards.js';
import { runCli } from '../../src/cli/main.js';
import { FakeHost } from './support/fakeHost.js';

class RealHost extends FakeHost {
  override boardsBuilt = boards('interpreter');
  override firmware = firmware;
}

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

async function cli(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const host = new RealHost();
  const code = await runCli(args, host);
  return { code, out: host.out };
}

describe('demo', () => {
  it('records a failure that replays to the same state', async () => {
    const trace = path.join(dir, 'demo.rewind');
    const { code, out } = await cli('demo', '-o', trace);
    expect(code).toBe(0);
    // The last attempt's own words; a lost update means that the counter is behind.
    const [, counter, expected] = /PANIC: lost update: counter=(\d+), expected=(\d+)/.exec(out)!;
    expect(Number(counter)).toBeLessThan(Number(expected));
    expect(out).toContain(`The trace      ${trace}, ${fs.statSync(trace).size} bytes`);
    const [, clock] = /The run\s+(\d+) clocks/.exec(out)!;
    const [, state] = /state (\w{16})/.exec(out)!;

    // The guest's exit port gave 1; a replay exits as the recorded run did.
    expect((await cli('replay', trace, '-q')).code).toBe(1);
    expect((await cli('verify', trace)).out).toContain(`up to clock ${clock}, state ${state}`);
  });

  it('says what is wrong with where the trace should go', async () => {
    const { code } = await cli('demo', '-o', path.join(dir, 'no', 'such', 'folder'));
    expect(code).toBe(73);
  });
});

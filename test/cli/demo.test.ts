/** The demo command on the real board: it fails, verifies, says where the trace is, and does so alike twice. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { RealHost } from './support/realHost.js';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function cli(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const host = new RealHost();
  const code = await runCli(args, host);
  return { code, out: host.out };
}

describe('demo', () => {
  const trace = () => path.join(dir, 'demo.rewind');
  let said: Awaited<ReturnType<typeof cli>>;
  beforeAll(async () => {
    said = await cli('demo', '-o', trace());
  }, 60_000);

  it('records a failure that replays to the same state', async () => {
    const { code, out } = said;
    expect(code).toBe(0);
    // The last attempt's own words; a lost update means that the counter is behind.
    const [, counter, expected] = /PANIC: lost update: counter=(\d+), expected=(\d+)/.exec(out)!;
    expect(Number(counter)).toBeLessThan(Number(expected));
    expect(out).toContain(`The trace      ${trace()}, ${fs.statSync(trace()).size} bytes`);
    const [, clock] = /The run\s+(\d+) clocks/.exec(out)!;
    const [, state] = /state (\w{16})/.exec(out)!;

    // The guest's exit port gave 1; a replay exits as the recorded run did.
    expect((await cli('replay', trace(), '-q')).code).toBe(1);
    expect((await cli('verify', trace())).out).toContain(`up to clock ${clock}, state ${state}`);
  });

  const MENDED =
    'if a change of the machine or its firmware was meant, npm run traces brings this up to date';

  it('records the trace that comes with the project, byte for byte', () => {
    const kept = fs.readFileSync(new URL('../../traces/lost-update.rewind', import.meta.url));
    expect(fs.readFileSync(trace()).equals(kept), MENDED).toBe(true);
  });

  it('is shown in README.md as it is', async () => {
    const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const blocks = readme.split('```\n').filter((_, i) => i % 2 === 1);
    const shown = said.out.replaceAll(trace(), 'demo.rewind').replaceAll('\r\n', '\n');
    expect(blocks, MENDED).toContain(shown);
    expect(blocks, MENDED).toContain((await cli('info', trace())).out);
  });

  it('says what is wrong with where the trace should go', async () => {
    const { code, out } = await cli('demo', '-o', path.join(dir, 'no', 'such', 'folder'));
    expect(code).toBe(73);
    expect(out).toBe('');
  });
});

/** The bisect command on the demo's recording: what README.md shows of it, its JSON, and how it says no. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { RealHost } from './support/realHost.js';

const at = (name: string) => new URL(`../../${name}`, import.meta.url);
const TRACE = at('traces/lost-update.rewind').pathname;
const LOST_UPDATE = 'counter < worker_a.additions + worker_b.additions';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function bisect(...args: string[]) {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  const code = await runCli(['bisect', TRACE, ...args], host);
  return { code, out: host.out, err: host.err };
}

describe('bisect', () => {
  it('finds the lost update as README.md shows it', async () => {
    const { code, out, err } = await bisect('--when', LOST_UPDATE);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const blocks = fs.readFileSync(at('README.md'), 'utf8').split('```\n');
    expect(blocks).toContain(out);
  });

  it('gives JSON that says the same', async () => {
    const { code, out } = await bisect('--when', LOST_UPDATE, '--good', '180000000', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      found: true,
      instruction: { at: 'worker.store', about: 'counter' },
      interruption: { vector: 32, instruction: { at: 'worker.store' } },
      input: { channel: 'serial:com1', data: Buffer.from('hello').toString('hex') },
    });
    expect(report.clock).toBeGreaterThan(report.before);
    const [counter] = report.operands;
    expect(Number(counter.before) - Number(counter.after)).toBeGreaterThan(1);
  });

  it('takes symbols from a file', async () => {
    const map = path.join(dir, 'System.map');
    fs.writeFileSync(map, '00100310 D jiffies\n');
    const { code, out } = await bisect('--when', 'jiffies >= 20', '--symbols', map, '--bad', '9000000');
    expect(code).toBe(0);
    expect(out).toContain('jiffies: 19 (13h) -> 20 (14h)');
    fs.writeFileSync(map, 'once upon a time\n');
    expect(await bisect('--when', 'jiffies', '--symbols', map)).toMatchObject({
      code: 65,
      err: `rewind86: ${map}: line 1 is no address and name\n`,
    });
  });

  it('shows where an expression is wrong, before it runs anything', async () => {
    expect(await bisect('--when', '1 + cuonter')).toEqual({
      code: 64,
      out: '',
      err: [
        'rewind86: --when: no register, symbol or device field is called "cuonter"; did you mean "counter"?, at column 5',
        'rewind86:   1 + cuonter',
        'rewind86:       ^\n',
      ].join('\n'),
    });
  });

  it('says why it finds nothing, with an exit code of its own', async () => {
    const bad = ['--bad', '3000000'];
    const none = await bisect('--when', 'ticks > 5000', ...bad, '--json');
    expect(none.code).toBe(88);
    expect(JSON.parse(none.out)).toMatchObject({ found: false, kind: 'never' });
    expect(none.err).toMatch(/^rewind86: it is not true at clock 30000\d\d; --first finds/);
    expect((await bisect('--when', 'eax == 1 << 40', '--first', ...bad)).code).toBe(88);
    expect((await bisect('--when', 'clock >= 0', ...bad)).err).toContain('--good says where it is not');
    expect((await bisect('--when', '1', '--good', '5', '--bad', '5')).code).toBe(64);
    expect((await bisect('--when', '1', '--bad', '999999999999')).code).toBe(64);
  });

  it('can be ended by a signal', async () => {
    const host = new RealHost();
    host.boardsBuilt = boards('compiler');
    setTimeout(() => host.signal('SIGINT'), 200);
    expect(await runCli(['bisect', TRACE, '--first', '--when', 'eax == 1 << 40'], host)).toBe(130);
    expect(host.err).toContain('ended by SIGINT');
  });
});

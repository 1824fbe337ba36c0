/** The commands branch and tree, on the demo's recording and with the toy machine. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { FakeHost } from './support/fakeHost.js';
import { RealHost } from './support/realHost.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
/** The state at its end, as README.md has it. */
const STATE = '943e81d72196c6af';
/** Just before the guest finds what it has lost. */
const LATE = '190932062';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));
const file = (name: string) => path.join(dir, name);

async function cli(...args: string[]) {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  const code = await runCli(args, host);
  return { code, out: host.out, err: host.err };
}

const PUT_RIGHT = ['--poke', 'counter = worker_a.additions + worker_b.additions'];

describe('branch', () => {
  it('without a change is the run that was recorded', async () => {
    const o = file('same.rewind');
    const { code, out } = await cli('branch', TRACE, '--at', '15000000', '-o', o, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      trace: o,
      clock: 191932062,
      stateHash: STATE,
      endedBy: 'guest',
      outcome: 'exit with 1',
      parent: { trace: TRACE },
    });
    expect((await cli('verify', o)).code).toBe(0);
    const input = ['--kind', 'input,key,serial'];
    expect((await cli('events', o, ...input)).out).toBe((await cli('events', TRACE, ...input)).out);
  });

  it('with what was lost put right goes on where its parent stopped', async () => {
    const o = file('right.rewind');
    const limits = ['--until', '193000000', '--label', 'put right'];
    const { code, err, out } = await cli('branch', TRACE, '--at', LATE, ...PUT_RIGHT, ...limits, '-o', o);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^rewind86: branched at clock 190932\d+; ended at clock 19300\d+ \(1\.926 s\); .*: \d+ bytes, state/,
    );
    expect(out).not.toContain('PANIC');
    expect((await cli('verify', o)).code).toBe(0);
    const { out: info } = await cli('info', o);
    expect(info).toMatch(/^branch {8}of trace [0-9a-f]{16}, from clock 190932\d+ on, "put right"$/m);
    const { out: events } = await cli('events', o, '--kind', 'input');
    expect(events).toMatch(/ 190932\d+ input {2}2 poke:memory admit phys dword\[1003ech\] = [\da-f]+h\n/);
    const when = ['--good', LATE, '--first', '--when', 'counter > 20530'];
    expect((await cli('bisect', o, ...when)).out).toContain('poke:memory');
  });

  it('with an input left out, changed or moved begins before that input', async () => {
    const typed = async (o: string) => (await cli('events', o, '--kind', 'input', '--json')).out;
    const [input] = (await typed(TRACE)).split('\n').map((line) => JSON.parse(line || '{}'));
    const until = ['--until', '17000000', '-q'];
    expect((await cli('branch', TRACE, '--drop-input', '1', ...until, '-o', file('d'))).code).toBe(0);
    expect(await typed(file('d'))).toBe('');
    await cli('branch', TRACE, '--change-input', '1=Hi\\x21', ...until, '-o', file('c'));
    const hi = Buffer.from('Hi!').toString('hex');
    expect(JSON.parse(await typed(file('c')))).toMatchObject({ clock: input.clock, data: hi });
    await cli('branch', TRACE, '--move-input', '1=14000000', ...until, '-o', file('m'));
    const moved = JSON.parse(await typed(file('m')));
    expect(moved.data).toBe(input.data);
    expect(moved.clock).toBeGreaterThanOrEqual(14_000_000);
    expect(moved.clock).toBeLessThan(14_001_000);
    for (const name of ['d', 'c', 'm']) expect((await cli('verify', file(name))).code).toBe(0);
  });

  it("can be driven by a script, without its parent's inputs", async () => {
    fs.writeFileSync(file('s.yaml'), '- type: "q"\n- finish: 1000\n');
    const o = file('script.rewind');
    const args = ['--at', '12000000', '--script', file('s.yaml'), '-o', o, '--json'];
    const { code, out } = await cli('branch', TRACE, ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'exit with 0', endedBy: 'guest' });
    expect((await cli('verify', o)).code).toBe(0);
  });

  it('can let the CPU take interrupts', async () => {
    const o = file('irq.rewind');
    const args = ['--at', '50000000', '--interrupt', '0x20', '--until', '51000000', '-q', '-o', o];
    expect((await cli('branch', TRACE, ...args)).code).toBe(0);
    expect((await cli('verify', o)).code).toBe(0);
  });

  it('says in one line what cannot be, and writes nothing', async () => {
    const o = ['-o', file('none.rewind')];
    const at = ['--at', '1000000'];
    const cases: readonly (readonly [code: number, err: RegExp, ...args: string[]])[] = [
      [64, /--at PLACE says where/],
      [64, /beyond the end of the recording, clock 191932062/, '--at', '999999999'],
      [64, /there is no input "7"; inputs are numbered 1 to 1/, '--drop-input', '7'],
      [64, /not before what is changed, clock 159\d+/, '--drop-input', '1', '--at', '16000000'],
      [64, /--live and --script/, ...at, '--live', '--script', 'x'],
      [64, /no disk 0/, ...at, '--disk', TRACE],
      [65, /too much/, ...at, '--poke', 'al=256'],
      [65, /takes no interrupts/, '--at', '0', '--interrupt', '8'],
      [65, /the run has ended/, '--at', '191932062'],
    ];
    for (const [code, err, ...args] of cases) {
      const result = await cli('branch', TRACE, ...args, ...o);
      expect(result.err).toMatch(err);
      expect(result.err.trim().split('\n')).toHaveLength(1);
      expect({ code: result.code, out: result.out }).toEqual({ code, out: '' });
    }
    expect(fs.existsSync(file('none.rewind'))).toBe(false);
    expect((await cli('branch', TRACE, ...at, '--poke', 'eax=1', '-o', TRACE)).code).toBe(64);
    const { err, code } = await cli('branch', TRACE, ...at, '--poke', 'ebx = cuonter', ...o);
    expect(code).toBe(64);
    expect(err).toContain('did you mean "counter"?, at column 1\nrewind86:   cuonter\nrewind86:   ^\n');
  });
});

describe('a live branch', () => {
  it('is given what the user types, and not what its parent was given', async () => {
    const host = new FakeHost();
    const parent = file('toy.rewind');
    fs.writeFileSync(file('toy.yaml'), '- type: "a"\n- delay: 20\n- type: "b"\n- delay: 20\n');
    fs.writeFileSync(file('disk'), new Uint8Array(66 * 512).fill(7));
    const disk = ['--disk', file('disk')];
    await runCli(['record', ...disk, '--script', file('toy.yaml'), '-o', parent, '-q'], host);
    const live = ['--live', '--display', 'serial', '--time-limit', '5', '-q'];
    const args = ['branch', parent, '--at', '1000000', ...live, ...disk, '-o', file('live.rewind')];
    const user = new FakeHost();
    user.stdin.once('newListener', () => setImmediate(() => user.stdin.emit('data', Buffer.from('q'))));
    expect(await runCli(args, user)).toBe(0);
    const after = new FakeHost();
    await runCli(['events', file('live.rewind'), '--kind', 'input', '--json'], after);
    const data = after.out
      .trim()
      .split('\n')
      .map((line) => Buffer.from(JSON.parse(line).data, 'hex').toString());
    expect(data).toEqual(['a', 'q']);
  });
});

describe("a branch that needs its parent's disk", () => {
  const disk = new Uint8Array(66 * 512).fill(7);

  async function toy(command: string, ...args: string[]) {
    const host = new FakeHost();
    const code = await runCli([command, ...args, '-q'], host);
    return { code, err: host.err };
  }

  it('ends with one line where it has none, and goes on where it is given', async () => {
    const [parent, o] = [file('short.rewind'), file('needy.rewind')];
    fs.writeFileSync(file('disk'), disk);
    const image = ['--disk', file('disk')];
    fs.writeFileSync(file('wait.yaml'), '- delay: 3\n');
    expect((await toy('record', ...image, '--script', file('wait.yaml'), '-o', parent)).code).toBe(0);
    const further = [parent, '--at', '200000', '--until', '3000000', '-o', o];
    const { code, err } = await toy('branch', ...further);
    expect(code).toBe(89);
    expect(err).toMatch(
      /^rewind86: the branch reads sector \d+ of disk:0, which its parent never did: --disk FILE/,
    );
    expect(err.trim().split('\n')).toHaveLength(1);
    const host = new FakeHost();
    expect(await runCli(['verify', o], host)).toBe(0);
    expect(host.err).toContain('incomplete');
    expect((await toy('branch', ...further, ...image)).code).toBe(0);
    disk.fill(8);
    fs.writeFileSync(file('disk'), disk);
    const other = await toy('branch', ...further, ...image);
    expect(other).toMatchObject({
      code: 65,
      err: expect.stringMatching(/not the image recorded from: sector \d+ differs/),
    });
    fs.writeFileSync(file('disk'), disk.subarray(512));
    expect((await toy('branch', ...further, ...image)).err).toMatch(/another size/);
  });
});

describe('tree', () => {
  it('shows parents and branches, and which parents are missing', async () => {
    const root = file('tree');
    fs.mkdirSync(root);
    const at = (name: string) => path.join(root, name);
    fs.copyFileSync(TRACE, at('demo.rewind'));
    const until = ['--until', '41000000', '-q'];
    await cli(
      'branch',
      at('demo.rewind'),
      '--at',
      '40000000',
      ...until,
      '--label',
      'one',
      '-o',
      at('one.rewind'),
    );
    await cli('branch', at('demo.rewind'), '--at', '30000000', ...until, '-o', at('two.rewind'));
    await cli('branch', at('one.rewind'), '--at', '40500000', ...until, '-o', at('three.rewind'));
    const { code, out } = await cli('tree', root);
    expect(code).toBe(0);
    const shown = out
      .replaceAll(root + path.sep, '')
      .replaceAll(/4000\d{4}|3000\d{4}|4050\d{4}|4100\d{4}/g, 'N');
    expect(shown).toBe(`demo.rewind: to clock 191932062 (1.915 s), exit with 1, by guest
├─ two.rewind: from clock N (0.299 s), to clock N (0.409 s), stopped, by limit
└─ one.rewind "one": from clock N (0.399 s), to clock N (0.409 s), stopped, by limit
   └─ three.rewind: from clock N (0.404 s), to clock N (0.409 s), stopped, by limit
`);
    const orphans = await cli('tree', at('three.rewind'), at('two.rewind'));
    expect(orphans.out.match(/^\(trace [0-9a-f]{16} is not among the files\)$/gm)).toHaveLength(2);
    const { traces } = JSON.parse((await cli('tree', root, '--json')).out);
    expect(traces.map((t: { parent: string | null }) => t.parent && path.basename(t.parent))).toEqual([
      null,
      'demo.rewind',
      'demo.rewind',
      'one.rewind',
    ]);
    fs.writeFileSync(at('zero.rewind'), 'nothing');
    const odd = await cli('tree', root);
    expect(odd).toMatchObject({ code: 80, out });
    expect(odd.err).toMatch(/zero\.rewind: not a trace/);
    expect((await cli('tree', file('tree/none.rewind'))).code).toBe(66);
  });
});

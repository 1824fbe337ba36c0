/** `bisect --run`: a command in the shell against an expression that asks the same, what it is told, how it ends. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { RealHost } from './support/realHost.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
/** Where racer keeps its count of ticks. */
const TICKS = 0x100310;

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-test-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const at = (name: string): string => path.join(dir, name);

async function bisect(...args: string[]) {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  const code = await runCli(['bisect', TRACE, ...args], host);
  return { code, out: host.out, err: host.err };
}

describe('bisect --run', () => {
  it('finds what --when finds', async () => {
    const word = `$(od -An -tu4 -j${TICKS} -N4 "$REWIND86_RAM")`;
    const calls = at('calls');
    const bounds = ['--good', '50000000', '--bad', '60000000', '--json'];
    const asked = await bisect('--run', `echo >> ${calls}; test ${word} -ge 550`, ...bounds);
    expect(asked).toMatchObject({ code: 0, err: '' });
    const told = await bisect('--when', 'ticks >= 550', ...bounds);
    const { run, ...found } = JSON.parse(asked.out);
    const { when, operands, ...expected } = JSON.parse(told.out);
    expect(run).toContain('REWIND86_RAM');
    expect(found).toEqual({ ...expected, operands: [] });
    // Both ends, and one for each halving of ten million clocks.
    expect(fs.readFileSync(calls, 'utf8').length).toBeLessThanOrEqual(2 + 24);
  });

  it('tells the command the state of the machine', async () => {
    const keep = `cat > ${at('state.json')}; cp "$REWIND86_RAM" ${at('ram.bin')}; echo $REWIND86_CLOCK`;
    const { code, err } = await bisect('--run', `${keep}; exit 125`);
    const state = JSON.parse(fs.readFileSync(at('state.json'), 'utf8'));
    expect(code).toBe(69);
    expect(err).toBe(
      `${state.clock}\nrewind86: --run: at clock ${state.clock} the command ended with exit code 125, it cannot say\n`,
    );
    // As README.md tells of the demo.
    expect(state).toMatchObject({ clock: 191932062, retired: 64434744, trace: TRACE });
    expect(state.seconds).toBeCloseTo(1.915, 3);
    expect(state.serial).toMatch(/^racer: two workers.*PANIC: lost update: counter=20523/s);
    expect(state.screen).toHaveLength(25);
    expect(state.screen.join('\n')).toContain('PANIC: lost update');
    const ram = fs.readFileSync(at('ram.bin'));
    expect(ram.length).toBe(2 << 20);
    expect(ram.readUInt32LE(TICKS)).toBe(1902);
    const when = Object.entries(state.registers).map(([name, value]) => `${name} == ${value}`);
    const flags = Object.entries(state.flags).map(([name, value]) => `${name} == ${value}`);
    expect(when.length + flags.length).toBeGreaterThan(30);
    const same = await bisect('--when', [...when, ...flags].join(' && '), '--good', '191931000');
    expect(same.code).toBe(0);
    expect(fs.existsSync(state.ram)).toBe(false);
  });

  it('says why it finds nothing', async () => {
    const bad = ['--bad', '3000000'];
    expect(await bisect('--run', 'exit 1', ...bad)).toMatchObject({
      code: 88,
      err: expect.stringMatching(/^rewind86: the command says no at clock 30000\d\d; --bad/),
    });
    expect(await bisect('--run', 'true', ...bad)).toMatchObject({
      code: 88,
      err: 'rewind86: the command says yes at clock 0 already; --good says where it is to say no\n',
    });
  });

  it('ends with the first answer that is none', async () => {
    const ends = (command: string) => bisect('--run', command, '--bad', '1000000');
    expect(await ends('exit 7')).toMatchObject({
      code: 69,
      err: expect.stringMatching(/ended with exit code 7, no answer: 0 is yes, 1 is no\n$/),
    });
    expect(await ends('kill -9 $$')).toMatchObject({
      code: 69,
      err: expect.stringContaining('with SIGKILL'),
    });
    expect((await ends('no-such-command-anywhere')).code).toBe(69);
  });

  it('is asked for plainly', async () => {
    for (const args of [[], ['--when', '1', '--run', 'true'], ['--run', 'true', '--first']]) {
      const { code, err } = await bisect(...args);
      expect(code).toBe(64);
      expect(err).toMatch(/^rewind86: .*--(run|when).*\n$/);
    }
  });

  it('can be ended by a signal, and the command with all it has started', async () => {
    const host = new RealHost();
    host.boardsBuilt = boards('compiler');
    const pids = at('pids');
    const command = `sleep 100 & echo $$ $! > ${pids}; wait`;
    const code = runCli(['bisect', TRACE, '--run', command, '--bad', '1000000'], host);
    while (!fs.existsSync(pids) || !fs.readFileSync(pids, 'utf8').endsWith('\n')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    host.signal('SIGINT');
    expect(await code).toBe(130);
    expect(host.err).toBe('rewind86: ended by SIGINT\n');
    for (const pid of fs.readFileSync(pids, 'utf8').trim().split(' ').map(Number)) await gone(pid);
  });
});

/** Waits until a process has ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    // One that has ended and that nobody has asked for its exit code is a zombie.
    const stat = fs.existsSync(`/proc/${pid}/stat`) ? fs.readFileSync(`/proc/${pid}/stat`, 'utf8') : 'Z';
    if (/Z/.test(stat.replace(/\(.*\)/s, ''))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

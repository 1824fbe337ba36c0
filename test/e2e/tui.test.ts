/**
 * The terminal interface as a person uses it: the built program in tmux, by keys and what is to be seen. `npm run
 * test:tui` builds and runs it; the boot of Debian is there if scripts/debian-guest.sh has made the guest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasTmux, Tmux } from './support/tmux.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = `node ${join(ROOT, 'bin', 'rewind86.js')}`;
const DEMO = join(ROOT, 'traces', 'lost-update.rewind');
const GUEST = join(ROOT, '.cache', 'guests', 'debian');

const folder = mkdtempSync(join(tmpdir(), 'rewind86-tui-'));
afterAll(() => rmSync(folder, { recursive: true }));

let terminal: Tmux;
afterEach(() => terminal?.close());

function debug(columns: number, rows: number, args: string, env = ''): Tmux {
  terminal = new Tmux(columns, rows, `echo before; ${env} ${PROGRAM} debug ${args}; echo after $?`);
  return terminal;
}

describe.skipIf(!hasTmux)('the demo', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])('leads from the failure to the race at %i x %i', async (columns, rows) => {
    const tmux = debug(columns, rows, DEMO);
    await tmux.until('1 of 3');
    tmux.keys('G');
    await tmux.until('2 of 3', 'exit.stopped');
    tmux.keys('B', 'Enter');
    await tmux.until('clock 182270362');
    tmux.keys('U', 'Enter');
    await tmux.until('clock 182270361', />001003ac.*mov \[1003ECh\],eax/);
    tmux.keys('N');
    const race = await tmux.until(/clock 1820698\d\d/, />001003ab.*inc eax/);
    expect(race).toContain('that is the race');
    expect(race.split('\n').length).toBeGreaterThanOrEqual(rows);
    tmux.keys('q');
    await tmux.until('after 0');
  });

  it('is followed by a resize', async () => {
    const tmux = debug(80, 24, `--at end ${DEMO}`);
    await tmux.until('exit.stopped');
    tmux.resize(200, 60);
    await tmux.until('5 events', '7 serial', '8 devices');
    tmux.resize(60, 15);
    await tmux.until(/1 code/);
    tmux.resize(30, 8);
    await tmux.until('needs 40 columns');
    tmux.resize(80, 24);
    await tmux.until('2 registers', 'eax');
  });

  it('works without colour', async () => {
    const tmux = debug(80, 24, DEMO, 'NO_COLOR=1');
    await tmux.until('1 of 3');
    const colours = [...tmux.screen(true).matchAll(SGR)].flatMap(([, codes]) =>
      codes!.split(';').map(Number),
    );
    expect(colours.filter((code) => code >= 30 && code !== 39 && code !== 49)).toEqual([]);
  });

  it('is saved as text, marks, and a recording', async () => {
    const [text, marks, cast] = ['screen.txt', 'marks', 'session.cast'].map((name) => join(folder, name));
    const tmux = debug(80, 24, `--cast ${cast} ${DEMO}`);
    await tmux.until('1 of 3');
    tmux.keys('G');
    await tmux.until('2 of 3');
    tmux.keys('m', 'Enter');
    await tmux.until('m1: clock 191932062');
    tmux.type(`:copy screen ${text}`);
    tmux.keys('Enter');
    await tmux.until('written');
    tmux.keys('q');
    await tmux.until('Leave? y/n');
    tmux.keys('n');
    tmux.type(`:marks ${marks}`);
    tmux.keys('Enter');
    await tmux.until('written');
    tmux.keys('q');
    await tmux.until('after 0');
    expect(readFileSync(text!, 'utf8')).toContain('clock 191932062');
    expect(readFileSync(marks!, 'utf8')).toBe('191932062 m1\n');
    const [header, ...events] = readFileSync(cast!, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 2, width: 80, height: 24 });
    expect(events.map(([, , data]) => data).join('')).toContain('191932062');
    const times = events.map(([time]) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

const SGR = new RegExp(`${String.fromCharCode(0x1b)}\\[([\\d;]+)m`, 'g');

describe.skipIf(!hasTmux)('leaving', () => {
  /** What the terminal was like before: its own screen, the cursor, no mouse. */
  const CLEAN = '1 0 0';
  const state = (tmux: Tmux) => tmux.ask('#{cursor_flag} #{alternate_on} #{mouse_any_flag}');

  async function begun(): Promise<Tmux> {
    const tmux = debug(80, 24, DEMO, `sh -c 'echo $$ >${folder}/pid; exec "$@"' sh`);
    await tmux.until('1 of 3');
    expect(state(tmux)).toBe('0 1 1');
    return tmux;
  }

  it.each([
    ['q', 'after 0'],
    ['C-c', 'after 0'],
  ])('by %s', async (key, after) => {
    const tmux = await begun();
    tmux.keys(key);
    expect(await tmux.until(after)).toContain('before');
    expect(state(tmux)).toBe(CLEAN);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('by %s', async (signal, code) => {
    const tmux = await begun();
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), signal);
    expect(await tmux.until(`after ${code}`)).toContain('before');
    expect(state(tmux)).toBe(CLEAN);
  });

  it('leaves the mouse alone if asked to', async () => {
    const tmux = debug(80, 24, `--no-mouse ${DEMO}`);
    await tmux.until('1 of 3');
    expect(state(tmux)).toBe('0 1 0');
  });
});

describe.skipIf(!hasTmux || !existsSync(join(GUEST, 'vmlinuz')))('a boot of Debian', () => {
  const trace = join(folder, 'debian.rewind');
  const script = join(ROOT, 'test', 'e2e', 'support', 'debian-boot.yaml');

  beforeAll(() => {
    const kernel = [
      '--memory',
      '128M',
      '--kernel',
      join(GUEST, 'vmlinuz'),
      '--initrd',
      join(GUEST, 'initrd.gz'),
    ];
    const rest = ['--append', 'console=ttyS0', '--disk', join(GUEST, 'disk.img'), '--script', script];
    const program = join(ROOT, 'bin', 'rewind86.js');
    execFileSync('node', [program, 'record', ...kernel, ...rest, '--quiet', '-o', trace], {
      stdio: 'ignore',
    });
  });

  it('is searched, stepped back through, walked and bisected', async () => {
    const tmux = debug(120, 40, trace);
    await tmux.until('clock 0');
    tmux.type('/Run /init');
    tmux.keys('Enter');
    const found = await tmux.until('7 serial', 'Run /init', /clock \d{6,}/);
    const clock = Number(/clock (\d+)/.exec(found)![1]);
    const retired = Number(/instr (\d+)/.exec(found)![1]);
    for (let n = 0; n < 100; n++) tmux.keys('S');
    await tmux.until(`instr ${retired - 100} `);
    for (let n = 0; n < 100; n++) tmux.keys('s');
    await tmux.until(`clock ${clock} `);
    tmux.keys('p');
    await tmux.until('9 pages', 'physical');
    tmux.keys('7', '1', 'B');
    tmux.keys('C-u');
    tmux.type('serial has "Linux version"');
    tmux.keys('Enter');
    const first = await tmux.until('7 serial', 'Linux version', new RegExp(`clock (?!${clock} )`), '? help');
    expect(Number(/clock (\d+)/.exec(first)![1])).toBeLessThan(clock);
    // Nothing is executed there: the whole run is searched.
    tmux.type(':break 0');
    tmux.keys('Enter', 'G', 'C');
    await tmux.until('reverse-continue: at', 'Esc gives it up');
    tmux.keys('Escape');
    await tmux.until('given up: reverse-continue');
    tmux.keys('q');
    await tmux.until('after 0');
  });
});

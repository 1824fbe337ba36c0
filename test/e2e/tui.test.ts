/**
 * The terminal interface as a person uses it: the built program in tmux, by keys and what is to be seen. `npm run
 * test:tui` builds and runs it. The frames that README.md and docs/tui.md show are taken here: with -u they are written
 * to test/golden/tui, and test/tui/docs.test.ts holds the documents to them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CLEAN, DEMO, debug, quit, SIZES, TAKEN, terminalState } from './support/debug.js';
import { hasTmux, type Tmux } from './support/tmux.js';

const folder = mkdtempSync(join(tmpdir(), 'rewind86-tui-'));
afterAll(() => rmSync(folder, { recursive: true }));

let tmux: Tmux;
afterEach(() => tmux?.close());

/**
 * As it was seen before. Where checkpoints are left depends on what was looked at on the way, which depends on how fast
 * the host is: not on them.
 */
async function expectSeen(screen: string, name: string): Promise<void> {
  const path = join(import.meta.dirname, '..', 'golden', 'tui', name);
  const withoutCheckpoints = (text: string) => text.replaceAll('┼', '─').replaceAll('┿', '━');
  const seen = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (withoutCheckpoints(seen) !== withoutCheckpoints(screen)) await expect(screen).toMatchFileSnapshot(path);
}

describe.skipIf(!hasTmux)('the demo', () => {
  it.each(SIZES)('leads from the failure to the race at %i x %i', async (columns, rows) => {
    tmux = debug(columns, rows, DEMO);
    await tmux.until('1 of 3');
    tmux.keys('G');
    await tmux.until('2 of 3', 'exit.stopped');
    tmux.keys('B', 'Enter');
    await tmux.until('clock 182270362');
    tmux.keys('U', 'Enter');
    await tmux.until('clock 182270361', />001003ac.*mov \[1003ECh\],eax/);
    tmux.keys('N');
    // The timeline is dotted where the run has not been read for events yet.
    const race = await tmux.until(/clock 1820698\d\d/, />001003ab.*inc eax/, /^[^┄]*$/);
    expect(race).toContain('that is the race');
    expect(race.trimEnd().split('\n')).toHaveLength(rows);
    await expectSeen(race, `race-${columns}x${rows}.txt`);
    await quit(tmux);
  });

  it('is followed by a resize', async () => {
    tmux = debug(80, 24, `--at end ${DEMO}`);
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
    tmux = debug(80, 24, DEMO, 'NO_COLOR=1');
    await tmux.until('1 of 3');
    const colours = [...tmux.screen(true).matchAll(SGR)].flatMap(([, codes]) =>
      codes!.split(';').map(Number),
    );
    expect(colours.filter((code) => code >= 30 && code !== 39 && code !== 49)).toEqual([]);
  });

  it('is saved as text, marks, and a recording', async () => {
    const [text, marks, cast] = ['screen.txt', 'marks', 'session.cast'].map((name) => join(folder, name));
    tmux = debug(80, 24, `--cast ${cast} ${DEMO}`);
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
  async function begun(): Promise<void> {
    tmux = debug(80, 24, DEMO, `sh -c 'echo $$ >${folder}/pid; exec "$@"' sh`);
    await tmux.until('1 of 3');
    expect(terminalState(tmux)).toBe(TAKEN);
  }

  it('by q', async () => {
    await begun();
    tmux.keys('q');
    expect(await tmux.until('after 0')).toContain('before');
    expect(terminalState(tmux)).toBe(CLEAN);
  });

  it('by C-c, pressed twice', async () => {
    await begun();
    tmux.keys('C-c');
    await tmux.until('q leaves; so does another Ctrl-C');
    tmux.keys('C-c');
    expect(await tmux.until('after 0')).toContain('before');
    expect(terminalState(tmux)).toBe(CLEAN);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('by %s', async (signal, code) => {
    await begun();
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), signal);
    expect(await tmux.until(`after ${code}`)).toContain('before');
    expect(terminalState(tmux)).toBe(CLEAN);
  });

  it.each([
    ['interface', 0],
    ['debugger', 1],
    ['list of events', 2],
  ])('by a defect in the thread of the %s', async (_, thread) => {
    const [file, crash] = [join(folder, 'crash'), join(import.meta.dirname, 'support', 'crash.cjs')];
    tmux = debug(80, 24, DEMO, `REWIND86_CRASH=${file} NODE_OPTIONS='--require ${crash}'`);
    await tmux.until('1 of 3');
    expect(terminalState(tmux)).toBe(TAKEN);
    writeFileSync(file, String(thread));
    const said = await tmux.until('after 70');
    rmSync(file);
    // The terminal has wrapped it.
    expect(said.replace(/\s/g, '')).toMatch(/adefectofrewind86,pleasereportit:.*outoftheblue/);
    expect(terminalState(tmux)).toBe(CLEAN);
  });

  it('leaves the mouse alone if asked to', async () => {
    tmux = debug(80, 24, `--no-mouse ${DEMO}`);
    await tmux.until('1 of 3');
    expect(terminalState(tmux)).toBe('0 1 0');
  });
});

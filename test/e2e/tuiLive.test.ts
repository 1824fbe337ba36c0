/**
 * A machine that runs under the terminal interface, as a person uses it: typed into, paused, gone back in, run on; a
 * branch from its past, an edit of a recorded run. `npm run test:tui` builds and runs it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasTmux, Tmux } from './support/tmux.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(ROOT, 'bin', 'rewind86.js');
const DEMO = join(ROOT, 'traces', 'lost-update.rewind');

const folder = mkdtempSync(join(tmpdir(), 'rewind86-live-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A floppy whose boot sector shows on the screen what is typed, for ever. */
const ECHO = [
  ...[0xb4, 0x01, 0xcd, 0x16], // again: mov ah,1; int 16h
  ...[0x74, 0xfa], //                    jz again
  ...[0xb4, 0x00, 0xcd, 0x16], //        mov ah,0; int 16h
  ...[0xb4, 0x0e, 0xcd, 0x10], //        mov ah,0Eh; int 10h
  ...[0xeb, 0xf0], //                    jmp again
];
const floppy = new Uint8Array(1440 * 1024);
floppy.set(ECHO);
floppy.set([0x55, 0xaa], 510);
writeFileSync(join(folder, 'echo.img'), floppy);

let terminal: Tmux;
afterEach(() => terminal?.close());

function debug(args: string): Tmux {
  terminal = new Tmux(100, 30, `cd ${folder}; echo before; node ${PROGRAM} debug ${args}; echo after $?`);
  return terminal;
}

const rewind86 = (...args: readonly string[]): string =>
  execFileSync('node', [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const clockIn = (screen: string): number => Number(/clock (\d+)/.exec(screen)![1]);

const LIVE = '--live --floppy echo.img --memory 2 --display screen';

describe.skipIf(!hasTmux)('a machine that runs', () => {
  it('is typed into, paused, stepped back, run on, and its trace verifies', async () => {
    const tmux = debug(`${LIVE} -o live.rewind`);
    await tmux.until(/LIVE live\.rewind {2}[1-9]/);
    tmux.type('hello');
    await tmux.until('hello');
    tmux.keys('C-a', 'Space');
    const present = clockIn(await tmux.until('LIVE, paused', '1 code', 'eax'));
    tmux.keys('S', 'S', 'S');
    const past = clockIn(await tmux.until('LIVE, in the past'));
    expect(past).toBeLessThan(present);
    tmux.keys('G');
    await tmux.until(`clock ${present} `, 'LIVE, paused');
    tmux.keys('s');
    await tmux.until(new RegExp(`clock (?!${present} )`), 'LIVE, paused');
    tmux.keys('Home');
    await tmux.until('clock 0 ', 'LIVE, in the past');
    tmux.keys('R');
    await tmux.until('Ctrl-A Space pauses');
    tmux.keys('C-a', 'Space');
    const later = clockIn(await tmux.until('LIVE, paused'));
    expect(later).toBeGreaterThan(present);
    tmux.keys('5');
    await tmux.until('keyboard');
    tmux.keys('q');
    await tmux.until('ended by the user', 'live.rewind', 'after 0');
    expect(rewind86('verify', 'live.rewind')).toContain(`up to clock ${later}`);
    expect(rewind86('events', 'live.rewind', '--kind', 'input').split('\n').length).toBeGreaterThan(1);
  });

  it('goes on otherwise from its past, as a branch', async () => {
    const tmux = debug(`${LIVE} -o trunk.rewind`);
    await tmux.until(/LIVE trunk\.rewind {2}[1-9]/);
    tmux.keys('C-a', 'Space');
    const present = clockIn(await tmux.until('LIVE, paused'));
    tmux.type('g50%');
    tmux.keys('Enter');
    const place = clockIn(await tmux.until('LIVE, in the past'));
    tmux.keys('L');
    await tmux.until('LIVE branch-001.rewind');
    tmux.keys('C-a', 'Space');
    await tmux.until('LIVE, paused', 'branch-001.rewind');
    tmux.keys('P');
    await tmux.until('trunk.rewind', `clock ${place} `);
    tmux.keys('G');
    await tmux.until(`clock ${present} `);
    tmux.keys('q');
    await tmux.until('after 0');
    expect(rewind86('verify', 'trunk.rewind')).toContain(`up to clock ${present}`);
    rewind86('verify', 'branch-001.rewind');
    expect(rewind86('tree', '.')).toMatch(/trunk\.rewind[\s\S]*branch-001\.rewind/);
    rmSync(join(folder, 'branch-001.rewind'));
  });

  it('leaves a trace when it is killed', async () => {
    terminal = new Tmux(
      100,
      30,
      `cd ${folder}; sh -c 'echo $$ >pid; exec "$@"' sh node ${PROGRAM} debug ${LIVE} -o killed.rewind`,
    );
    await terminal.until(/LIVE killed\.rewind {2}[2-9]/);
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
    const { clock } = JSON.parse(rewind86('verify', 'killed.rewind', '--json')) as { clock: number };
    expect(clock).toBeGreaterThan(50_000_000);
  });
});

describe.skipIf(!hasTmux)('an edit of a recorded run', () => {
  it('is a branch, which goes as far as its parent, and can be left', async () => {
    const parent = readFileSync(DEMO);
    writeFileSync(join(folder, 'demo.rewind'), parent);
    const tmux = debug('--at 182270361 demo.rewind');
    await tmux.until('clock 182270361');
    tmux.keys('2', 'E');
    await tmux.until('change eax =');
    tmux.type('0x5555');
    tmux.keys('Enter');
    await tmux.until('branch-001.rewind', 'clock 182270361', /eax +\*?00005555/, 'P goes back');
    tmux.keys('G');
    // With another number in the counter, it is not found short before its parent ended.
    await tmux.until(/clock 19193206\d /);
    tmux.keys('P');
    await tmux.until('demo.rewind', 'clock 182270361', /eax +\*?0000(?!5555)/);
    tmux.keys('q');
    await tmux.until('after 0');
    rewind86('verify', 'branch-001.rewind');
    expect(rewind86('tree', '.')).toMatch(/demo\.rewind[\s\S]*branch-001\.rewind/);
    expect(readFileSync(join(folder, 'demo.rewind')).equals(parent)).toBe(true);
  });
});

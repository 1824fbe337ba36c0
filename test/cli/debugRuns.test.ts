/** `debug` where runs are changed or go on: options that contradict each other, edits, branches, and the way back. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandOf } from '../../src/cli/debug/runCommands.js';
import { Workbench } from '../../src/cli/debug/workbench.js';
import { nodeHost } from '../../src/cli/host/nodeHost.js';
import { openTimeline, openTrace } from '../../src/cli/machine/trace.js';
import { runCli } from '../../src/cli/main.js';
import { inputsOf } from '../../src/replay/branch/inputs.js';
import { Debugger } from '../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../src/replay/guest/bundledSymbols.js';
import { ready } from '../../src/replay/ready.js';
import { Session } from '../../src/replay/session.js';
import { memorySource } from '../../src/replay/trace/reader.js';
import { FakeHost } from './support/fakeHost.js';

const folder = mkdtempSync(join(tmpdir(), 'rewind86-runs-'));
const DEMO = join(folder, 'demo.rewind');
const OPTIONS = { engine: 'compiler', salvage: false } as const;
/** Shortly before the guest finds additions missing. */
const PLACE = 182_270_361;

beforeAll(async () => {
  await ready();
  copyFileSync(fileURLToPath(new URL('../../traces/lost-update.rewind', import.meta.url)), DEMO);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('options', () => {
  it.each([
    [[], 'needs a trace'],
    [['--live', 'x.rewind'], 'x.rewind is a trace'],
    [['--kernel', 'k', 'x.rewind'], '--kernel is for --live'],
    [['-o', 'y.rewind', 'x.rewind'], '--output is for --live'],
    [['--live', '--at', '5'], '--at is for recorded runs'],
    [['--live', '--salvage'], '--salvage is for recorded runs'],
    [['--live', '--net', 'udp:1:2'], 'no peer'],
  ])('%j are refused in one line', async (args, line) => {
    const host = new FakeHost();
    expect(await runCli(['debug', ...args], host)).toBe(64);
    expect(host.err).toContain(line);
    expect(host.err.trim().split('\n')).toHaveLength(1);
  });
});

function open(path: string): Debugger {
  const timeline = openTimeline(path, OPTIONS, nodeHost());
  return new Debugger(timeline, bundledSymbols(timeline.trace));
}

function benchAt(clock: number): Workbench {
  const debug = open(DEMO);
  debug.timeline.seek(clock);
  return new Workbench({ path: DEMO, debug, salvage: false, open });
}

/** What a command says; after so many slices it is given up. */
function said(bench: Workbench, line: string, slices = Number.POSITIVE_INFINITY): string {
  const run = runCommandOf(bench, line)!;
  for (let left = slices; ; left--) {
    const { done, value } = run.next();
    if (done) return value;
    if (left > 0) continue;
    run.return('');
    return 'given up';
  }
}

const branches = (): string[] => readdirSync(folder).filter((name) => name.startsWith('branch'));

function verified(path: string): Session {
  const session = Session.open(memorySource(readFileSync(path)), nodeHost().boards('compiler'));
  expect(session.runTo(Number.POSITIVE_INFINITY)).toBe(true);
  expect(session.finished).toBe(true);
  return session;
}

describe('an edit', () => {
  it('is a branch that goes as far as its parent, which can be gone back to', () => {
    const before = readFileSync(DEMO);
    const bench = benchAt(PLACE);
    const eax = () => bench.debug.registers.all.get('eax')!();
    const was = eax();
    bench.debug.marks.set('here', PLACE);
    const facts: string[] = [];
    bench.onFacts = ({ trace, end }) => facts.push(`${trace} ${end > PLACE}`);
    expect(said(bench, 'poke eax = 0x5555')).toContain('branch-001.rewind: a branch of');
    expect([bench.debug.clock, eax()]).toEqual([PLACE, 0x5555]);
    expect(bench.debug.marks.get('here')).toBe(PLACE);
    expect(facts.at(-1)).toBe('branch-001.rewind true');
    const child = openTrace(bench.path, OPTIONS);
    expect(child.complete).toBe(true);
    expect(child.manifest.origin).toMatchObject({ trace: openTrace(DEMO, OPTIONS).id, clock: PLACE });
    expect(inputsOf(child).some(({ channel, clock }) => channel === 'poke:register' && clock === PLACE)).toBe(
      true,
    );
    verified(bench.path);
    said(bench, 'parent');
    expect([bench.path, bench.debug.clock, eax()]).toEqual([DEMO, PLACE, was]);
    bench.debug.timeline.seek(bench.debug.end);
    expect(bench.debug.timeline.divergence).toBeUndefined();
    expect(bench.debug.machine.outcome).toEqual({ kind: 'exit', code: 1 });
    expect(readFileSync(DEMO).equals(before)).toBe(true);
    expect(() => said(bench, 'parent')).toThrow('no trace was left');
  });

  it('that cannot be made leaves everything as it was', () => {
    const bench = benchAt(PLACE);
    const there = branches();
    for (const [line, why] of [
      ['poke', 'missing'],
      ['poke eax', '"="'],
      ['poke nothing = 1', 'nothing'],
      ['poke phys byte[0xfffffff0] = 1', 'no RAM'],
    ] as const) {
      expect(() => said(bench, line)).toThrow(why);
      expect(bench.debug.clock).toBe(PLACE);
    }
    expect(branches()).toEqual(there);
    bench.debug.step('forward');
    expect(bench.debug.clock).toBeGreaterThan(PLACE);
  });

  it('that is given up ends where it was', () => {
    const bench = benchAt(1_000_000);
    const { clock } = bench.debug;
    let told = '';
    bench.onFacts = ({ path }) => {
      told = path;
    };
    expect(said(bench, 'poke eax = 1', 2)).toBe('given up');
    expect(told).toBe(bench.path);
    expect(bench.debug.clock).toBe(clock);
    expect(bench.debug.end).toBeLessThan(PLACE);
    verified(bench.path);
  });
});

describe('other runs', () => {
  it('are opened, and files that are none are refused', () => {
    const bench = benchAt(1_000_000);
    expect(() => said(bench, `open ${join(folder, 'none')}`)).toThrow('no such file');
    expect(() => said(bench, 'resume')).toThrow('L goes on live');
    expect(bench.path).toBe(DEMO);
    said(bench, `open ${DEMO}`);
    expect(bench.debug.clock).toBe(0);
    expect(existsSync(DEMO)).toBe(true);
  });

  it('go on live from a place, and are paused and ended', async () => {
    const bench = benchAt(1_000_000);
    said(bench, 'live');
    expect(bench.facts).toMatchObject({ live: true, running: true });
    while (bench.live!.present < 1_200_000) await new Promise((resolve) => setTimeout(resolve, 5));
    bench.pause();
    const present = bench.debug.clock;
    expect(bench.facts).toMatchObject({ live: true, running: false, end: present });
    expect(said(bench, 'step 2')).toBe('');
    expect(bench.debug.clock).toBeGreaterThan(present);
    bench.debug.timeline.seek(500_000);
    expect(bench.finish('user')).toContain('ended by the user');
    expect(bench.facts).toMatchObject({ live: false, running: false });
    expect(verified(bench.path).clock).toBe(bench.debug.end);
  });
});

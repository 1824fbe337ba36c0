/** `debug` where runs are changed or go on: options that contradict each other, edits, branches, and the way back. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { GuestInput } from '../../src/cli/debug/guestInput.js';
import { runCommandOf } from '../../src/cli/debug/runCommands.js';
import { DebugSession } from '../../src/cli/debug/session.js';
import { type Opened, Workbench } from '../../src/cli/debug/workbench.js';
import { cannotWrite } from '../../src/cli/errors.js';
import { BranchProvider, MissingContents } from '../../src/cli/host/branchProvider.js';
import { nodeHost } from '../../src/cli/host/nodeHost.js';
import { openTimeline, openTrace } from '../../src/cli/machine/trace.js';
import { runCli } from '../../src/cli/main.js';
import { inputsOf } from '../../src/replay/branch/inputs.js';
import { KnownContents } from '../../src/replay/branch/knownContents.js';
import { Debugger } from '../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../src/replay/guest/bundledSymbols.js';
import { ready } from '../../src/replay/ready.js';
import { Session } from '../../src/replay/session.js';
import { memorySource } from '../../src/replay/trace/reader.js';
import { TraceWriter } from '../../src/replay/trace/writer.js';
import { FakeHost } from './support/fakeHost.js';

const HOST = nodeHost();
const folder = mkdtempSync(join(tmpdir(), 'rewind86-runs-'));
const DEMO = join(folder, 'demo.rewind');
const OPTIONS = { engine: 'compiler', salvage: false } as const;
/** Shortly before the guest finds additions missing. */
const PLACE = 182_270_361;

beforeAll(async () => {
  await ready();
  copyFileSync(fileURLToPath(new URL('../../traces/lost-update.rewind', import.meta.url)), DEMO);
});
afterEach(() => void vi.restoreAllMocks());
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

  it('that would write two things to one file, or over the trace, are refused', async () => {
    const before = readFileSync(DEMO);
    const out = join(folder, 'two.rewind');
    for (const args of [
      ['--live', '--cast', out, '-o', out],
      ['--cast', DEMO, DEMO],
    ]) {
      const host = new FakeHost();
      Object.assign(host.stdin, { isTTY: true });
      Object.assign(host.stdout, { isTTY: true });
      expect(await runCli(['debug', ...args], host)).toBe(64);
      expect(host.err).toMatch(/two outputs at once|is an input of this run/);
    }
    expect(existsSync(out)).toBe(false);
    expect(readFileSync(DEMO).equals(before)).toBe(true);
  });
});

function open(path: string): Opened & { without: string[] } {
  const timeline = openTimeline(path, OPTIONS, HOST);
  const debug = new Debugger(timeline, bundledSymbols(timeline.trace));
  const provider = new BranchProvider(new Map(), 0);
  return { debug, provider, close: () => closed.push(path), without: [] };
}

/** What was closed, in this order. */
const closed: string[] = [];

function benchAt(clock: number): Workbench {
  const place = open(DEMO);
  place.debug.timeline.seek(clock);
  return new Workbench({ path: DEMO, ...place, salvage: false, open });
}

const soon = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Paused, some way into a live branch; and what it tells. */
async function liveBench(): Promise<{ bench: Workbench; news: string[] }> {
  const bench = benchAt(1_000_000);
  const news: string[] = [];
  bench.onNews = (text) => void news.push(text);
  said(bench, 'live');
  while (bench.live!.present < 1_200_000) await soon();
  bench.pause();
  return { bench, news };
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
  const session = Session.open(memorySource(readFileSync(path)), HOST.boards('compiler'));
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
    while (bench.live!.present < 1_200_000) await soon();
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

describe('a run that is going on', () => {
  it('answers no command, and goes on once, however often it is told to', async () => {
    const { bench } = await liveBench();
    said(bench, 'resume');
    bench.start(bench.live!);
    for (const line of ['resume', 'live', 'step', 'seek 5', 'parent']) {
      expect(() => runCommandOf(bench, line)).toThrow('it is running; Ctrl-A Space pauses');
    }
    await soon(30);
    bench.pause();
    const { present } = bench.live!;
    await soon(50);
    expect([bench.live!.present, bench.debug.clock, bench.live!.paused]).toEqual([present, present, true]);
    bench.finish('user');
    verified(bench.path);
  });

  it('steps by instructions, through any number of clocks of a guest that waits', async () => {
    const { bench } = await liveBench();
    const { clock, retired } = bench.debug.timeline;
    said(bench, 'step 2000');
    const stepped = bench.debug.timeline;
    bench.finish('user');
    const again = open(bench.path).debug.timeline;
    again.seek(clock);
    expect(again.retired).toBe(retired);
    for (let i = 0; i < 2000; i++) again.step();
    expect(again.clock).toBe(stepped.clock);
    verified(bench.path);
  });

  it('stands where it has come to when steps are given up', async () => {
    const { bench } = await liveBench();
    const from = bench.debug.clock;
    expect(said(bench, 'step 1000000000', 3)).toBe('given up');
    expect(bench.debug.clock).toBeGreaterThan(from);
    expect(bench.live!.atPresent).toBe(true);
    expect(said(bench, 'step')).toBe('');
    bench.finish('user');
    verified(bench.path);
  });

  it('ends before what nobody knows, in steps as well, and can be looked at', async () => {
    const { bench } = await liveBench();
    const there = bench.debug.clock;
    const run = bench.live!;
    vi.spyOn(run.machine, 'run').mockImplementation(() => {
      throw new MissingContents('nobody knows sector 5');
    });
    expect(() => said(bench, 'step 10')).toThrow(`nobody knows sector 5; ${bench.path} ends before`);
    vi.restoreAllMocks();
    expect(bench.facts).toMatchObject({ live: false, running: false, end: there });
    expect(() => run.run(there + 10)).toThrow('has ended');
    expect(() => run.finish('user')).toThrow('has ended');
    expect(bench.finish('user')).toBeUndefined();
    bench.debug.timeline.stepBack();
    expect(bench.debug.clock).toBeLessThan(there);
    const session = Session.open(memorySource(readFileSync(bench.path)), HOST.boards('compiler'));
    expect(session.runTo(Number.POSITIVE_INFINITY)).toBe(true);
    expect(session.clock).toBe(there);
  });

  it('is ended by a disk that is full, in a line, wherever that comes up', async () => {
    const full = () =>
      vi.spyOn(TraceWriter.prototype, 'segment').mockImplementation(() => {
        throw cannotWrite('branch', { code: 'ENOSPC' });
      });
    for (const how of ['flush', 'pause', 'end'] as const) {
      const { bench, news } = await liveBench();
      const there = bench.debug.clock;
      said(bench, 'resume');
      await soon(20);
      full();
      if (how !== 'flush') new GuestInput(bench).do({ do: how });
      while (bench.running) await soon();
      vi.restoreAllMocks();
      expect(news).toEqual([`cannot write branch: no space left on the device; ${bench.path} ends before`]);
      expect(bench.facts).toMatchObject({ live: false, running: false });
      expect(bench.debug.clock).toBeGreaterThanOrEqual(there);
      expect(bench.debug.timeline.divergence).toBeUndefined();
    }
  });

  it('goes on when an edit is refused, and when its parent cannot be opened', async () => {
    const { bench } = await liveBench();
    const { path } = bench;
    const there = branches();
    expect(() => said(bench, 'poke phys byte[0xfffffff0] = 1')).toThrow('no RAM');
    expect(branches()).toEqual(there);
    const away = `${DEMO}.away`;
    renameSync(DEMO, away);
    expect(() => said(bench, 'parent')).toThrow('no such file');
    renameSync(away, DEMO);
    expect([bench.path, bench.live?.atPresent]).toEqual([path, true]);
    expect(said(bench, 'step')).toBe('');
    closed.length = 0;
    expect(said(bench, 'parent')).toContain('ended by the user');
    expect(bench.path).toBe(DEMO);
    expect(closed).toEqual([DEMO]);
    verified(path);
  });
});

it('a defect on the way of an edit is no refusal', async () => {
  const bench = benchAt(1_000_000);
  const command = (line: string) => runCommandOf(bench, line);
  const session = new DebugSession({
    get debug() {
      return bench.debug;
    },
    command,
  });
  vi.spyOn(KnownContents.prototype, 'pull').mockImplementation(() => {
    throw new TypeError('a defect');
  });
  await expect(session.command('poke eax = 1')).rejects.toThrow(TypeError);
});

/** The diff command: its report and JSON on runs of the toy and of the demo's guest, its exit codes, its refusals. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { ready } from '../../src/replay/ready.js';
import { memorySource, Trace } from '../../src/replay/trace/reader.js';
import { keys, type Run, record } from '../replay/diff/support.js';
import { toyBoards, toyDescription } from '../replay/support/toy.js';
import { seededProvider } from '../support/pc.js';
import { FakeHost } from './support/fakeHost.js';

const DEMO = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;

let dir: string;
beforeAll(async () => {
  await ready();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const at = path.join(dir, name);
  fs.writeFileSync(at, bytes);
  return at;
}

class Bench extends FakeHost {
  override boardsBuilt = { ...boards('compiler'), ...toyBoards };
}

async function diff(...args: string[]) {
  const host = new Bench();
  const code = await runCli(['diff', ...args], host);
  return { code, out: host.out, err: host.err };
}

/** Runs of the demo's guest. */
function demo(until: number, run: Partial<Run> = {}, change: object = {}): Uint8Array {
  const trace = Trace.open(memorySource(new Uint8Array(fs.readFileSync(DEMO))));
  return record({
    until,
    boards: boards('compiler'),
    blobs: trace.blobs(),
    provider: seededProvider(1),
    ...run,
    description: { ...trace.manifest.description, ...change },
  });
}

describe('runs that differ', () => {
  const inputs = (text: string) => [keys(1000, 'm'), keys(5000, text)];

  it('give a report with names, and an exit code of their own', async () => {
    const a = file('a', record({ until: 9000, inputs: inputs('a') }));
    const b = file('b', record({ until: 9000, inputs: inputs('b') }));
    const { code, out, err } = await diff(a, b);
    expect({ code, err }).toEqual({ code: 90, err: '' });
    const [one, other] = out.split('\n');
    expect([one, other]).toEqual([`A             ${a}`, `B             ${b}`]);
    const [, before, at] =
      /^equal up to clock (\d+) \(0\.0000\d\d s\), different at clock (\d+), instruction \d+$/m.exec(out)!;
    expect(Number(before)).toBeLessThan(5000);
    expect(Number(at)).toBeGreaterThanOrEqual(5000);
    expect(out).toContain('behind        an input at this clock, see suspects\n');
    expect(out).toContain(
      `suspects      other bytes: clock ${at} keyboard 61 "a" / clock ${at} keyboard 62 "b"\n`,
    );
    expect(out).toContain('toy.keys[0] 61h / 62h\n');
    expect(out).toContain(
      `first event   A ${at} key    toy input 97 1\n              B ${at} key    toy input 98 1\n`,
    );
    expect(out).toMatch(/^processors {4}equal up to clock \d+, different at clock \d+, behind$/m);
  });

  it('show of long inputs where they differ', async () => {
    const text = 'once upon a time there was a turing machine in a deep wood';
    const a = file('a', record({ until: 9000, inputs: inputs(text) }));
    const b = file('b', record({ until: 9000, inputs: inputs(text.replace('time', 'tide')) }));
    const { out } = await diff(a, b);
    expect(out).toMatch(
      /"pon a time [^"]*"\.\.\. \(from byte 6, of 58\) \/ .*"pon a tide [^"]*"\.\.\. \(from byte 6, of 58\)/,
    );
  });

  it('give JSON that says the same', async () => {
    const a = file('a', record({ until: 9000, inputs: inputs('a') }));
    const b = file('b', record({ until: 9000, inputs: inputs('ab') }));
    const { code, out } = await diff(a, b, '--json');
    expect(code).toBe(90);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ a, b, from: 0, equal: false, machine: [], leftOut: [] });
    const { before, after, exact } = report.step;
    expect(exact).toBe(true);
    expect(before).toBeLessThan(5000);
    expect(after).toEqual(report.clocks);
    expect(report.fields).toContainEqual({ name: 'toy.keys[1]', a: 0, b: 0x62 });
    expect(report.suspects.inputs).toEqual([
      {
        a: { clock: after.a, channel: 'keyboard', data: '61' },
        b: { clock: after.b, channel: 'keyboard', data: '6162' },
      },
    ]);
    expect(report.event).toMatchObject({ a: { kind: 'key', b: 1 }, b: { kind: 'key', b: 2 } });
  });

  it('are shown with instructions, symbols and registers', async () => {
    const a = file('a', demo(1_000_000));
    const b = file('b', demo(1_000_000, { provider: seededProvider(2) }, { seed: 2 }));
    const map = file('map', new TextEncoder().encode('001003b6 T draw\n'));
    const { code, out } = await diff(a, b, '--symbols', map, '--good', '700000');
    expect(code).toBe(90);
    expect(out).toMatch(/^machines {6}seed: 1 \/ 2$/m);
    expect(out).toMatch(/^behind {8}[0-9a-f]{8}h {2}e5e8 {14}in eax,0E8h {19}(draw|random)\+[0-9a-f]+h$/m);
    expect(out).toMatch(
      /^suspects {6}read from outside: clock (\d+) entropy 0, 4 bytes \w{8} \/ clock \1 entropy/m,
    );
    expect(out).toMatch(/^registers {5}eax [0-9a-f]+h \/ [0-9a-f]+h$/m);
  });
});

describe('runs that are equal', () => {
  it('exit with 0, and say how far', async () => {
    const whole = file('whole', record({ until: 20_000, inputs: [keys(3000, 'a')] }));
    const part = file('part', record({ until: 10_000, inputs: [keys(3000, 'a')] }));
    const torn = file('torn', record({ until: 10_000, inputs: [keys(3000, 'a')], finish: false }));
    expect(await diff(whole, whole)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /\n\nequal up to clock 2000\d \(0\.000\d+ s\), then both end \(stopped\)\n$/,
      ),
    });
    expect((await diff(whole, part)).out).toMatch(
      /\nequal up to clock 1000\d .*, then B ends \(stopped\)\n$/,
    );
    const { code, out, err } = await diff(torn, whole);
    expect(code).toBe(0);
    expect(out).toMatch(/then A ends \(incomplete\)\n$/);
    expect(err).toMatch(/^rewind86: \S+torn: incomplete, replays up to clock 1000\d\n$/);
    const json = JSON.parse((await diff(whole, part, '--json')).out);
    expect(json).toMatchObject({ equal: true, exact: true, machine: [], clock: json.ends.b });
    expect(json.found).toBe(false);
    expect((await diff(DEMO, DEMO)).out).toContain('then both end (exit with 1)\n');
  });
});

describe('runs whose machines differ, and that do the same', () => {
  it('are not called equal', async () => {
    const a = file('a', record({ until: 9000 }));
    const b = file('b', record({ until: 9000, description: { ...toyDescription, memory: 2 << 20 } }));
    const { code, out } = await diff(a, b);
    expect(code).toBe(90);
    expect(out).toContain(
      'machines      memory: 1048576 / 2097152\nleft out      RAM, kinds of memory pages: of different form',
    );
    expect(out).toMatch(/\nthe rest is equal wherever it was looked at, up to clock 900\d /);
    expect(JSON.parse((await diff(a, b, '--json')).out)).toMatchObject({ equal: false, found: false });
  });
});

describe('what cannot be compared', () => {
  it('is refused with one line', async () => {
    const toy = file('toy', record({ until: 9000 }));
    const refused = async (...args: string[]) => {
      const { code, out, err } = await diff(...args);
      expect(out).toBe('');
      return { code, err };
    };
    expect(await refused(toy, DEMO)).toEqual({
      code: 65,
      err: 'rewind86: a run of a toy CPU cannot be compared with a run of an ia32 CPU\n',
    });
    expect((await refused(toy, path.join(dir, 'none'))).code).toBe(66);
    expect((await refused(toy)).code).toBe(64);
    const beyond = await refused(toy, toy, '--good', '9999999');
    expect(beyond).toEqual({
      code: 64,
      err: expect.stringMatching(
        /^rewind86: --good: clock 9999999 is beyond the end of the recording, clock 900\d\n$/,
      ),
    });
    const junk = file('junk', Uint8Array.of(1, 2, 3));
    expect((await refused(junk, toy)).err).toBe(
      `rewind86: ${junk}: not a trace: it does not begin as a trace does\n`,
    );
    const map = file('nothing', new TextEncoder().encode('once upon a time\n'));
    expect((await refused(toy, toy, '--symbols', map)).code).toBe(65);
  });

  it('is a recording that its own replay does not repeat', async () => {
    const toy = file('toy', record({ until: 40_000 }));
    const other = file(
      'other',
      record({ until: 40_000, provider: seededProvider(3), description: toyDescription }),
    );
    const host = new Bench();
    const { toy: build } = toyBoards;
    let built = 0;
    host.boardsBuilt = {
      ...host.boardsBuilt,
      toy: (description, blobs) => {
        const machine = build(description, blobs);
        if (++built === 2) machine.memory.load(0x5000, Uint8Array.of(1));
        return machine;
      },
    };
    expect(await runCli(['diff', toy, other], host)).toBe(81);
    expect(host.out).toBe('');
    expect(host.err).toMatch(/^rewind86: \S+other: diverged .*RAM page 5000h/);
  });

  it('is given up at a signal', async () => {
    const a = file('a', demo(4_000_000));
    const b = file('b', demo(4_000_000, {}, { memory: 3 << 20 }));
    const host = new Bench();
    const listen = host.onSignal.bind(host);
    host.onSignal = (listener) => {
      setImmediate(() => host.signal('SIGINT'));
      return listen(listener);
    };
    expect(await runCli(['diff', a, b, '--first'], host)).toBe(130);
    expect(host.err).toBe('rewind86: ended by SIGINT\n');
    expect(host.out).toBe('');
  });
});

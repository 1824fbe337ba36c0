/** `conform` on small suites made by hand, on broken ones, and on real ones where they are. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { FOLDER } from '../core/cpu/support/vectorFiles.js';
import { type MadeTest, mooOf, NOP, nop286 } from '../core/vectors/support/made.js';
import { FakeHost } from './support/fakeHost.js';

let dir: string;
let host: FakeHost;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  host = new FakeHost();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function file(name: string, contents: string | Uint8Array): string {
  const at = path.join(dir, name);
  fs.writeFileSync(at, contents);
  return at;
}

async function conform(...args: string[]): Promise<number> {
  host.out = '';
  host.err = '';
  return runCli(['conform', dir, ...args], host);
}

const MOO_LENGTH = mooOf('8086', [NOP]).length;
const json = (...tests: unknown[]): string => JSON.stringify(tests);

/** The line of the ledger that begins so, without its spaces. */
function row(name: string): string | undefined {
  const found = host.out.split('\n').find((line) => line.startsWith(`${name} `));
  return found?.split(/ +/).join(' ');
}

/** The NOP with another state behind it. */
function ending(final: Partial<MadeTest['final']>): MadeTest {
  return { ...NOP, final: { ...NOP.final, ...final } };
}

describe('a suite', () => {
  it('may be of MOO and JSON files, packed or not, told apart by what is in them', async () => {
    file('00.json', json(NOP));
    file('01.MOO', mooOf('8086', [NOP, NOP]));
    file('F7.4.json.gz', gzipSync(json(NOP)));
    file('ff.7.moo.gz', gzipSync(mooOf('8086', [NOP])));
    file('8088.json', '{}');
    file('README.md', 'not a form');
    expect(await conform(), host.err).toBe(0);
    expect(host.out.split('\n')[0]).toBe('8086: 5 tests of 4 forms');
    expect(row('form')).toBe('form tests strict masked excused failed');
    expect(['00', '01', 'F7.4', 'FF.7', 'total'].map(row)).toEqual([
      '00 1 1 0 0 0',
      '01 2 2 0 0 0',
      'F7.4 1 1 0 0 0',
      'FF.7 1 1 0 0 0',
      'total 5 5 0 0 0',
    ]);
    expect(host.err).toBe('');
  });

  it('is of the chip its files name, else its metadata, else its tests look like; --model overrules', async () => {
    const short = { ...NOP, initial: { ...NOP.initial, queue: [0x90, 0x90] } };
    const chip = async (...args: string[]) => {
      await conform('--json', ...args);
      return JSON.parse(host.out).forms[0].chip;
    };
    file('90.json', json(NOP));
    expect(await chip()).toBe('8086');
    expect(await chip('--model', '8088')).toBe('8088');
    file('90.json', json(short));
    expect(await chip()).toBe('8088');
    file('metadata.json', JSON.stringify({ cpu: '8086', opcodes: {} }));
    expect(await chip()).toBe('8086');
    file('90.json', mooOf('8088', [short]));
    expect(await chip()).toBe('8088');
    file('90.json', mooOf('C286', [nop286([0x90])]));
    expect(await chip()).toBe('80286');
    fs.rmSync(path.join(dir, 'metadata.json'));
    file('90.json', json(nop286([0x90])));
    expect(await chip()).toBe('80286');
  });

  it('is run in part with --form and --limit', async () => {
    for (const form of ['00', 'F7.0', 'F7.4', 'F6.4']) file(`${form}.json`, json(NOP, NOP, NOP));
    expect(await conform('--form', 'f7,00', '--limit', '2')).toBe(0);
    expect(['00', 'F6.4', 'F7.0', 'F7.4', 'total'].map(row)).toEqual([
      '00 2 2 0 0 0',
      undefined,
      'F7.0 2 2 0 0 0',
      'F7.4 2 2 0 0 0',
      'total 6 6 0 0 0',
    ]);
    expect(await conform('--form', 'F7.4')).toBe(0);
    expect(row('total')).toBe('total 3 3 0 0 0');
  });
});

describe('what differs', () => {
  it('is counted by kind, the first example of each shown clock by clock', async () => {
    const spoilt = (clock: number, column: number, value: number | string) => {
      const cycles = NOP.cycles.map((c, i) =>
        i === clock ? c.map((v, j) => (j === column ? value : v)) : c,
      );
      return { ...NOP, cycles };
    };
    file('00.json', json(NOP, spoilt(1, 7, 'MEMR'), spoilt(2, 7, 'MEMR')));
    file(
      '90.json',
      json({ ...spoilt(1, 7, 'IOR'), idx: 7 }, spoilt(2, 1, 0x10104), ending({ regs: { ax: 5 } })),
    );
    expect(await conform()).toBe(87);
    expect(['00', '90', 'total'].map(row)).toEqual(['00 3 1 0 0 2', '90 3 0 0 0 3', 'total 6 1 0 0 5']);
    const [, ...kinds] = host.out.split(/\n(?=.* differs first in )/);
    expect(kinds[0]).toBe(
      [
        'bus status differs first in 3 tests, such as',
        '  00 #3 nop [90]',
        '  clock 1 is ----- PASV Ti, not ----- MEMR Ti',
        '    clock  chip                ours',
        '        0  ----- PASV Ti F90   ----- PASV Ti F90',
        '  >     1  ----- MEMR Ti       ----- PASV Ti',
        '        2  10106 CODE T1 BHE0  10106 CODE T1 BHE0',
        '',
      ].join('\n'),
    );
    expect(kinds[1]).toContain('address differs first in 1 test,');
    expect(kinds[1]).toContain('>     2  10104 CODE T1 BHE0  10106 CODE T1 BHE0');
    expect(kinds[2]).toContain('ax is 0001, not 0005');
    expect(kinds.length).toBe(3);
  });

  it('is the same as JSON', async () => {
    file('00.json', json(NOP, ending({ ram: [[0x20000, 7]] })));
    expect(await conform('--json')).toBe(87);
    const counts = { tests: 2, strict: 1, masked: 0, excused: 0, failed: 1 };
    const first = {
      form: '00',
      index: 3,
      name: 'nop',
      bytes: [0x90],
      differences: [{ kind: 'memory', where: '[20000]', expected: '07', actual: '90' }],
      clocks: ['----- PASV Ti F90', '----- PASV Ti', '10106 CODE T1 BHE0'].map((pins) => {
        return { expected: pins, actual: pins };
      }),
    };
    expect(JSON.parse(host.out)).toEqual({
      folder: dir,
      passed: false,
      forms: [{ form: '00', chip: '8086', ...counts, kinds: [{ kind: 'memory', tests: 1 }], excuses: [] }],
      totals: { ...counts, kinds: [{ kind: 'memory', tests: 1, first }], excuses: [] },
    });
  });

  it('may be flags that the metadata call undefined; --strict wants those too', async () => {
    file('00.json', json(NOP, ending({ regs: { ip: 0x102, flags: 0xf012 } })));
    expect(await conform()).toBe(87);
    file('metadata.json', JSON.stringify({ cpu: '8086', opcodes: { '00': { 'flags-mask': 0xffef } } }));
    expect(await conform()).toBe(0);
    expect(row('total')).toBe('total 2 1 1 0 0');
    expect(await conform('--strict')).toBe(87);
    expect(row('total')).toBe('total 2 1 0 0 1');
    expect(host.out).toContain('flags is F002, not F012');
  });

  it('may be a difference between chips that is written down', async () => {
    file('90.json', json(nop286([0x90]), nop286([0xf0, 0x90])));
    expect(await conform()).toBe(0);
    expect(row('total')).toBe('total 2 1 0 1 0');
    expect(host.out).toMatch(/^excused\n +1 {2}the 286 ignores LOCK/m);
    expect(await conform('--strict')).toBe(87);
    const wrong = nop286([0x90]);
    file(
      '90.json',
      json({ ...wrong, final: { ...wrong.final, regs: { ip: 0x102, bx: 9 } } }, nop286([0x90])),
    );
    expect(await conform()).toBe(87);
    expect(row('total')).toBe('total 2 1 0 0 1');
    expect(host.out).toContain('bx is 0002, not 0009');
  });

  it('in one test leaves the next alone, whatever the core wrote', async () => {
    // PUSH AX, which the "chip" did not do: the bytes at SS:SP differ, and must be gone afterwards.
    const push = { ...nop286([0x50]), final: { regs: { ip: 0x102 }, ram: [] } };
    const sees = nop286([0xa0, 0x56, 0x00]);
    const zero = { ...sees.initial, regs: { ...sees.initial.regs, ds: 0 } };
    const seesZero = { ...sees, initial: zero, final: { regs: { ax: 0, ip: 0x104 }, ram: [] } };
    file('90.json', json(seesZero, push, seesZero));
    expect(await conform()).toBe(87);
    expect(row('total')).toBe('total 3 2 0 0 1');
  });
});

describe('what cannot be run', () => {
  const problem = async (code: number, ...args: string[]) => {
    expect(await conform(...args)).toBe(code);
    expect(host.out).toBe('');
    expect(host.err.split('\n').length).toBe(2);
    return host.err;
  };

  it('is no folder, or one without tests, or without the form', async () => {
    expect(await problem(65)).toContain('holds no single-step tests');
    expect(await runCli(['conform', path.join(dir, 'no')], host)).toBe(66);
    expect(await runCli(['conform', file('00.json', json(NOP))], host)).toBe(66);
    expect(await problem(64, '--form', 'F7.1')).toContain('there is no form F7.1');
    expect(await problem(64, '--form', 'XY')).toContain('opcodes such as 00 or F7.4');
    expect(await problem(64, '--model', '6502')).toContain('6502');
  });

  it.each<[string, string, Uint8Array | string]>([
    ['is cut off, in chunks', '00.MOO', mooOf('8086', [NOP, NOP]).subarray(0, 300)],
    ['lacks tests that its header counts', '00.MOO', mooOf('8086', [NOP, NOP]).subarray(0, MOO_LENGTH)],
    ['is cut off, packed', '00.MOO.gz', gzipSync(mooOf('8086', [NOP])).subarray(0, 60)],
    ['is cut off, as JSON', '00.json', json(NOP).slice(0, -9)],
    ['is something else', '00.MOO', 'BOO 1234'],
    ['is other JSON', '00.json', '{"a": 1}'],
    ['holds no tests', '00.json', '[]'],
    ['holds odd tests', '00.json', json({ ...NOP, initial: 7 })],
    ['holds nulls', '00.json', 'null'],
    ['lacks a register', '00.json', json({ ...NOP, initial: { ...NOP.initial, regs: { ax: 1 } } })],
    ['has memory out of reach', '00.json', json(ending({ ram: [[2 ** 31, 1]] }))],
    ['has a queue that is too long', '00.json', json(ending({ queue: [1, 2, 3, 4, 5, 6, 7, 8, 9] }))],
    ['is of a chip without a core', '00.MOO', mooOf('V20 ', [NOP])],
  ])('is a file that %s', async (_, name, contents) => {
    file('01.json', json(NOP));
    const at = file(name, contents);
    expect(await problem(65)).toMatch(new RegExp(`^rewind86: ${at} (is|holds|has|lacks|cannot be unpacked)`));
  });

  it('is metadata that are none', async () => {
    file('00.json', json(NOP));
    for (const text of ['{', 'null', '[]', '{"opcodes": 1}']) {
      const at = file('metadata.json', text);
      expect(await problem(65)).toContain(`${at} is not the metadata of single-step tests`);
    }
  });

  it('is ended by a signal, without a ledger', async () => {
    for (let i = 16; i < 80; i++) file(`${i.toString(16)}.json`, json(NOP));
    const code = conform();
    // A form takes a turn of the event loop, so all but the first few are still to come.
    while (host.signals.size === 0) await new Promise((resolve) => setImmediate(resolve));
    host.signal('SIGINT');
    expect(await code).toBe(130);
    expect(host.out).toBe('');
    expect(host.err).toMatch(/^rewind86: ended by SIGINT after \d+ of 64 forms\n$/);
  });
});

it('shows its progress on a terminal, and cleans up behind it', async () => {
  host.stderr.isTTY = true;
  file('00.json', json(NOP));
  expect(await conform()).toBe(0);
  expect(host.err).toBe('\r1 of 1 forms, 1 tests\x1b[K\r\x1b[K');
});

it('runs in threads', () => {
  for (const form of ['00', '01', '02', '03']) file(`${form}.json`, json(NOP, ending({ regs: { ax: 5 } })));
  const main = path.join(import.meta.dirname, 'support', 'main.ts');
  const args = ['--import', 'tsx', main, 'conform', dir, '--jobs', '2', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(87);
  const { forms, totals } = JSON.parse(stdout);
  expect(forms.map(({ form }: { form: string }) => form)).toEqual(['00', '01', '02', '03']);
  expect(totals).toMatchObject({ tests: 8, strict: 4, failed: 4, kinds: [{ kind: 'ax', tests: 4 }] });
});

describe.skipIf(!fs.existsSync(FOLDER))('real suites', () => {
  it.each([
    ['8086', '00,8F,A5,F7.6', undefined],
    ['80286', '00,8E,F7.6', 'excused'],
  ])('of an %s pass', async (chip, forms, excused) => {
    const wanted = forms
      .split(',')
      .filter((form) => fs.existsSync(path.join(FOLDER, chip, `${form}.MOO.gz`)));
    const args = ['conform', path.join(FOLDER, chip), '--form', wanted.join(), '--limit', '20', '--json'];
    expect(await runCli(args, host), host.out).toBe(0);
    const { totals } = JSON.parse(host.out);
    expect(totals.tests).toBe(20 * wanted.length);
    if (!excused) expect(totals.strict).toBe(totals.tests);
  });
});

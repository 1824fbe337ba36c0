/** `who` and `query` on the demo's recording: what they say, the index they leave, and how they say no. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { RealHost } from './support/realHost.js';

const DEMO = new URL('../../traces/lost-update.rewind', import.meta.url);

let dir: string;
let trace: string;
let index: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  trace = path.join(dir, 'a.rewind');
  index = `${trace}.index`;
  fs.copyFileSync(DEMO, trace);
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function run(...args: string[]) {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  const code = await runCli(args, host);
  return { code, out: host.out, err: host.err };
}

const objects = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('who', () => {
  it('says which instruction wrote a place last, and makes an index on the way', async () => {
    const { code, out, err } = await run('who', trace, 'counter');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^counter \(physical 1003ech\)\nlast written: clock \d+, 1\.9\d+ s, instruction \d+\n/,
    );
    expect(out).toMatch(/\nby +001003ach {2}a3ec031000 +mov \[1003ECh\],eax +worker\.store, about counter\n/);
    // The guest itself says what its counter is in the end.
    expect(out).toMatch(/\nvalue +20522 \(502ah\) -> 20523 \(502bh\)\n/);
    expect(fs.existsSync(index)).toBe(true);
    expect(fs.readdirSync(dir).sort()).toEqual(['a.rewind', 'a.rewind.index']);
  });

  it('says the same with and without the index, in threads and alone', async () => {
    for (const what of [
      ['counter', '--at', '3000000'],
      ['byte[0xb8000]', '--at', '20%'],
    ]) {
      const answers = [await run('who', trace, ...what), await run('who', trace, ...what, '--jobs', '1')];
      answers.push(await run('who', trace, ...what, '--no-index'));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]!.code).toBe(0);
    }
  });

  it('finds the first write, and the last one before a clock', async () => {
    const [first] = objects((await run('who', trace, 'counter', '--first', '--json')).out);
    expect(first).toMatchObject({ what: 'counter', by: 'instruction', before: 0, after: 1 });
    const all = objects((await run('query', trace, 'writes', 'counter', '--limit', '3', '--json')).out);
    expect(all[0].clock).toBe(first.clock);
    const at = String(all[2].clock);
    // `mov [counter],eax` takes a clock; nothing begins in the midst of a division.
    expect((await run('who', trace, 'counter', '--at', at)).err).toBe('');
    const [second] = objects((await run('who', trace, 'counter', '--at', at, '--json')).out);
    expect(second).toMatchObject({ clock: all[1].clock, after: 2 });
  });

  it('finds the first change of a register, no farther than where it was asked to look', async () => {
    const [first] = objects((await run('who', trace, 'ebp', '--first', '--json')).out);
    expect(first.before).not.toBe(first.after);
    const before = await run('who', trace, 'ebp', '--first', '--at', String(first.clock));
    expect(before).toMatchObject({ code: 88, out: '' });
    const behind = await run('who', trace, 'ebp', '--first', '--json', '--at', String(first.clock + 1));
    expect(objects(behind.out)).toEqual([first]);
  });

  it('finds what changed a register', async () => {
    const { code, out } = await run('who', trace, 'eax', '--json');
    expect(code).toBe(0);
    const [{ before, after, registers }] = objects(out);
    expect(before).not.toBe(after);
    expect(before).toBe(registers.eax);
  });

  it('says no with a line and an exit code', async () => {
    const never = await run('who', trace, 'byte[0x1ff123]');
    expect(never).toMatchObject({ code: 88, out: '' });
    expect(never.err).toMatch(/^rewind86: byte\[0x1ff123\]: it never was written up to clock \d+\n$/);
    expect(await run('who', trace, 'cuonter')).toMatchObject({ code: 64, out: '' });
    expect((await run('who', trace, 'cuonter')).err).toContain('did you mean "counter"?');
    expect((await run('who', trace, 'disk', 'x', '1')).err).toBe(
      'rewind86: no disk is called "x"; there are none\n',
    );
    for (const number of ['0x100310', '100310h', '&counter', '2 + 3']) {
      const { code, err } = await run('who', trace, number);
      expect(code).toBe(64);
      expect(err).toMatch(
        /^rewind86: "[^"]+" is a number, not a place: byte\[[\da-f]+h\] is the byte there, dword/,
      );
    }
    expect((await run('query', trace, 'writes', '0x100310')).err).toContain(
      'byte[100310h] is the byte there',
    );
    expect((await run('who', trace, 'pte', '0x1000')).err).toContain('paging is off');
    expect((await run('who', trace, 'counter', '--at', '1e9')).code).toBe(64);
    expect((await run('who', trace, 'counter', '--at', '999999999999')).err).toContain('beyond the end');
    expect((await run('who', trace, 'eax', '--all')).err).toContain('no place in memory');
    expect((await run('who', trace, 'counter', '--all', '--first')).code).toBe(64);
  });
});

describe('query', () => {
  it('lists alike in threads, alone and without an index', async () => {
    for (const question of [
      ['writes', 'counter', '--to', '3000000', '--at', 'i:300000'],
      ['executions', 'worker.store', '--to', '1%', '--at', 'i:300000'],
      ['ports', '0x3f8-0x3ff', '--json', '--to', '36000000'],
      ['vectors', '0x20', '--from', '30000000', '--to', '36000000'],
      ['latency', '--json', '--from', '30000000', '--to', '36000000'],
      ['text'],
    ]) {
      const answers = [
        await run('query', trace, ...question),
        await run('query', trace, ...question, '--jobs', '1'),
      ];
      answers.push(await run('query', trace, ...question, '--no-index'));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]!.code).toBe(0);
      expect(answers[0]!.err).toBe('');
    }
  });

  it('shows calls with their arguments and callers', async () => {
    const { code, out } = await run('query', trace, 'calls', 'print_text', '--limit', '1');
    expect(code).toBe(0);
    expect(out).toMatch(
      / print_text\(eax=[\da-f]+h edx=[\da-f]+h ecx=[\da-f]+h stack [\da-fh ]+\) {2}from [a-z_.]+\+/,
    );
  });

  it('counts as calls what CALL instructions lead to', async () => {
    const span = ['--to', '1%', '--json'];
    const calls = objects((await run('query', trace, 'calls', 'print_text', ...span)).out);
    // Those in the binary: E8 and four bytes, just before where the callers go on.
    const sites = [...new Set(calls.map(({ returnAddress }) => returnAddress - 5))];
    let executed = 0;
    for (const site of sites) {
      executed += objects((await run('query', trace, 'executions', String(site), ...span)).out).length;
    }
    expect(calls.length).toBe(executed);
    expect(calls.length).toBeGreaterThan(10);
    // It is jumped to in a loop, and the other is entered by interrupts, which are no calls.
    expect((await run('query', trace, 'calls', 'worker.work', ...span)).code).toBe(88);
    expect((await run('query', trace, 'calls', 'timer_interrupt', ...span)).code).toBe(88);
  });

  it('lists no more than is asked for', async () => {
    const { out } = await run('query', trace, 'writes', 'counter', '--limit', '2');
    expect(out.trim().split('\n').length).toBe(2);
  });

  it('includes the clocks that bound it, and says where there is nothing', async () => {
    const asked = ['query', trace, 'writes', 'counter', '--json'];
    const all = objects((await run(...asked, '--limit', '4')).out);
    const [from, to] = [String(all[1].clock), String(all[2].clock)];
    const { out } = await run(...asked, '--from', from, '--to', to);
    expect(objects(out)).toEqual(all.slice(1, 3));
    const between = await run(...asked, '--from', String(all[1].clock + 1), '--to', String(all[2].clock - 1));
    expect(between).toEqual({
      code: 88,
      out: '',
      err: 'rewind86: there is nothing of the kind in this stretch of the run\n',
    });
  });

  it('counts an interrupt where it was requested', async () => {
    const asked = ['query', trace, 'latency', '--json'];
    const [one] = objects((await run(...asked, '--limit', '1', '--from', '100000000')).out);
    const { clock, requested } = one;
    const exactly = await run(...asked, '--from', String(requested), '--to', String(requested));
    expect(objects(exactly.out)).toEqual([one]);
    expect(await run(...asked, '--from', String(requested + 1), '--to', String(clock))).toMatchObject({
      code: 88,
    });
  });

  it('finds what was sent, by text and by pattern', async () => {
    expect((await run('query', trace, 'text', 'PANIC')).out).toMatch(
      /^ +\d+ 1\.9\d+ s {2}PANIC: lost update/,
    );
    const { out } = await run('query', trace, 'text', '/^tick \\d+/', '--json');
    expect(objects(out).map(({ text }) => text)).toEqual([expect.stringMatching(/^tick 1002, counter /)]);
    expect(await run('query', trace, 'text', 'nobody says this')).toMatchObject({ code: 88, out: '' });
    expect((await run('query', trace, 'text', '/(/')).code).toBe(64);
  });

  it('finds what was sent without an index, wherever it had to go before', async () => {
    const span = ['--from', '0', '--to', 'i:300000'];
    const known = await run('query', trace, 'text', ...span);
    expect(known).toMatchObject({ code: 0, err: '' });
    expect(await run('query', trace, 'text', ...span, '--no-index')).toEqual(known);
    // In the midst of a line: it is told whole.
    const [{ clock, text }] = objects((await run('query', trace, 'text', '--limit', '1', '--json')).out);
    const begun = await run('query', trace, 'text', '--to', String(clock + 1), '--no-index', '--json');
    expect(objects(begun.out)).toEqual([{ clock, text }]);
  });

  it('says where a replay differs', async () => {
    const host = new RealHost();
    const { pc } = boards('compiler');
    host.boardsBuilt = {
      pc: (...args) => {
        const machine = pc!(...args);
        machine.memory.write(0x33333, 1, 1);
        return machine;
      },
    };
    expect(await runCli(['query', trace, 'text', '--no-index'], host)).toBe(81);
    expect(host.err).toMatch(/^rewind86: diverged .*RAM page 33000h/);
  });

  it('draws how long interrupts take', async () => {
    const { out } = await run('query', trace, 'latency');
    // The guest counts its timer's interrupts, and says 1902 in the end.
    expect(out).toMatch(/\nvector 20h, from request to handler: 1902, least 0\.\d\d us, mean /);
    expect(out).toContain('vector 20h, from handler to end of service: 1902, ');
  });

  it('says no with a line and an exit code', async () => {
    for (const [words, said] of [
      [['dreams'], 'there is no topic "dreams"'],
      [['writes'], 'of what?'],
      [['writes', 'eax'], 'no place in memory'],
      [['ports', '3-1'], 'ends before it begins'],
      [['ports', '0x10000'], 'no number up to 65535'],
      [['vectors', '256'], 'no number up to 255'],
      [['vectors', '--from', '9', '--to', '3'], '--from is after --to'],
    ] as const) {
      const answer = await run('query', trace, ...words);
      expect({ code: answer.code, out: answer.out }).toEqual({ code: 64, out: '' });
      expect(answer.err).toContain(said);
    }
    expect(await run('query', trace, 'vectors', '0x99')).toMatchObject({ code: 88, out: '' });
  });
});

describe('of a PC/XT', () => {
  it('the same can be asked', async () => {
    const script = path.join(dir, 'wait.yaml');
    const xt = path.join(dir, 'xt.rewind');
    fs.writeFileSync(script, '- delay: 900\n');
    const recorded = await run('record', '--board', 'xt', '--script', script, '--quiet', '-o', xt);
    expect(recorded.code).toBe(0);
    // The BIOS counts ticks at 40:6C in INT 08h, which then calls INT 1Ch.
    const [{ by, instruction, before, after }] = objects((await run('who', xt, 'word[0x46c]', '--json')).out);
    expect({ by, text: instruction.text }).toEqual({ by: 'instruction', text: 'inc word [6Ch]' });
    expect(Number(after)).toBe(Number(before) + 1);
    const ticks = objects((await run('query', xt, 'vectors', '8', '--json')).out);
    expect(ticks.length).toBe(Number(after));
    const hooks = objects((await run('query', xt, 'vectors', '0x1c', '--json')).out);
    expect(hooks.length).toBe(ticks.length);
    for (const { source, at } of hooks) {
      expect([source, at]).toEqual(['software', expect.stringMatching(/^bios\.int08/)]);
    }
  });
});

describe('an index', () => {
  it('that is damaged, or of another trace, is written anew', async () => {
    const good = fs.readFileSync(index);
    const bad = new Uint8Array(good);
    bad[bad.length >> 1]! ^= 1;
    for (const bytes of [bad, new TextEncoder().encode('hello')]) {
      fs.writeFileSync(index, bytes);
      const answer = await run('query', trace, 'text', 'PANIC');
      expect(answer.code).toBe(0);
      expect(answer.err).toMatch(/^rewind86: .*a\.rewind\.index: damaged: .*; it is not used\n$/);
      expect((await run('query', trace, 'text', 'PANIC')).err).toBe('');
    }
    const other = path.join(dir, 'b.rewind');
    expect((await run('demo', '-o', other, '--seed', '5')).code).not.toBe(70);
    fs.copyFileSync(index, `${other}.index`);
    expect((await run('query', other, 'text', 'racer')).err).toContain('of another trace');
    expect((await run('query', other, 'text', 'racer')).err).toBe('');
  });

  it('serves other commands, and is not missed by them', async () => {
    const ask = () => run('bisect', trace, '--when', 'counter >= 20000');
    const withIndex = await ask();
    fs.rmSync(index);
    expect(await ask()).toEqual(withIndex);
    expect(fs.existsSync(index)).toBe(false);
  });

  it('that cannot be written is done without', async () => {
    fs.mkdirSync(index);
    try {
      const { code, err } = await run('query', trace, 'text', 'PANIC');
      expect(code).toBe(0);
      expect(err).toContain('going on without an index');
    } finally {
      fs.rmdirSync(index);
    }
  });

  it('is not left half made when a signal comes', async () => {
    const host = new RealHost();
    host.boardsBuilt = boards('interpreter');
    const going = runCli(['query', trace, 'vectors'], host);
    setTimeout(() => host.signal('SIGINT'), 300);
    expect(await going).toBe(130);
    expect(fs.readdirSync(dir).filter((name) => name.startsWith('a.'))).toEqual(['a.rewind']);
  });
});

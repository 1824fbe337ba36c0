import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { FakeHost } from './support/fakeHost.js';

let dir: string;
let host: FakeHost;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  host = new FakeHost();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function file(name: string, contents: string | Uint8Array = ''): string {
  const at = path.join(dir, name);
  fs.writeFileSync(at, contents);
  return at;
}

function pipe(at: string): string {
  fs.rmSync(at);
  execFileSync('mkfifo', [at]);
  return at;
}

async function cli(...args: string[]): Promise<number> {
  host.out = '';
  host.err = '';
  return runCli(args, host);
}

const DISK = new Uint8Array(64 * 512 + 1024).fill(7);
DISK.set([0x55, 0xaa], 510);

/** Records the toy with a script; the name of the trace. */
async function recorded(script: string, ...args: string[]): Promise<string> {
  const trace = path.join(dir, 'run.rewind');
  const disk = file('disk.img', DISK);
  const yaml = file('script.yaml', script);
  await cli('record', '--memory', '2M', '--disk', disk, '--script', yaml, '-o', trace, ...args);
  return trace;
}

/** Where a trace's frames begin: the manifest, the toy's one image, then the run. */
function framesOf(trace: string): number[] {
  const bytes = fs.readFileSync(trace);
  const out: number[] = [];
  for (let at = 24; at < bytes.length; at += 32 + bytes.readUInt32LE(at)) out.push(at);
  return out;
}

const QUIT = '- wait: /[a-z]/\n- delay: 30\n- type: "q"\n- finish: 1000\n';

describe('record, verify, replay, info, events', () => {
  it('agree about a run', async () => {
    const trace = await recorded(QUIT);
    expect(host.err).toMatch(
      /^rewind86: power-off at clock \d+ \(0\.\d+ s\); .*run\.rewind: \d+ bytes, state \w{16}\n$/,
    );
    const [, clock, state] = /clock (\d+) .* state (\w{16})/.exec(host.err)!;
    const serial = host.out;
    expect(serial).toMatch(/^[a-z{-~]+.*q$/s);

    expect(await cli('verify', trace)).toBe(0);
    expect(host.out).toMatch(new RegExp(`^verified: \\d+ checks up to clock ${clock}, state ${state}\n$`));
    expect(host.err).toBe('');

    expect(await cli('replay', trace)).toBe(0);
    expect(host.out).toBe(serial);
    expect(host.err).toContain(`state ${state}`);

    expect(await cli('info', trace, '--json')).toBe(0);
    const info = JSON.parse(host.out);
    expect(info).toMatchObject({
      complete: true,
      outcome: 'power-off',
      clock: Number(clock),
      endedBy: 'guest',
    });
    expect(info.bytes.total).toBe(fs.statSync(trace).size);
    expect(info.events.serial).toBe(serial.length);
    expect(info.events.input).toBe(1);

    expect(await cli('events', trace, '--kind', 'input,serial', '--json')).toBe(0);
    const events = host.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const sent = events.filter((e) => e.kind === 'serial').map((e) => String.fromCharCode(e.a));
    expect(sent.join('')).toBe(serial);
    expect(events.filter((e) => e.kind === 'input')).toMatchObject([{ device: 'serial:com1', data: '71' }]);
    const admitted = events.find((e) => e.kind === 'input').clock;
    // Scripts act at multiples of 100,000 clocks: at the first boundary at or after one.
    expect(admitted % 100_000).toBeLessThan(30);

    expect(await cli('events', trace, '--from', '200000', '--to', '300000', '--kind', 'irq')).toBe(0);
    const clocks = host.out
      .trim()
      .split('\n')
      .map((line) => Number.parseInt(line, 10));
    expect(clocks.length).toBeGreaterThan(3);
    expect(clocks.every((c) => c >= 200_000 && c <= 300_000)).toBe(true);
  });

  it('exit as the guest or the host ended the run', async () => {
    const ended = async (script: string, ...args: string[]) => {
      await recorded(script, '-q', ...args);
      return cli('replay', path.join(dir, 'run.rewind'), '-q');
    };
    const run = async (script: string, ...args: string[]) =>
      cli('run', '-m', '2M', '--disk', file('d', DISK), '--script', file('s', script), '-q', ...args);
    expect(await ended('- type: x\n- finish')).toBe(7);
    expect(await run('- type: x\n- finish')).toBe(7);
    expect(await run('- type: t\n- finish')).toBe(84);
    expect(await ended('- type: t\n- finish')).toBe(84);
    expect(await run('- type: h\n- finish')).toBe(85);
    expect(await run('- type: r\n- finish', '--no-reboot')).toBe(86);
    expect(await run('- power: off\n- finish')).toBe(0);
    expect(await run('- delay: 5')).toBe(0);
    expect(await run('- delay: 5000', '--time-limit', '0.01')).toBe(83);
    for (const limit of ['0.0101', '0.0333', '0.0777']) {
      await recorded('- delay: 5000', '-q', '--time-limit', limit);
      expect(await cli('verify', path.join(dir, 'run.rewind'))).toBe(0);
      expect(host.err).toBe('');
    }
    expect(await run('- wait: /nothing like this/\n  timeout: 20')).toBe(82);
    expect(host.err).toMatch(
      /^rewind86: script, step 1 \(wait for .* on serial\): gave up after 20 ms of guest time; last line seen: ".*"\n/,
    );
    expect(await run('- type: q\n- wait: never')).toBe(82);
    expect(host.err).toContain('the run ended (power-off)');
    expect(await run('- expect-not: /[a-z]/\n- delay: 100')).toBe(82);
    expect(host.err).toContain('/[a-z]/ appeared on serial');
  });

  it('a signal finishes the trace', async () => {
    const trace = path.join(dir, 'run.rewind');
    const running = cli('record', '-m', '2M', '--disk', file('d', DISK), '-o', trace, '--display', 'serial');
    setTimeout(() => host.signal('SIGTERM'), 60);
    expect(await running).toBe(143);
    expect(await cli('verify', trace)).toBe(0);
    expect(host.err).toBe('');
  });

  it('says how a run without a script ends, and what is to be seen', async () => {
    const disk = file('d', DISK);
    const run = async (...args: string[]) => {
      const running = cli('run', '-m', '2M', '--disk', disk, ...args);
      setTimeout(() => host.signal('SIGINT'), 30);
      expect(await running).toBe(130);
      return host.err.split('\n')[0];
    };
    const ends = 'the run ends when the guest ends it, at --time-limit, or on Ctrl-C';
    const shown = "stdout gets the guest's serial line, not its screen";
    expect(await run()).toBe(`rewind86: stdin is no terminal: ${ends}; ${shown}`);
    // What the guest sends is there, though its screen would be looked at on a terminal.
    expect(host.out).not.toBe('');
    expect(await run('--json')).toBe(`rewind86: stdin is no terminal: ${ends}`);
    expect(await run('-q')).toBe('');
    host.stdin.isTTY = true;
    expect(await run()).toBe(`rewind86: Ctrl-A x ends the run, Ctrl-A h shows other keys; ${shown}`);
  });

  it('a live terminal is raw while the run lasts, and has an escape key', async () => {
    host.stdin.isTTY = true;
    const trace = path.join(dir, 'run.rewind');
    const running = cli('record', '-m', '2M', '--disk', file('d', DISK), '-o', trace, '--display', 'serial');
    setTimeout(() => {
      expect(host.stdin.raw).toBe(true);
      host.stdin.emit('data', Buffer.from('ab\x01'));
      host.stdin.emit('data', Buffer.from('ac\x01x'));
    }, 50);
    expect(await running).toBe(0);
    expect(host.stdin.raw).toBe(false);
    expect(host.stdin.listenerCount('data')).toBe(0);
    expect(host.err).toContain('ended by the user');
    await cli('events', trace, '--kind', 'input', '--json');
    const typed = host.out.match(/"data":"\w+"/g);
    // Ctrl-A a is Ctrl-A for the guest.
    expect(typed?.join('')).toMatch(/6162.*01.*63/);
  });

  it('a replay that is stopped says where', async () => {
    const trace = await recorded('- delay: 3000');
    const running = cli('verify', trace);
    setTimeout(() => host.signal('SIGINT'), 10);
    expect(await running).toBe(130);
    expect(host.err).toMatch(/^rewind86: ended by SIGINT at clock \d+ of \d+\n$/);
    expect(host.out).toBe('');
  });

  it('the disk is saved as the guest left it, the image untouched', async () => {
    const saved = path.join(dir, 'after.img');
    await recorded(QUIT, '--save-disk', path.join(dir, 'disk.img'));
    expect(host.err).toMatch(/disk\.img is an input of this run and will not be written to/);
    expect(fs.readFileSync(path.join(dir, 'disk.img'))).toEqual(Buffer.from(DISK));
    expect(fs.existsSync(saved)).toBe(false);
  });

  it('a part of a replay ends its last line, a whole one is what the guest sent', async () => {
    const trace = await recorded(QUIT);
    const serial = host.out;
    expect(await cli('replay', trace, '--to', '2000000')).toBe(0);
    expect(host.out.length).toBeGreaterThan(2);
    expect(host.out.endsWith('\n')).toBe(true);
    expect(serial.startsWith(host.out.slice(0, -1))).toBe(true);
    expect(await cli('replay', trace, '--to', '999999999')).toBe(0);
    expect(host.err).toMatch(
      /^rewind86: --to: clock 999999999 is beyond the end of the recording, clock \d+\n/,
    );
    expect(host.out).toBe(serial);
    expect(await cli('events', trace, '--from', '999999999')).toBe(64);
    expect(host.err).toMatch(/^rewind86: --from: clock 999999999 is beyond the end of the recording/);
    host.stdout.isTTY = true;
    await cli('replay', trace);
    expect(host.out).toBe(`${serial}\n`);
  });

  it('a picture that cannot be written is refused before the replay', async () => {
    const trace = await recorded(QUIT);
    expect(await cli('replay', trace, '--picture', path.join(dir, 'no', 'p.png'))).toBe(73);
    expect(host.out).toBe('');
    expect(host.err).toMatch(/^rewind86: cannot write .*p\.png: no such file or directory\n$/);
  });

  it('a trace may go into a pipe', async () => {
    const fifo = pipe(file('fifo'));
    const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
    const got: Buffer[] = [];
    reader.stdout.on('data', (bytes) => got.push(bytes));
    const end = new Promise((resolve) => reader.on('close', resolve));
    const machine = ['-m', '2M', '--disk', file('d', DISK), '--script', file('s', QUIT)];
    expect(await cli('record', ...machine, '-o', fifo)).toBe(0);
    await end;
    expect(await cli('verify', file('piped.rewind', Buffer.concat(got)))).toBe(0);
  });

  it('a number of memory without a unit is MiB', async () => {
    const trace = await recorded(QUIT, '-m', '3');
    await cli('info', trace);
    expect(host.out).toMatch(/^memory +3 MiB$/m);
  });
});

describe('a trace that cannot be used', () => {
  it('is refused in one line', async () => {
    const trace = await recorded(QUIT);
    const bytes = fs.readFileSync(trace);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 3]! ^= 1;
    const bad = file('bad.rewind', damaged);
    for (const command of ['verify', 'replay', 'info', 'events']) {
      expect(await cli(command, bad)).toBe(80);
      expect(host.err).toMatch(
        /^rewind86: .*bad\.rewind: frame \d+ at byte \d+: checksum mismatch; with --salvage it replays up to clock \d+\n$/,
      );
      expect(await cli(command, file('text', 'hello'))).toBe(80);
      expect(host.err).toMatch(/^rewind86: .*text: not a trace: .*\n$/);
      expect(await cli(command, path.join(dir, 'absent'))).toBe(66);
      expect(host.err).toMatch(/^rewind86: cannot read .*absent: no such file or directory\n$/);
      expect(await cli(command, dir)).toBe(66);
      expect(host.err).toMatch(/: it is a directory\n$/);
    }
    expect(await cli('verify', bad, '--salvage')).toBe(0);
    expect(host.err).toMatch(/bad\.rewind: damaged \(frame .*\), replays up to clock \d+\n$/);
    expect(host.out).toMatch(/^verified up to clock \d+ of a damaged recording: \d+ checks, state \w{16}\n$/);
  });

  it('does not hint at --salvage where it would not help', async () => {
    const trace = await recorded(QUIT);
    const bytes = fs.readFileSync(trace);
    // Byte 60 is in the manifest, without which there is no machine.
    bytes[60]! ^= 1;
    expect(await cli('verify', file('headless.rewind', bytes))).toBe(80);
    expect(host.err).toMatch(/checksum mismatch\n$/);
  });

  it('without an end replays up to where it goes', async () => {
    const trace = await recorded(QUIT);
    fs.truncateSync(trace, fs.statSync(trace).size - 1);
    expect(await cli('verify', trace)).toBe(0);
    const [, clock] = /run\.rewind: incomplete, replays up to clock (\d+)\n$/.exec(host.err)!;
    expect(host.out).toMatch(
      new RegExp(`^verified up to clock ${clock} of an incomplete recording: \\d+ checks, state \\w{16}\n$`),
    );
    expect(await cli('verify', trace, '--json')).toBe(0);
    expect(JSON.parse(host.out)).toMatchObject({ trace, verified: true, complete: false });
    expect(await cli('info', trace)).toBe(0);
    expect(host.out).toMatch(/^end +not recorded: the trace is incomplete$/m);
  });

  it('that ends within its images has nothing to replay, and every command says so', async () => {
    const trace = await recorded(QUIT);
    const [, image] = framesOf(trace);
    fs.truncateSync(trace, image! + 33);
    for (const command of ['verify', 'replay', 'info', 'events']) {
      expect(await cli(command, trace)).toBe(80);
      expect(host.err).toMatch(
        /^rewind86: .*run\.rewind: incomplete: image \w{12} is not wholly in it, so there is nothing to replay\n$/,
      );
    }
    expect(await cli('info', trace)).toBe(80);
    expect(host.out).toMatch(/^run +none: the trace ends before it$/m);
    expect(await cli('info', trace, '--json')).toBe(80);
    expect(JSON.parse(host.out)).toMatchObject({ complete: false, replayable: false, images: {} });
  });

  it('that ends before the run does not count as verified', async () => {
    const trace = await recorded(QUIT);
    fs.truncateSync(trace, framesOf(trace)[2]! + 5);
    for (const command of ['verify', 'replay', 'info', 'events']) {
      expect(await cli(command, trace)).toBe(80);
      expect(host.err).toMatch(
        /run\.rewind: incomplete: it ends before the run, so there is nothing to replay\n$/,
      );
    }
  });

  it('cannot break a line by its name', async () => {
    expect(await cli('info', path.join(dir, 'a\x1b[31m\nb'))).toBe(66);
    expect(host.err).toBe(`rewind86: cannot read ${dir}/a\\x1b[31m\\x0ab: no such file or directory\n`);
  });

  it('that diverges says where', async () => {
    const trace = await recorded(QUIT, '--check-every', '14');
    const sound = host.boardsBuilt['pc']!;
    host.boardsBuilt = {
      pc: (...args) => {
        const machine = sound(...args);
        machine.memory.write(0x33333, 1, 1);
        return machine;
      },
    };
    expect(await cli('verify', trace)).toBe(81);
    expect(host.err).toMatch(
      /^rewind86: diverged between clocks 0 and 16\d\d\d: RAM page 33000h: recorded .*\n$/,
    );
    expect(await cli('verify', trace, '--json')).toBe(81);
    expect(JSON.parse(host.out)).toMatchObject({ verified: false, divergence: { kind: 'state' } });
  });
});

describe('bad input gives one line and no stack', () => {
  const cases: [string, number, RegExp, (f: typeof file) => string[]][] = [
    ['no command', 64, /Usage: rewind86/, () => []],
    ['an unknown command', 64, /unknown command 'fly'/, () => ['fly']],
    ['an unknown option', 64, /unknown option '--fly'/, () => ['run', '--fly']],
    ['no trace', 64, /missing required argument 'trace' \(see rewind86 verify --help\)/, () => ['verify']],
    ['help of nothing', 64, /unknown command 'fly' \(see rewind86 --help\)/, () => ['help', 'fly']],
    ['a bad number', 64, /--seed.*whole number from 0/, () => ['run', '--seed', '1e99']],
    ['a bad size', 64, /--memory.*whole MiB/, () => ['run', '--memory', '100K']],
    ['too much memory', 64, /--memory.*whole MiB/, () => ['run', '--memory', '64G']],
    ['a bad time', 64, /--boot-time.*date and time/, () => ['run', '--boot-time', 'soon']],
    ['a bad limit', 64, /--time-limit.*seconds/, () => ['run', '--time-limit', '-1']],
    ['a bad model', 64, /--model.*It is one of/, () => ['run', '--model', 'i960']],
    ['an 8088 in a PC', 64, /the pc board has no i8088/, () => ['run', '--cpu', '8088']],
    ['a 486 in an XT', 64, /the xt board has no i486/, () => ['run', '--board', 'xt', '--cpu', '486']],
    ['a PC of 640K', 64, /the pc board has 2M/, () => ['run', '-m', '640K']],
    ['an XT of 2M', 64, /the xt board has 640K/, () => ['run', '--board', 'xt', '-m', '2M']],
    ['a kernel for an XT', 64, /--kernel is not for the xt/, () => ['run', '--board', 'xt', '--kernel', 'x']],
    ['a CGA in a PC', 64, /--video is not for the pc/, () => ['run', '--video', 'cga']],
    ['a bad kind', 64, /--kind.*"x" is no kind/, () => ['events', 'f', '--kind', 'x']],
    ['initrd alone', 64, /--initrd needs --kernel/, (f) => ['run', '--initrd', f('i')]],
    ['append alone', 64, /--append needs --kernel/, () => ['run', '--append', 'x']],
    ['save-disk alone', 64, /--save-disk needs --disk/, () => ['run', '--save-disk', 'x']],
    ['a missing kernel', 66, /cannot read .*no such file/, () => ['run', '--kernel', '/nonexistent/vmlinuz']],
    ['a directory as disk', 66, /it is a directory/, () => ['run', '--disk', os.tmpdir()]],
    ['a pipe as disk', 66, /not a regular file/, (f) => ['run', '--disk', pipe(f('p'))]],
    ['text as kernel', 65, /is not a kernel/, (f) => ['run', '--kernel', f('k', 'hello')]],
    ['an odd disk', 65, /not a raw disk image: 5 bytes/, (f) => ['run', '--disk', f('d', 'hello')]],
    ['an empty disk', 65, /not a raw disk image/, (f) => ['run', '--disk', f('d')]],
    ['a huge floppy', 65, /size of no floppy/, (f) => ['run', '--floppy', f('d', new Uint8Array(512))]],
    ['broken YAML', 65, /s\.yaml: /, (f) => ['run', '--script', f('s.yaml', '- wait: "x\n- [')]],
    ['no list', 65, /a script is a list/, (f) => ['run', '--script', f('s.yaml', 'wait: x')]],
    [
      'an unknown step',
      65,
      /step 2: no step is called "jump"/,
      (f) => ['run', '--script', f('s', '- wait: x\n- jump: 1')],
    ],
    ['a bad key', 65, /step 1: no key is called "hyper"/, (f) => ['run', '--script', f('s', '- key: hyper')]],
    [
      'an untypable text',
      65,
      /cannot type "é"/,
      (f) => ['run', '--script', f('s', '- type: é\n  on: screen')],
    ],
    ['a bad expression', 65, /not a regular expression/, (f) => ['run', '--script', f('s', '- wait: /(/')]],
    ['an unwritable trace', 73, /cannot write \/nonexistent\/t/, (f) => record(f, '-o', '/nonexistent/t')],
    ['a directory as trace', 73, /cannot write .*directory/, (f) => record(f, '-o', os.tmpdir())],
    ['a directory as disk to be', 73, /cannot write/, (f) => record(f, '--save-disk', os.tmpdir())],
    ['one file for two outputs', 64, /x cannot be two/, (f) => record(f, '-o', 'x', '--save-disk', './x')],
    [
      'a script as trace',
      64,
      /s is an input of this run/,
      (f) => record(f, '--script', f('s', '[]'), '-o', path.join(dir, 's')),
    ],
    [
      'no name for the trace',
      64,
      /--output <file>' argument '' .*name of a file/,
      () => ['record', '-o', ''],
    ],
    ['no name for a disk', 64, /--disk.*name of a file/, () => ['run', '--disk', '']],
    ['no name of a trace', 64, /'trace'.*name of a file/, () => ['info', '']],
    [
      'nothing bootable',
      65,
      /nothing to boot: no boot sector .* in .*d$/m,
      (f) => ['run', '--disk', f('d', new Uint8Array(512))],
    ],
    ['nothing to boot', 64, /nothing to boot: give --kernel FILE or --disk FILE/, () => ['run']],
    [
      'a drive without a medium',
      64,
      /nothing to boot: give --floppy FILE/,
      (f) => record(f, '--boot', 'floppy'),
    ],
    ['more memory than there is', 64, /--memory.*alone is MiB/, () => ['run', '-m', '134217728']],
    ['bytes of memory', 64, /--memory.*whole MiB/, () => ['run', '-m', '128B']],
  ];

  function record(f: typeof file, ...args: string[]): string[] {
    return ['record', '-m', '2M', '--disk', f('disk.img', DISK), ...args];
  }

  it.each(cases)('%s', async (_, code, message, args) => {
    const line = args(file);
    expect(await cli(...line)).toBe(code);
    expect(host.err).toMatch(message);
    expect(host.out).toBe('');
    if (line.length) {
      expect(host.err).toMatch(/^rewind86: [^\n]*\n$/);
      expect(host.err).not.toMatch(/Error:|at .*\.[jt]s:/);
    }
  });

  it('a trace is never written over an image', async () => {
    const disk = file('disk.img', DISK);
    const link = path.join(dir, 'link');
    fs.linkSync(disk, link);
    expect(await cli('record', '-m', '2M', '--disk', disk, '-o', link)).toBe(64);
    expect(fs.readFileSync(disk)).toEqual(Buffer.from(DISK));
  });
});

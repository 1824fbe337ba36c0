/** `export` of a trace of the xt board, and of what has no bus. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { readVcd, type Wave } from '../replay/support/vcdReader.js';
import { FakeHost } from './support/fakeHost.js';
import { RealHost } from './support/realHost.js';

let dir: string;
let host: FakeHost;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  host = new RealHost();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const at = (name: string): string => path.join(dir, name);

async function cli(...args: string[]): Promise<number> {
  host.out = '';
  host.err = '';
  return runCli(args, host);
}

/** Records an xt for 10 ms, 47727 clocks; the name of the trace. */
async function recorded(): Promise<string> {
  const floppy = new Uint8Array(360 * 1024);
  floppy.set([0x55, 0xaa], 510);
  fs.writeFileSync(at('a.img'), floppy);
  fs.writeFileSync(at('s.yaml'), '- delay: 1000\n');
  const machine = ['--board', 'xt', '-m', '64K', '--floppy', at('a.img')];
  const run = ['--script', at('s.yaml'), '--time-limit', '0.01', '-o', at('xt.rewind')];
  expect(await cli('record', ...machine, ...run), host.err).toBe(83);
  return at('xt.rewind');
}

function clocksOf({ samples }: Wave): number[] {
  return samples
    .filter(({ values }) => values['clk'] === '0')
    .map(({ values }) => Number.parseInt(values['clock']!, 2));
}

const wave = (name: string): Wave => readVcd(fs.readFileSync(at(name), 'utf8'));

it('writes every clock of a span', async () => {
  const trace = await recorded();
  expect(await cli('export', trace, '--vcd', at('x.vcd'), '--from', '20000', '--to', '20999'), host.err).toBe(
    0,
  );
  expect(host.out + host.err).toBe('');
  const span = wave('x.vcd');
  expect(clocksOf(span)).toEqual(Array.from({ length: 1000 }, (_, i) => 20000 + i));
  expect(span.version).toMatch(/^rewind86 /);

  expect(await cli('export', trace, '--vcd', at('y.vcd'), '--to', '21500')).toBe(0);
  const long = wave('y.vcd');
  expect(clocksOf(long)).toEqual(Array.from({ length: 21500 }, (_, i) => i + 1));
  expect(long.samples.slice(2 * 19999, 2 * 20999)).toEqual(span.samples);
});

it('says what it cannot do in one line', async () => {
  const trace = await recorded();
  const before = fs.readFileSync(trace);
  const problem = async (code: number, ...args: string[]) => {
    expect(await cli('export', trace, ...args)).toBe(code);
    expect(host.err.split('\n').length).toBe(2);
    return host.err;
  };
  expect(await problem(64)).toContain('one of --cast, --pcap, --perfetto and --vcd');
  expect(await problem(64, '--vcd', at('x.vcd'), '--cast', at('x.cast'))).toContain('one of --cast');
  expect(await problem(64, '--vcd', at('x.vcd'), '--screen')).toContain('--screen is for --cast');
  expect(await problem(64, '--vcd', at('x.vcd'), '--from', '9', '--to', '8')).toContain(
    '--from is after --to',
  );
  expect(await problem(64, '--vcd', at('x.vcd'), '--from', '50000')).toMatch(
    /beyond the end of the recording, clock 477\d\d/,
  );
  expect(await problem(64, '--vcd', trace)).toContain('is an input');
  expect(await problem(73, '--vcd', at('no/x.vcd'))).toContain('cannot write');
  expect(fs.readFileSync(trace)).toEqual(before);
  expect(fs.existsSync(at('x.vcd'))).toBe(false);
});

it('has nothing to write of a machine without a bus', async () => {
  host = new FakeHost();
  fs.writeFileSync(at('d.img'), new Uint8Array(65536).fill(7).fill(0x55, 510, 511).fill(0xaa, 511, 512));
  fs.writeFileSync(at('s.yaml'), '- delay: 1\n');
  await cli('record', '-m', '2M', '--disk', at('d.img'), '--script', at('s.yaml'), '-o', at('pc.rewind'));
  expect(await cli('export', at('pc.rewind'), '--vcd', at('x.vcd'))).toBe(65);
  expect(host.err).toMatch(/^rewind86: .*pc\.rewind is of a machine whose CPU has no bus to export: .*\n$/);
  expect(fs.existsSync(at('x.vcd'))).toBe(false);
});

it('may be ended by a signal: what is written is whole', async () => {
  const trace = await recorded();
  const code = cli('export', trace, '--vcd', at('x.vcd'));
  while (!fs.existsSync(at('x.vcd')) || fs.statSync(at('x.vcd')).size === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  host.signal('SIGINT');
  expect(await code).toBe(130);
  expect(host.err).toMatch(/ended by SIGINT at clock \d+ of 477\d\d\n$/);
  const clocks = clocksOf(wave('x.vcd'));
  expect(clocks).toEqual(clocks.map((_, i) => i + 1));
  expect(clocks.length).toBeLessThan(47000);
});

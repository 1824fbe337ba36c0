/** Numbers in reports: in JSON they are exact, in text they can be put in again (docs/command-line.md, "Numbers"). */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { wholeFrom } from '../../src/replay/guest/numbers.js';
import { boards } from '../../src/replay/machines/boards.js';
import { ready } from '../../src/replay/ready.js';
import { RealHost } from './support/realHost.js';

const TRACE = 'traces/lost-update.rewind';
const SPAN = ['--to', '1%'];
/** The run need not be passed to its end to look up names. */
const EARLY = [...SPAN, '--at', '1%', '--no-index'];
const dir = fs.mkdtempSync(path.join(tmpdir(), 'rewind86-numbers-'));
const branched = path.join(dir, 'b.rewind');

async function cli(...args: string[]): Promise<string> {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  await runCli(args, host);
  return host.out;
}

beforeAll(async () => {
  await ready();
  await cli('branch', TRACE, '--at', '1%', '--poke', 'counter = 7', '--until', '1.1%', '-q', '-o', branched);
});

afterAll(() => fs.rmSync(dir, { recursive: true }));

/** What may be digits without being a number: bytes, fingerprints, names, lines for people. */
const TEXTS =
  /^(data|bytes|trace|id|identity|stateHash|sha256|text|instruction|at|about|what|name|message|program)$/;

/** Everything in a JSON value that is wrong, by its path. */
function wrongIn(value: unknown, at: string, key = ''): string[] {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || /seconds/i.test(key) ? [] : [`${at}: ${value}`];
  if (typeof value === 'string') {
    const number = /^0x[0-9a-f]+$/.exec(value) ? BigInt(value) : undefined;
    if (number !== undefined) return number > 2n ** 53n ? [] : [`${at}: ${value} would fit a number`];
    const isText = TEXTS.test(key) || at.includes('.pages.');
    return /^\d+$|^[\da-f]+h$/.test(value) && !isText ? [`${at}: "${value}" is a number as a text`] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    return wrongIn(one, `${at}.${name}`, Array.isArray(value) ? key : name);
  });
}

const REPORTS: readonly (readonly string[])[] = [
  ['info', TRACE],
  ['events', TRACE, ...SPAN],
  ['events', branched, '--kind', 'input'],
  ['bisect', TRACE, '--when', 'counter >= 3', '--bad', '1%'],
  ['diff', TRACE, branched],
  ['who', TRACE, 'counter', '--at', '1%', '--no-index'],
  ['tree', TRACE, branched],
  ...[
    'executions worker.store',
    'calls print_text',
    'writes counter',
    'reads counter',
    'ports 20h',
    'vectors',
    'latency',
  ].map((topic) => ['query', TRACE, ...topic.split(' '), ...EARLY, '--limit', '5']),
];

describe('numbers', () => {
  it.each(REPORTS.map((args) => [args.join(' '), args] as const))('in the JSON of %s', async (_, args) => {
    const lines = (await cli(...args, '--json')).trim().split('\n');
    expect(lines[0]).toMatch(/^\{/);
    expect(lines.flatMap((line) => wrongIn(JSON.parse(line), ''))).toEqual([]);
  });

  it('in text can be put in again', async () => {
    const options = [...EARLY, '--limit', '1'];
    const [, port, address] = /out ([\da-f]+h) byte [\da-f]+h {2}([\da-f]+h) /.exec(
      await cli('query', TRACE, 'ports', '0x20', ...options),
    )!;
    expect(wholeFrom(port!)).toBe(0x20);
    const again = await cli('query', TRACE, 'ports', port!, ...options);
    expect(again).toBe(await cli('query', TRACE, 'ports', '32', ...options));
    const executed = JSON.parse(await cli('query', TRACE, 'executions', address!, ...options, '--json'));
    expect(executed.pc).toBe(wholeFrom(address!));
    // A name and an offset, which might be taken for a register: BH is one.
    const [, caller] = / {2}from (\S+)\n/.exec(await cli('query', TRACE, 'calls', 'print_text', ...options))!;
    const { pc } = JSON.parse(await cli('query', TRACE, 'executions', `&${caller}`, ...options, '--json'));
    const call = JSON.parse(await cli('query', TRACE, 'calls', 'print_text', ...options, '--json'));
    expect(pc).toBe(call.returnAddress);
  });
});

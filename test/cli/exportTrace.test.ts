/**
 * `export --cast` and `--perfetto` on the demo's recording: read back by other means than they are written with, and
 * held against what a replay tells.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import type { RunEvent } from '../../src/replay/events.js';
import { boards } from '../../src/replay/machines/boards.js';
import { AnsiTerminal } from '../replay/support/ansiTerminal.js';
import { readTraceEvents } from '../replay/support/traceEventReader.js';
import { RealHost } from './support/realHost.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
/** Of the machine: 84 times the PIT's 105/88 MHz. */
const CLOCKS_PER_US = (84 * 105) / 88;

let dir: string;
/** What `events` tells of the whole run. */
let events: RunEvent[];

const at = (name: string): string => path.join(dir, name);
const read = (name: string): string => fs.readFileSync(at(name), 'utf8');

async function cli(...args: string[]) {
  const host = new RealHost();
  host.boardsBuilt = boards('compiler');
  const code = await runCli(args, host);
  return { code, out: host.out, err: host.err };
}

async function exported(...args: string[]): Promise<void> {
  expect(await cli('export', TRACE, ...args)).toEqual({ code: 0, out: '', err: '' });
}

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  const { out } = await cli('events', TRACE, '--json');
  events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const sent = (): RunEvent[] => events.filter(({ kind, what }) => kind === 'serial' && what === 'tx');
const textOf = (bytes: readonly RunEvent[]): string => String.fromCharCode(...bytes.map(({ a }) => a));

type CastEvent = readonly [time: number, code: string, data: string];

/** A recording by the format's rules: a header, then events whose times never decrease. */
function cast(name: string): { header: Record<string, unknown>; events: CastEvent[] } {
  const text = read(name);
  expect(text.endsWith('\n')).toBe(true);
  const [header, ...lines] = text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(header.version).toBe(2);
  for (const line of lines as CastEvent[]) {
    expect(line).toEqual([expect.any(Number), expect.stringMatching(/^[or]$/), expect.any(String)]);
  }
  const times = (lines as CastEvent[]).map(([time]) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(0);
  return { header, events: lines };
}

const outputOf = (all: readonly CastEvent[]): string =>
  all.map(([, code, data]) => (code === 'o' ? data : '')).join('');

describe('a recording of the serial console', () => {
  it('holds all that was sent, when it was sent', async () => {
    await exported('--cast', at('a.cast'));
    const { header, events: all } = cast('a.cast');
    // 2026-01-01, as README.md shows of the demo.
    expect(header).toMatchObject({ width: 80, height: 24, timestamp: Date.UTC(2026, 0, 1) / 1000 });
    expect(header['title']).toContain('lost-update.rewind');
    expect(outputOf(all)).toBe(textOf(sent()));
    let shown = 0;
    for (const [time, , data] of all) {
      expect(time).toBeCloseTo(sent()[shown]!.clock / CLOCKS_PER_US / 1e6, 5);
      shown += data.length;
    }
  });

  it('of a part, and of the rest, is the whole', async () => {
    const middle = sent()[60]!.clock;
    await exported('--cast', at('b.cast'), '--to', `${middle}`);
    await exported('--cast', at('c.cast'), '--from', `${middle}`);
    const [b, c] = [cast('b.cast'), cast('c.cast')];
    expect(outputOf(b.events).length).toBeGreaterThan(50);
    expect(outputOf(b.events) + outputOf(c.events)).toBe(textOf(sent()));
    expect(c.events.at(-1)![0]).toBeLessThan(2 - middle / CLOCKS_PER_US / 1e6);
  });
});

describe('a recording of the screen', () => {
  it('shows on a terminal what replay shows', async () => {
    for (const until of [['--to', '100000000'], []]) {
      await exported('--cast', at('s.cast'), '--screen', ...until);
      const { header, events: all } = cast('s.cast');
      expect(header).toMatchObject({ width: 80, height: 25 });
      const terminal = new AnsiTerminal(80, 25);
      for (const [, code, data] of all) {
        if (code === 'o') terminal.write(data);
        else terminal.resize(...(data.split('x').map(Number) as [number, number]));
      }
      const { out } = await cli('replay', TRACE, '-q', '--screen', ...until);
      expect(
        `${terminal.lines
          .map((line) => line.trimEnd())
          .join('\n')
          .trimEnd()}\n`,
      ).toBe(out);
    }
    // The last thing on it is the panic, white on red.
    expect(read('s.cast')).toMatch(/\\u001b\[97;41mPANIC/);
  });
});

describe('trace events', () => {
  it('hold what events lists', async () => {
    await exported('--perfetto', at('t.json'));
    const { slices, instants, counters } = readTraceEvents(read('t.json'));
    const handlers = slices.filter(({ track }) => track === 'processor/interrupt handlers');
    const delivered = events.filter(({ kind, what }) => kind === 'irq' && what === 'deliver');
    expect(handlers.map(({ from }) => from)).toEqual(
      delivered.map(({ clock }) => expect.closeTo(clock / CLOCKS_PER_US, 2)),
    );
    expect(handlers.map(({ name }) => name)).toEqual(
      delivered.map(({ a }) => `interrupt ${a.toString(16)}h`),
    );
    const said = slices.filter(({ track }) => track === 'devices/com1 sends');
    expect(said.map(({ args }) => args['text']).join('')).toBe(textOf(sent()));
    expect(instants.filter(({ track }) => track.startsWith('host/'))).toEqual([
      { track: 'host/serial:com1', name: 'hello', ts: expect.closeTo(15_900_000 / CLOCKS_PER_US, 2) },
    ]);
    const rates = counters.filter(({ name }) => name === 'interrupt 20h per s').map(({ value }) => value);
    // The guest asks for 1000 ticks a second.
    expect(rates.slice(1, -1).every((rate) => rate >= 900 && rate <= 1100)).toBe(true);
    const levels = slices.filter(({ track }) => track === 'who runs/without paging');
    expect(new Set(levels.map(({ name }) => name))).toEqual(new Set(['real mode', 'ring 0']));
  });

  it('count the instructions', async () => {
    await exported('--perfetto', at('u.json'), '--from', '50000000', '--to', '60000000');
    const { counters, slices } = readTraceEvents(read('u.json'));
    const rates = counters.filter(({ name }) => name === 'instructions per ms');
    let total = 0;
    for (const [i, { ts, value }] of rates.entries()) {
      total += (value * ((rates[i + 1]?.ts ?? 60_000_000 / CLOCKS_PER_US) - ts)) / 1000;
    }
    const retired = async (clock: string) => {
      const { out } = await cli('bisect', TRACE, '--when', `clock >= ${clock}`, '--json');
      return JSON.parse(out).retired as number;
    };
    const expected = (await retired('60000000')) - (await retired('50000000'));
    expect(Math.abs(total / expected - 1)).toBeLessThan(0.01);
    for (const { from } of slices) expect(from * CLOCKS_PER_US).toBeGreaterThanOrEqual(50_000_000 - 1);
  });

  it('are whole when a signal ends them', async () => {
    const host = new RealHost();
    host.boardsBuilt = boards('compiler');
    const code = runCli(['export', TRACE, '--perfetto', at('v.json')], host);
    while (!fs.existsSync(at('v.json')) || fs.statSync(at('v.json')).size === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    host.signal('SIGINT');
    expect(await code).toBe(130);
    expect(host.err).toMatch(/ended by SIGINT at clock \d+ of \d+\n$/);
    const { slices } = readTraceEvents(read('v.json'));
    expect(slices.length).toBeGreaterThan(10);
  });
});

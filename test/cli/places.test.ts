/** Every option that says where in a run takes the same places. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ReadFile } from '../../src/cli/host/files.js';
import { runCli } from '../../src/cli/main.js';
import { boards } from '../../src/replay/machines/boards.js';
import { ready } from '../../src/replay/ready.js';
import { Session } from '../../src/replay/session.js';
import { RealHost } from './support/realHost.js';

const TRACE = 'traces/lost-update.rewind';
/** The demo's processor: 84 times 1.193182 MHz (315/264 MHz), and where its trace ends. */
const HERTZ = (84 * 315e6) / 264;
const END = 191_932_062;

beforeAll(ready);

async function cli(...args: string[]) {
  const host = new RealHost();
  const code = await runCli(args, host);
  return { code, out: host.out, err: host.err };
}

async function helpOf(command: string): Promise<string> {
  return (await cli(command, '--help')).out;
}

let early: readonly string[];

/** What is listed up to a clock: another way to the same. */
function upTo(clock: number): string {
  const lines = early.filter((line) => line !== '' && Number(line.slice(0, 14)) <= clock);
  return lines.map((line) => `${line}\n`).join('');
}

beforeAll(async () => {
  early = (await cli('events', TRACE, '--kind', 'irq,serial', '--to', '3000000')).out.split('\n');
});

describe('places on the command line', () => {
  it.each([
    ['0.02s', Math.round(0.02 * HERTZ)],
    ['1%', Math.floor(END / 100)],
    ['1_000_000', 1_000_000],
    ['0xf4240', 1_000_000],
    ['begin', 0],
  ])('%s', async (text, clock) => {
    const { code, out } = await cli('events', TRACE, '--kind', 'irq,serial', '--to', text);
    expect({ code, out }).toEqual({ code: 0, out: upTo(clock) });
  });

  it('that end a list are clocks of it', async () => {
    for (const line of early.filter((one) => one !== '').slice(-3)) {
      const clock = Number(line.slice(0, 14));
      const { out } = await cli('events', TRACE, '--kind', 'irq,serial', '--to', String(clock));
      expect(out).toBe(upTo(clock));
      expect(out).toContain(line);
    }
  });

  it('that are instructions are found by opening the trace once more, however many they are', async () => {
    const host = new RealHost();
    const { pc } = host.boardsBuilt;
    let built = 0;
    host.boardsBuilt = {
      pc: (...args) => {
        built++;
        return pc!(...args);
      },
    };
    expect(await runCli(['events', TRACE, '--from', 'i:1000', '--to', 'i:2000'], host)).toBe(0);
    expect(built).toBe(2);
  });

  it('are instructions, too', async () => {
    const session = Session.open(new ReadFile(TRACE), boards('interpreter'));
    const { err } = await cli('replay', TRACE, '--to', 'i:100000');
    const clock = Number(/rewind86: at clock (\d+) /.exec(err)![1]);
    session.runTo(clock - 1);
    // Boundaries lie apart: it is the first one at which so many have been executed.
    expect(session.clock === clock || session.machine.cpu.retired < 100_000).toBe(true);
    session.runTo(clock);
    expect(session.machine.cpu.retired).toBe(100_000);
  });

  it('serve a search and a branch', async () => {
    const part = ['--good', 'i:1000', '--bad', '1%', '--json'];
    const { out } = await cli('bisect', TRACE, '--when', 'counter >= 50', ...part);
    const clock = JSON.parse(out).clock as number;
    expect(clock).toBeLessThan(END / 100);
    const branched = path.join(fs.mkdtempSync(path.join(tmpdir(), 'rewind86-')), 'b.rewind');
    const options = ['--at', '0.005s', '--until', '1%', '--json', '-o', branched];
    const { parent, clock: end } = JSON.parse((await cli('branch', TRACE, ...options)).out);
    expect(parent.clock - Math.round(0.005 * HERTZ)).toBeLessThan(100);
    expect(parent.clock).toBeGreaterThanOrEqual(Math.round(0.005 * HERTZ));
    expect(end - Math.floor(END / 100)).toBeLessThan(100);
    fs.rmSync(path.dirname(branched), { recursive: true });
  });

  it('are refused in one line that says what there is', async () => {
    for (const [args, said] of [
      [
        ['events', TRACE, '--from', 'noon'],
        /'--from <place>' argument 'noon' is invalid. It is a CLOCK, 1\.5s, /,
      ],
      [['events', TRACE, '--to', '+5'], /argument '\+5' is invalid/],
      [['bisect', TRACE, '--when', '1', '--bad', '101%'], /argument '101%' is invalid/],
      [
        ['query', TRACE, 'vectors', '--no-index', '--at', '3s'],
        /--at: clock \d+ is beyond the end of the recording, clock 191932062/,
      ],
      [
        ['events', TRACE, '--from', 'i:999999999'],
        /instruction 999999999 is beyond the end of the recording, instruction 64434744/,
      ],
      [['events', TRACE, '--from', 'end', '--to', '1s'], /--from is after --to/],
      [['branch', TRACE, '--move-input', '1=noon'], /--move-input: "noon" is no position/],
    ] as const) {
      const { code, out, err } = await cli(...args);
      expect({ code, out }).toEqual({ code: 64, out: '' });
      expect(err).toMatch(said);
      expect(err.trimEnd().split('\n').length).toBe(1);
    }
  });

  it('are told of alike in every help', async () => {
    for (const command of ['replay', 'events', 'bisect', 'who', 'query', 'branch', 'diff', 'export']) {
      const help = await helpOf(command);
      expect(help).toContain('\nA PLACE in the run is a CLOCK, 1.5s, 50%, i:INSTRUCTIONS, begin or end.\n');
      expect(help).not.toContain('<clock>');
    }
  });
});

describe('a clock in the midst of an instruction', () => {
  it('is said to be one', async () => {
    // The first of the run: a far jump of the BIOS, which takes more than a clock.
    const said =
      /^rewind86: --at: clock 1 is between two boundaries of instructions; the next is clock (\d+)\n/;
    const { err } = await cli('who', TRACE, 'eax', '--no-index', '--at', '1');
    const next = said.exec(err)![1]!;
    expect(Number(next)).toBeGreaterThan(1);
    const { err: nothing } = await cli('who', TRACE, 'eax', '--no-index', '--at', next);
    expect(nothing).not.toContain('between two');
  });
});

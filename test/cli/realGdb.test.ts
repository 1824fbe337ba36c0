/**
 * The real gdb on the demo's recording: what its users type, and what it says then. Skipped where no gdb is
 * installed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { label } from '../replay/gdb/support/demo.js';
import { Gdb, GdbServer, HAS_GDB } from './support/gdbServer.js';
import { RealHost } from './support/realHost.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
const MAIN = new URL('support/main.ts', import.meta.url).pathname;
const at = (name: string): string => `0x${label(name).toString(16)}`;
const COUNTER = `*(int *)${at('counter')}`;
/** Where the demo's run ends. */
const END = 191_932_062;

let server: GdbServer;
let gdb: Gdb;

async function begin(...args: string[]): Promise<void> {
  server = new GdbServer(...args, '--port', '0');
  gdb = new Gdb(`:${await server.port()}`);
}

/** The number that `print` says. */
async function number(expression: string): Promise<number> {
  const said = await gdb.type(`print/d ${expression}`);
  const [, value] = /\$\d+ = (-?\d+)/.exec(said) ?? [];
  if (value === undefined) throw new Error(said);
  return Number(value);
}

const file = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname;

/** What docs/debugging.md shows under "A session": commands, and what is said to them. */
function documented(): { readonly command: string; readonly said: string }[] {
  const text = readFileSync(file('docs/debugging.md'), 'utf8');
  const section = /^## A session\n(.*?)^## /ms.exec(text)![1]!;
  const blocks = [...section.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block!);
  return blocks.flatMap((block) => {
    const turns = block.split(/^\(gdb\) /m).slice(1);
    return turns.map((turn) => {
      const [command, ...said] = turn.split('\n');
      return { command: command!, said: said.join('\n').trim() };
    });
  });
}

describe.skipIf(!HAS_GDB)('gdb on the demo', () => {
  afterEach(async () => {
    await gdb.quit();
    await server.end();
  });

  it('says what the documentation shows', async () => {
    await begin(TRACE);
    await gdb.type('echo connected\\n');
    const turns = documented();
    expect(turns.length).toBeGreaterThan(15);
    for (const { command, said } of turns) {
      const answer = (await gdb.type(command)).replace(/^Continuing\.\n/, '').trim();
      expect(answer.replaceAll('\t', '  '), command).toBe(said);
    }
  });

  it("knows the guest's symbols, and breaks at them both ways", async () => {
    await begin(TRACE);
    await gdb.said('Reading symbols from');
    expect(await gdb.type('break worker.store')).toContain(`Breakpoint 1 at ${at('worker.store')}`);
    const said = await gdb.type('continue');
    expect(said).toContain(`Breakpoint 1, 0x00${label('worker.store').toString(16)} in worker`);
    const [clock, value] = [await number('$clock'), await number(COUNTER)];
    await gdb.type('continue', 'continue');
    expect(await number(COUNTER)).toBe(value + 2);
    await gdb.type('reverse-continue', 'reverse-continue');
    expect(await number('$clock')).toBe(clock);
    expect(await gdb.type('x/i $pc')).toMatch(/<worker\.store>:\s+mov\s+%eax,/);
  });

  it('finds the writer of a value backwards, with the values before and behind it', async () => {
    await begin(TRACE);
    await gdb.type('continue', `watch ${COUNTER}`);
    const value = await number(COUNTER);
    const said = await gdb.type('reverse-continue');
    expect(said).toContain(`Hardware watchpoint 1: ${COUNTER}`);
    expect(said).toContain(`Old value = ${value}\nNew value = ${value - 1}`);
    expect(await number('$pc')).toBe(label('worker.store'));
    expect(await gdb.type('stepi')).toContain(`Old value = ${value - 1}\nNew value = ${value}`);
    expect(await gdb.type('reverse-continue')).toContain(`New value = ${value - 1}`);
    await gdb.type('reverse-stepi');
    expect(await number('$pc')).toBe(label('worker.add'));
    expect(await number('$clock')).toBeLessThan(END);
  });

  it('finds who reads', async () => {
    await begin(TRACE);
    await gdb.type('break worker.store', 'continue', 'delete', `rwatch ${COUNTER}`);
    const said = await gdb.type('reverse-continue');
    expect(said).toContain('Hardware read watchpoint 2');
    expect(await number('$pc')).toBe(label('worker.load'));
    await gdb.type('delete', `awatch ${COUNTER}`);
    expect(await gdb.type('stepi')).toContain('Hardware access (read/write) watchpoint 3');
  });

  it('stops at both ends and does not exit (rr #1490)', async () => {
    await begin(TRACE);
    expect(await gdb.type('continue')).toContain('No more reverse-execution history');
    expect(await number('$clock')).toBe(END);
    expect(await gdb.type('continue', 'stepi')).not.toMatch(/exited|not being run|Connection/);
    expect(await gdb.type('break worker.load', 'reverse-continue')).toContain('Breakpoint 1');
    expect(await gdb.type('delete', 'reverse-continue')).toContain('No more reverse-execution history');
    expect([await number('$clock'), await number('$ip')]).toEqual([0, 0xfff0]);
    expect(await gdb.type('reverse-stepi')).toContain('No more reverse-execution history');
    await gdb.type('stepi');
    expect(await number('$clock')).toBeGreaterThan(0);
  });

  it('counts: continue N, reverse-continue N, ignore (rr #1692)', async () => {
    await begin(TRACE);
    await gdb.type('break worker.load', 'continue');
    const first = await number('$clock');
    const places = [first];
    for (let n = 0; n < 4; n++) {
      await gdb.type('continue');
      places.push(await number('$clock'));
    }
    expect(await gdb.type('reverse-continue 3')).toContain('Will ignore next 2 crossings of breakpoint 1');
    expect(await number('$clock')).toBe(places[1]);
    await gdb.type('continue 2');
    expect(await number('$clock')).toBe(places[3]);
    await gdb.type('ignore 1 2', 'reverse-continue');
    expect(await number('$clock')).toBe(places[0]);
    await gdb.type('ignore 1 3', 'continue');
    expect(await number('$clock')).toBe(places[4]);
  });

  it('lets conditions be evaluated here', async () => {
    await begin(TRACE);
    const condition = `${COUNTER} >= 2000 && $eax == ${COUNTER} && (unsigned char) $eax == 0xf0`;
    await gdb.type(`break worker.add if ${condition}`);
    expect(await gdb.type('continue')).toContain('Breakpoint 1');
    // The first number from 2000 on that ends in f0h.
    expect(await number(COUNTER)).toBe(2032);
    expect(await gdb.type('info breakpoints')).toContain('(target evals)');
    expect(await gdb.type('reverse-continue')).toContain('No more reverse-execution history');
  });

  it('is interrupted in mid-flight, both ways (rr #1491)', async () => {
    await begin(TRACE);
    // Evaluated at every turn of the guest's busiest loop, it takes longer than anybody would wait.
    await gdb.type('monitor seek 50%', 'hbreak worker.work if $clock == 1', 'echo ready\\n');
    for (const direction of ['continue', 'reverse-continue']) {
      const before = await number('$clock');
      gdb.start(direction);
      await gdb.said('Continuing.');
      await new Promise((resolve) => setTimeout(resolve, 700));
      const began = performance.now();
      gdb.interrupt();
      await gdb.said('Program received signal SIGINT');
      expect(performance.now() - began).toBeLessThan(5000);
      const clock = await number('$clock');
      expect(clock).toBeGreaterThan(0);
      expect(clock).toBeLessThan(END);
      if (direction === 'continue') expect(clock).toBeGreaterThan(before);
      else expect(clock).toBeLessThan(before);
    }
    await gdb.type('delete', 'stepi');
    expect(await gdb.type('reverse-stepi')).not.toContain('error');
  });

  it('is told that nothing can be changed', async () => {
    await begin(TRACE);
    await gdb.type('break worker.load', 'continue');
    const value = await number(COUNTER);
    expect(await gdb.type('set var $eax = 5')).toContain('a recorded run cannot be changed; rewind86 branch');
    expect(await gdb.type(`set var ${COUNTER} = 5`)).toContain('Cannot access memory');
    expect(await number(COUNTER)).toBe(value);
  });

  it('has monitor commands: seek, marks, bisect, events, devices', async () => {
    await begin(TRACE);
    expect(await gdb.type('monitor seek 100000000')).toContain('maintenance flush register-cache');
    await gdb.type('maintenance flush register-cache');
    const clock = await number('$clock');
    expect(clock).toBe(100_000_000);
    await gdb.type('monitor mark here', 'stepi');
    expect(await number('$clock')).toBeGreaterThan(clock);
    expect(await gdb.type('monitor marks')).toContain(`${clock}`);
    await gdb.type(`source ${file('docs/rewind86.gdb')}`, 'monitor seek here');
    expect(await number('$clock')).toBe(clock);
    expect(await gdb.type('monitor events 3')).toMatch(/irq +cpu deliver vector 20h/);
    expect(await gdb.type('monitor devices')).toContain('pic1 pic2');
    expect(await gdb.type('monitor bisect counter > 1000')).toMatch(/worker\.store/);
    expect(await number(COUNTER)).toBe(1001);
    expect(await gdb.type('monitor frobnicate')).toMatch(/no command is called "frobnicate"/);
  });

  it("shows 16-bit code as such, and the system's registers", async () => {
    await begin(TRACE);
    // The reset vector: EA, an offset of 16 bits, a segment.
    expect(await gdb.type('set architecture i8086', 'x/i $pc')).toMatch(/ljmp +\$0xf000,\$0x/);
    expect([await number('$ip'), await number('$cs')]).toEqual([0xfff0, 0xf000]);
    await gdb.type('set architecture auto', 'break monitor', 'continue');
    expect(await gdb.type('info registers cr0')).toMatch(/\[ PE ET.* \]/);
    expect(await gdb.type('info threads')).toContain('CPU 0, 32-bit protected mode, ring 0');
  });
});

describe.skipIf(!HAS_GDB)('gdb on a PC/XT', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rewind86-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('sees an 8086, and addresses that are linear', async () => {
    const [script, trace] = [join(folder, 'script.yaml'), join(folder, 'xt.rewind')];
    writeFileSync(script, '- delay: 200\n');
    expect(await runCli(['record', '--board', 'xt', '--script', script, '-o', trace], new RealHost())).toBe(
      0,
    );
    await begin(trace);
    expect(await gdb.type('show architecture')).toContain('currently "i8086"');
    expect(await gdb.type('x/i $pc')).toMatch(/0xffff0:\s+ljmp +\$0xf000,/);
    expect([await number('$cs'), await number('$ip'), await number('$cs_base')]).toEqual([
      0xffff, 0, 0xffff0,
    ]);
    expect(await gdb.type('info registers fs')).toContain('<unavailable>');
    await gdb.type('stepi', 'stepi');
    const pc = await number('$pc');
    expect(pc).toBe((await number('$cs')) * 16 + (await number('$ip')));
    await gdb.type('stepi', 'tbreak *$pc', 'stepi', 'reverse-continue');
    expect(await gdb.type('info threads')).toContain('CPU 0, 8086');
    expect(await gdb.type('reverse-continue')).toContain('No more reverse-execution history');
    expect(await number('$clock')).toBe(0);
    await gdb.quit();
    await server.end();
  });
});

describe.skipIf(!HAS_GDB)('gdb with a pipe', () => {
  it('starts its target itself', async () => {
    gdb = new Gdb(`| ${process.execPath} --import tsx ${MAIN} gdb --stdio ${TRACE}`);
    expect(await gdb.type('break worker.load', 'continue')).toContain('Breakpoint 1');
    expect(await number('$pc')).toBe(label('worker.load'));
    await gdb.quit();
  });
});

/**
 * The terminal interface on a boot of Debian, in tmux, as a kernel developer uses it over SSH: the place where the guest
 * says what is looked for, a hundred steps back from there one by one, the page walk of an address, an expression
 * bisected. `npm run test:tui` runs it, minutes, if scripts/debian-guest.sh has made the guest; the boot is recorded
 * once, or taken from the trace that REWIND86_BOOT names.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { debug, quit, SIZES } from './support/debug.js';
import { GUEST, rewind86 } from './support/program.js';
import { hasTmux, type Tmux } from './support/tmux.js';

const STEPS = 100;
/** From a key to the frame with what it did, tmux and its looking included. */
const MEDIAN_MS = 100;

const folder = mkdtempSync(join(tmpdir(), 'rewind86-tui-'));
const recorded = process.env['REWIND86_BOOT'];
const trace = recorded ?? join(folder, 'boot.rewind');
let tmux: Tmux;
afterEach(() => tmux?.close());
afterAll(() => rmSync(folder, { recursive: true }));

async function record(): Promise<void> {
  const guest = ['--memory', '128M', '--append', 'console=ttyS0', '--disk', join(GUEST, 'disk.img')];
  const kernel = ['--kernel', join(GUEST, 'vmlinuz'), '--initrd', join(GUEST, 'initrd.gz')];
  const script = ['--script', join(import.meta.dirname, 'support', 'debian-boot.yaml')];
  const said = await rewind86('record', ...guest, ...kernel, ...script, '--quiet', '-o', trace);
  expect(said).toMatchObject({ code: 0 });
}

/** How much longer everything takes because others use the host, too. */
const crowding = (): number => Math.max(1, loadavg()[0]! / availableParallelism());

const numberIn = (screen: string, pattern: RegExp): number => Number(pattern.exec(screen)![1]);
const CLOCK = /clock (\d+)/;
const RETIRED = /instr (\d+)/;

/** Host milliseconds from each of so many keys to the frame that shows another instruction; the last frame. */
async function stepsBack(from: number): Promise<{ times: number[]; frame: string }> {
  const times: number[] = [];
  let frame = '';
  for (let n = 1; n <= STEPS; n++) {
    const began = performance.now();
    tmux.keys('S');
    frame = await tmux.until(`instr ${from - n} `);
    times.push(performance.now() - began);
  }
  return { times: times.sort((a, b) => a - b), frame };
}

describe.skipIf(!hasTmux || !(recorded || existsSync(join(GUEST, 'vmlinuz'))))('a boot of Debian', () => {
  beforeAll(async () => {
    if (!recorded) await record();
  });

  it.each(SIZES)(
    'is searched, stepped back through, walked and bisected at %i x %i',
    async (columns, rows) => {
      tmux = debug(columns, rows, trace);
      await tmux.until('clock 0');
      tmux.keys('7');
      tmux.type('/Mounted');
      tmux.keys('Enter');
      await tmux.until(/find Mounted: at \d+ % of the run/);
      // Sent to the last letter, and nothing behind it yet.
      const found = await tmux.until('7 serial', /Mounted( {2}|$)/m, /clock \d{6,}/);
      const [clock, retired] = [numberIn(found, CLOCK), numberIn(found, RETIRED)];

      tmux.keys('1');
      // Where it was said the guest may have slept, between two instructions: steps count from one.
      tmux.keys('S');
      const boundary = await tmux.until(`instr ${retired - 1} `);
      const { times, frame } = await stepsBack(retired - 1);
      expect(numberIn(frame, CLOCK)).toBeLessThan(numberIn(boundary, CLOCK) - STEPS + 1);
      const [median, worst] = [times[STEPS / 2]!, times.at(-1)!];
      console.log(
        `${columns} x ${rows}: step back, median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
      );
      expect(median / crowding()).toBeLessThan(MEDIAN_MS);
      for (let n = 0; n < STEPS; n++) tmux.keys('s');
      await tmux.until(`clock ${numberIn(boundary, CLOCK)}  instr ${retired - 1} `);

      tmux.keys('p');
      await tmux.until('9 pages', /^.*linear +[c-f]\w{7}/m, /PDE|directory/i, /physical +0\w{7} RAM/);
      tmux.keys('B', 'C-u');
      tmux.type('serial has "Linux version"');
      tmux.keys('Enter');
      await tmux.until(new RegExp(`clock (?!${numberIn(boundary, CLOCK)} )[1-9]\\d*`));
      tmux.keys('7');
      const first = await tmux.until('7 serial', /Linux version( {2}|$)/m);
      expect(numberIn(first, CLOCK)).toBeLessThan(clock);
      await quit(tmux);
    },
  );

  it('is searched in vain, which is given up', async () => {
    tmux = debug(80, 24, trace);
    await tmux.until('clock 0');
    // Nothing is executed there: the whole run is searched.
    tmux.type(':break 0');
    tmux.keys('Enter', 'G', 'C');
    await tmux.until('reverse-continue: at', 'Esc gives it up');
    tmux.keys('Escape');
    await tmux.until('given up: reverse-continue');
    await quit(tmux);
  });
});

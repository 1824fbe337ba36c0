/**
 * The real gdb on a recorded boot of Debian, with symbols that the guest itself has told (/proc/kallsyms). Needs gdb,
 * the guest that scripts/debian-guest.sh makes, and minutes; `npm run test:linux` runs it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gdb, HAS_GDB } from '../cli/support/gdbServer.js';
import { GUEST, PROGRAM, rewind86 } from './support/program.js';

const FILES = ['vmlinuz', 'initrd.gz'];
const missing = [...FILES.filter((name) => !existsSync(join(GUEST, name))), ...(HAS_GDB ? [] : ['gdb'])];
if (missing.length) console.log(`skipped: no ${missing.join(', ')}`);

const FUNCTIONS = 'start_kernel kernel_init run_init_process ksys_write vfs_write __schedule'.split(' ');
const SCRIPT = `
- wait: "guest# "
  timeout: 300000
- type: "grep -E ' (${FUNCTIONS.join('|')})$' /proc/kallsyms; echo 'do'ne-1\\n"
- wait: "done-1"
`;
/** What the guest's start script says at its end, and with how many bytes. */
const READY = 'The guest is ready.\\n';
const READY_BYTES = 20;

describe.skipIf(missing.length > 0)('gdb on Debian', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind86-gdb-'));
  const trace = join(folder, 'boot.rewind');
  const symbols = join(folder, 'kallsyms');
  let server: ChildProcess;
  let gdb: Gdb;

  beforeAll(async () => {
    const script = join(folder, 'script.yaml');
    writeFileSync(script, SCRIPT);
    const { code, out, err } = await rewind86(
      ...['record', '--memory', '128M', '--seed', '1', '--script', script, '-o', trace],
      ...['--kernel', join(GUEST, 'vmlinuz'), '--initrd', join(GUEST, 'initrd.gz')],
      ...['--append', 'console=ttyS0 cryptomgr.notests'],
    );
    expect({ code, err: code && err }).toEqual({ code: 0, err: 0 });
    const lines = out.split(/\r?\n/).filter((line) => /^[0-9a-f]{8} [a-zA-Z] \w+$/.test(line));
    expect(lines.map((line) => line.split(' ')[2]).sort()).toEqual([...FUNCTIONS].sort());
    writeFileSync(symbols, `${lines.join('\n')}\n`);
    server = spawn(process.execPath, [PROGRAM, 'gdb', trace, '--port', '0', '--symbols', symbols]);
    const port = await new Promise<string>((resolve) => {
      server.stderr!.on('data', (bytes) => {
        const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(String(bytes)) ?? [];
        if (port) resolve(port);
      });
    });
    gdb = new Gdb(`:${port}`);
  });

  afterAll(async () => {
    await gdb?.quit();
    server?.kill('SIGINT');
    rmSync(folder, { recursive: true });
  });

  /** The number that `print` says. */
  async function number(expression: string): Promise<number> {
    const said = await gdb.type(`print/d (long long) ${expression}`);
    return Number(/\$\d+ = (-?\d+)/.exec(said)?.[1] ?? Number.NaN);
  }

  it('stops where the kernel begins', async () => {
    expect(await gdb.type('hbreak start_kernel', 'continue')).toMatch(
      /Breakpoint 1, .* in start_kernel \(\)/,
    );
    expect(await gdb.type('info registers cr0')).toMatch(/\[ PE .*PG \]/);
    expect(await gdb.type('info threads')).toContain('32-bit protected mode, ring 0, paging');
    await gdb.type('delete');
  });

  it('goes on to the first program, and back to the call that led there', async () => {
    expect(await gdb.type('break *run_init_process', 'continue')).toMatch(
      /Breakpoint 2, .* in run_init_process \(\)/,
    );
    expect(await gdb.type('x/s $eax')).toContain('"/init"');
    const back = await number('*(unsigned *) $esp');
    await gdb.type('watch -l *(int *) $esp');
    // The return address is written by the call.
    expect(await gdb.type('reverse-continue')).toMatch(
      /Hardware watchpoint 3: .*\n\nOld value = .*\nNew value = /,
    );
    expect(await gdb.type('x/i $pc')).toMatch(
      /=> 0x\w+ <kernel_init\+\d+>:\s+call +0x\w+ <run_init_process>/,
    );
    expect(back - (await number('(unsigned) $pc'))).toBe(5);
    const clock = await number('$clock');
    await gdb.type('delete', 'reverse-stepi', 'reverse-stepi', 'stepi', 'stepi');
    expect(await number('$clock')).toBe(clock);
  });

  it('finds one call among all', async () => {
    // The arguments of a function of the kernel are in EAX, EDX and ECX; gdb keeps conditions with 'T' to itself.
    const condition = `$ecx == ${READY_BYTES} && *(char *) $edx == ${READY.charCodeAt(0)}`;
    expect(await gdb.type(`break *ksys_write if ${condition}`, 'continue')).toContain('Breakpoint 4');
    expect(await gdb.type('x/s $edx')).toContain(`"${READY}`);
    expect(await gdb.type('info breakpoints')).toContain('(target evals)');
    await gdb.type('delete');
  });

  it('steps into a function and out of it, both ways', async () => {
    await gdb.type('break *vfs_write', 'continue');
    const inside = await number('$clock');
    expect(await gdb.type('reverse-finish')).toContain('in ksys_write ()');
    expect(await number('$clock')).toBeLessThan(inside);
    await gdb.type('stepi');
    expect(await number('$clock')).toBe(inside);
    expect(await gdb.type('delete', 'finish')).toContain('in ksys_write ()');
    expect(await number('$clock')).toBeGreaterThan(inside);
  });

  it('is interrupted in mid-flight, both ways', async () => {
    await gdb.type('hbreak *__schedule if $clock == 1');
    for (const direction of ['reverse-continue', 'continue']) {
      const before = await number('$clock');
      gdb.start(direction);
      await gdb.said('Continuing.');
      await new Promise((resolve) => setTimeout(resolve, 500));
      const began = performance.now();
      gdb.interrupt();
      await gdb.said('Program received signal SIGINT');
      expect(performance.now() - began).toBeLessThan(5000);
      const after = await number('$clock');
      if (direction === 'continue') expect(after).toBeGreaterThan(before);
      else expect(after).toBeLessThan(before);
      expect(after).toBeGreaterThan(0);
    }
    await gdb.type('delete');
  });

  it('stops at both ends', async () => {
    expect(await gdb.type('continue')).toContain('No more reverse-execution history');
    expect(await gdb.type('break *start_kernel', 'reverse-continue')).toMatch(
      /Breakpoint \d+, .* in start_kernel/,
    );
    expect(await gdb.type('delete', 'reverse-continue')).toContain('No more reverse-execution history');
    expect(await number('$clock')).toBe(0);
  });
});

/**
 * Debian's kernel with a busybox initramfs, end to end through the program: recorded twice, verified
 * three times (once with every core of the host busy), replayed. Needs the guest that
 * scripts/debian-guest.sh makes, and minutes; `npm run test:linux` runs it.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GUEST, rewind86, type Said, whileBusy } from './support/program.js';

const FILES = ['vmlinuz', 'initrd.gz', 'disk.img', 'boot.yaml'];
const missing = FILES.filter((name) => !existsSync(join(GUEST, name)));
if (missing.length) {
  console.log(`skipped: no ${missing.join(', ')} in ${GUEST}; scripts/debian-guest.sh makes the guest`);
}

/** `head -c 33554432 /dev/zero | sha256sum`, and the same for 1 MiB of the letter R. */
const ZEROS_32M = '83ee47245398adee79bd9c0a8bc57b821e92aba10f5f9ade8a5d1fae4d8c4302';
const LETTERS_1M = '46fa19b0ee1812083c9b815b5c49d18b8a531c086bff3fb1965fb92fed82bd37';
/** What a trace of this boot may take besides embedded images and disk sectors, in two minutes of host time. */
const TRACE_LIMIT = 100 * 1024;
/** More words for the kernel, e.g. `cryptomgr.notests`, which saves it half of its start. */
const APPEND = `console=ttyS0 ${process.env['REWIND86_APPEND'] ?? ''}`.trim();
const TRACE_SECONDS = 120;
/** Every second of the host ends a frame, and a frame costs so much: a slower host writes a larger trace. */
const FRAME_COST = 90;
/** The timer's vector, as the BIOS sets up the interrupt controller. */
const TIMER = 8;
/** What no healthy boot says. */
const TROUBLE = [
  /ACPI (BIOS )?(Error|Warning|Exception)/,
  /\bata\d.*(timeout|exception|failed|lost interrupt)/i,
  /irq \d+: nobody cared/,
  /I\/O error/,
  /BUG:|Oops|Call Trace|segfault|trap invalid opcode/,
  /can't allocate|conflicts with/,
];

function machine(): string[] {
  const file = (name: string) => join(GUEST, name);
  return [
    ...['--memory', '128M', '--kernel', file('vmlinuz'), '--initrd', file('initrd.gz')],
    ...['--append', APPEND, '--disk', file('disk.img')],
    ...['--seed', '1', '--boot-time', '2026-01-31T12:00:00Z'],
  ];
}

/** The state hash at the end of what a command said. */
function stateOf(text: string): string {
  const match = /state ([0-9a-f]{16})\s*$/.exec(text);
  if (!match) throw new Error(`no state in: ${text.slice(-300)}`);
  return match[1]!;
}

describe.skipIf(missing.length > 0)('Debian', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind86-linux-'));
  const trace = join(folder, 'boot.rewind');
  let recorded: Said;
  let again: Said;
  let seconds: number;
  let console: string;

  beforeAll(async () => {
    const record = (path: string) =>
      rewind86('record', ...machine(), '--script', join(GUEST, 'boot.yaml'), '-o', path);
    const began = performance.now();
    [recorded, again] = await Promise.all([record(trace), record(join(folder, 'again.rewind'))]);
    seconds = (performance.now() - began) / 1000;
    console = recorded.out.replaceAll('\r', '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('boots, does what the script says, and powers off', () => {
    expect(recorded).toMatchObject({ code: 0, err: expect.stringMatching(/power-off at clock \d+/) });
  });

  it('has told what machine it is on', () => {
    expect(console).toMatch(/^Linux debian 6\.1\.0-\d+-686 .* i686 GNU\/Linux$/m);
    expect(console).toMatch(/^cpu family\t: 6$/m);
    expect(console).toMatch(/^flags\t\t: fpu vme de pse tsc msr cx8 .*cmov fxsr/m);
  });

  it('has hashed 32 MiB of zeros', () => {
    expect(console).toContain(`32+0 records in\n32+0 records out\n${ZEROS_32M}  -\n`);
  });

  it('has mounted both partitions and read their files', () => {
    expect(console).toMatch(/^\/dev\/sda1 on \/fat type vfat \(rw,/m);
    expect(console).toMatch(/^\/dev\/sda2 on \/ext2 type ext2 \(rw,/m);
    expect(console).toContain('\nFAT says hello\next2 says hello\n');
  });

  it('has read back, from the disk, what it had written', () => {
    expect(console).toContain('\nwritten by the guest\nwritten by the guest\n');
    expect(console).toContain(`\n${LETTERS_1M}  /fat/big.bin\n`);
  });

  it.each(TROUBLE)('has not said %s', (trouble) => {
    expect(console).not.toMatch(trouble);
  });

  it('does the same again, to the bit', () => {
    expect(again.out).toBe(recorded.out);
    expect(stateOf(again.err)).toBe(stateOf(recorded.err));
  });

  it('leaves a small trace of a run that used DMA', async () => {
    const { out } = await rewind86('info', trace, '--json');
    const facts = JSON.parse(out);
    expect(facts).toMatchObject({ complete: true, outcome: 'power-off', endedBy: 'guest' });
    // The floppy controller would use DMA too, but there is no floppy.
    expect(facts.events.dma).toBeGreaterThan(100);
    const slowness = Math.max(0, seconds - TRACE_SECONDS);
    expect(facts.bytes.run).toBeLessThanOrEqual(TRACE_LIMIT + FRAME_COST * slowness);
  });

  it('lists what happened while the BIOS ran', async () => {
    const to = 1e6;
    const kinds = ['--kind', 'irq,disk,serial', '--json'];
    const { code, out } = await rewind86('events', trace, ...kinds, '--to', String(to));
    const lines = out.trimEnd().split('\n');
    const events: { kind: string; clock: number; what: string; a: number }[] = lines.map((l) =>
      JSON.parse(l),
    );
    expect(code).toBe(0);
    expect(events.filter(({ clock }) => clock > to)).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'irq', what: 'deliver', a: TIMER }));
  });

  it('verifies three times, once on a busy host', async () => {
    const verify = () => rewind86('verify', trace);
    const calm = await Promise.all([verify(), verify()]);
    const busy = await whileBusy(availableParallelism(), verify);
    for (const verified of [...calm, busy]) {
      expect(verified).toMatchObject({ code: 0, err: '' });
      expect(stateOf(verified.out)).toBe(stateOf(recorded.err));
    }
  });

  it('replays what was seen, without the original files', async () => {
    const replayed = await rewind86('replay', trace);
    expect(replayed).toMatchObject({ code: 0, out: recorded.out });
  });

  it('comes to the same state on the evaluator', async () => {
    const short = join(folder, 'short.rewind');
    const cut = await rewind86(
      'record',
      ...machine(),
      '--time-limit',
      '0.2',
      '--check-every',
      '20',
      '-o',
      short,
    );
    const evaluated = await rewind86('verify', '--engine', 'evaluator', short);
    expect(evaluated.code).toBe(0);
    expect(stateOf(evaluated.out)).toBe(stateOf(cut.err));
  });
});

/** The examples of docs/library.md, as they stand there: the page shows parts of this file, and is compared with it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bisect,
  boards,
  buildPc,
  bundledSymbols,
  Debugger,
  memorySource,
  type PcDescription,
  Recorder,
  ready,
  runCommand,
  Session,
  Timeline,
  Trace,
  toEnd,
} from '../../src/index.js';

beforeAll(ready);

describe('docs/library.md', () => {
  it('moves about in a run', () => {
    const trace = Trace.open(memorySource(readFileSync('traces/lost-update.rewind')));
    const symbols = bundledSymbols(trace);
    const debug = new Debugger(new Timeline(trace, boards('compiler')), symbols);

    toEnd(debug.seek(debug.end));
    const counter = debug.expression('counter');
    expect(counter.value()).toBe(20523n);

    const said = toEnd(runCommand(debug, 'who counter'));
    expect(said).toContain('mov [1003ECh],eax');
    debug.step('back');
    expect(debug.instruction()?.text).toBe('inc eax');
  });

  it('asks when something became true', () => {
    const trace = Trace.open(memorySource(readFileSync('traces/lost-update.rewind')));
    const symbols = bundledSymbols(trace);
    const timeline = new Timeline(trace, boards('compiler'));

    const when = 'counter < worker_a.additions + worker_b.additions';
    const answer = toEnd(bisect(timeline, { when, symbols }));
    if (answer.kind !== 'change') throw new Error(answer.kind);
    expect(timeline.clock).toBe(182270362);
  });

  it('watches what happens', () => {
    const trace = Trace.open(memorySource(readFileSync('traces/lost-update.rewind')));
    const timeline = new Timeline(trace, boards('compiler'));

    const ticks: number[] = [];
    toEnd(
      timeline.listening(10_000_000, { vectors: (vector) => vector === 0x20 }, () => {
        ticks.push(timeline.clock);
        return false;
      }),
    );
    const gaps = ticks.slice(1).map((clock, i) => clock - ticks[i]!);
    expect(Math.max(...gaps)).toBeLessThan(110_000);
  });

  it('records a machine of its own', () => {
    // In a boot sector: in al,E8h (a random byte); out F4h,al (exit with it).
    const sector = new Uint8Array(512);
    sector.set([0xe4, 0xe8, 0xe6, 0xf4]);
    sector.set([0x55, 0xaa], 510);
    const description: PcDescription = {
      board: 'pc',
      model: 'i686',
      memory: 2 << 20,
      clockMultiplier: 84,
      bootInstant: 1_767_225_600,
      seed: 1,
      disks: [{ sectors: 1008 }],
      floppies: [],
      boot: ['disk'],
      debugPorts: true,
    };

    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
        const pieces: Uint8Array[] = [];
        const blobs = new Map<string, Uint8Array>();
        const recorder = new Recorder({
          machine: buildPc(description, blobs, { engine: 'compiler' }),
          description: { ...description },
          blobs,
          // Whatever comes from outside: here a disk of one sector, and chance.
          provider: {
            pull: (channel, request, length) => {
              if (channel === 'entropy') return new Uint8Array(length).fill(byte);
              return request === 0 ? sector : new Uint8Array(length);
            },
          },
          sink: (piece) => pieces.push(piece.slice()),
          program: 'a test',
        });
        recorder.run(2 ** 30);
        recorder.finish('guest');
        expect(recorder.machine.outcome).toEqual({ kind: 'exit', code: byte });

        const session = Session.open(memorySource(Buffer.concat(pieces)), boards('compiler'));
        session.runTo(session.end);
        expect(session.divergence).toBeUndefined();
        expect(session.machine.outcome).toEqual(recorder.machine.outcome);
      }),
      { numRuns: 3 },
    );
  });

  it('shows nothing else', () => {
    const own = dense(readFileSync(new URL(import.meta.url), 'utf8'));
    const page = readFileSync('docs/library.md', 'utf8');
    const shown = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
    expect(shown.length).toBeGreaterThan(3);
    for (const code of shown)
      expect(own).toContain(dense(code.replace("'rewind86'", "'../../src/index.js'")));
  });
});

/** Without what a formatter may change. */
const dense = (code: string): string => code.replace(/\s+/g, ' ').trim();

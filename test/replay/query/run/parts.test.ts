/** What questions about a run are made of: stretches, lines of text, histograms, places, entries of page tables. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ia32 } from '../../../../src/core/cpu/ia32/cpu.js';
import { Cr0, Cr4 } from '../../../../src/core/cpu/ia32/state.js';
import { GuestMemory } from '../../../../src/replay/guest/guestMemory.js';
import { entryThatMaps } from '../../../../src/replay/guest/pageTables.js';
import { Symbols } from '../../../../src/replay/guest/symbols.js';
import { Histogram } from '../../../../src/replay/query/run/histogram.js';
import { addressOf, placeOf } from '../../../../src/replay/query/run/place.js';
import { joined, stretchesFor } from '../../../../src/replay/query/run/stretches.js';
import { spokenLines } from '../../../../src/replay/query/run/text.js';
import type { KnownStretch, StoredIndex } from '../../../../src/replay/timeline/storedIndex.js';
import { pcMachine } from '../../../support/pc.js';

const stretch = (from: number, to: number, known: Partial<KnownStretch> = {}): KnownStretch => {
  const nothing = { vectors: new Set<number>(), ports: new Set<number>(), video: new Set<number>() };
  return { from, to, ...nothing, notes: new Map(), raised: false, written: () => false, ...known };
};
const index = (...stretches: KnownStretch[]) =>
  ({ stretches, end: stretches.at(-1)?.to ?? 0 }) as unknown as StoredIndex;

describe('stretches', () => {
  const known = index(
    stretch(0, 10, { written: (page) => page === 5, ports: new Set([0x1ee]) }),
    stretch(10, 20, { vectors: new Set([0x20]), notes: new Map([['irq', 1]]) }),
    stretch(20, 30, {
      notes: new Map([
        ['disk', 2],
        ['irq', 0],
      ]),
    }),
  );
  const whole = { from: 0, to: 30 };

  it('are those in which what is asked for may have happened', () => {
    const of = (question: Parameters<typeof stretchesFor>[0]) =>
      stretchesFor(question, known, whole).map(({ from }) => from);
    expect(of({ kind: 'writes', memory: [{ address: 0x5ffe, length: 4 }] })).toEqual([0]);
    expect(of({ kind: 'writes', memory: [{ address: 0x4ffe, length: 2 }] })).toEqual([]);
    expect(of({ kind: 'writes', memory: [{ address: 0x4fff, length: 2 }] })).toEqual([0]);
    // An access to four ports reaches three further.
    expect(of({ kind: 'ports', first: 0x1f1, last: 0x1f1 })).toEqual([0]);
    expect(of({ kind: 'ports', first: 0x1f2, last: 0x1f7 })).toEqual([]);
    expect(of({ kind: 'vectors', vector: 0x20 })).toEqual([10]);
    expect(of({ kind: 'vectors' })).toEqual([0, 10, 20]);
    expect(of({ kind: 'sector', disk: 'a', lba: 0 })).toEqual([0, 10, 20]);
    expect(of({ kind: 'latency' })).toEqual([0, 10]);
    const waits = index(stretch(0, 10, { notes: new Map([['irq', 0]]), raised: true }));
    expect(stretchesFor({ kind: 'latency' }, waits, { from: 0, to: 10 })).toHaveLength(1);
    expect(of({ kind: 'reads', memory: [{ address: 0x5000, length: 1 }] })).toEqual([0, 10, 20]);
  });

  it('of which an index does not say how much happened there may hold it', () => {
    const silent = index(stretch(0, 10), stretch(10, 20, { notes: new Map([['irq', 0]]) }));
    const span = { from: 0, to: 20 };
    expect(stretchesFor({ kind: 'latency' }, silent, span)).toEqual([{ from: 0, to: 10 }]);
    expect(stretchesFor({ kind: 'sector', disk: 'a', lba: 0 }, silent, span)).toHaveLength(2);
  });

  it('are cut to what is of interest, and go on where an index ends', () => {
    const all = { kind: 'vectors' } as const;
    expect(stretchesFor(all, known, { from: 5, to: 12 })).toEqual([
      { from: 5, to: 10 },
      { from: 10, to: 12 },
    ]);
    expect(stretchesFor(all, known, { from: 25, to: 40 }).at(-1)).toEqual({ from: 30, to: 40 });
    expect(stretchesFor(all, undefined, { from: 5, to: 12 })).toEqual([{ from: 5, to: 12 }]);
  });

  it('joined are the same clocks in the same order, the first ones short', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 90 }),
        fc.integer({ min: 1, max: 8 }),
        (use, threads) => {
          const spans = use.flatMap((used, i) => (used ? [{ from: i, to: i + 1 }] : []));
          const clocks = (list: readonly { from: number; to: number }[]) =>
            list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
          expect(clocks(joined(spans, threads))).toEqual(clocks(spans));
          const back = spans.toReversed();
          expect(clocks(joined(back, threads).toReversed())).toEqual(clocks(spans));
          const [first] = joined(spans, threads);
          if (first) expect(first.to - first.from).toBe(1);
          const longest = Math.ceil(spans.length / (4 * threads));
          for (const { from, to } of joined(spans, threads)) expect(to - from).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });
});

describe('lines that were sent', () => {
  const lines = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return [
      ...spokenLines(
        bytes,
        Array.from(bytes, (_, i) => 100 + i),
      ),
    ];
  };

  it('begin when their first character was sent', () => {
    expect(lines('one\r\n\nlast')).toEqual([
      { clock: 100, text: 'one' },
      { clock: 105, text: '' },
      { clock: 106, text: 'last' },
    ]);
    expect(lines('')).toEqual([]);
    expect(lines('größe\n')).toEqual([{ clock: 100, text: 'größe' }]);
  });

  it('hold all that was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~]*$/)), (texts) => {
        expect(lines(texts.map((text) => `${text}\n`).join('')).map(({ text }) => text)).toEqual(texts);
      }),
    );
  });
});

describe('a histogram', () => {
  it('counts every value once, in a bucket that holds it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1 }), (values) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        for (const { from, to, count } of histogram.buckets) {
          expect(count).toBe(values.filter((value) => value >= from && value < to).length);
        }
        expect(histogram.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        expect([histogram.least, histogram.most]).toEqual([Math.min(...values), Math.max(...values)]);
      }),
    );
  });
});

describe('places', () => {
  it('are read as people write them', () => {
    const machine = pcMachine();
    const symbols = new Symbols([{ name: 'jiffies', address: 0x2ffe }]);
    expect(placeOf('jiffies', machine, symbols)).toMatchObject({
      kind: 'memory',
      memory: [
        { address: 0x2ffe, length: 2 },
        { address: 0x3000, length: 2 },
      ],
    });
    expect(placeOf('phys byte[0xb8000]', machine, symbols)).toMatchObject({
      memory: [{ address: 0xb8000, length: 1 }],
    });
    expect(placeOf('eax + 1', machine, symbols)).toMatchObject({ kind: 'value' });
    expect(() => placeOf('disk nothing 5', machine, symbols)).toThrow('no disk is called "nothing"');
    expect(() => placeOf('pte 0x1000', machine, symbols)).toThrow('paging is off');
    expect(addressOf('jiffies', machine, symbols)).toBe(0x2ffe);
    expect(addressOf('&jiffies + 2', machine, symbols)).toBe(0x3000);
  });

  it('of entries that map an address are those by which the processor translates it', () => {
    const machine = pcMachine();
    const { s } = machine.cpu as Ia32;
    const poke = (at: number, value: number) => machine.memory.write(at, value, 4);
    poke(0x10000, 0x11001);
    poke(0x10004, 0x400081);
    poke(0x11000 + 4 * 5, 0x20001);
    s.cr3 = 0x10000;
    s.cr4 = Cr4.PSE;
    s.cr0 |= Cr0.PG | Cr0.PE;
    machine.cpu.dropCaches();
    expect(entryThatMaps(machine, 0x5123)).toEqual({ address: 0x11014, level: 'table' });
    expect(entryThatMaps(machine, 0x401234)).toEqual({ address: 0x10004, level: 'directory' });
    expect(entryThatMaps(machine, 0x900000)).toEqual({ address: 0x10008, level: 'directory' });
    const place = placeOf('pte 0x5123', machine, new Symbols());
    expect(place).toMatchObject({
      name: 'page table entry of 5123h',
      memory: [{ address: 0x11014, length: 4 }],
    });
    // Changing the entry that was named changes the translation.
    poke(0x11014, 0x30001);
    expect(new GuestMemory(machine).translate(0x5123)).toBe(0x30123);
  });
});

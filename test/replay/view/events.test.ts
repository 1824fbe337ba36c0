/** The list of a run's events against the plain list that a session gives, and with a million of them. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Note } from '../../../src/core/device.js';
import { describeEvent, type EventKind, type RunEvent, watchEvents } from '../../../src/replay/events.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { memorySource } from '../../../src/replay/trace/reader.js';
import { EventIndex } from '../../../src/replay/view/events.js';
import { recordToy } from '../support/recordToy.js';
import { toyBoards } from '../support/toy.js';
import { boards, demoBytes } from './support/opened.js';

beforeAll(() => ready());

function finish<T>(search: Generator<number, T, void>, onSlice: (at: number) => void = () => {}): T {
  for (;;) {
    const { done, value } = search.next();
    if (done) return value as T;
    onSlice(value as number);
  }
}

/** A toy's run with inputs, and the demo's. */
const RUNS = {
  toy: () => {
    const inputs = [100_000, 130_000].map((at) => ({ at, keys: 'ab' }));
    return Session.open(memorySource(recordToy({ until: 200_000, inputs }).bytes), toyBoards);
  },
  demo: () => Session.open(memorySource(demoBytes()), boards),
};

describe.each(['toy', 'demo'] as const)('the events of the %s run', (name) => {
  let index: EventIndex;
  let all: RunEvent[];
  let lines: string[];
  beforeAll(() => {
    const session = RUNS[name]();
    all = [];
    watchEvents(session, {}, (event) => all.push(event));
    session.runTo(Number.POSITIVE_INFINITY);
    lines = all.map(describeEvent);
    index = new EventIndex(RUNS[name]());
    const passed: number[] = [];
    finish(index.fill(), (clock) => passed.push(clock));
    expect(passed).toEqual([...passed].sort((a, b) => a - b));
    expect(index.upTo).toBe(session.clock);
  });

  it('are all there, in order of time', () => {
    const { count, clocks, kind, kinds } = index.columns;
    expect(count).toBe(all.length);
    expect(count).toBeGreaterThan(20);
    for (const [i, event] of all.entries()) {
      expect(index.event(i)).toEqual(event);
      expect([clocks[i], kinds[kind[i]!]]).toEqual([event.clock, event.kind]);
      if (i > 0) expect(event.clock).toBeGreaterThanOrEqual(all[i - 1]!.clock);
    }
    expect(index.texts([2, 0, -1, count])).toEqual([lines[2], lines[0], '', '']);
  });

  it('come with how many instructions were executed, up to all of them', () => {
    const { clocks, retired, count } = index.columns.pace;
    const session = RUNS[name]();
    for (const at of [0, Math.floor(count / 3), count - 1]) {
      session.runTo(clocks[at]!);
      expect([session.clock, session.machine.cpu.retired]).toEqual([clocks[at], retired[at]]);
    }
    expect(clocks[count - 1]).toBe(session.end);
  });

  it('are found by their clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: index.upTo + 10 }), (clock) => {
        const away = ({ clock: at }: RunEvent) => Math.abs(at - clock);
        const least = all.reduce((best, event) => Math.min(best, away(event)), Number.POSITIVE_INFINITY);
        expect(away(all[index.nearest(clock)!]!)).toBe(least);
        const first = all.findIndex((event) => event.clock >= clock);
        expect(index.firstFrom(clock)).toBe(first < 0 ? all.length : first);
      }),
    );
  });

  it('are found by kind and text', () => {
    const kinds = [...new Set(all.map(({ kind }) => kind))];
    fc.assert(
      fc.property(
        fc.subarray(kinds),
        fc.nat(all.length - 1),
        fc.nat(all.length - 1),
        fc.constantFrom('forward' as const, 'back' as const),
        (chosen, sample, from, direction) => {
          const wanted = new Set<EventKind>(chosen);
          const filtered = all.flatMap(({ kind }, i) => (wanted.has(kind) ? [i] : []));
          expect(Array.from(finish(index.ofKinds(wanted)))).toEqual(filtered);
          // Part of the line of some event.
          const text = lines[sample]!.slice(3, 24);
          const matches = (i: number) => wanted.has(all[i]!.kind) && lines[i]!.includes(text);
          const order = Array.from(all.keys()).filter((i) =>
            direction === 'forward' ? i >= from : i <= from,
          );
          const nearest = (direction === 'forward' ? order : order.reverse()).find(matches);
          const found = finish(index.search({ text: text.toUpperCase(), from, direction, kinds: wanted }));
          expect(found).toBe(nearest);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('an index', () => {
  const MILLION = 1_000_000;

  /** A session that tells a million notes. */
  function longSession(): Session {
    let hear: (note: Note, clock: number) => void = () => {};
    const stub = {
      clock: 0,
      end: MILLION,
      machine: { cpu: { retired: 0 } },
      set onNote(listener: typeof hear) {
        hear = listener;
      },
      advance() {
        for (let i = 0; i < MILLION / 10; i++) {
          const kind = i % 3 === 0 ? 'irq' : 'serial';
          hear(
            { kind, device: 'com1', what: kind === 'irq' ? 'deliver' : 'tx', a: i % 256, b: 2 ** 40 + i },
            ++this.clock,
          );
        }
        return this.clock < MILLION;
      },
    };
    return stub as unknown as Session;
  }

  it('holds a million events in some 30 bytes each, and searches them in slices', () => {
    const index = new EventIndex(longSession());
    finish(index.fill());
    expect(index.columns.count).toBe(MILLION);
    // A column of 8 bytes of the 27; they grow by half.
    expect((index.columns.clocks.byteLength * 27) / 8 / MILLION).toBeLessThan(27 * 1.5);
    expect(index.event(MILLION - 1)).toMatchObject({ b: 2 ** 40 + MILLION / 10 - 1, clock: MILLION });
    expect(index.nearest(123_456.2)).toBe(123_455);
    let slices = 0;
    const search = index.search({ text: 'no such', from: 0, direction: 'forward' });
    expect(finish(search, () => slices++)).toBeUndefined();
    expect(slices).toBeGreaterThan(50);
    expect(finish(index.ofKinds(new Set(['irq']))).length).toBe(10 * Math.ceil(MILLION / 30));
  });

  it('tells of frames, with and without their bytes, and of inputs, what a plain list does', () => {
    const frame = (length: number) => Uint8Array.from({ length }, (_, i) => (i < 12 ? 0xff : i));
    const notes: Note[] = [60, 1514, 0].map((length) => ({
      kind: 'net',
      device: 'nic',
      what: 'tx',
      a: length,
      b: 0xdeadbeef + length,
      data: frame(length),
    }));
    notes.push({ kind: 'net', device: 'nic', what: 'tx', a: 60, b: 7 });
    const session = () =>
      ({
        clock: 0,
        end: 10,
        machine: { cpu: { retired: 0 } },
        onNote: (_note: Note, _clock: number) => {},
        onInput: (_channel: string, _data: Uint8Array, _clock: number) => {},
        advance(this: Session & { clock: number }) {
          for (const note of notes) {
            this.onNote(note, ++this.clock);
            this.onInput('keyboard', frame(3), ++this.clock);
          }
          return false;
        },
      }) as unknown as Session;
    const plain = session();
    const events: RunEvent[] = [];
    watchEvents(plain, {}, (event) => events.push(event));
    plain.advance(Number.POSITIVE_INFINITY);
    const index = new EventIndex(session());
    finish(index.fill());
    expect(Array.from(events.keys(), (i) => index.event(i))).toEqual(events);
    expect(index.texts([...events.keys()])).toEqual(events.map(describeEvent));
  });

  it('goes on in slices of what there is when the trace has grown', () => {
    const slices: number[] = [];
    const session = {
      clock: 0,
      end: 0,
      machine: { cpu: { retired: 0 } },
      advance(_until: number, slice: number) {
        slices.push(slice);
        this.end = 2 ** 20;
        return slices.length < 3;
      },
    };
    finish(new EventIndex(session as unknown as Session).fill());
    expect(slices).toEqual([0, 2 ** 10, 2 ** 10]);
  });

  it('of nothing has nothing nearby', () => {
    const index = new EventIndex(longSession());
    expect(index.nearest(5)).toBeUndefined();
    expect(index.firstFrom(5)).toBe(0);
    expect(finish(index.search({ text: '', from: 0, direction: 'back' }))).toBeUndefined();
  });
});
